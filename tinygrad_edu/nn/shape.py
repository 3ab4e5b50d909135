"""Layers that only change the shape."""

from __future__ import annotations

from typing import Any

from .. import ops
from .checks import array_like, whole
from .module import Module


class Flatten(Module):
    """y[n, (c*H + h)*W + w] = x[n,c,h,w]: the axes from `start_axis` on become one

    Args:
        start_axis: the first axis to go; 1 keeps the batch axis.

    Shapes: x (n, c, h, w), y (n, c*h*w).

    >>> import tinygrad_edu as tge
    >>> tge.nn.Flatten()(tge.ones(5, 8, 26, 26)).shape
    (5, 5408)
    """

    def __init__(self, start_axis: int = 1):
        self.start_axis = whole("Flatten: start_axis", start_axis)

    def forward(self, x: Any) -> Any:
        """Flatten each sample."""
        array_like("Flatten", x)
        return ops.flatten(x, self.start_axis)

    def extra_repr(self) -> str:
        """Name the axis."""
        return f"start_axis={self.start_axis}"
