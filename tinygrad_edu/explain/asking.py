"""Asking why: from a number to its explanation."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import BackwardTrace, Tensor, grad, set_grad_enabled
from ..autograd.graph import Graph, collect_names
from ..autograd.trace import NOT_ASKED_FOR, ZERO, Arrival, as_array
from .derivatives import one_hot, unit_terms
from .elements import Column, Group
from .explanation import CHANGED, Explanation, Part
from .products import NotLinear, multiply_out, products_of
from .scope import Scope
from .words import remark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..autograd.trace import Step


def explain(*asked: Any, forward: bool = False, names: Any = None, model: Any = None) -> Explanation:
    """Explain a number: `explain(value, index)` why it has its value, `explain(trace, value, index)` its gradient.

    Args:
        asked: a Tensor, or of a trace's graph also a name such as "conv.weight"; and which element, one integer for
            each axis. Where a BackwardTrace comes first, dL/d(value)[index] is explained.
        forward: with a trace too, explain the value itself. The trace then lends its names.
        names, model: names for Tensors, as in `trace_backward`; a trace has its own.

    Returns: an `Explanation`: the formula with the indices put in, the terms that add up to the number, the factors of
        each, and where the rule is written. `print` shows it as a page; each factor's `explain()` leads on.

    Raises:
        IndexError: there is no such element.
        ValueError: the pass computed no gradient for this value, or there is no value of this name.
        RuntimeError: a value was changed since the pass (by an optimizer's step, say).

    >>> import tinygrad_edu as tge
    >>> x = tge.named("x", tge.tensor([3.0, 2.0], requires_grad=True))
    >>> w = tge.named("w", tge.tensor([0.5, -1.0], requires_grad=True))
    >>> y = tge.named("y", (x * w).sum())
    >>> tge.explain(y, ()).formula
    'y = sum over i = 0..1 of multiply[i]'
    >>> why = tge.explain(tge.trace_backward(y), w, 0)
    >>> why.formula
    'dL/d w[0] = g[0] * x[0]'
    >>> [(str(factor), factor.value) for factor in why.terms[0].factors]
    [('g[0]', 1.0), ('x[0]', 3.0)]
    """
    trace = asked[0] if asked and isinstance(asked[0], BackwardTrace) else None
    given = asked if trace is None else asked[1:]
    if len(given) not in (1, 2):
        raise TypeError("explain needs a value and an index, after a trace or without one")
    value, index = given[0], given[1] if len(given) == 2 else ()
    if trace is not None:
        scope = Scope(trace.graph, trace)
    elif isinstance(value, Tensor):
        scope = Scope(Graph([value], collect_names(names, model)))
    else:
        raise TypeError(f"explain needs a Tensor (or a trace, and a Tensor or its name), not {type(value).__name__}")
    return ask(scope, find(scope, value), index, gradient=trace is not None and not forward)


def find(scope: Scope, value: Any) -> Any:
    """Return the value of this name in the graph, or the value itself."""
    if not isinstance(value, str):
        return value
    known = [v for v in scope.graph if isinstance(v, Tensor)]
    for v in known:
        if scope.graph.label(v) == value:
            return v
    listed = ", ".join(f"{scope.graph.label(v)} {v.shape}" for v in known)
    raise ValueError(f"there is no value called {value!r}; there are: {listed}")


def ask(scope: Scope, value: Any, index: Any, *, gradient: bool) -> Explanation:
    """Explain an element of a value, or of its gradient."""
    index = checked_index(scope.label(value), np.shape(as_array(value)), index)
    with set_grad_enabled(True):
        return (_gradient if gradient else _value)(scope, value, index)


def checked_index(name: str, shape: tuple[int, ...], index: Any) -> tuple[int, ...]:
    """Return an index as a tuple of integers that count from the start, or raise saying which there are."""
    try:
        found = tuple(operator.index(i) for i in (index if isinstance(index, (tuple, list)) else (index,)))
    except TypeError:
        raise TypeError(f"an index is one integer for each axis, not {index!r}") from None
    if len(found) != len(shape) or any(not -n <= i < n for i, n in zip(found, shape, strict=True)):
        ranges = ", ".join(f"0 to {n - 1}" for n in shape)
        fits = f"it has the shape {shape}: {ranges}" if shape else "it is one number and takes no index"
        raise IndexError(f"{name} has no element [{','.join(map(str, found))}]; {fits}")
    return tuple(i % n for i, n in zip(found, shape, strict=True))


def _at(index: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    return tuple(np.array([[i]]) for i in index)


# -- why a value is what it is ---------------------------------------------------------------------------------


def _value(scope: Scope, value: Any, index: tuple[int, ...]) -> Explanation:
    array, name = as_array(value), scope.label(value)
    if not isinstance(value, Tensor) or value.primitive is None:
        return Explanation(scope, "given", name, index, array, ())
    groups = products_of(value, _at(index))
    found = (_function(value, index),) if groups is None else tuple(groups)
    _check_unchanged(value, index, name, found)
    part = Part(float(array[index]), value.primitive, found, remark=remark(value, index), _scope=scope)
    return Explanation(scope, "value", name, index, array, [part])


def _check_unchanged(y: Tensor, index: tuple[int, ...], name: str, groups: Sequence[Group]) -> None:
    """Raise if the arguments are no longer those that y was computed from: then they do not explain it."""
    arguments = (x.data if isinstance(x, Tensor) else x for x in y.inputs)
    again = np.asarray(y.primitive.forward(*arguments, **y.params))[index]  # type: ignore[union-attr]
    size = sum(np.abs(group.products()).sum() for group in groups if not group.function) + abs(y.data[index])
    allowed = 64 * np.finfo(y.dtype).eps * size if y.dtype.kind == "f" else 0.0  # other kernels round otherwise
    if not np.isclose(again, y.data[index], rtol=0.0, atol=allowed, equal_nan=True) and np.isfinite(size):
        raise RuntimeError(f"{name} is {y.data[index]:.9g}, but its arguments give {again:.9g}: {CHANGED}")


def _function(y: Tensor, index: tuple[int, ...]) -> Group:
    """Return y[index] as a function of the elements that it changes with: those with a derivative."""
    columns = []
    for x in y.inputs:
        if isinstance(x, Tensor) and x.requires_grad:
            try:
                (local,) = grad(y, x, one_hot(y, index))
            except NotImplementedError:  # no rule
                continue
            columns += [Column(x, tuple(np.array([i]) for i in m)) for m in np.argwhere(local.data)]
    return Group(tuple(columns), np.zeros(1, int), function=y.primitive.name)  # type: ignore[union-attr]


# -- why a gradient is what it is ------------------------------------------------------------------------------


def _gradient(scope: Scope, value: Any, index: tuple[int, ...]) -> Explanation:
    trace: Any = scope.trace
    arrivals = [*trace.arrivals.get(value, ()), *_silent(trace, value)]
    if not arrivals:
        raise ValueError(_why_not(trace, value))
    parts = [_part(scope, trace, arrival, index) for arrival in arrivals]
    step = trace.step_of(value)
    found = trace.gradients.get(value, np.zeros(value.shape, value.dtype)) if step is None else step.gradient
    return Explanation(scope, "gradient", f"dL/d {scope.label(value)}", index, as_array(found), parts)


def _silent(trace: BackwardTrace, value: Any) -> list[Arrival]:
    """Return where a rule said of this value that nothing flows to it."""
    return [
        Arrival(step.number, position)
        for step in trace.steps
        for position, c in enumerate(step.contributions)
        if c.input is value and c.status == ZERO
    ]


def _why_not(trace: BackwardTrace, value: Any) -> str:
    """Say why the pass computed no gradient of this value."""
    if not isinstance(value, Tensor) or value not in trace.graph:
        return "there is no gradient: this trace's loss was not computed from this value"
    reason = next((c.status for step in trace.steps for c in step.contributions if c.input is value), "nothing arrived")
    hint = " (make it with requires_grad=True and it will be)" if reason == NOT_ASKED_FOR else ""
    return f"dL/d {trace.graph.label(value)} was not computed: {reason}{hint}"


def _part(scope: Scope, trace: BackwardTrace, arrival: Arrival, index: tuple[int, ...]) -> Part:
    """Return what one step contributed to an element."""
    sent = trace.contribution(arrival)
    value = 0.0 if sent is None else float(as_array(sent)[index])
    if arrival.step == 0:
        return Part(value, None, (), step=0, where=trace.rule_number(arrival), _scope=scope)
    step = trace.steps[arrival.step - 1]
    contribution = step.contributions[arrival.position]
    return Part(
        value,
        step.primitive,
        () if sent is None else tuple(_rule_groups(scope, step, arrival.position, index)),
        contribution.rule,
        step.number,
        trace.rule_number(arrival),
        remark(step.node, index, step.gradient),
        _scope=scope,
    )


def _rule_groups(scope: Scope, step: Step, position: int, index: tuple[int, ...]) -> list[Group]:
    """Return the terms of a contribution's element: its rule, read with Tensors and multiplied out."""
    g, sent = scope.reading(step, position)
    if isinstance(sent, Tensor) and sent.requires_grad:
        try:
            return multiply_out(sent, tuple(np.array([i]) for i in index), g)
        except NotLinear:
            rule: Any = step.contributions[position].rule
            raise ValueError(
                f"{rule.name}, a rule of {step.primitive.name}, is not linear in g: {rule.formula}"
            ) from None
    return [unit_terms(step, position, g, index)]
