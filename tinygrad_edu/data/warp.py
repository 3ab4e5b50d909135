"""Where the pixels of a changed image come from: along straight lines anywhere, or from a window at whole pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def affine(images: NDArray[np.float32], matrix: NDArray[np.float64], shift: NDArray[np.float64]) -> NDArray[np.float32]:
    """y[n, k, p] = x[n, k, c + M[n] (p - c) - shift[n]], read bilinearly: between pixels, a mean of the four around.

    images (n, channels, h, w); matrix (n, 2, 2) and shift (n, 2) for (row, column); c is the middle. Beyond the edge
    is 0.
    """
    n, channels, h, w = images.shape
    middle = np.array([(h - 1) / 2, (w - 1) / 2])
    p = np.stack(np.meshgrid(np.arange(h), np.arange(w), indexing="ij")).reshape(2, h * w) - middle[:, np.newaxis]
    at = (matrix @ p + (middle - shift)[:, :, np.newaxis]).astype(np.float32)  # (n, 2, h w)
    # one pixel of empty border, so that every place has four neighbours
    np.clip(at, -1, np.array([h, w], np.float32)[:, np.newaxis], out=at)
    low = np.minimum(np.floor(at), np.array([h - 1, w - 1], np.float32)[:, np.newaxis])
    down, right = (at - low).transpose(1, 0, 2)  # (n, h w) each, from 0 to 1
    i, j = low.astype(np.intp).transpose(1, 0, 2) + 1
    corner = np.arange(n)[:, np.newaxis] * ((h + 2) * (w + 2)) + i * (w + 2) + j
    result = np.empty((n, channels, h, w), np.float32)
    for k in range(channels):
        padded = np.zeros((n, h + 2, w + 2), np.float32)
        padded[:, 1:-1, 1:-1] = images[:, k]
        a, b, c, d = (padded.take(corner + step) for step in (0, 1, w + 2, w + 3))
        upper, lower = a + right * (b - a), c + right * (d - c)
        result[:, k] = np.clip(upper + down * (lower - upper), 0, 1).reshape(n, h, w)
    return result


def windows(
    images: NDArray[np.float32], top: NDArray[np.integer], left: NDArray[np.integer], height: int, width: int
) -> NDArray[np.float32]:
    """y[n, k, i, j] = x[n, k, top[n] + i, left[n] + j]: a window of each image.  Beyond the edge is 0.

    images (n, channels, h, w); top and left (n,), which may be negative; y (n, channels, height, width).
    """
    n, channels, h, w = images.shape
    rows = top[:, np.newaxis] + np.arange(height)  # (n, height)
    columns = left[:, np.newaxis] + np.arange(width)
    inside = ((rows >= 0) & (rows < h))[:, :, np.newaxis] & ((columns >= 0) & (columns < w))[:, np.newaxis]
    at = (rows.clip(0, h - 1) * w)[:, :, np.newaxis] + columns.clip(0, w - 1)[:, np.newaxis]  # (n, height, width)
    flat = images.reshape(n, channels, h * w)
    seen = np.take_along_axis(flat, at.reshape(n, 1, height * width), axis=2)
    return seen.reshape(n, channels, height, width) * inside[:, np.newaxis]
