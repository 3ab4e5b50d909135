"""Conv2d and Conv1d: small filters that slide over an image, or a signal."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..kernels.geometry import pair
from ..ops import conv1d, conv2d, pad
from ..ops.convolution import paddings, sides
from ..ops.padding import MODES
from . import init
from .checks import flag, floating, same_dtype, whole
from .module import Module
from .parameter import Parameter

Size = int | tuple[int, int]


class Conv2d(Module):
    """y = conv2d(x, weight, bias): each filter slides over the image and gives one channel of y

        y[n,o,i,j] = bias[o] + sum over c,u,v of x[n,c,row,col] * weight[o,c,u,v],
        row = i*stride - padding + u*dilation,  col = j*stride - padding + v*dilation

    Args:
        in_channels, out_channels: c and o. There is one filter for each output channel.
        kernel_size, stride, dilation: an integer, or a pair (vertical, horizontal).
        padding: the same; or ((top, bottom), (left, right)); or "same", as many zeros as keep the image's size, or
            "valid", none.
        groups: the channels are split into this many groups that do not see each other.
        bias: whether there is one.
        padding_mode: what the padding is: "zeros", or of the image: "reflect", "replicate" or "circular", see `pad`.
        rng: a NumPy Generator for the initial weights; the library's own if None.
        dtype: of the parameters, and so of everything computed.

    Shapes: x (n, in_channels, h, w), y (n, out_channels, oh, ow); or one image, without n.
    Parameters: weight (out_channels, in_channels / groups, kh, kw) and bias (out_channels,); they start in
    U(-1/sqrt(fan_in), 1/sqrt(fan_in)), fan_in = in_channels / groups * kh * kw, see `nn.init.default`.
    LeCun et al., "Backpropagation applied to handwritten zip code recognition" (1989).

    >>> import tinygrad_edu as tge
    >>> tge.nn.Conv2d(1, 8, 3)(tge.ones(2, 1, 28, 28)).shape
    (2, 8, 26, 26)
    >>> tge.nn.Conv2d(1, 8, 3, padding="same")(tge.ones(2, 1, 28, 28)).shape
    (2, 8, 28, 28)
    """

    in_channels: int
    out_channels: int
    groups: int
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Any = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ):
        channels(self, in_channels, out_channels, groups)
        self.kernel_size = pair(kernel_size, "Conv2d: kernel_size")
        self.stride = pair(stride, "Conv2d: stride")
        self.padding = paddings(padding, "Conv2d: padding")
        self.dilation = pair(dilation, "Conv2d: dilation")
        self.padding_mode = border_mode("Conv2d", padding_mode)
        self._sides = sides(self.padding, self.stride, self.dilation, self.kernel_size)
        shape = (self.out_channels, self.in_channels // self.groups, *self.kernel_size)
        start(self, shape, bias, rng, dtype)

    def forward(self, x: Any) -> Any:
        """Slide the filters over the images."""
        same_dtype("Conv2d", x, self.weight)
        x, padding = bordered(x, self._sides, self.padding_mode, self.padding)
        return conv2d(x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)

    def extra_repr(self) -> str:
        """Name the geometry, leaving out what has its default."""
        return geometry(self, padding=(0, 0), dilation=(1, 1), groups=1, padding_mode="zeros")


class Conv1d(Module):
    """y = conv1d(x, weight, bias): each filter slides over the signal and gives one channel of y

        y[n,o,i] = bias[o] + sum over c,u of x[n, c, i*stride - padding + u*dilation] * weight[o,c,u]

    Args:
        in_channels, out_channels: c and o. There is one filter for each output channel.
        kernel_size, stride, dilation: integers.
        padding: the same; or a pair, before and after; or "same", as many zeros as keep the signal's length, or
            "valid", none.
        groups, bias, padding_mode, rng, dtype: as for `Conv2d`.

    Shapes: x (n, in_channels, l), y (n, out_channels, ol); or one signal, without n.
    Parameters: weight (out_channels, in_channels / groups, k) and bias (out_channels,); they start as Conv2d's do.

    >>> import tinygrad_edu as tge
    >>> tge.nn.Conv1d(1, 8, 3)(tge.ones(2, 1, 28)).shape
    (2, 8, 26)
    """

    in_channels: int
    out_channels: int
    groups: int
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        padding: Any = 0,
        dilation: int = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ):
        channels(self, in_channels, out_channels, groups)
        self.kernel_size = whole("Conv1d: kernel_size", kernel_size, at_least=1)
        self.stride = whole("Conv1d: stride", stride, at_least=1)
        self.padding = padding if isinstance(padding, str) else pair(padding, "Conv1d: padding", least=0)
        self.dilation = whole("Conv1d: dilation", dilation, at_least=1)
        self.padding_mode = border_mode("Conv1d", padding_mode)
        both = paddings(self.padding, "Conv1d: padding")
        both = both if both == "same" else ((0, 0), both)
        self._sides = sides(both, (1, self.stride), (1, self.dilation), (1, self.kernel_size))[1:]
        start(self, (self.out_channels, self.in_channels // self.groups, self.kernel_size), bias, rng, dtype)

    def forward(self, x: Any) -> Any:
        """Slide the filters over the signals."""
        same_dtype("Conv1d", x, self.weight)
        x, padding = bordered(x, self._sides, self.padding_mode, self.padding)
        return conv1d(x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)

    def extra_repr(self) -> str:
        """Name the geometry, leaving out what has its default."""
        return geometry(self, padding=(0, 0), dilation=1, groups=1, padding_mode="zeros")


def border_mode(layer: str, mode: str) -> str:
    """Return the name of a padding mode, or raise ValueError saying which there are."""
    known = ["zeros", *(name for name in MODES if name != "constant")]
    if mode not in known:
        raise ValueError(f"{layer}: padding_mode is one of {', '.join(known)}, not {mode!r}")
    return mode


def bordered(x: Any, around: Any, mode: str, padding: Any) -> tuple[Any, Any]:
    """Return x, where it is padded with itself, with its border; and the padding that is left to the convolution."""
    if mode == "zeros" or x.ndim <= len(around):  # of another shape: the convolution says so
        return x, padding
    return pad(x, (*((0, 0),) * (x.ndim - len(around)), *around), mode), 0


def channels(layer: Any, in_channels: int, out_channels: int, groups: int) -> None:
    """Check the channels of a layer that convolves, and let it have them."""
    name = type(layer).__name__
    layer.in_channels = whole(f"{name}: in_channels", in_channels, at_least=1)
    layer.out_channels = whole(f"{name}: out_channels", out_channels, at_least=1)
    layer.groups = whole(f"{name}: groups", groups, at_least=1)
    if in_channels % groups or out_channels % groups:
        raise ValueError(f"{name}: groups={groups} must divide the channels, {in_channels} and {out_channels}")


def start(layer: Any, shape: tuple[int, ...], bias: bool, rng: Any, dtype: Any) -> None:
    """Give such a layer its parameters."""
    name = type(layer).__name__
    dtype = floating(f"{name}: dtype", dtype)
    weight, first = init.default(shape, outputs=layer.out_channels, rng=rng, dtype=dtype)
    layer.weight = Parameter(weight)
    layer.bias = Parameter(first)
    if not flag(f"{name}: bias", bias):
        layer.bias = None


def geometry(layer: Any, **defaults: Any) -> str:
    """Write the settings of such a layer, leaving out what has its default."""
    text = f"{layer.in_channels}, {layer.out_channels}, kernel_size={layer.kernel_size}, stride={layer.stride}"
    for name, default in defaults.items():
        if getattr(layer, name) != default:
            text += f", {name}={getattr(layer, name)!r}"
    return text if layer.bias is not None else text + ", bias=False"
