"""Every training image a little different each time it is seen: moved, turned, resized, slanted, thinner or thicker.

A network that has seen one 7 in a hundred places and widths has learnt more of what a 7 is than that one image says.
P. Simard, D. Steinkraus, J. Platt, "Best practices for convolutional neural networks applied to visual document
analysis", ICDAR 2003.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .changes import Change
from .warp import affine


@dataclass(frozen=True)
class Augment(Change):
    """A change of handwriting that a generator of random numbers chooses, of a size that these bounds limit.

    Each image draws its own values, uniformly between minus and plus the bound. The same generator gives the same
    images.

    Args:
        shift: pixels, along each axis.
        turn: degrees.
        resize: part of the size, each axis for itself: 0.1 is from 90 % to 110 %.
        slant: pixels sideways for one pixel up.
        pen: 0: the strokes keep their width; 1: they gain or lose up to about one pixel on each side.

    >>> from tinygrad_edu.data import load_digits
    >>> images = load_digits()[0].images[:3]
    >>> changed = Augment()(images, np.random.default_rng(0))
    >>> changed.shape, changed.dtype, bool(changed.min() >= 0), bool(changed.max() <= 1)
    ((3, 1, 28, 28), dtype('float32'), True, True)
    """

    shift: float = 1.5
    turn: float = 10.0
    resize: float = 0.1
    slant: float = 0.15
    pen: float = 0.7

    def __post_init__(self) -> None:
        self.check_bounds(shift=None, turn=None, resize=1, slant=None, pen=1)

    def settings(self) -> dict[str, Any]:
        """Return the bounds: a run's settings have had them without a name since before there were other changes."""
        return asdict(self)

    def __call__(self, images: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
        """Return changed copies of images (n, c, h, w)."""
        n = len(images)
        width = rng.uniform(-self.pen, self.pen, n).astype(np.float32)
        turn = np.radians(rng.uniform(-self.turn, self.turn, n))
        slant = rng.uniform(-self.slant, self.slant, n)
        resize = 1 + rng.uniform(-self.resize, self.resize, (n, 2))
        shift = rng.uniform(-self.shift, self.shift, (n, 2))
        cos, sin = np.cos(turn), np.sin(turn)
        turned = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)  # (n, 2, 2)
        slanted = np.zeros((n, 2, 2))
        slanted[:, 0, 0] = slanted[:, 1, 1] = 1
        slanted[:, 1, 0] = slant
        return affine(stroke_width(images, width), (turned @ slanted) / resize[:, :, np.newaxis], shift)


def stroke_width(images: NDArray[np.float32], change: NDArray[np.float32]) -> NDArray[np.float32]:
    """Make strokes thicker (change > 0: towards the largest of a pixel and its 4 neighbours) or thinner (the least).

    images (n, c, h, w); change (n,) from -1 to 1.
    """
    change = change[:, np.newaxis, np.newaxis, np.newaxis]
    thick, thin = images.copy(), images.copy()
    for there, here in ((np.s_[..., 1:, :], np.s_[..., :-1, :]), (np.s_[..., 1:], np.s_[..., :-1])):
        for a, b in ((there, here), (here, there)):
            np.maximum(thick[a], images[b], out=thick[a])
            np.minimum(thin[a], images[b], out=thin[a])
    return images + np.maximum(change, 0) * (thick - images) + np.maximum(-change, 0) * (thin - images)
