"""sum, mean, max, min and logsumexp over axes: each output element has a slice of x of its own."""

import numpy as np

from ... import ops
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
