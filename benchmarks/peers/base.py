"""What is asked of every library. What one cannot do it leaves out, or says why it cannot."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


class Peer:
    """One library at work. Results may be lazy or on their way until `wait` or `numbers`."""

    distribution = ""  # its name on PyPI

    def __init__(self, threads: int) -> None:
        """Import the library and give it this many threads."""

    @property
    def version(self) -> str:
        return importlib.metadata.version(self.distribution)

    def build(self, network: str, weights: Sequence[np.ndarray]) -> None:
        """Make the network of networks.py with these weights (weight, bias, weight, bias ...)."""
        raise NotImplementedError("has no networks")

    def load(self, weights: Sequence[np.ndarray]) -> None:
        """Bring the network back to these weights, without compiling anew."""
        raise NotImplementedError("has no networks")

    def batch(self, images: np.ndarray, labels: np.ndarray | None) -> Any:
        """Images (n, 1, 28, 28) float32 and labels (n,) int64 or None, in the library's own form."""
        raise NotImplementedError("has no networks")

    def step(self, batch: Any, lr: float) -> Any:
        """One step of SGD on the mean cross-entropy; the loss before it."""
        raise NotImplementedError("has no networks")

    def infer(self, batch: Any) -> Any:
        """The logits (n, 10), not recorded."""
        raise NotImplementedError("has no networks")

    def conv(self, x: np.ndarray, w: np.ndarray, g: np.ndarray, what: str) -> Callable[[], Any]:
        """A call that computes, of y = conv2d(x, w): "forward" y, "dx" or "dw" of <g, y>.

        x (n, c, h, w), w (o, c, kh, kw), g (n, o, oh, ow).
        """
        raise NotImplementedError("has no convolution")

    def chain(self, leaves: Sequence[np.ndarray], n: int, what: str) -> Callable[[], Sequence[Any]]:
        """A call that builds and evaluates `chain` of three scalars: "forward" [y]; "backward" the gradients of y by
        the leaves; "twice" the gradients, by the leaves, of the sum of all those gradients.
        """
        raise NotImplementedError("has no graphs")

    def wait(self, result: Any) -> None:
        """Return once the result is computed. Nothing to do for a library that computes at once."""

    def numbers(self, result: Any) -> np.ndarray:
        """The result as an array."""
        return np.asarray(result)


def chain(x, a, b, n: int):
    """n operations, each waiting for the one before: y = y * a, y = y + b, ...   (n is even)"""
    y = x
    for _ in range(n // 2):
        y = y * a + b
    return y
