"""Where Tensor's methods and operators meet the operations: `x.relu()` is `relu(x)`, `a + b` is `add(a, b)`.

This is the one place that knows both. An operation is a method too if it says something of its first argument: of x, of
a, of logits; not of a condition or a list, and not of an upstream gradient, as the operations that serve as rules do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..autograd.arrays import plain
from ..autograd.modes import recording
from ..autograd.primitive import Primitive, primitives
from ..autograd.tensor import Tensor
from .indexing import as_index, getitem
from .shape import reshape, transpose

_SUBJECTS = ("x", "a", "logits", "log_probs")
_OPERATORS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "pow": "power",
    "matmul": "matmul",
}
_COMPARISONS = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}

# NumPy's elementwise functions that have an operation of their name: np.exp(t) and array + t compute by it, and record.
_ufuncs: dict[np.ufunc, Callable[..., Any]] = {}


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self, *args, **kwargs):
        if "out" in kwargs and kwargs["out"] is None:  # np.sum(t) and its like call the method so
            kwargs = {k: v for k, v in kwargs.items() if k not in ("out", "dtype") or v is not None}
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


def _in_place(primitive: Primitive, name: str) -> Callable[..., Any]:
    def method(self, other):
        """Change a leaf, as assigning to its data does.

        A result never changes: `y += other` makes a new one and gives it the name y. So does a leaf without a gradient
        that meets a value with one, which it could not remember.
        """
        if self.primitive is None:
            _check_changeable(self)
        changed = primitive.apply((self, other), {})
        if self.primitive is not None or changed.requires_grad:
            return changed
        self.data = changed
        return self

    method.__name__ = name
    return method


def _check_changeable(leaf: Tensor) -> None:
    if leaf.requires_grad and recording.enabled:
        raise RuntimeError(
            "a leaf that requires a gradient cannot be changed while operations are recorded; "
            "change it inside `with tge.no_grad():`, or assign to its data: w.data = w.data - step"
        )


def _comparison(compare: np.ufunc, name: str) -> Callable[..., Any]:
    def method(self, other):
        """Compare element by element; the result is a Tensor of booleans and has no gradient."""
        return _compared(compare, self, other)

    method.__name__ = name
    return method


def _compared(compare: np.ufunc, a: Any, b: Any) -> Tensor:
    return Tensor(compare(*_arrays((a, b))))


def _arrays(inputs: tuple[Any, ...]) -> list[Any]:
    return [x.data if isinstance(x, Tensor) else x for x in inputs]


def _array_ufunc(self, ufunc, method, *inputs, **options):
    """Compute np.exp(t), array + t and their like by the operation of that name, so that they are recorded."""
    plainly = method == "__call__" and not options
    if plainly and ufunc in _ufuncs:
        return _ufuncs[ufunc](*inputs)
    if plainly and ufunc in _COMPARISONS.values():
        return _compared(ufunc, *inputs)
    if not (recording.enabled and any(isinstance(x, Tensor) and x.requires_grad for x in inputs)):
        return getattr(ufunc, method)(*_arrays(inputs), **options)
    call = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    if options.get("out"):
        raise TypeError(f"{call} into a NumPy array would lose a Tensor's gradient; compute a new value instead")
    raise TypeError(
        f"{call} cannot be recorded, so the gradient of a Tensor would be lost; use one of this library's "
        "operations, or define a primitive with its rule, or apply it to x.data, which leaves the graph"
    )


def _reshape(self, *new_shape):
    """Return the same elements in another shape: reshape(2, 3) or reshape((2, 3))."""
    given_whole = len(new_shape) == 1 and not isinstance(new_shape[0], (int, np.integer))
    return reshape(self, tuple(new_shape[0]) if given_whole else new_shape)


def _transpose(self, *axes):
    """Return the array with its axes reversed, or in the order given: transpose(1, 0) or transpose((1, 0))."""
    given_whole = len(axes) == 1 and not isinstance(axes[0], (int, np.integer))
    order = (axes[0] if given_whole else axes) or None
    if order is not None and len(order) != self.ndim:
        raise ValueError(
            f"transpose needs the new order of all {self.ndim} axes, not {tuple(order)}; "
            "swapaxes(a, b) exchanges two and leaves the others where they are"
        )
    return transpose(self, order)


def _getitem(self, index):
    return getitem(self, as_index(index))


def _setitem(self, index, value):
    if self.primitive is not None:
        raise ValueError(f"this Tensor is the result of {self.primitive.name}; only a leaf can be changed")
    _check_changeable(self)
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
        arguments = operation.arguments if isinstance(operation, Primitive) else operation.__code__.co_varnames
        if arguments[0] in _SUBJECTS and "g" not in arguments:
            found[name] = operation
    return found


def attach(operations: Mapping[str, Callable[..., Any]]) -> None:
    """Give Tensor its operators and methods."""
    for name, operation in methods(operations).items():
        method = _method(operation)
        method.__name__ = name
        setattr(Tensor, name, method)
        if isinstance(getattr(np, name, None), np.ufunc):
            _ufuncs[getattr(np, name)] = operation
    for name, operation_name in _OPERATORS.items():
        primitive = primitives()[operation_name]
        setattr(Tensor, f"__{name}__", _operator(primitive, f"__{name}__"))
        setattr(Tensor, f"__r{name}__", _operator(primitive, f"__r{name}__", reflected=True))
        setattr(Tensor, f"__i{name}__", _in_place(primitive, f"__i{name}__"))
    for name, compare in _COMPARISONS.items():
        setattr(Tensor, f"__{name}__", _comparison(compare, f"__{name}__"))
    extra: dict[str, Any] = {
        "reshape": _reshape,
        "transpose": _transpose,
        "T": property(transpose, doc="The array with its axes reversed."),
        "__neg__": _method(operations["negative"]),
        "__abs__": _method(operations["abs"]),
        "__array_ufunc__": _array_ufunc,
        "__getitem__": _getitem,
        "__setitem__": _setitem,
    }
    for name, value in extra.items():
        setattr(Tensor, name, value)
