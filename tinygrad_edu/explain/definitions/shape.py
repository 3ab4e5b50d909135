"""Operations that move elements, and those that add them up again.

Done to the numbers of its elements, an operation that only moves shows which went where.
"""

import itertools

import numpy as np

from ... import ops
from ...autograd.primitive import primitives
from ..elements import Operand, flat, loops, numbers
from .register import defines

MOVES = (
    ops.broadcast_to,
    ops.reshape,
    ops.transpose,
    ops.swapaxes,
    ops.expand_dims,
    ops.squeeze,
    ops.flip,
    ops.roll,
    ops.getitem,
    primitives()["concatenate"],
    primitives()["stack"],
)


def _moves(primitive):
    @defines(primitive)
    def definition(at, *xs, **parameters):
        """y[at] = the element of x that the operation moves there; none where it pads"""
        starts = list(itertools.accumulate((x.size for x in xs), initial=1))  # 0 stays for the padding
        numbered = [numbers(x.shape) + start for x, start in zip(xs, starts, strict=False)]
        came = np.asarray(primitive.forward(*numbered, **parameters))[at]
        for x, start in zip(xs, starts, strict=False):
            yield x.numbered(came - start)


for _primitive in MOVES:
    _moves(_primitive)


@defines(ops.pad)
def pad(at, x, *, pad_width, mode, value):
    """y[at] = the element of x that stands there, inside or repeated in the border; else the border's value"""
    came = ops.pad(numbers(x.shape) + 1, pad_width, mode)[at]
    yield x.numbered(came - 1)
    if value:
        yield Operand(float(value))[()].where(came == 0)


@defines(primitives()["sum_to"])
def sum_to(at, x, *, shape):
    """y[at] = sum of x over the axes along which `shape` would be repeated"""
    extra = x.ndim - len(shape)
    repeated = [a for a in range(x.ndim) if a < extra or shape[a - extra] == 1]
    looped = iter(loops(*(x.shape[a] for a in repeated)))
    yield x[tuple(next(looped) if a in repeated else at[a - extra] for a in range(x.ndim))]


@defines(ops.scatter_add)
def scatter_add(at, x, *, index, shape):
    """y[at] = sum of the elements of x that are added at this place"""
    place = np.asarray(numbers(shape)[index])
    element = loops(*x.shape)
    yield x[element].where(place[element] == flat(at, shape))
