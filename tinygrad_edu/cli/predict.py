"""`tinygrad-edu predict`: what does a trained network read in an image, and how sure may it be?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from ..errors import CheckpointError
from . import data_options
from .values import Name

if TYPE_CHECKING:
    import numpy as np

EPILOG = """\b
Examples:
  tinygrad-edu predict runs/minimal-digits-1 seven.png
  tinygrad-edu predict runs/minimal-digits-1 my-digits/ --json
"""


SHADES = " ░▒▓█"
UNLIKE = "looks like none of the images that the network learnt as a"


@click.command(epilog=EPILOG)
@click.argument("run_or_weights", type=Name(), metavar="RUN_OR_WEIGHTS")
@click.argument("image_or_folder", type=Name(), metavar="IMAGE_OR_FOLDER")
@click.option(
    "--show/--no-show", default=None, help="Print each image as the network sees it.  [default: if it is one image]"
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def predict(run_or_weights: str, image_or_folder: str, show: bool | None, as_json: bool) -> None:
    """Read the digit in an image file, or in each image file of a folder.

    RUN_OR_WEIGHTS is the folder of a run, or a weights file. An image may have any size and colours; the digit should
    stand out from its background. It is brought to 28x28 pixels as the images that the network learnt from.

    The probabilities are calibrated on the run's test images: of the answers given with 90 percent, about 90 in 100 are
    right, for images like those. An image that looks like none of the run's training images is named.
    """
    from .. import data, training

    model = training.load_model(run_or_weights)
    data_options.check_reads_digits(model, run_or_weights)
    run = training.RunFolder(run_or_weights)
    if run.settings_file.is_file():
        data_options.check_form(run)
    calibration = training.Calibration.load(run.calibration) if run.calibration.is_file() else None
    images, names = data.load_images(image_or_folder)
    probabilities = model.predict_proba(images)
    unlike = [None] * len(names)
    if calibration is not None:
        probabilities = calibration.probabilities(probabilities)
        if calibration.images.shape[1:] != images.shape[2:]:
            shape = calibration.images.shape[1:]
            raise CheckpointError(f"{run.calibration}: measured on images of another shape, {shape}")
        unlike = calibration.unlike(images, probabilities.argmax(axis=1)).tolist()
    if as_json:
        answers = [
            {
                "file": name,
                "digit": int(row.argmax()),
                "probabilities": [round(float(p), 6) for p in row],
                "calibrated": calibration is not None,
                "unlike_training": strange,
            }
            for name, row, strange in zip(names, probabilities, unlike, strict=True)
        ]
        click.echo(json.dumps(answers))
        return
    for name, image in zip(names, images[:, 0], strict=True):
        if show or (show is None and len(names) == 1):
            click.echo(f"{name} as the network sees it:\n{as_text(image)}")
    _print_table(names, probabilities, unlike)
    if calibration is None:
        click.echo("These probabilities are not calibrated: that needs the folder of a run that has come to its end.")


def as_text(image: np.ndarray) -> str:
    """Return an image (28, 28) as lines of blocks, two to a pixel, darker for more ink."""
    rows = (image * (len(SHADES) - 1) + 0.5).astype(int)
    return "\n".join("".join(2 * SHADES[level] for level in row).rstrip() for row in rows)


def _print_table(names: list[str], probabilities: np.ndarray, unlike: list[Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title="Probability of each digit, in percent", title_justify="left")
    table.add_column("file", overflow="fold")
    table.add_column("digit", justify="right", style="bold")
    for digit in range(probabilities.shape[1]):
        table.add_column(str(digit), justify="right", min_width=3)
    for name, row, strange in zip(names, probabilities, unlike, strict=True):
        percents = [f"{100 * p:.0f}" if p >= 0.005 else "." for p in row]
        table.add_row(Text(name), f"{row.argmax()}{'?' if strange else ''}", *percents)
    console = Console(highlight=False)
    console.print(table)
    for name, row, strange in zip(names, probabilities, unlike, strict=True):
        if strange:
            console.print(f"{name}: {UNLIKE} {row.argmax()}", markup=False, soft_wrap=True)
