"""Reductions over axes, where each output element has a slice of x of its own, and those that keep every step."""

import functools
import operator

import numpy as np

from ... import ops
from ...autograd.primitive import primitives
from ..elements import Operand, loops
from .register import defines


def _slice(at, x, axis, keepdims):
    """Return the index of all elements of x that y[at] is reduced from: loops along the reduced axes."""
    reduced = range(x.ndim) if axis is None else [int(a) % x.ndim for a in np.atleast_1d(axis)]
    looped = iter(loops(*(x.shape[a] for a in sorted(reduced))))
    kept = iter([i for a, i in enumerate(at) if not (keepdims and a in reduced)])
    return tuple(next(looped) if a in reduced else next(kept) for a in range(x.ndim))


def _first(index):
    """Return the first element's index in each slice."""
    return tuple(i[:, :1] for i in index)


@defines(ops.sum)
def sum(at, x, *, axis, keepdims):
    """y[kept] = sum of x[kept, reduced] over the reduced axes"""
    yield x[_slice(at, x, axis, keepdims)]


@defines(ops.mean)
def mean(at, x, *, axis, keepdims):
    """y[kept] = sum of x[kept, reduced] / count"""
    count = x.size // max(np.sum(x.array, axis=axis).size, 1)
    yield x[_slice(at, x, axis, keepdims)] / count


def _extreme(choose):
    """y[kept] = the largest (or smallest) of x[kept, reduced]; the first among equals stands for all"""

    def definition(at, x, *, axis, keepdims):
        index = tuple(np.broadcast_arrays(*_slice(at, x, axis, keepdims)))
        best = choose(np.atleast_2d(x.array[index]), axis=1, keepdims=True)
        yield x[tuple(np.take_along_axis(i, best, axis=1) for i in index)]

    return definition


defines(ops.max)(_extreme(np.argmax))
defines(ops.min)(_extreme(np.argmin))


@defines(ops.logsumexp)
def logsumexp(at, x, *, axis, keepdims):
    """y[kept] = m + log(sum of e^(x - m)), m the largest"""
    m = ops.max(x.value, axis=axis, keepdims=True)
    rest = ops.log(ops.sum(ops.exp(x.value - m), axis=axis, keepdims=True))
    first = _first(_slice(at, x, axis, keepdims))
    yield Operand(m).at(first)
    yield Operand(rest).at(first)


@defines(primitives()["prod"])
def prod(at, x, *, axis):
    """y[kept] = the product of x[kept, k] over all k of the axis"""
    kept, axis = list(at), int(axis) % x.ndim
    factors = [x[(*kept[:axis], np.full_like(np.asarray(at[0]) if at else np.zeros((1, 1), int), k), *kept[axis:])]
               for k in range(x.shape[axis])]  # fmt: skip
    yield functools.reduce(operator.mul, factors) if factors else Operand(1.0)[()]


@defines(ops.cumsum)
def cumsum(at, x, *, axis):
    """y[at] = sum of x[k] over all k <= at, along the axis"""
    axis = int(axis) % x.ndim
    (k,) = loops(x.shape[axis])
    yield x[(*at[:axis], k, *at[axis + 1 :])].where(k <= at[axis])


@defines(ops.cumprod)
def cumprod(at, x, *, axis):
    """y[i] = x[i] * y[i - 1], along the axis, and y[0] = x[0]"""
    axis = int(axis) % x.ndim
    y = Operand(ops.cumprod(x.value, axis))
    first = at[axis] == 0
    yield x[tuple(at)].where(first)
    yield x[tuple(at)] * y[(*at[:axis], at[axis] - 1, *at[axis + 1 :])]
