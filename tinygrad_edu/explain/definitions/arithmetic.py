"""+ - * / and negation: element by element, broadcast."""

from ... import ops
from ..elements import function
from .register import defines


@defines(ops.add)
def add(at, a, b):
    """y[at] = a[at] + b[at]"""
    yield a.at(at)
    yield b.at(at)


@defines(ops.subtract)
def subtract(at, a, b):
    """y[at] = a[at] - b[at]"""
    yield a.at(at)
    yield -b.at(at)


@defines(ops.multiply)
def multiply(at, a, b):
    """y[at] = a[at] * b[at]"""
    yield a.at(at) * b.at(at)


@defines(ops.divide)
def divide(at, a, b):
    """y[at] = a[at] / b[at]"""
    yield a.at(at) / b.at(at)


@defines(ops.negative)
def negative(at, x):
    """y[at] = -x[at]"""
    yield -x.at(at)


@defines(ops.power)
def power(at, a, b):
    """y[at] = a[at] ** b[at]"""
    yield function("power", a.at(at), b.at(at))
