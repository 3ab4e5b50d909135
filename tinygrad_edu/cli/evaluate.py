"""`tinygrad-edu evaluate`: how good is a trained network?"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import CheckpointError
from . import data_options
from .values import Name

if TYPE_CHECKING:
    from ..training import Evaluation

EPILOG = """\b
Examples:
  tinygrad-edu evaluate runs/minimal-digits-1
  tinygrad-edu evaluate runs/minimal-digits-1/model.safetensors --data mnist --data-dir ~/mnist
"""


@click.command(epilog=EPILOG)
@click.argument("run_or_weights", type=Name(), metavar="RUN_OR_WEIGHTS")
@data_options.data_options(None)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def evaluate(run_or_weights: str, data: str | None, data_dir: str | None, as_json: bool) -> None:
    """Measure a trained network on test images: accuracy, loss, and a table of the classes.

    RUN_OR_WEIGHTS is the folder of a run, or a weights file. Without --data, a run is measured on the test images
    of its own data, and a weights file on the digits that come with this program.
    """
    from .. import training

    model = training.load_model(run_or_weights)
    if data is None:
        data, data_dir = _data_of(run_or_weights, data_dir)
    _, test = data_options.load(data, data_dir)
    if getattr(model, "input_shape", test.image_shape) != test.image_shape:
        raise click.UsageError(
            f"{run_or_weights}: this network takes images {model.input_shape}, and those of {test.name} are "
            f"{test.image_shape}; name its own with --data"
        )
    result = training.evaluate(model, test)
    if as_json:
        summary = {
            "data": test.name,
            "images": len(test),
            "accuracy": result.accuracy,
            "loss": result.loss,
            "confusion": result.confusion.tolist(),
        }
        click.echo(json.dumps(summary))
    else:
        _print_table(model, test, result)


def _data_of(run_or_weights: str, data_dir: str | None) -> tuple[str, str | None]:
    """Return --data and --data-dir as the run had them."""
    from ..training import RunFolder

    run = RunFolder(run_or_weights)
    if not os.path.isfile(run.settings_file):
        return "digits", data_dir
    data_options.check_form(run)
    settings = run.settings
    data, stored_dir = settings.get("data"), settings.get("data_dir")
    if "program" in settings:  # `training.fit` keeps no more than a checksum of its data
        raise click.UsageError(f"{run_or_weights}: a run of your own program; say with --data what to measure it on")
    if not isinstance(data, str) or not isinstance(stored_dir, str | None):
        raise CheckpointError(f"{run.settings_file}: data is {data!r} and data_dir {stored_dir!r}, not names")
    return data, data_dir or stored_dir


def _print_table(model: Any, test: Any, result: Evaluation) -> None:
    from rich.console import Console
    from rich.table import Table

    from ..data.dataset import DIGIT_NAMES

    table = Table(title=f"{type(model).__name__} on {Path(test.name).name}", title_justify="left")
    kind = "digit" if test.class_names == DIGIT_NAMES else "class"
    for heading in (kind, "images", "right", "accuracy", "most often mistaken for"):
        table.add_column(heading, justify="right")
    for name, row, true in zip(test.class_names, result.confusion, range(len(result.confusion)), strict=True):
        images, right = int(row.sum()), int(row[true])
        row[true] = 0
        worst = f"{test.class_names[row.argmax()]} ({row.max()} times)" if row.any() else ""
        table.add_row(name, f"{images:,}", f"{right:,}", f"{right / images:.2%}" if images else "", worst)
    console = Console(highlight=False)
    console.print(table)
    right = round(result.accuracy * len(test))
    console.print(f"accuracy {result.accuracy:.2%} ({right:,} of {len(test):,} images), loss {result.loss:.4f}")
