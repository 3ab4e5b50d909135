"""The arithmetic of windows sliding over an image: sizes, padding, and views of all windows at once."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

Pair = tuple[int, int]


def pair(value: Any, name: str, least: int = 1) -> Pair:
    """Turn an int, or a pair (vertical, horizontal) of them, into a pair; each at least `least`."""
    if type(value) is int and value >= least:
        return value, value
    if type(value) is tuple and len(value) == 2:
        a, b = value
        if type(a) is int and type(b) is int and a >= least and b >= least:
            return value
    try:
        both = tuple(operator.index(v) for v in value) if np.iterable(value) else (operator.index(value),) * 2
    except TypeError:
        both = ()
    if len(both) != 2 or min(both) < least:
        raise ValueError(f"{name} must be an integer or a pair of them, each at least {least}, not {value!r}")
    return both


def output_size(
    size: Sequence[int],
    kernel: Sequence[int],
    stride: Pair,
    padding: Pair,
    dilation: Pair = (1, 1),
    ceil_mode: bool = False,
) -> Pair:
    """Return how many windows fit: floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1, per axis.

    With `ceil_mode` it is the ceiling: a last window may reach over the edge, if it begins before the padding there.

    >>> output_size((28, 28), (3, 3), (1, 1), (0, 0))
    (26, 26)
    >>> output_size((5, 5), (2, 2), (2, 2), (0, 0)), output_size((5, 5), (2, 2), (2, 2), (0, 0), ceil_mode=True)
    ((2, 2), (3, 3))
    """
    if ceil_mode:
        h, w = (
            min(-(-(n + 2 * p - d * (k - 1) - 1) // s), (n + p - 1) // s) + 1
            for n, k, s, p, d in zip(size, kernel, stride, padding, dilation, strict=True)
        )
        return max(h, 0), max(w, 0)
    h = (size[0] + 2 * padding[0] - dilation[0] * (kernel[0] - 1) - 1) // stride[0] + 1
    w = (size[1] + 2 * padding[1] - dilation[1] * (kernel[1] - 1) - 1) // stride[1] + 1
    return max(h, 0), max(w, 0)


def pad_image(x: np.ndarray, padding: Pair, value: float = 0) -> np.ndarray:
    """Put `padding` rows and columns of `value` around every image of x (n, c, h, w)."""
    (p, q), (n, c, h, w) = padding, x.shape
    if p == q == 0:
        return x
    padded = np.full((n, c, h + 2 * p, w + 2 * q), value, x.dtype)
    padded[:, :, p : p + h, q : q + w] = x
    return padded


def reach(kernel: Pair, stride: Pair, dilation: Pair, size: Pair) -> Pair:
    """Return how far down and to the right of the first window's corner the last window reaches.

    >>> reach((2, 2), (2, 2), (1, 1), (3, 3))
    (6, 6)
    """
    return (
        stride[0] * (size[0] - 1) + dilation[0] * (kernel[0] - 1) + 1,
        stride[1] * (size[1] - 1) + dilation[1] * (kernel[1] - 1) + 1,
    )


def windows(x: np.ndarray, kernel: Pair, stride: Pair, dilation: Pair, size: Pair) -> np.ndarray:
    """Return the view (n, c, u, v, i, j) of a padded x: what output (i, j) sees through kernel position (u, v)."""
    x = np.ascontiguousarray(x)
    n, c, h, w = x.strides
    return np.ndarray(
        (*x.shape[:2], *kernel, *size),
        x.dtype,
        buffer=x,
        strides=(n, c, h * dilation[0], w * dilation[1], h * stride[0], w * stride[1]),
    )


def seen_through(u: int, v: int, stride: Pair, dilation: Pair, size: Pair) -> tuple[Any, slice, slice]:
    """Return the index of the pixels of a padded image that all outputs see through kernel position (u, v)."""
    top, left = u * dilation[0], v * dilation[1]
    return (
        ...,
        slice(top, top + stride[0] * (size[0] - 1) + 1, stride[0]),
        slice(left, left + stride[1] * (size[1] - 1) + 1, stride[1]),
    )
