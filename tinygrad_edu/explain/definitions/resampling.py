"""Interpolation: which elements each output sees along each axis, and with which weights."""

import numpy as np

from ... import ops
from ...autograd import Tensor, named
from ...autograd.primitive import primitives
from ...ops.resampling import axis_maps
from ..elements import Operand, loops
from .register import defines

AXES = {1: ("weights",), 2: ("rows", "columns"), 3: ("slices", "rows", "columns")}


def _table(axis_map):
    """Return for each output, side by side, the inputs that it sees (-1 where there are fewer) and their weights."""
    count = max(len(axis_map.rounds), 1)
    inputs, weights = np.full((axis_map.size, count), -1), np.zeros((axis_map.size, count))
    for k, (outputs, seen, by) in enumerate(axis_map.rounds):
        inputs[outputs, k], weights[outputs, k] = seen, 1 if by is None else by
    return inputs, weights


def _weighed(at, x, maps):
    """y[n,c,i,j] = sum over the places (row, col) seen of rows[i] * columns[j] * x[n,c,row,col]"""
    n, c, *places = at
    tables = [_table(m) for m in maps]
    taken = loops(*(inputs.shape[1] for inputs, _ in tables))
    term = x[(n, c, *(inputs[p, t] for p, t, (inputs, _) in zip(places, taken, tables, strict=True)))]
    for p, t, (_, weights), name in zip(places, taken, tables, AXES[len(maps)], strict=True):
        if not np.isin(weights, (0, 1)).all():
            term = term * Operand(named(name, Tensor(weights)))[(p, t)]
    yield term


@defines(primitives()["interpolate"])
def interpolate(at, x, *, size, **settings):
    """y[n,c,i,j] = sum over row, col of rows[i,row] * cols[j,col] * x[n,c,row,col]"""
    yield from _weighed(at, x, axis_maps(x.shape[2:], size, **settings))


@defines(ops.interpolate_dx)
def interpolate_dx(at, g, *, input_size, **settings):
    """y[n,c,row,col] = sum over i, j of rows[i,row] * cols[j,col] * g[n,c,i,j]"""
    yield from _weighed(at, g, [m.transposed for m in axis_maps(input_size, g.shape[2:], **settings)])
