"""The matrix product and the dense layer."""

from ... import ops
from ..elements import loops
from .register import defines


@defines(ops.matmul)
def matmul(at, a, b):
    """y[...,i,k] = sum over j of a[...,i,j] * b[...,j,k]; a vector a has no i, a vector b no k"""
    at = list(at)
    k = [at.pop()] if b.ndim > 1 else []
    i = [at.pop()] if a.ndim > 1 else []
    (j,) = loops(a.shape[-1])
    yield a.at((*at, *i, j)) * b.at((*at, j, *k))


@defines(ops.linear)
def linear(at, x, weight, bias):
    """y[...,o] = bias[o] + sum over i of weight[o,i] * x[...,i]"""
    *n, o = at
    (i,) = loops(weight.shape[1])
    yield weight[o, i] * x[(*n, i)]
    if bias.value is not None:
        yield bias[(o,)]
