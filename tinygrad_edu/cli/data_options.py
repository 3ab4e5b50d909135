"""What `--data` and `--data-dir` mean."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from ..errors import CheckpointError
from .values import Name

if TYPE_CHECKING:
    from ..data import Dataset
    from ..training import RunFolder

REFRESH = 0.1  # seconds between two changes of a line that shows progress

PACKAGED = ("digits", "digits-shifted")
DOWNLOADED = ("mnist", "fashion-mnist", "cifar10")
NAMED = (*PACKAGED, *DOWNLOADED)
SHIFT = 6  # pixels, of digits-shifted

KINDS = "|".join((*NAMED, "FOLDER"))
HELP = (
    "What to read: 'digits' (comes with this program), 'digits-shifted' (the same, each moved by up to "
    f"{SHIFT} pixels), 'mnist', 'fashion-mnist' or 'cifar10' (downloaded once, or from --data-dir), or a folder with "
    "sub-folders 0 to 9 of image files."
)
DIR_HELP = (
    "Where the files are, and nothing is downloaded then: MNIST's or Fashion-MNIST's four, plain or .gz; the six .bin "
    "files of CIFAR-10's binary version, or its archive."
)


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

    if data_dir is not None and data not in DOWNLOADED:
        raise click.UsageError(f"--data-dir goes with --data {', '.join(DOWNLOADED)}")
    if data in PACKAGED:
        return sources.load_digits(SHIFT if data == "digits-shifted" else 0)
    if data in DOWNLOADED:
        kinds: dict[str, Any] = {
            "mnist": sources.load_mnist, "fashion-mnist": sources.load_fashion_mnist, "cifar10": sources.load_cifar10,
        }  # fmt: skip
        return kinds[data](data_dir, progress=_progress())
    folder = Path(data)
    if not os.path.isdir(folder):
        known = ", ".join(map(repr, NAMED))
        raise click.UsageError(f"--data is one of {known}, or a folder that is there, not {data!r}")
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


def check_reads_digits(model: Any, name: str) -> None:
    """Raise a usage error if a network takes other images than digits are."""
    from ..models.model import IMAGE

    if getattr(model, "input_shape", IMAGE) != IMAGE:
        raise click.UsageError(f"{name}: this network takes images {model.input_shape}; digits are images {IMAGE}")


def _progress() -> Any:
    """Return a listener for downloads and for long reading, which shows on stderr how far they are.

    On a terminal that is a line that changes; elsewhere each file is named once.
    """
    told: set[str] = set()
    live = sys.stderr.isatty()
    shown = 0.0  # when the line changed last

    def progress(name: str, done: int, total: int | None) -> None:
        nonlocal shown
        doing = name if name.startswith("reading ") else f"downloading {name}"
        if not live:
            if name not in told and not name.startswith("reading "):
                told.add(name)
                click.echo(f"{doing}{f' ({total / 1e6:.1f} MB)' if total else ''}", err=True)
            return
        over, now = total is not None and done >= total, time.monotonic()
        if name in told or (now - shown < REFRESH and not over):
            return
        shown = now
        size = f"{done / 1e6:.1f}" + (f" of {total / 1e6:.1f} MB ({done / total:.0%})" if total else " MB")
        click.echo(f"\r{doing}: {size}", nl=over, err=True)
        if over:
            told.add(name)

    return progress
