"""Dropout: noise in training that keeps units from relying on each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import ops
from ..random import generator
from .checks import array_like, number
from .module import Module
from .setting import Setting

if TYPE_CHECKING:
    import numpy as np


class Dropout(Module):
    """y = x * mask / (1 - p) in training,  y = x in evaluation

    Each mask element is 0 with probability p, otherwise 1; dividing by 1 - p keeps the expected value.

    Args:
        p: the probability of dropping an element, from 0 to 1.
        rng: a NumPy Generator for the masks; the library's own (`tge.manual_seed`) if None.

    Shapes: x any, y the same.

    >>> import tinygrad_edu as tge
    >>> layer = tge.nn.Dropout(0.5)
    >>> set(layer(tge.ones(1000)).data.tolist()) == {0.0, 2.0}, set(layer.eval()(tge.ones(1000)).data.tolist())
    (True, {1.0})

    Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting" (2014).
    """

    p: Any = Setting(number, at_least=0, at_most=1)

    def __init__(self, p: float = 0.5, *, rng: np.random.Generator | None = None):
        self.p = p
        self.rng = rng if rng is None else generator(rng)  # None: asked for at each call, as manual_seed changes it

    def forward(self, x: Any) -> Any:
        """Drop some elements, in training mode."""
        array_like("Dropout", x)
        return ops.dropout(x, self.p, self.training, self.rng)

    def extra_repr(self) -> str:
        """Name the probability."""
        return f"p={self.p}"


class Dropout2d(Dropout):
    """y = x * mask / (1 - p) in training,  y = x in evaluation, where mask has one element for each channel

    Args:
        p: the probability of dropping a channel, from 0 to 1.
        rng: as for `Dropout`.

    Shapes: x (n, c, h, w) or (c, h, w), y the same.
    Tompson et al., "Efficient object localization using convolutional networks" (2015).

    >>> import tinygrad_edu as tge
    >>> y = tge.nn.Dropout2d(0.5)(tge.ones(1, 100, 2, 2))
    >>> {tuple(channel.ravel().tolist()) for channel in y.data[0]} == {(0.0,) * 4, (2.0,) * 4}
    True
    """

    def forward(self, x: Any) -> Any:
        """Drop some channels, in training mode."""
        array_like("Dropout2d", x)
        return ops.dropout2d(x, self.p, self.training, self.rng)
