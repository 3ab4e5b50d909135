"""Layers that only move elements: Flatten, Identity, ZeroPad2d."""

from __future__ import annotations

from typing import Any

from .. import ops
from .checks import array_like, whole
from .module import Module


class Identity(Module):
    """y = x: stands where a layer might be

    It takes any arguments and forgets them, so that it can be put in any layer's place. Shapes: x any, y the same.

    >>> import tinygrad_edu as tge
    >>> tge.nn.Identity(54, unused=True)(tge.ones(2)).data
    array([1., 1.], dtype=float32)
    """

    def __init__(self, *args: Any, **kwargs: Any):
        pass

    def forward(self, x: Any) -> Any:
        """Return x itself."""
        return x


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


class ZeroPad2d(Module):
    """y = x with zeros around its last two axes

    Args:
        padding: (left, right, top, bottom), or one number for all four. This order, and numbers below 0, which cut off
            instead, are PyTorch's.

    Shapes: x (..., h, w), y (..., top + h + bottom, left + w + right).

    >>> import tinygrad_edu as tge
    >>> tge.nn.ZeroPad2d((1, 0, 2, 0))(tge.ones(1, 1, 3, 3)).shape
    (1, 1, 5, 4)
    """

    def __init__(self, padding: int | tuple[int, int, int, int]):
        sides = tuple(padding) if isinstance(padding, (tuple, list)) else (padding,) * 4
        if len(sides) != 4:
            raise ValueError(f"ZeroPad2d: padding is a number, or (left, right, top, bottom), not {padding!r}")
        self.padding = tuple(whole("ZeroPad2d: padding", side) for side in sides)

    def forward(self, x: Any) -> Any:
        """Put zeros around."""
        array_like("ZeroPad2d", x)
        left, right, top, bottom = self.padding
        if x.ndim < 2 or x.shape[-1] + left + right < 0 or x.shape[-2] + top + bottom < 0:
            raise ValueError(f"ZeroPad2d with padding {self.padding} needs images (..., h, w), not shape {x.shape}")
        if min(self.padding) < 0:
            rows = slice(max(-top, 0), x.shape[-2] + min(bottom, 0))
            x = x[..., rows, max(-left, 0) : x.shape[-1] + min(right, 0)]
        around = ((max(top, 0), max(bottom, 0)), (max(left, 0), max(right, 0)))
        return ops.pad(x, ((0, 0),) * (x.ndim - 2) + around)

    def extra_repr(self) -> str:
        """Name the sides."""
        return f"padding={self.padding}"
