"""Pooling to a given size: the windows are what each output pixel covers of the image.

Output row i of m covers, of n rows, those from floor(i n / m) to ceil((i + 1) n / m), so that windows overlap by a row,
or differ by one, where m does not divide n. Where it does, that is ordinary pooling.
"""

from __future__ import annotations

import operator

import numpy as np

from .composite import composite
from .indexing import getitem
from .pooling import avg_pool2d, check_images, max_pool2d, max_pool2d_gather, pixel_numbers
from .resampling import interpolate
from .shape import expand_dims, squeeze


@composite
def adaptive_avg_pool2d(x, output_size):
    """Return the mean of x over each of output_size windows, which together cover it; (1, 1): over the whole image.

    Args:
        x: images (n, c, h, w), or one of them (c, h, w).
        output_size: of y, (oh, ow), or one integer for both; None for an axis leaves it as it is.

    Returns: y (n, c, oh, ow): the mean over the rows from floor(i h / oh) to ceil((i + 1) h / oh), columns likewise.

    Raises:
        ValueError: x that is no image, or has no pixels, or a size below 1.

    >>> import tinygrad_edu as tge
    >>> tge.adaptive_avg_pool2d(tge.arange(6.0).reshape(1, 2, 3), (1, 2)).data
    array([[[2., 3.]]], dtype=float32)
    """
    size, kernel = _windows("adaptive_avg_pool2d", x, output_size)
    if kernel is not None:
        return avg_pool2d(x, kernel)
    images = x if x.ndim == 4 else expand_dims(x, 0)
    y = interpolate(images, size, mode="area")
    return y if x.ndim == 4 else squeeze(y, 0)


@composite
def adaptive_max_pool2d(x, output_size, return_indices=False):
    """Return the largest x in each of output_size windows, which together cover it; (1, 1): in the whole image.

    Args:
        x: images (n, c, h, w), or one of them (c, h, w).
        output_size: of y, (oh, ow), or one integer for both; None for an axis leaves it as it is.
        return_indices: whether to return with y where in its channel each of the pixels is: row * w + col, integers.

    Returns: y (n, c, oh, ow), or (y, indices); the windows are those of `adaptive_avg_pool2d`.

    Raises:
        ValueError: x that is no image, or has no pixels, or a size below 1.

    >>> import tinygrad_edu as tge
    >>> tge.adaptive_max_pool2d(tge.arange(6.0).reshape(1, 2, 3), (1, 2)).data
    array([[[4., 5.]]], dtype=float32)
    """
    size, kernel = _windows("adaptive_max_pool2d", x, output_size)
    if kernel is not None:
        return max_pool2d(x, kernel, return_indices=return_indices)
    rows, columns = (_side_by_side(n, m) for n, m in zip(x.shape[-2:], size, strict=True))
    seen = (..., rows.reshape(-1, 1), columns.ravel())
    windows, kernel = getitem(x, seen), (rows.shape[1], columns.shape[1])
    if not return_indices:
        return max_pool2d(windows, kernel)
    return max_pool2d(windows, kernel), max_pool2d_gather(pixel_numbers(x)[seen], windows, kernel)


def _windows(op, x, output_size):
    """Return the output's size, and the window if all are alike, without overlap."""
    check_images(op, x)
    both = output_size if np.iterable(output_size) else (output_size, output_size)
    try:
        size = tuple(n if m is None else operator.index(m) for n, m in zip(x.shape[-2:], both, strict=True))
    except (TypeError, ValueError):
        size = ()
    if len(size) != 2 or min(size) < 1 or min(x.shape[-2:]) < 1:
        raise ValueError(
            f"{op}: output_size is an integer of at least 1, or a pair of them, not {output_size!r}; "
            f"x has images of {x.shape[-2:]}"
        )
    tiles = all(n % m == 0 for n, m in zip(x.shape[-2:], size, strict=True))
    return size, tuple(n // m for n, m in zip(x.shape[-2:], size, strict=True)) if tiles else None


def _side_by_side(n, m):
    """Return for each of m windows onto n rows the rows it sees; a shorter one sees its last row once more."""
    i = np.arange(m)
    first, last = i * n // m, -(-(i + 1) * n // m)
    return np.minimum(first[:, None] + np.arange((last - first).max()), last[:, None] - 1)
