"""Tensor's operators: `a + b` is `add(a, b)`, and comparing gives booleans, with which `& | ^ ~` calculate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..autograd.modes import recording
from ..autograd.primitive import Primitive, primitives
from ..autograd.tensor import Tensor

_ARITHMETIC = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "power",
    "matmul": "matmul",
}
# The functions of NumPy whose results are booleans or whole numbers, which have no gradient.
COMPARISONS = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}
BITWISE = {"and": ("&", np.bitwise_and), "or": ("|", np.bitwise_or), "xor": ("^", np.bitwise_xor)}


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
            check_changeable(self)
        changed = primitive.apply((self, other), {})
        if self.primitive is not None or changed.requires_grad:
            return changed
        self.data = changed
        return self

    method.__name__ = name
    return method


def check_changeable(leaf: Tensor) -> None:
    """Raise if a leaf would be changed while that could not be remembered."""
    if leaf.requires_grad and recording.enabled:
        raise RuntimeError(
            "a leaf that requires a gradient cannot be changed while operations are recorded; "
            "change it inside `with tge.no_grad():`, or assign to its data: w.data = w.data - step"
        )


def _comparison(compare: np.ufunc, name: str) -> Callable[..., Any]:
    def method(self, other):
        """Compare element by element; the result is a Tensor of booleans and has no gradient."""
        return answered(compare, self, other)

    method.__name__ = name
    return method


def _bitwise(combine: np.ufunc, sign: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    def method(self, other):
        """Combine booleans, or the bits of whole numbers, element by element; the result has no gradient."""
        _check_whole(sign, self, other)
        return answered(combine, self, other)

    def reflected(self, other):
        """The same, with the Tensor on the right."""
        return method(other, self)

    return method, reflected


def _invert(self):
    """Return the opposite of each boolean, or of each bit of whole numbers."""
    _check_whole("~", self)
    return answered(np.invert, self)


def _check_whole(sign: str, *operands: Any) -> None:
    kinds = [x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype for x in operands]
    if any(kind.kind not in "biu" for kind in kinds):
        raise TypeError(
            f"{sign} is for booleans and whole numbers, not for {' and '.join(map(str, kinds))}; "
            "of floats compare first: (x > 0) & (x < 1)"
        )


def answered(function: np.ufunc, *inputs: Any) -> Tensor:
    """Return what a function of NumPy's whose answers are booleans or whole numbers says of Tensors and arrays."""
    return Tensor(function(*[x.data if isinstance(x, Tensor) else x for x in inputs]))


def _pos(self):
    """Return the Tensor itself, which +x is equal to."""
    return self


def attach() -> None:
    """Give Tensor its operators."""
    for name, operation in _ARITHMETIC.items():
        primitive = primitives()[operation]
        setattr(Tensor, f"__{name}__", _operator(primitive, f"__{name}__"))
        setattr(Tensor, f"__r{name}__", _operator(primitive, f"__r{name}__", reflected=True))
        setattr(Tensor, f"__i{name}__", _in_place(primitive, f"__i{name}__"))
    for name, compare in COMPARISONS.items():
        setattr(Tensor, f"__{name}__", _comparison(compare, f"__{name}__"))
    for name, (sign, combine) in BITWISE.items():
        method, reflected = _bitwise(combine, sign)
        setattr(Tensor, f"__{name}__", method)
        setattr(Tensor, f"__r{name}__", reflected)
    for name, method in {"__invert__": _invert, "__pos__": _pos}.items():
        setattr(Tensor, name, method)
