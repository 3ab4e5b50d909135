"""What `graph` and `why` look at: a network, and one digit of the packaged test images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import numpy as np

    from ..autograd import Tensor

MODELS = ("minimal", "lenet5", "mnist-example")


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
    at = _position(test.labels, digit, index)
    dtype = next(iter(network.parameters())).dtype
    image = Tensor(test.images[at : at + 1].astype(dtype), requires_grad)
    return named("image", image), test.labels[at : at + 1]


def _position(labels: np.ndarray, digit: int | None, index: int | None) -> int:
    """Return where the image that was asked for stands among the test images."""
    if digit is None and index is None:
        digit = 3
    candidates = (labels >= 0 if digit is None else labels == digit).nonzero()[0]
    if (index or 0) >= len(candidates):
        kind = "test images" if digit is None else f"test images of the digit {digit}"
        raise click.UsageError(f"--index {index}: there are {len(candidates)} {kind}, counted from 0")
    return int(candidates[index or 0])
