"""Layers that only change the shape."""

from __future__ import annotations

from typing import Any

from .. import ops
from .checks import array_like, whole
from .module import Module


class Flatten(Module):
    """Merge the axes from `start_axis` on into one: images (n, c, h, w) become rows (n, c*h*w)."""

    def __init__(self, start_axis: int = 1):
        self.start_axis = whole("Flatten: start_axis", start_axis)

    def forward(self, x: Any) -> Any:
        """Flatten each sample."""
        array_like("Flatten", x)
        return ops.flatten(x, self.start_axis)

    def extra_repr(self) -> str:
        """Name the axis."""
        return f"start_axis={self.start_axis}"
