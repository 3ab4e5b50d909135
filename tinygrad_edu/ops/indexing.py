"""Reading elements out of an array, and its transpose: adding them back in.

An index is whatever NumPy takes: integers, slices, None, Ellipsis, integer arrays, boolean masks, and tuples of them.
"""

from __future__ import annotations

import numpy as np

from ..autograd.primitive import primitive
from ..autograd.tensor import Tensor


@primitive
def getitem(x, *, index):
    """y = x[index]

    >>> import tinygrad_edu as tge
    >>> x = tge.arange(6).reshape(2, 3)
    >>> x[:, [2, 0]].data
    array([[2, 0], [5, 3]])
    """
    return x[index]


@getitem.backward("x")
def getitem_dx(g, y, x, *, index):
    """dL/dx = zeros, with g added at the index: an element read twice receives twice

    y_j = x[index_j], so dy_j/dx_k = [k = index_j], and dL/dx_k = sum over j of g_j * [k = index_j]: what scatter_add
    computes. The two are adjoint: <g, x[index]> = <scatter_add(g), x>.
    """
    return scatter_add(g, index, x.shape)


@primitive
def scatter_add(x, *, index, shape):
    """y = zeros of `shape`, then y[index] += x, where a position that occurs k times is added to k times

    >>> import tinygrad_edu as tge
    >>> tge.scatter_add(tge.ones(3), [0, 2, 2], (4,)).data
    array([1., 0., 2., 0.], dtype=float32)
    """
    y = np.zeros(shape, x.dtype)
    if _reads_nothing_twice(index):
        y[index] = x
    else:
        np.add.at(y, index, x)
    return y


@scatter_add.backward("x")
def scatter_add_dx(g, y, x, *, index, shape):
    """dL/dx = g[index]

    y_k = sum over j of x_j * [k = index_j], so dy_k/dx_j = [k = index_j], and dL/dx_j = sum over k of g_k * [k =
    index_j].
    """
    return getitem(g, index)


def _reads_nothing_twice(index) -> bool:
    """Tell whether an index has only parts that cannot name a position twice: all but integer arrays."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(
        p is None
        or p is Ellipsis
        or isinstance(p, (slice, int, np.integer, bool))
        or (isinstance(p, np.ndarray) and p.dtype == bool)
        for p in parts
    )


def as_index(index):
    """Return an index as NumPy takes it, Tensors and lists in it as arrays.

    What could still change is copied where every parameter is, when the primitive sorts its arguments.
    """
    if isinstance(index, tuple):
        return tuple(as_index(p) for p in index)
    if isinstance(index, Tensor):
        return index.data
    return np.array(index, dtype=None if index else np.intp) if isinstance(index, list) else index
