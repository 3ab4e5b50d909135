"""The sizes of a convolution and of a pooling: shapes that fit, and parameters, chosen by a `Pick`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...kernels.geometry import output_size

if TYPE_CHECKING:
    from .pick import Pick

Pair = tuple[int, int]


@dataclass(frozen=True)
class Conv2dCase:
    """The sizes of one convolution: x (n, c, h, w), weight (o, c / groups, kh, kw), y (n, o, oh, ow)."""

    n: int
    c: int
    o: int
    input_size: Pair
    kernel_size: Pair
    stride: Pair
    padding: Pair
    dilation: Pair
    groups: int

    @property
    def x_shape(self) -> tuple[int, int, int, int]:
        """The images' shape, (n, c, h, w)."""
        return (self.n, self.c, *self.input_size)

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        """The kernels' shape, (o, c / groups, kh, kw)."""
        return (self.o, self.c // self.groups, *self.kernel_size)

    @property
    def y_shape(self) -> tuple[int, int, int, int]:
        """The output's shape, (n, o, oh, ow)."""
        size = output_size(self.input_size, self.kernel_size, self.stride, self.padding, self.dilation)
        return (self.n, self.o, *size)

    @property
    def params(self) -> dict[str, Any]:
        """The parameters as `conv2d` takes them."""
        return {
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
            "groups": self.groups,
        }


def choose_conv2d(
    pick: Pick, batches: tuple[int, ...], max_side: int, max_channels: int, max_groups: int
) -> Conv2dCase:
    """Choose the sizes of a convolution whose kernel fits, with at least one output position."""
    groups = pick.integer(1, max_groups)
    size, kernel, stride, padding, dilation = zip(*(_window(pick, max_side) for _ in "hw"), strict=True)
    return Conv2dCase(
        n=pick.choice(batches),
        c=groups * pick.integer(1, max_channels),
        o=groups * pick.integer(1, max_channels),
        input_size=size, kernel_size=kernel, stride=stride, padding=padding, dilation=dilation, groups=groups,
    )  # fmt: skip


def _window(pick: Pick, max_side: int) -> tuple[int, int, int, int, int]:
    """Choose (size, kernel, stride, padding, dilation) for one axis, so that the kernel fits at least once."""
    size, padding, dilation = pick.integer(1, max_side), pick.integer(0, 2), pick.integer(1, 3)
    widest = (size + 2 * padding - 1) // dilation + 1
    return size, pick.integer(1, min(widest, 4)), pick.integer(1, 3), padding, dilation


@dataclass(frozen=True)
class Pool2dCase:
    """The sizes of one pooling: images (n, c, h, w), output (n, c, oh, ow)."""

    n: int
    c: int
    input_size: Pair
    kernel_size: Pair
    stride: Pair | None
    padding: Pair
    dilation: Pair = (1, 1)
    ceil_mode: bool = False

    @property
    def x_shape(self) -> tuple[int, int, int, int]:
        """The images' shape, (n, c, h, w)."""
        return (self.n, self.c, *self.input_size)

    @property
    def y_shape(self) -> tuple[int, int, int, int]:
        """The output's shape, (n, c, oh, ow)."""
        stride = self.stride or self.kernel_size
        size = output_size(self.input_size, self.kernel_size, stride, self.padding, self.dilation, self.ceil_mode)
        return (self.n, self.c, *size)

    @property
    def params(self) -> dict[str, Any]:
        """The parameters that every pooling takes."""
        return {
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "padding": self.padding,
            "ceil_mode": self.ceil_mode,
        }

    @property
    def max_params(self) -> dict[str, Any]:
        """The parameters as `max_pool2d` takes them."""
        return {**self.params, "dilation": self.dilation}


def choose_pool2d(
    pick: Pick, batches: tuple[int, ...], max_side: int, max_channels: int, dilated: bool = False
) -> Pool2dCase:
    """Choose the sizes of a pooling with at least one window; dilated, as `max_pool2d` alone can be, or not."""
    sides = []
    for _ in "hw":
        side, width = pick.integer(1, max_side), pick.integer(1, 4)
        spread = pick.choice([1, 2]) if dilated and 2 * (width - 1) < side else 1
        least = max(0, -((side - spread * (width - 1) - 1) // 2))  # so much padding that one window fits: at most half
        sides.append((side, width, pick.integer(1, 4), pick.integer(least, width // 2), spread))
    size, kernel, stride, padding, dilation = zip(*sides, strict=True)
    return Pool2dCase(
        n=pick.choice(batches),
        c=pick.integer(1, max_channels),
        input_size=size,
        kernel_size=kernel,
        stride=pick.choice([None, stride]),
        padding=padding,
        dilation=dilation,
        ceil_mode=pick.choice([False, True]),
    )
