"""The matrix product, and the dense layer made of it."""

from __future__ import annotations

import math

import numpy as np

from ..autograd.primitive import primitive
from ..kernels import active
from .reduction import total
from .shape import expand_dims, reshape, sum_to, swapaxes


@primitive
def matmul(a, b):
    """y = a @ b:  y[i,k] = sum over j of a[i,j] * b[j,k]

    Shapes: a (..., i, j), b (..., j, k), y (..., i, k); the leading axes broadcast. A vector a (j,) counts as one
    row, a vector b (j,) as one column, and that axis is missing from y.

    >>> import tinygrad_edu as tge
    >>> tge.matmul(tge.ones(2, 3), tge.ones(3)).data
    array([3., 3.], dtype=float32)
    """
    if not getattr(a, "ndim", 0) or not getattr(b, "ndim", 0) or a.shape[-1] != b.shape[-2 if b.ndim > 1 else 0]:
        raise ValueError(
            f"matmul: shapes {np.shape(a)} and {np.shape(b)} do not fit; "
            "the last axis of the first must be as long as the second-to-last (or only) axis of the second"
        )
    return active.kernels.matmul(a, b)


@matmul.backward("a")
def matmul_da(g, y, a, b):
    """dL/da = g @ b^T:  a[i,j] met b[j,k] on its way to y[i,k], for every k

    y[i,k] = sum over j of a[i,j] * b[j,k], so dy[i,k]/da[i,j] = b[j,k], and
    dL/da[i,j] = sum over k of g[i,k] * b[j,k] = (g @ b^T)[i,j].
    """
    columns = expand_dims(b, -1) if len(b.shape) == 1 else b
    da = _as_matrix(g, a.shape, b.shape) @ swapaxes(columns, -1, -2)
    return reshape(sum_to(da, (1, *a.shape) if len(a.shape) == 1 else a.shape), a.shape)


@matmul.backward("b")
def matmul_db(g, y, a, b):
    """dL/db = a^T @ g:  b[j,k] met a[i,j] on its way to y[i,k], for every i

    dy[i,k]/db[j,k] = a[i,j], and dL/db[j,k] = sum over i of a[i,j] * g[i,k] = (a^T @ g)[j,k].
    """
    rows = expand_dims(a, 0) if len(a.shape) == 1 else a
    db = swapaxes(rows, -1, -2) @ _as_matrix(g, a.shape, b.shape)
    return reshape(sum_to(db, (*b.shape, 1) if len(b.shape) == 1 else b.shape), b.shape)


def _as_matrix(g, a_shape, b_shape):
    """Give g the axes of length 1 that y lacks where a or b is a vector, so that one formula serves all cases."""
    g = expand_dims(g, -1) if len(b_shape) == 1 else g
    return expand_dims(g, -2) if len(a_shape) == 1 else g


@primitive
def linear(x, weight, bias=None):
    """y = x @ weight^T + bias:  y[n,o] = bias[o] + sum over i of x[n,i] * weight[o,i]

    The dense layer. Shapes: x (..., i), weight (o, i), bias (o,) or None, y (..., o).

    >>> import tinygrad_edu as tge
    >>> tge.linear(tge.ones(2, 3), tge.ones(4, 3), tge.ones(4)).data
    array([[4., 4., 4., 4.],
           [4., 4., 4., 4.]], dtype=float32)
    """
    if getattr(weight, "ndim", 0) != 2 or not getattr(x, "ndim", 0) or x.shape[-1] != weight.shape[1]:
        raise ValueError(
            f"linear: x of shape {np.shape(x)} does not fit a weight of shape {np.shape(weight)}; "
            "x (..., i) needs a weight (o, i) whose last axis is as long as its own"
        )
    if bias is not None and getattr(bias, "shape", ()) != weight.shape[:1]:
        raise ValueError(
            f"linear: the bias has shape {np.shape(bias)}; {weight.shape[0]} outputs need ({weight.shape[0]},)"
        )
    return active.kernels.linear(x, weight, bias)


@linear.backward("x")
def linear_dx(g, y, x, weight, bias):
    """dL/dx = g @ weight:  x[n,i] met weight[o,i] on its way to y[n,o], for every o

    dy[n,o]/dx[n,i] = weight[o,i], and dL/dx[n,i] = sum over o of g[n,o] * weight[o,i] = (g @ weight)[n,i].
    """
    return matmul(g, weight)


@linear.backward("weight")
def linear_dweight(g, y, x, weight, bias):
    """dL/dweight = g^T @ x, summed over the batch:  weight[o,i] met x[n,i] on its way to y[n,o], for every n

    dy[n,o]/dweight[o,i] = x[n,i], and dL/dweight[o,i] = sum over n of g[n,o] * x[n,i] = (g^T @ x)[o,i].
    """
    if len(x.shape) != 2:
        rows = math.prod(x.shape[:-1])
        g, x = reshape(g, (rows, weight.shape[0])), reshape(x, (rows, weight.shape[1]))
    return matmul(g.T, x)


@linear.backward("bias")
def linear_dbias(g, y, x, weight, bias):
    """dL/dbias = g summed over the batch: the bias was added to every row

    dy[n,o]/dbias[o] = 1 for every n, and dL/dbias[o] = sum over n of g[n,o].
    """
    return total(g, tuple(range(len(g.shape) - 1)))
