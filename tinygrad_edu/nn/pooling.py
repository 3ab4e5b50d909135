"""Pooling as layers: each window of an image becomes one pixel."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..kernels.geometry import pair
from ..ops.pooling import check_padding
from .checks import array_like, flag, number
from .convolution import Size
from .module import Module


class MaxPool2d(Module):
    """y[n,c,i,j] = the largest x[n,c,row,col] in the window at (i, j)

    Args:
        kernel_size: the window, an integer or a pair (vertical, horizontal), as are the next three.
        stride: how far the window moves; None: as far as it is large.
        padding: rows and columns around the image, which never win; at most half the window.
        dilation: the distance between neighbouring pixels in a window.
        return_indices: whether to return (y, indices): where in its channel each pixel of y is, row * w + col.
        ceil_mode: whether a last window may reach over the lower and right edge.

    Shapes: x (n, c, h, w), y (n, c, oh, ow), oh = floor((h + 2 padding - dilation (kh - 1) - 1) / stride) + 1 (with
    `ceil_mode` the ceiling), and ow likewise; or one image (c, h, w) and y (c, oh, ow).

    >>> import tinygrad_edu as tge
    >>> tge.nn.MaxPool2d(2)(tge.arange(16.0).reshape(1, 1, 4, 4)).data.tolist()
    [[[[5.0, 7.0], [13.0, 15.0]]]]
    """

    kernel_size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    ceil_mode: bool

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ):
        self.dilation = pair(dilation, "MaxPool2d: dilation")
        self.return_indices = flag("MaxPool2d: return_indices", return_indices)
        _windows(self, kernel_size, stride, padding, self.dilation, ceil_mode)

    def forward(self, x: Any) -> Any:
        """Keep the largest pixel of each window."""
        array_like("MaxPool2d", x)
        return ops.max_pool2d(
            x, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode, self.return_indices
        )

    def extra_repr(self) -> str:
        """Name the geometry."""
        return _settings(self, dilation=(1, 1), ceil_mode=False, return_indices=False)


class AvgPool2d(Module):
    """y[n,c,i,j] = the sum of x[n,c,row,col] in the window at (i, j) / (kh * kw)

    Args:
        kernel_size, stride, padding, ceil_mode: as for `MaxPool2d`; here padding counts as zeros.
        count_include_pad: whether the padding is counted, or the sum is divided by the number of pixels alone.
        divisor_override: a number to divide by instead of the count.

    Shapes: x (n, c, h, w), y (n, c, oh, ow) as for `MaxPool2d`.

    >>> import tinygrad_edu as tge
    >>> tge.nn.AvgPool2d(2)(tge.arange(16.0).reshape(1, 1, 4, 4)).data.tolist()
    [[[[2.5, 4.5], [10.5, 12.5]]]]
    """

    kernel_size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    ceil_mode: bool

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: float | None = None,
    ):
        _windows(self, kernel_size, stride, padding, (1, 1), ceil_mode)
        self.count_include_pad = flag("AvgPool2d: count_include_pad", count_include_pad)
        if divisor_override is not None and not number("AvgPool2d: divisor_override", divisor_override):
            raise ValueError("AvgPool2d: divisor_override must be a number other than 0")
        self.divisor_override = divisor_override

    def forward(self, x: Any) -> Any:
        """Average each window."""
        array_like("AvgPool2d", x)
        return ops.avg_pool2d(
            x,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )

    def extra_repr(self) -> str:
        """Name the geometry."""
        return _settings(self, ceil_mode=False, count_include_pad=True, divisor_override=None)


def _windows(layer: Any, kernel_size: Size, stride: Size | None, padding: Size, dilation: Any, ceil: bool) -> None:
    """Check the windows of a pooling layer, and let it have them."""
    name = type(layer).__name__
    layer.kernel_size = pair(kernel_size, f"{name}: kernel_size")
    layer.stride = layer.kernel_size if stride is None else pair(stride, f"{name}: stride")
    layer.padding = pair(padding, f"{name}: padding", least=0)
    layer.ceil_mode = flag(f"{name}: ceil_mode", ceil)
    check_padding(name, layer.kernel_size, layer.padding, dilation)


def _settings(layer: Any, **defaults: Any) -> str:
    """Write the settings of such a layer, leaving out those beyond the window that have their defaults."""
    shown = ["kernel_size", "stride", "padding"]
    shown += [name for name, default in defaults.items() if getattr(layer, name) != default]
    return ", ".join(f"{name}={getattr(layer, name)}" for name in shown)
