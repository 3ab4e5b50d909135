"""Where Tensor meets the operations: `x.relu()` is `relu(x)`, and its operators and NumPy's functions follow.

This room is the one place that knows both. An operation is a method too if it says something of its first argument: of
x, of a, of logits; not of a condition or a list, and not of an upstream gradient, as the operations that serve as rules
do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import unwrap
from typing import Any

import numpy as np

from ..autograd.arrays import plain
from ..autograd.modes import recording
from ..autograd.primitive import Primitive
from ..autograd.spelling import spelled_either_way
from ..autograd.tensor import Tensor
from . import numpy_functions, operators
from .indexing import as_index, getitem
from .operators import check_changeable
from .rounding import round
from .shape import transpose

_SUBJECTS = ("x", "a", "logits", "log_probs")

# Methods whose numbers may be given one by one: x.reshape(2, 3) as well as x.reshape((2, 3)).
OF_SEVERAL = ("expand", "permute", "repeat", "reshape", "tile", "transpose", "view")


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self, *args, **kwargs):
        return function(self, *args, **kwargs)

    method.__doc__ = function.__doc__
    return method


def _of_several(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self, *numbers, **kwargs):
        given_whole = len(numbers) == 1 and not isinstance(numbers[0], (int, np.integer))
        if kwargs and not numbers:
            return function(self, **kwargs)
        return function(self, numbers[0] if given_whole else numbers, **kwargs)

    method.__doc__ = f"{function.__doc__}\n\nThe numbers may be given one by one, or as one tuple."
    return method


@spelled_either_way
def _transpose(self, axes=None):
    """Return the array with its axes reversed, or in the order given."""
    count = len(axes) if type(axes) is tuple else np.size(axes)
    if axes is None or not count:
        return transpose(self)
    if count != self.ndim:
        raise ValueError(
            f"transpose needs the new order of all {self.ndim} axes, not {tuple(np.atleast_1d(axes).tolist())}; "
            "swapaxes(a, b) exchanges two and leaves the others where they are"
        )
    return transpose(self, axes)


def _round(self, ndigits=None):
    """Round to whole numbers, or to `ndigits` digits after the point, as Python's round does with a number."""
    return round(self, decimals=ndigits or 0)


def _getitem(self, index):
    return getitem(self, as_index(index))


def _setitem(self, index, value):
    if self.primitive is not None:
        raise ValueError(f"this Tensor is the result of {self.primitive.name}; only a leaf can be changed")
    check_changeable(self)
    if isinstance(value, Tensor) and value.requires_grad and recording.enabled:
        raise RuntimeError(
            "a leaf does not remember where a value stored in it came from, so the value's gradient would be lost; "
            "put values together with tge.stack, tge.concatenate or tge.where, or store value.detach()"
        )
    values = value.data if isinstance(value, Tensor) else plain(value)
    if values.dtype.kind not in "biu" and self.dtype.kind in "biu":
        raise TypeError(f"{values.dtype} stored in a Tensor of dtype {self.dtype} would lose what follows the point")
    array = self.numpy()
    array[as_index(index)] = values
    self.data = array


def methods(operations: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Return those operations that are methods too, by their names."""
    found = {}
    for name, operation in operations.items():
        arguments = operation.arguments if isinstance(operation, Primitive) else _arguments(operation)
        if arguments[0] in _SUBJECTS and "g" not in arguments:
            found[name] = operation
    return found


def _arguments(function: Callable[..., Any]) -> tuple[str, ...]:
    code = unwrap(function).__code__  # type: ignore[attr-defined]
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def attach(operations: Mapping[str, Callable[..., Any]]) -> None:
    """Give Tensor its operators and methods."""
    for name, operation in methods(operations).items():
        method = _method(operation)
        method.__name__ = name
        setattr(Tensor, name, method)
    several = {name: operations[name] for name in OF_SEVERAL} | {"transpose": _transpose}
    extra: dict[str, Any] = {
        **{name: _of_several(function) for name, function in several.items()},
        "T": property(transpose, doc="The array with its axes reversed."),
        "__neg__": _method(operations["negative"]),
        "__abs__": _method(operations["abs"]),
        "__round__": _round,
        "__getitem__": _getitem,
        "__setitem__": _setitem,
    }
    for name, value in extra.items():
        setattr(Tensor, name, value)
    operators.attach()
    numpy_functions.attach(operations)
