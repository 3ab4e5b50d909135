"""Functions of one element at a time, and the choice between two."""

from ... import ops
from ...autograd.primitive import primitives
from ..elements import function
from .register import defines


def _pointwise(primitive):
    """y[at] = primitive(x[at], ...)"""

    @defines(primitive)
    def definition(at, *xs, **parameters):
        yield function(primitive.name, *(x.at(at) for x in xs))


for _primitive in (
    ops.exp,
    ops.log,
    ops.sqrt,
    ops.sign,
    ops.abs,
    ops.square,
    ops.sin,
    ops.cos,
    ops.tanh,
    ops.erf,
    ops.erfc,
    ops.sigmoid,
    ops.relu,
    ops.leaky_relu,
    ops.elu,
    ops.hardtanh,
    ops.softplus,
    primitives()["binary_cross_entropy"],
    ops.maximum,
    ops.minimum,
    ops.clip,
):
    _pointwise(_primitive)


@defines(ops.astype)
def astype(at, x, *, dtype):
    """y[at] = x[at], in another dtype"""
    yield x[at]


@defines(ops.where)
def where(at, condition, a, b):
    """y[at] = a[at] where the condition holds, else b[at]"""
    holds = condition.array[condition.broadcast(at)]
    yield a.at(at).where(holds)
    yield b.at(at).where(~holds)


@defines(primitives()["dropout"])
def dropout(at, x, mask, *, p):
    """y[at] = x[at] / (1 - p) where the mask keeps it, else 0"""
    yield (x[at] / (1 - p)).where(mask.array[at])
