"""Softmax and its logarithm, in simpler operations of the engine."""

from ... import ops
from ..elements import Operand
from .register import defines


@defines(ops.softmax)
def softmax(at, x, *, axis):
    """y[i] = e^(x[i] - m) / (sum over k of e^(x[k] - m)), m the largest"""
    e = ops.exp(x.value - ops.max(x.value, axis=axis, keepdims=True))
    yield Operand(e)[at] / Operand(ops.sum(e, axis=axis, keepdims=True)).at(at)


@defines(ops.log_softmax)
def log_softmax(at, x, *, axis):
    """y[i] = x[i] - log(sum over k of e^x[k])"""
    yield x[at]
    yield -Operand(ops.logsumexp(x.value, axis=axis, keepdims=True)).at(at)
