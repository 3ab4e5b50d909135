"""How far elements are spread, and how large they are together: variance, standard deviation, norms."""

from __future__ import annotations

import math
import operator

import numpy as np

from ..autograd.tensor import Tensor
from .arithmetic import divide, subtract
from .choice import gate, where
from .composite import composite
from .elementwise import abs, sqrt, square
from .parameters import check_axis, shape_of
from .reduction import max, mean, min, sum


@composite
def var(x, axis=None, correction=1, keepdims=False):
    """Return the variance of x over `axis`: the sum of (x - mean)^2 / (count - correction).

    As in PyTorch the correction is 1: of a sample of which the mean, too, is only estimated, this is right on average
    (Bessel's correction). With correction=0, NumPy's default, it is the mean squared distance. Where nothing is left to
    divide by the result is not a number.

    >>> import tinygrad_edu as tge
    >>> x = tge.tensor([1.0, 3.0])
    >>> x.var().item(), x.var(correction=0).item()
    (2.0, 1.0)
    """
    check_axis("var", axis)
    shape = shape_of(x)
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    count = math.prod([shape[operator.index(a)] for a in axes])
    squares = sum(square(subtract(x, mean(x, axis, keepdims=True))), axis, keepdims)
    return divide(squares, float(np.maximum(count - correction, 0)))


@composite
def std(x, axis=None, correction=1, keepdims=False):
    """Return the standard deviation of x over `axis`, the root of `var`, in the units of x.

    Where all elements are equal it is 0 and has a kink; the gradient there is 0, as in PyTorch.

    >>> import tinygrad_edu as tge
    >>> tge.std(tge.tensor([1.0, 3.0]), correction=0).item()
    1.0
    """
    return _root(var(x, axis, correction, keepdims))


@composite
def norm(x, p="fro", axis=None, keepdims=False):
    """Return the p-norm of x over `axis`, all elements if None: (sum of |x|^p)^(1/p).

    Args:
        x: any shape.
        p: 2 or "fro": the root of the sum of squares, the length. 1: the sum of the sizes. math.inf: the largest size,
            -math.inf: the smallest. 0: how many elements are not 0. Any other number: the formula.
        axis: an integer, a tuple of them, or None. (Over two axes too it is the norm of their elements.)
        keepdims: whether the axes stay, with length 1.

    At 0 a norm has a kink. Its gradient there is 0, the middle of all slopes, as in PyTorch; equally large elements
    share that of p = inf.

    Raises:
        TypeError: a p that is no number.

    >>> import tinygrad_edu as tge
    >>> x = tge.tensor([3.0, -4.0])
    >>> [x.norm(p).item() for p in (1, 2, float("inf"))]
    [7.0, 5.0, 4.0]
    """
    check_axis("norm", axis)
    if p == "fro" or p == 2:
        return _root(sum(square(x), axis, keepdims))
    if isinstance(p, (str, bool)) or not isinstance(p, (int, float, np.number)):
        raise TypeError(f'norm: p is a number or "fro", not {p!r}')
    if p == 1:
        return sum(abs(x), axis, keepdims)
    if math.isinf(p):
        return (max if p > 0 else min)(abs(x), axis, keepdims)
    if p == 0:
        return sum(where(x == 0, x * 0, 1), axis, keepdims)
    total = sum(abs(x) ** p, axis, keepdims)
    return gate(where(total == 0, 1, total) ** (1 / p), _mask(total != 0))


def _root(x):
    """Return the square root of x, whose slope at 0 is infinite, with slope 0 there."""
    return gate(sqrt(where(x == 0, 1, x)), _mask(x != 0))


def _mask(condition):
    return condition.data if isinstance(condition, Tensor) else np.asarray(condition)
