"""Pooling to a given size as layers, whatever the size of the images."""

from __future__ import annotations

from typing import Any

from .. import ops
from .checks import array_like, flag, whole
from .module import Module


def _size(layer: Any, output_size: Any) -> tuple[int | None, int | None]:
    """Return (oh, ow), where None leaves an axis as it is."""
    both = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size, output_size)
    what = f"{type(layer).__name__}: output_size"
    if len(both) != 2:
        raise ValueError(f"{what} is an integer, or a pair of them, not {output_size!r}")
    first, second = (m if m is None else whole(what, m, at_least=1) for m in both)
    return first, second


class AdaptiveAvgPool2d(Module):
    """y[n,c,i,j] = the mean of x[n,c] over the window (i, j), of output_size windows which together cover it

    Args:
        output_size: (oh, ow), or one integer for both; None for an axis leaves it as it is. 1 is the mean of each
            channel: global average pooling (Lin, Chen and Yan, "Network in network", 2014).

    Shapes: x (n, c, h, w), y (n, c, oh, ow); or one image (c, h, w) and y (c, oh, ow).

    >>> import tinygrad_edu as tge
    >>> tge.nn.AdaptiveAvgPool2d(1)(tge.ones(2, 8, 7, 5)).shape
    (2, 8, 1, 1)
    """

    def __init__(self, output_size: Any):
        self.output_size = _size(self, output_size)

    def forward(self, x: Any) -> Any:
        """Average each window."""
        array_like("AdaptiveAvgPool2d", x)
        return ops.adaptive_avg_pool2d(x, self.output_size)

    def extra_repr(self) -> str:
        """Name the size."""
        return f"output_size={self.output_size}"


class AdaptiveMaxPool2d(AdaptiveAvgPool2d):
    """y[n,c,i,j] = the largest of x[n,c] in the window (i, j), of output_size windows which together cover it

    Args:
        output_size: as for `AdaptiveAvgPool2d`.
        return_indices: whether to return (y, indices): where in its channel each pixel of y is, row * w + col.

    >>> import tinygrad_edu as tge
    >>> tge.nn.AdaptiveMaxPool2d((3, None))(tge.ones(2, 8, 7, 5)).shape
    (2, 8, 3, 5)
    """

    def __init__(self, output_size: Any, return_indices: bool = False):
        super().__init__(output_size)
        self.return_indices = flag("AdaptiveMaxPool2d: return_indices", return_indices)

    def forward(self, x: Any) -> Any:
        """Keep the largest pixel of each window."""
        array_like("AdaptiveMaxPool2d", x)
        return ops.adaptive_max_pool2d(x, self.output_size, self.return_indices)
