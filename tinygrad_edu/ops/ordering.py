"""Elements by their order: sorted, the largest few, or picked by number.

Where everything goes is found from the values, as whole numbers, and has no gradient; that it goes there is reading by
index, `getitem`, and a gradient goes back where its element came from. Of equal elements the ones that were chosen
receive it: a kink.
"""

from __future__ import annotations

import operator
from typing import Any, NamedTuple

import numpy as np

from ..autograd.arrays import plain
from ..autograd.tensor import Tensor
from .composite import composite
from .indexing import getitem
from .parameters import own_axis, shape_of


class Ordered(NamedTuple):
    """Elements in some order, and where along the axis each of them was."""

    values: Any
    indices: Any


@composite
def gather(x, axis, index):
    """Return y[i,j,...] = x[index[i,j,...],j,...] for axis 0, and so on: from each row, the elements of these numbers.

    Args:
        x: any shape but ().
        axis: along which the numbers count.
        index: integers from 0 to x.shape[axis] - 1, with as many axes as x, none of them longer, but for `axis`: an
            array, a list or a Tensor.

    Shapes: y that of index. An element that is picked twice receives the gradient of both.

    Raises:
        ValueError, TypeError: an index that does not fit, or is out of range.

    >>> import tinygrad_edu as tge
    >>> tge.gather(tge.tensor([[1.0, 2.0], [3.0, 4.0]]), 1, [[1], [0]]).data
    array([[2.],
           [3.]], dtype=float32)
    """
    index, shape = _values(index), shape_of(x)
    axis = own_axis("gather", shape, axis)
    if index.dtype.kind not in "iu":
        raise TypeError(f"gather: index holds whole numbers, not {index.dtype}")
    if index.ndim != len(shape) or any(index.shape[a] > n for a, n in enumerate(shape) if a != axis):
        raise ValueError(
            f"gather: index of shape {index.shape} needs as many axes as x, of shape {shape}, and none longer but "
            f"axis {axis}"
        )
    if index.size and not (index.min() >= 0 and index.max() < shape[axis]):
        wrong = index[(index < 0) | (index >= shape[axis])][0]
        raise ValueError(f"gather: {wrong} is out of range: axis {axis} of x has the numbers 0 to {shape[axis] - 1}")
    return _picked(x, axis, index)


@composite
def argsort(x, axis=-1, descending=False, stable=False):
    """Return where along `axis` the smallest element is, the next, and so on: x in the order of these is sorted.

    Shapes: that of x. dtype: int64; it has no gradient. The arguments are those of `sort`.

    >>> import tinygrad_edu as tge
    >>> tge.argsort(tge.tensor([3.0, 1.0, 2.0])).data
    array([1, 2, 0])
    """
    return _like(x, _order(_values(x), own_axis("argsort", shape_of(x), axis), descending, stable))


@composite
def sort(x, axis=-1, descending=False, stable=False):
    """Return (values, indices): x in ascending order along `axis`, and where each element was.

    Args:
        x: any shape but ().
        axis: along which the elements are compared.
        descending: whether the largest comes first.
        stable: whether equal elements keep their order; else that is left open, and quicker. What is not a number
            counts as larger than all numbers.

    >>> import tinygrad_edu as tge
    >>> values, indices = tge.sort(tge.tensor([3.0, 1.0, 2.0]))
    >>> values.data, indices.data
    (array([1., 2., 3.], dtype=float32), array([1, 2, 0]))
    """
    axis = own_axis("sort", shape_of(x), axis)
    order = _order(_values(x), axis, descending, stable)
    return Ordered(_picked(x, axis, order), _like(x, order))


@composite
def topk(x, k, axis=-1, largest=True, sorted=True):
    """Return (values, indices): the k largest elements along `axis`, and where they were.

    Args:
        x: any shape but ().
        k: how many, from 0 to the length of the axis.
        axis: along which the elements are compared.
        largest: False asks for the k smallest.
        sorted: whether the largest (or smallest) comes first; else their order is left open.

    Raises:
        ValueError: more than there are.

    >>> import tinygrad_edu as tge
    >>> tge.topk(tge.tensor([3.0, 1.0, 4.0, 1.0]), 2).values.data
    array([4., 3.], dtype=float32)
    """
    values, axis, k = _values(x), own_axis("topk", shape_of(x), axis), operator.index(k)
    n = values.shape[axis]
    if not 0 <= k <= n:
        raise ValueError(f"topk: k={k}, but axis {axis} of x, of shape {values.shape}, has {n} elements")
    along = (slice(None),) * axis
    if sorted or k in (0, n):
        order = _order(values, axis, largest, stable=False)[(*along, slice(0, k))]
    else:
        part = np.argpartition(values, n - k if largest else k - 1, axis)
        order = part[(*along, slice(n - k, n) if largest else slice(0, k))]
    return Ordered(_picked(x, axis, order), _like(x, order))


def _order(values, axis, descending, stable):
    kind: Any = "stable" if stable else None
    if not descending:
        return np.argsort(values, axis, kind)
    # Backwards twice: equal elements keep their order, and what is not a number comes first.
    return np.flip(values.shape[axis] - 1 - np.argsort(np.flip(values, axis), axis, kind), axis)


def _picked(x, axis, index):
    grid = list(np.ogrid[tuple(slice(n) for n in index.shape)])
    grid[axis] = index
    return getitem(x, tuple(grid))


def _values(x):
    return x.data if isinstance(x, Tensor) else plain(x)


def _like(x, order):
    return Tensor(order) if isinstance(x, Tensor) else order
