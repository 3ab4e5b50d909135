"""What `graph`, `why` and `explore` look at: a network, and one digit of the packaged test images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from . import data_options
from .values import Name

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from ..autograd import Tensor

SMALL = ("minimal", "lenet5", "mnist-example")  # which learn in some seconds
MODELS = (*SMALL, "vgg", "resnet")


def shows_a_digit(
    otherwise: str, weights: str = "fresh weights", models: tuple[str, ...] = MODELS
) -> Callable[[Any], Any]:
    """Give a command the options that say which network it looks at, and which digit this is shown.

    Args:
        otherwise: which digit it is where neither --digit nor --index is given.
        weights: which weights a network has that is not trained by the user.
        models: the networks that it can look at.
    """
    options = (
        click.option("--model", type=click.Choice(models), help=f"The network, with {weights}.  [default: minimal]"),
        click.option(
            "--weights",
            type=Name(),
            metavar="FILE_OR_RUN",
            help="A trained network: a weights file or the folder of a run.",
        ),
        click.option("--digit", type=click.IntRange(0, 9), help=f"The digit it is shown.  [default: {otherwise}]"),
        click.option(
            "--index",
            type=click.IntRange(0),
            metavar="N",
            help="Show test image N (from 0); with --digit, image N of this digit.",
        ),
    )

    def with_options(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return with_options


def seed_for(weights: str | None, seed: int | None) -> int:
    """Return the seed, which only a network with fresh weights needs."""
    if weights is not None and seed is not None:
        raise click.UsageError("--seed is for fresh weights; those of --weights are in their file")
    return seed or 0


def network(model: str | None, weights: str | None) -> Any:
    """Return the network, trained or with fresh weights, in evaluation mode, its parameters bearing their paths."""
    if weights is not None:
        from ..training import load_model

        found = load_model(weights)
        data_options.check_reads_digits(found, weights)
    else:
        from ..models import build

        found = build(model or "minimal")
    from ..autograd import named

    for path, parameter in found.named_parameters():
        named(path, parameter)
    return found.eval()


def shown_digit(
    network: Any, digit: int | None, index: int | None, requires_grad: bool = False
) -> tuple[Tensor, np.ndarray]:
    """Return the image that was asked for, in the network's dtype and called "image", and its label."""
    from ..autograd import Tensor, named
    from ..data import load_digits

    _, test = load_digits()
    at = position(test.labels, digit, index)
    dtype = next(iter(network.parameters())).dtype
    image = Tensor(test.images[at : at + 1].astype(dtype), requires_grad)
    return named("image", image), test.labels[at : at + 1]


def position(labels: np.ndarray, digit: int | None, index: int | None) -> int:
    """Return where the image that was asked for stands among the test images."""
    if digit is None and index is None:
        digit = 3
    candidates = (labels >= 0 if digit is None else labels == digit).nonzero()[0]
    if (index or 0) >= len(candidates):
        kind = "test images" if digit is None else f"test images of the digit {digit}"
        raise click.UsageError(f"--index {index}: there are {len(candidates)} {kind}, counted from 0")
    return int(candidates[index or 0])
