"""Where Tensor's methods and operators meet the operations: `x.relu()` is `relu(x)`, `a + b` is `add(a, b)`.

This is the one place that knows both.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.primitive import Primitive
from ..autograd.tensor import Tensor
from . import arithmetic, convolution, elementwise, indexing, linear, loss, pooling, reduction, shape, softmax
from .regularization import dropout

_METHODS: dict[str, Callable[..., Any]] = {
    "exp": elementwise.exp,
    "log": elementwise.log,
    "sqrt": elementwise.sqrt,
    "sign": elementwise.sign,
    "abs": elementwise.abs,
    "tanh": elementwise.tanh,
    "sigmoid": elementwise.sigmoid,
    "relu": elementwise.relu,
    "leaky_relu": elementwise.leaky_relu,
    "maximum": elementwise.maximum,
    "minimum": elementwise.minimum,
    "clip": elementwise.clip,
    "astype": elementwise.astype,
    "sum": reduction.sum,
    "mean": reduction.mean,
    "max": reduction.max,
    "min": reduction.min,
    "logsumexp": reduction.logsumexp,
    "flatten": shape.flatten,
    "swapaxes": shape.swapaxes,
    "expand_dims": shape.expand_dims,
    "squeeze": shape.squeeze,
    "broadcast_to": shape.broadcast_to,
    "sum_to": shape.sum_to,
    "pad": shape.pad,
    "flip": shape.flip,
    "scatter_add": indexing.scatter_add,
    "matmul": linear.matmul,
    "conv2d": convolution.conv2d,
    "max_pool2d": pooling.max_pool2d,
    "avg_pool2d": pooling.avg_pool2d,
    "softmax": softmax.softmax,
    "log_softmax": softmax.log_softmax,
    "nll_loss": loss.nll_loss,
    "cross_entropy": loss.cross_entropy,
    "dropout": dropout,
}

_OPERATORS: dict[str, Primitive] = {
    "add": arithmetic.add,
    "sub": arithmetic.subtract,
    "mul": arithmetic.multiply,
    "truediv": arithmetic.divide,
    "pow": arithmetic.power,
    "matmul": linear.matmul,
}

_COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self, *args, **kwargs):
        return function(self, *args, **kwargs)

    method.__doc__ = function.__doc__
    return method


def _operator(primitive: Primitive, name: str, reflected: bool = False) -> Callable[..., Any]:
    apply = primitive.apply  # there is nothing to sort in `a + b`

    if reflected:

        def method(self, other):
            return apply((other, self), {})
    else:

        def method(self, other):
            return apply((self, other), {})

    method.__name__ = name
    return method


def _comparison(compare: Callable[..., Any], name: str) -> Callable[..., Any]:
    def method(self, other):
        """Compare element by element; the result is a Tensor of booleans and has no gradient."""
        return Tensor(compare(self.data, other.data if isinstance(other, Tensor) else other))

    method.__name__ = name
    return method


def _reshape(self, *new_shape):
    """Return the same elements in another shape: reshape(2, 3) or reshape((2, 3))."""
    given_whole = len(new_shape) == 1 and not isinstance(new_shape[0], (int, np.integer))
    return shape.reshape(self, tuple(new_shape[0]) if given_whole else new_shape)


def _transpose(self, *axes):
    """Return the array with its axes reversed, or in the order given: transpose(1, 0) or transpose((1, 0))."""
    given_whole = len(axes) == 1 and not isinstance(axes[0], (int, np.integer))
    return shape.transpose(self, (axes[0] if given_whole else axes) or None)


def _getitem(self, index):
    return indexing.getitem(self, indexing.as_index(index))


def _setitem(self, index, value):
    if self.primitive is not None:
        raise ValueError(f"this Tensor is the result of {self.primitive.name}; only a leaf can be changed")
    array = self.numpy()
    array[indexing.as_index(index)] = value.data if isinstance(value, Tensor) else value
    self.data = array


def attach() -> None:
    """Give Tensor its operators and methods."""
    for name, function in _METHODS.items():
        method = _method(function)
        method.__name__ = name
        setattr(Tensor, name, method)
    for name, function in _OPERATORS.items():
        setattr(Tensor, f"__{name}__", _operator(function, f"__{name}__"))
        setattr(Tensor, f"__r{name}__", _operator(function, f"__r{name}__", reflected=True))
    for name in _COMPARISONS:
        setattr(Tensor, f"__{name}__", _comparison(getattr(operator, name), f"__{name}__"))
    extra: dict[str, Any] = {
        "reshape": _reshape,
        "transpose": _transpose,
        "T": property(shape.transpose, doc="The array with its axes reversed."),
        "__neg__": _method(arithmetic.negative),
        "__abs__": _method(elementwise.abs),
        "__getitem__": _getitem,
        "__setitem__": _setitem,
    }
    for name, value in extra.items():
        setattr(Tensor, name, value)


attach()
