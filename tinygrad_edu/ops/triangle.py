"""The lower and the upper triangle of a matrix, as a mask that lets no one look ahead needs them."""

from __future__ import annotations

import operator

import numpy as np

from .choice import where
from .composite import composite
from .parameters import shape_of


@composite
def tril(x, diagonal=0):
    """Return x where column - row <= diagonal, and 0 above: the lower triangle of a matrix, or of a stack of them.

    Args:
        x: (..., rows, columns).
        diagonal: the last diagonal that is kept: 0 the main one, 1 the one above it, -1 the one below.

    >>> import tinygrad_edu as tge
    >>> tge.tril(tge.ones(3, 3)).data
    array([[1., 0., 0.],
           [1., 1., 0.],
           [1., 1., 1.]], dtype=float32)
    """
    return where(_lower("tril", x, diagonal), x, 0)


@composite
def triu(x, diagonal=0):
    """Return x where column - row >= diagonal, and 0 below: the upper triangle of a matrix, or of a stack of them.

    >>> import tinygrad_edu as tge
    >>> tge.triu(tge.ones(2, 3), 1).data
    array([[0., 1., 1.],
           [0., 0., 1.]], dtype=float32)
    """
    return where(_lower("triu", x, diagonal - 1), 0, x)


def _lower(op, x, diagonal):
    """Return where column - row <= diagonal, for the matrices of x."""
    if len(shape_of(x)) < 2:
        raise ValueError(f"{op}: x needs rows and columns, (..., rows, columns), not the shape {shape_of(x)}")
    rows, columns = shape_of(x)[-2:]
    return np.tri(rows, columns, operator.index(diagonal), dtype=bool)
