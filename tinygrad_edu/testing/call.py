"""One call of a primitive, which can be repeated with other inputs, and whose rules can be fired by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from .differences import Jacobian, jacobian

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..autograd import Primitive


@dataclass(frozen=True, eq=False)
class Call:
    """A primitive with the arrays and the parameters of one call.

    >>> import numpy as np, tinygrad_edu as tge
    >>> call = Call.of(tge.multiply, np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    >>> call.output()
    array([3., 8.])
    >>> call.given(0, np.array([1.0, 10.0]))              # dL/da = g * b, by the rule
    array([ 3., 40.])
    >>> call.jacobian(0).pull_back(np.array([1.0, 10.0]))[0].round(6)      # and by finite differences
    array([ 3., 40.])
    """

    primitive: Primitive
    inputs: tuple[Any, ...]
    params: dict[str, Any]
    _jacobians: dict[int, Jacobian] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, primitive: Primitive, *inputs: Any, **params: Any) -> Call:
        """Make a call of arrays, as the primitive itself would read it; floating arrays become float64."""
        arrays, params = primitive._bind(inputs, params)
        return cls(primitive, tuple(as_float64(a) for a in arrays), params)

    @property
    def differentiable(self) -> list[int]:
        """The positions of the inputs that have gradients: the floating ones."""
        return [i for i, x in enumerate(self.inputs) if is_floating(x)]

    @property
    def size(self) -> int:
        """The number of elements of all inputs together."""
        return sum(np.size(x) for x in self.inputs if x is not None)

    def output(self, position: int | None = None, value: Any = None) -> np.ndarray:
        """Compute y, with another value for one input if a position is given."""
        inputs = [x.copy() if isinstance(x, np.ndarray) else x for x in self.inputs]
        if position is not None:
            inputs[position] = value
        return np.asarray(self.primitive.forward(*inputs, **self.params))

    def rule(self, position: int) -> Callable[..., Any]:
        """Return the function that is the rule for the input at a position; NotImplementedError if there is none."""
        rule = self.primitive.rules.get(self.primitive.argument_at(position))
        if rule is None:
            raise NotImplementedError("it has no rule")
        if self.primitive.variadic and position >= len(self.primitive.arguments) - 1:
            return partial(rule.function, position=position)
        return rule.function

    def given(self, position: int, g: np.ndarray, *, y: Any = None, inputs: Any = None) -> np.ndarray:
        """Return dL/d(input) as the rule gives it: for copies of the arrays, or others in their place."""
        rule = self.rule(position)
        inputs = self.inputs if inputs is None else inputs
        inputs = [x.copy() if isinstance(x, np.ndarray) else x for x in inputs]
        y = self.output() if y is None else y
        with np.errstate(all="ignore"):
            found = rule(g.copy(), y.copy(), *inputs, **self.params)
        return np.zeros_like(inputs[position]) if found is None else np.asarray(found)

    def jacobian(self, position: int) -> Jacobian:
        """Return dy/d(input) by finite differences."""
        if position not in self._jacobians:
            self._jacobians[position] = jacobian(lambda x: self.output(position, x), self.inputs[position])
        return self._jacobians[position]

    def with_params(self, **params: Any) -> Call:
        """Return the same call with other parameters."""
        return replace(self, params={**self.params, **params}, _jacobians={})

    def with_inputs(self, inputs: tuple[Any, ...]) -> Call:
        """Return the same call of other arrays."""
        return replace(self, inputs=inputs, _jacobians={})

    def random_gradient(self, rng: np.random.Generator) -> np.ndarray:
        """Draw an upstream gradient: normal, never all ones."""
        return rng.standard_normal(self.output().shape)


def is_floating(x: Any) -> bool:
    """Tell whether x is an array (or NumPy number) of a floating dtype."""
    return isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind == "f"


def as_float64(x: Any) -> Any:
    """Copy a floating array, or a Python float, into float64; leave everything else as it is."""
    if isinstance(x, float) or is_floating(x):
        return np.array(x, dtype=np.float64)
    if isinstance(x, (list, tuple)):
        return as_float64(np.array(x))
    return x
