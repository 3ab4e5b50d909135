"""Upsample: images made larger, or smaller."""

from __future__ import annotations

from typing import Any

from .. import ops
from ..ops.resampling import MODES
from .checks import array_like, flag
from .module import Module


class Upsample(Module):
    """y = interpolate(x): x made larger, or smaller, along its axes from the third on

    Args:
        size: the length of these axes, an integer or one for each; or
        scale_factor: how many times as long they become, a number or one for each.
        mode: "nearest", "linear", "bilinear", "bicubic", "trilinear" or another that `interpolate` has.
        align_corners, recompute_scale_factor: see `interpolate`.

    Shapes: x (n, c, h, w), y (n, c, oh, ow); or one axis, or three, instead of the two.

    >>> import tinygrad_edu as tge
    >>> tge.nn.Upsample(scale_factor=2)(tge.ones(1, 3, 4, 5)).shape
    (1, 3, 8, 10)
    """

    def __init__(
        self,
        size: Any = None,
        scale_factor: Any = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ):
        if mode not in MODES:
            raise ValueError(f"Upsample: mode is one of {', '.join(MODES)}, not {mode!r}")
        if (size is None) == (scale_factor is None):
            raise ValueError("Upsample takes a size or a scale_factor, one of them")
        self.size, self.scale_factor, self.mode = size, scale_factor, mode
        self.align_corners = align_corners if align_corners is None else flag("Upsample: align_corners", align_corners)
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, x: Any) -> Any:
        """Resample each channel."""
        array_like("Upsample", x)
        return ops.interpolate(
            x, self.size, self.scale_factor, self.mode, self.align_corners, self.recompute_scale_factor
        )

    def extra_repr(self) -> str:
        """Name the size and the mode."""
        size = f"size={self.size}" if self.scale_factor is None else f"scale_factor={self.scale_factor}"
        return f"{size}, mode={self.mode!r}"
