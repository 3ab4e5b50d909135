"""What `--data` and `--data-dir` mean."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from ..errors import CheckpointError
from .values import Name

if TYPE_CHECKING:
    from ..data import Dataset
    from ..training import RunFolder

KINDS = "digits|mnist|FOLDER"
HELP = (
    "What to read: 'digits' (comes with this program), 'mnist' (downloaded once, or from --data-dir), or a "
    "folder with sub-folders 0 to 9 of image files."
)
DIR_HELP = "Where MNIST's four files are, plain or .gz; nothing is downloaded then."


def data_options(default: str | None) -> Any:
    """Give a command `--data` and `--data-dir`."""

    def decorate(command: Any) -> Any:
        command = click.option("--data-dir", type=Name(), metavar="FOLDER", help=DIR_HELP)(command)
        data = click.option("--data", type=Name(), metavar=KINDS, default=default, show_default=True, help=HELP)
        return data(command)

    return decorate


def load(data: str, data_dir: str | None) -> tuple[Dataset, Dataset]:
    """Return (train, test).  Raises DataError, DownloadError, or a usage error."""
    from .. import data as sources

    if data_dir is not None and data != "mnist":
        raise click.UsageError("--data-dir goes with --data mnist")
    if data == "digits":
        return sources.load_digits()
    if data == "mnist":
        return sources.load_mnist(data_dir, progress=_tell_once())
    folder = Path(data)
    if not os.path.isdir(folder):
        raise click.UsageError(f"--data is 'digits', 'mnist' or a folder that is there, not {data!r}")
    if os.path.isdir(folder / "train") and os.path.isdir(folder / "test"):
        return sources.load_image_folder(folder / "train"), sources.load_image_folder(folder / "test")
    return split(sources.load_image_folder(folder))


def check_form(run: RunFolder) -> None:
    """Raise CheckpointError if a run learnt from images of another form than images have now."""
    from ..data.picture_to_digit import FORM

    settings = run.settings
    form = settings.get("form", "UCI's 8x8" if settings.get("data") == "digits" else FORM)
    if form != FORM:
        raise CheckpointError(
            f"{run.settings_file}: this network learnt from digits in another form ({form}) than images are brought "
            f"into by this version ({FORM}), and would misread them; train it again"
        )


def split(whole: Dataset) -> tuple[Dataset, Dataset]:
    """Keep a fifth of a dataset for the test, always the same fifth."""
    order = np.random.default_rng(0).permutation(len(whole))
    if len(order) < 2:
        raise click.UsageError("--data needs at least two images: one to learn from and one for the test")
    held_out = max(1, len(order) // 5)
    return whole.subset(np.sort(order[held_out:])), whole.subset(np.sort(order[:held_out]))


def _tell_once() -> Any:
    """Return a listener for downloads that names each file once on stderr."""
    told = set()

    def progress(name: str, received: int, total: int | None) -> None:
        if name not in told:
            told.add(name)
            size = f" ({total / 1e6:.1f} MB)" if total else ""
            click.echo(f"downloading {name}{size}", err=True)

    return progress
