"""One call of a primitive, which can be repeated with other inputs, and whose rules can be fired by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...autograd import Tensor
from ...autograd.graph import results_behind
from ..differences import Jacobian, jacobian

if TYPE_CHECKING:
    from ...autograd import Primitive


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
        arrays, params = primitive.bind(inputs, params)
        return cls(primitive, tuple(as_float64(a) for a in arrays), params)

    @classmethod
    def recorded(cls, result: Tensor) -> Call:
        """Make the call that a recorded result was computed by."""
        assert result.primitive is not None
        arrays = tuple(x.data if isinstance(x, Tensor) else x for x in result.inputs)
        return cls(result.primitive, arrays, result.params)

    @property
    def differentiable(self) -> list[int]:
        """The positions of the inputs that have gradients: the floating ones."""
        return [i for i, x in enumerate(self.inputs) if is_floating(x)]

    @property
    def size(self) -> int:
        """The number of elements of all inputs together."""
        return sum(np.size(x) for x in self.inputs if x is not None)

    def copies(self) -> list[Any]:
        """Return the inputs for somebody who may write to them."""
        return [x.copy() if isinstance(x, np.ndarray) else x for x in self.inputs]

    def output(self, position: int | None = None, value: Any = None) -> np.ndarray:
        """Compute y, with another value for one input if a position is given."""
        inputs = self.copies()
        if position is not None:
            inputs[position] = value.copy()
        return np.asarray(self.primitive.forward(*inputs, **self.params))

    def fire(self, position: int, g: np.ndarray, y: np.ndarray, inputs: Any) -> Any:
        """Return what the rule for the input at a position returns for these very arrays."""
        rule = self.primitive.rule_functions(len(self.inputs))[position]
        if rule is None:
            raise NotImplementedError("it has no rule")
        with np.errstate(all="ignore"):
            return rule(g, y, *inputs, **self.params)

    def given(self, position: int, g: np.ndarray, *, y: Any = None, inputs: Any = None) -> np.ndarray:
        """Return dL/d(input) as the rule gives it: for copies of the arrays, or others in their place."""
        inputs = self.copies() if inputs is None else self.with_inputs(inputs).copies()
        found = self.fire(position, g.copy(), self.output() if y is None else y.copy(), inputs)
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

    def with_floating(self, change: Any) -> Call:
        """Return the same call with something done to each of its floating arrays."""
        return self.with_inputs(tuple(change(x) if is_floating(x) else x for x in self.inputs))

    def random_gradient(self, rng: np.random.Generator) -> np.ndarray:
        """Draw an upstream gradient: normal, never all ones."""
        return rng.standard_normal(self.output().shape)


def recorded_calls(result: Tensor) -> list[Call]:
    """Return the calls that led to a result, the oldest first; alike ones (shapes, parameters) once."""
    calls: dict[Any, Call] = {}
    for call in map(Call.recorded, results_behind([result])):
        alike = (call.primitive.name, tuple(np.shape(a) for a in call.inputs), repr(call.params))
        calls.setdefault(alike, call)
    return list(calls.values())


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
