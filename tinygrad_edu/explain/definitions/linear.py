"""The matrix product, the dense layer, and sums of products over any indices."""

import functools
import operator

from ... import ops
from ...autograd.primitive import primitives
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


@defines(primitives()["einsum"])
def einsum(at, *xs, equation):
    """y[the indices after the arrow] = sum over all others of the product of each x at its own indices"""
    inputs, output = equation.split("->")
    terms = inputs.split(",")
    length = {letter: n for term, x in zip(terms, xs, strict=True) for letter, n in zip(term, x.shape, strict=True)}
    summed = [letter for letter in length if letter not in output]
    index = dict(zip(output, at, strict=True)) | dict(zip(summed, loops(*(length[a] for a in summed)), strict=True))
    named = [x[tuple(index[letter] for letter in term)] for term, x in zip(terms, xs, strict=True)]
    yield functools.reduce(operator.mul, named)
