"""Functions of NumPy's that no operation is called like, or that say a little more than it, as operations.

They are not operations themselves: `np.moveaxis(t, 0, 1)` computes by them, and what it records is `transpose`. Their
arguments are NumPy's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import cumulative, joining, ordering, padding, reduction, shifting, statistics
from .arithmetic import multiply, subtract
from .einsum import einsum
from .indexing import as_index, getitem
from .linear import matmul
from .shape import reshape, swapaxes, transpose

compositions: dict[str, Callable[..., Any]] = {}


def numpys(function: Callable[..., Any]) -> Callable[..., Any]:
    """Enter a function as what NumPy's function of its name is computed by."""
    compositions[function.__name__] = function
    return function


# -- products ----------------------------------------------------------------------------------------------


@numpys
def dot(a, b):
    """The matrix product, where a number scales, and where no axes are matched."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return multiply(a, b)
    if np.ndim(a) > 1 and np.ndim(b) > 2:
        raise ValueError(
            f"np.dot of shapes {np.shape(a)} and {np.shape(b)} pairs every leading axis of one with every one of the "
            "other; write matmul, which matches them, or einsum, which says which is meant"
        )
    return matmul(a, b)


@numpys
def inner(a, b):
    """The sums over both last axes."""
    return dot(a, swapaxes(b, -1, -2) if np.ndim(b) > 1 else b)


@numpys
def vdot(a, b):
    """The sum of the products, in whatever shape."""
    return matmul(reshape(a, (-1,)), reshape(b, (-1,)))


@numpys
def outer(a, b):
    """Every element of one times every one of the other, as a matrix."""
    return multiply(reshape(a, (-1, 1)), reshape(b, (1, -1)))


@numpys
def trace(a, offset=0):
    """The sum along the diagonal."""
    if np.ndim(a) != 2 or offset:
        raise ValueError("np.trace is of one matrix and its main diagonal here; einsum says which is meant")
    n = min(np.shape(a))
    return einsum("ii->", getitem(a, (slice(n), slice(n))))


# -- sums and sizes ----------------------------------------------------------------------------------------


@numpys
def norm(x, ord=None, axis=None, keepdims=False):
    """The norm of the elements: what NumPy means unless it is of a matrix and `ord` is given."""
    count = np.ndim(x) if axis is None else np.size(axis)
    if ord is None or count == 1 or (count == 2 and ord == "fro"):
        return statistics.norm(x, "fro" if ord is None else ord, axis, keepdims)
    raise TypeError(f"np.linalg.norm of a matrix, with ord={ord!r}, is no norm of its elements: it has no operation")


@numpys
def average(a, axis=None, keepdims=False):
    """The mean."""
    return reduction.mean(a, axis, keepdims)


@numpys
def ptp(a, axis=None, keepdims=False):
    """The largest less the smallest."""
    return subtract(reduction.max(a, axis, keepdims), reduction.min(a, axis, keepdims))


@numpys
def diff(a, n=1, axis=-1):
    """Each element less the one before it, n times."""
    for _ in range(n):
        before, after = ((slice(None),) * (axis % np.ndim(a)) + (s,) for s in (slice(-1), slice(1, None)))
        a = subtract(getitem(a, after), getitem(a, before))
    return a


@numpys
def cumsum(a, axis=None):
    """The sums so far along an axis, or along the elements in their order."""
    return cumulative.cumsum(*_along(a, axis))


@numpys
def cumprod(a, axis=None):
    """The products so far along an axis, or along the elements in their order."""
    return cumulative.cumprod(*_along(a, axis))


def _along(a: Any, axis: int | None) -> tuple[Any, int]:
    return (reshape(a, (-1,)), 0) if axis is None else (a, axis)


# -- shapes and places -------------------------------------------------------------------------------------


@numpys
def moveaxis(a, source, destination):
    """Some axes elsewhere, the others in their order."""
    lengths_that_tell_the_axes_apart = np.broadcast_to(0, tuple(range(np.ndim(a))))
    return transpose(a, np.moveaxis(lengths_that_tell_the_axes_apart, source, destination).shape)


@numpys
def matrix_transpose(x):
    """The last two axes exchanged."""
    return swapaxes(x, -1, -2)


@numpys
def fliplr(m):
    """The columns in reverse."""
    return shifting.flip(m, 1)


@numpys
def flipud(m):
    """The rows in reverse."""
    return shifting.flip(m, 0)


@numpys
def take(a, indices, axis=None):
    """The elements, or with an axis the rows, of these numbers."""
    a, axis = _along(a, axis)
    return getitem(a, (slice(None),) * (axis % np.ndim(a)) + (as_index(indices),))


@numpys
def sort(a, axis=-1):
    """The values alone, in ascending order."""
    return ordering.sort(*_along(a, axis)).values


@numpys
def concatenate(arrays, axis=0):
    """One after another; without an axis, their elements."""
    if axis is None:
        arrays, axis = [reshape(a, (-1,)) for a in arrays], 0
    return joining.concatenate(arrays, axis)


@numpys
def append(arr, values, axis=None):
    """One after the other."""
    return concatenate([arr, values], axis)


@numpys
def split(ary, indices_or_sections, axis=0):
    """Pieces: a number is that of the pieces, a list says where each but the first begins."""
    length = np.shape(ary)[axis]
    if np.ndim(indices_or_sections):
        return list(joining.split(ary, np.diff([0, *indices_or_sections, length]).tolist(), axis))
    if length % indices_or_sections:
        raise ValueError(f"np.split: an axis of length {length} is not {indices_or_sections} pieces of one length")
    return list(joining.split(ary, [length // indices_or_sections] * indices_or_sections, axis))


@numpys
def pad(array, pad_width, mode="constant", constant_values=0.0):
    """With numbers around it; what NumPy calls edge is replicated, what it calls wrap circular."""
    return padding.pad(array, pad_width, {"edge": "replicate", "wrap": "circular"}.get(mode, mode), constant_values)
