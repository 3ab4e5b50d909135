"""The matrix product."""

from __future__ import annotations

import numpy as np

from ..autograd.primitive import primitive
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
    if np.ndim(a) == 0 or np.ndim(b) == 0 or a.shape[-1] != b.shape[-2 if b.ndim > 1 else 0]:
        raise ValueError(
            f"matmul: shapes {np.shape(a)} and {np.shape(b)} do not fit; "
            "the last axis of the first must be as long as the second-to-last (or only) axis of the second"
        )
    return np.matmul(a, b)


@matmul.backward("a")
def matmul_da(g, y, a, b):
    """dL/da = g @ b^T:  a[i,j] met b[j,k] on its way to y[i,k], for every k"""
    g, _, b = _as_matrices(g, a, b)
    return reshape(sum_to((g @ swapaxes(b, -1, -2)), _stacked_shape(a.shape, (1, *a.shape))), a.shape)


@matmul.backward("b")
def matmul_db(g, y, a, b):
    """dL/db = a^T @ g:  b[j,k] met a[i,j] on its way to y[i,k], for every i"""
    g, a, _ = _as_matrices(g, a, b)
    return reshape(sum_to((swapaxes(a, -1, -2) @ g), _stacked_shape(b.shape, (*b.shape, 1))), b.shape)


def _stacked_shape(shape, as_matrix):
    """Return the shape a matmul operand counts as: a vector's matrix, or its own."""
    return as_matrix if len(shape) == 1 else shape


def _as_matrices(g, a, b):
    """Give vectors their axis of length 1, in the operand and in g, so that one formula serves all cases."""
    a_is_vector, b_is_vector = len(a.shape) == 1, len(b.shape) == 1
    if b_is_vector:
        b, g = expand_dims(b, -1), expand_dims(g, -1)
    if a_is_vector:
        a, g = expand_dims(a, 0), expand_dims(g, -2)
    return g, a, b
