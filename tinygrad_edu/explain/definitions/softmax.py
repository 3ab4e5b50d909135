"""Softmax, its logarithm, and normalisation, in simpler operations of the engine."""

from ... import ops
from ...ops.normalization import deviation
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


@defines(ops.standardize)
def standardize(at, x, *, axis, eps):
    """y[i] = x[i] / s - m / s, m the mean and s the root of var + eps"""
    m, s = ops.mean(x.value, axis, True), deviation(x.value, axis, eps)
    yield x[at] / Operand(s).at(at)
    yield -Operand(m).at(at) / Operand(s).at(at)
