"""Every training image a little different each time it is seen: moved, turned, resized, slanted, thinner or thicker.

A network that has seen one 7 in a hundred places and widths has learnt more of what a 7 is than that one image says.
P. Simard, D. Steinkraus, J. Platt, "Best practices for convolutional neural networks applied to visual document
analysis", ICDAR 2003.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Augment:
    """A change of images that a generator of random numbers chooses, of a size that these bounds limit.

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

    def __call__(self, images: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
        """Return changed copies of images (n, 1, h, w)."""
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

    images (n, 1, h, w); change (n,) from -1 to 1.
    """
    change = change[:, np.newaxis, np.newaxis, np.newaxis]
    thick, thin = images.copy(), images.copy()
    for there, here in ((np.s_[..., 1:, :], np.s_[..., :-1, :]), (np.s_[..., 1:], np.s_[..., :-1])):
        for a, b in ((there, here), (here, there)):
            np.maximum(thick[a], images[b], out=thick[a])
            np.minimum(thin[a], images[b], out=thin[a])
    return images + np.maximum(change, 0) * (thick - images) + np.maximum(-change, 0) * (thin - images)


def affine(images: NDArray[np.float32], matrix: NDArray[np.float64], shift: NDArray[np.float64]) -> NDArray[np.float32]:
    """y[n, 0, p] = x[n, 0, c + M[n] (p - c) - shift[n]], read bilinearly: between pixels, a mean of the four around.

    images (n, 1, h, w); matrix (n, 2, 2) and shift (n, 2) for (row, column); c is the middle. Beyond the edge is 0.
    """
    n, _, h, w = images.shape
    middle = np.array([(h - 1) / 2, (w - 1) / 2])
    p = np.stack(np.meshgrid(np.arange(h), np.arange(w), indexing="ij")).reshape(2, h * w) - middle[:, np.newaxis]
    at = (matrix @ p + (middle - shift)[:, :, np.newaxis]).astype(np.float32)  # (n, 2, h w)
    # one pixel of empty border, so that every place has four neighbours
    np.clip(at, -1, np.array([h, w], np.float32)[:, np.newaxis], out=at)
    low = np.minimum(np.floor(at), np.array([h - 1, w - 1], np.float32)[:, np.newaxis])
    down, right = (at - low).transpose(1, 0, 2)  # (n, h w) each, from 0 to 1
    padded = np.zeros((n, h + 2, w + 2), np.float32)
    padded[:, 1:-1, 1:-1] = images[:, 0]
    i, j = low.astype(np.intp).transpose(1, 0, 2) + 1
    corner = np.arange(n)[:, np.newaxis] * ((h + 2) * (w + 2)) + i * (w + 2) + j
    a, b, c, d = (padded.take(corner + step) for step in (0, 1, w + 2, w + 3))
    upper, lower = a + right * (b - a), c + right * (d - c)
    return np.clip(upper + down * (lower - upper), 0, 1).reshape(n, 1, h, w)
