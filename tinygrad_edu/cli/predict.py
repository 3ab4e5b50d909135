"""`tinygrad-edu predict`: what does a trained network read in an image?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import numpy as np

EPILOG = """\b
Examples:
  tinygrad-edu predict runs/minimal-digits-1 seven.png
  tinygrad-edu predict runs/minimal-digits-1 my-digits/ --json
"""


@click.command(epilog=EPILOG)
@click.argument("run_or_weights", metavar="RUN_OR_WEIGHTS")
@click.argument("image_or_folder", metavar="IMAGE_OR_FOLDER")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def predict(run_or_weights: str, image_or_folder: str, as_json: bool) -> None:
    """Read the digit in an image file, or in each image file of a folder.

    RUN_OR_WEIGHTS is the folder of a run, or a weights file. An image may have any size and colours; the digit should
    stand out from its background. It is brought to 28x28 pixels as the images that the network learnt from.
    """
    from .. import data, training

    model = training.load_model(run_or_weights)
    images, names = data.load_images(image_or_folder)
    probabilities = model.predict_proba(images)
    if as_json:
        answers = [
            {"file": name, "digit": int(row.argmax()), "probabilities": [round(float(p), 6) for p in row]}
            for name, row in zip(names, probabilities, strict=True)
        ]
        click.echo(json.dumps(answers))
    else:
        _print_table(names, probabilities)


def _print_table(names: list[str], probabilities: np.ndarray) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title="Probability of each digit, in percent", title_justify="left")
    table.add_column("file", overflow="fold")
    table.add_column("digit", justify="right", style="bold")
    for digit in range(probabilities.shape[1]):
        table.add_column(str(digit), justify="right", min_width=3)
    for name, row in zip(names, probabilities, strict=True):
        percents = [f"{100 * p:.0f}" if p >= 0.005 else "." for p in row]
        table.add_row(Text(name), str(row.argmax()), *percents)
    Console(highlight=False).print(table)
