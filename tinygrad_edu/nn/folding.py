"""Unfold and Fold as layers: the windows of an image as columns, and back."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..kernels.geometry import pair
from .checks import array_like
from .convolution import Size
from .module import Module


class Unfold(Module):
    """y[n, (c,u,v), (i,j)] = x[n, c, i*stride - padding + u*dilation, ...]: each window of x as a column

    Args:
        kernel_size, dilation, padding, stride: an integer, or a pair (vertical, horizontal); see `unfold`.

    Shapes: x (n, c, h, w), y (n, c * kh * kw, oh * ow).

    >>> import tinygrad_edu as tge
    >>> tge.nn.Unfold(3)(tge.ones(2, 4, 10, 10)).shape
    (2, 36, 64)
    """

    def __init__(self, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1):
        name = type(self).__name__
        self.kernel_size = pair(kernel_size, f"{name}: kernel_size")
        self.dilation = pair(dilation, f"{name}: dilation")
        self.padding = pair(padding, f"{name}: padding", least=0)
        self.stride = pair(stride, f"{name}: stride")

    def forward(self, x: Any) -> Any:
        """Lay the windows side by side."""
        array_like("Unfold", x)
        return ops.unfold(x, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """Name the geometry."""
        names = ("kernel_size", "dilation", "padding", "stride")
        return ", ".join(f"{name}={getattr(self, name)}" for name in names)


class Fold(Unfold):
    """y[n,c,row,col] = sum of x[n, (c,u,v), (i,j)] over all u,v,i,j for which the window at (i, j) sees (row, col)

    Args:
        output_size: of the images, (h, w) or one integer for both.
        kernel_size, dilation, padding, stride: as for `Unfold`.

    Shapes: x (n, c * kh * kw, oh * ow), y (n, c, h, w).

    >>> import tinygrad_edu as tge
    >>> tge.nn.Fold((10, 10), 3)(tge.ones(2, 36, 64)).shape
    (2, 4, 10, 10)
    """

    def __init__(self, output_size: Size, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1):
        super().__init__(kernel_size, dilation, padding, stride)
        self.output_size = pair(output_size, "Fold: output_size")

    def forward(self, x: Any) -> Any:
        """Add the columns to the pixels."""
        array_like("Fold", x)
        return ops.fold(x, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """Name the geometry."""
        return f"output_size={self.output_size}, {super().extra_repr()}"
