"""Who is to blame when a gradient is wrong: each recorded primitive is checked by itself, at the values it saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import Tensor
from .call import Call
from .diagnosis import UNKNOWN, Diagnosis, diagnose
from .faults import Fault, first_order_faults
from .function import Function, GradientOf
from .report import GradientMismatch
from .second_order import second_order_fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .compare import Comparison

LARGEST = 2000  # elements; a call with more is not differenced element by element


def recorded_calls(*results: Tensor) -> list[Call]:
    """Return the calls that led to these results, the oldest first; alike ones (shapes, parameters) once."""
    seen: set[int] = set()
    nodes: list[Tensor] = []
    stack = list(results)
    while stack:
        t = stack.pop()
        if id(t) in seen or t.primitive is None:
            continue
        seen.add(id(t))
        nodes.append(t)
        stack += [x for x in t.inputs if isinstance(x, Tensor)]
    calls: dict[Any, Call] = {}
    for t in sorted(nodes, key=lambda t: t._stamp):
        primitive = t.primitive
        assert primitive is not None
        arrays = tuple(x.data if isinstance(x, Tensor) else x for x in t.inputs)
        calls.setdefault(
            (primitive.name, tuple(np.shape(a) for a in arrays), repr(t.params)), Call(primitive, arrays, t.params)
        )
    return list(calls.values())


def blame(
    function: Function,
    order: int,
    rng: np.random.Generator,
    comparison: Comparison | None = None,
    failure: Exception | None = None,
) -> GradientMismatch:
    """Find the rule that made a gradient wrong, or made its computation fail, and return the error to raise."""
    own = recorded_calls(function.record(function.arrays)[1])
    deeper = own if order == 1 else _calls_of_gradient(function, order - 1, rng)
    for call in (c for c in deeper if c.size <= LARGEST):
        faults = list(first_order_faults(call, call.random_gradient(rng)))
        if faults:
            return accuse(faults[:1])
    if order > 1:
        for call in (c for c in own if c.size <= LARGEST):
            fault = second_order_fault(call, rng)
            if fault is not None:
                return accuse([fault])
    if comparison is None:
        raise failure or AssertionError("no rule is wrong by itself")
    index, given, expected = comparison.worst
    return GradientMismatch(
        primitive=None,
        argument=comparison.name,
        index=index,
        given=given,
        expected=expected,
        order=order,
        diagnosis=Diagnosis(
            UNKNOWN, "every recorded primitive is right by itself; does f leave the graph (.data, .numpy(), detach())?"
        ),
    )


def _calls_of_gradient(function: Function, depth: int, rng: np.random.Generator) -> list[Call]:
    """Return the calls that the gradient, or the gradient of the gradient ..., is made of."""
    try:
        level: Function | GradientOf = function
        for _ in range(depth):
            level = GradientOf(level, rng)
        return recorded_calls(level.record(level.arrays)[1])
    except Exception:  # a rule that cannot read Tensors: the calls themselves will tell
        return []


def accuse(faults: Sequence[Fault]) -> GradientMismatch:
    """Return the error for faults of one rule, all of the same kind; the first is the one that is shown."""
    fault = faults[0]
    index, given, expected = fault.worst_element
    return GradientMismatch(
        primitive=fault.call.primitive.name,
        argument=fault.argument,
        index=index,
        given=given,
        expected=expected,
        order=fault.order,
        diagnosis=diagnose(faults),
    )
