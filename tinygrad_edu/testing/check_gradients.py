"""check_gradients: hold every gradient of a function against finite differences, to any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .calls.call import Call, recorded_calls
from .calls.function import Function, GradientOf
from .checks import FORM, SINGLE, first_order_faults, overflow_fault, second_order_fault
from .checks.compare import compare, engine_gradients
from .diagnosis import UNKNOWN, Diagnosis, diagnose
from .differences import RELATIVE
from .reports.gradient_report import GradientMismatch, GradientReport, KinkCrossed

if TYPE_CHECKING:
    from collections.abc import Callable

    from .checks.compare import Comparison
    from .checks.fault import Fault

LARGEST = 2000  # elements; a call with more is not differenced element by element


def check_gradients(
    f: Callable[..., Any],
    *inputs: Any,
    order: int = 1,
    rng: np.random.Generator | int | None = None,
    tolerance: float = RELATIVE,
    max_elements: int | None = 500,
    **params: Any,
) -> GradientReport:
    """Compare the gradients of f(*inputs) with central differences, element by element, in float64.

    The upstream gradient is drawn at random, each time anew. An element is right if |given - expected| is within ten
    times the error that the differences estimate for themselves, plus `tolerance` times the sum of the absolute
    values of the terms it is made of. Elements that lie on a kink (relu at 0) have no derivative to compare with: they
    are left out, and the report says how many.

    At order 2 the gradient itself, recorded with `create_graph=True` and contracted with a random vector, is the
    function that is checked, by the inputs and by the upstream gradient; at order 3 the gradient of that.

    Args:
        f: a primitive, a function of Tensors that returns a Tensor, or a module: then its parameters are checked too
            (make it with dtype=np.float64 if it insists on its own).
        inputs: Tensors or arrays, copied to float64; integers, booleans and None are passed on as they are.
        order: the highest order of derivative to check.
        rng: a NumPy Generator or a seed; fresh randomness if None.
        tolerance: relative, see above.
        max_elements: of larger inputs, only this many elements are differenced, chosen at random; None: all.
        params: passed on to f.

    Raises:
        GradientMismatch: a gradient is wrong. It names the primitive whose rule is to blame, and what is wrong.
        KinkCrossed: f has no derivative at any of the elements.
        ValueError: f gives two results for the same inputs (dropout in training?).

    >>> import numpy as np
    >>> import tinygrad_edu as tge
    >>> from tinygrad_edu.testing import check_gradients
    >>> report = check_gradients(tge.matmul, np.ones((2, 3)), np.ones((3, 2)), order=2)
    >>> report.checked
    28
    >>> print(check_gradients(tge.relu, np.array([-1.0, 0.0, 2.0]), rng=0).notes[0])
    1 element lies on a kink, where there is no derivative
    """
    rng = rng if isinstance(rng, np.random.Generator) else np.random.default_rng(rng)
    report = GradientReport()
    function = Function(f, inputs, params)
    _same_twice(function)
    level: Function | GradientOf = function
    for n in range(1, order + 1):
        _check_level(function, level, n, rng, tolerance, max_elements, report)
        if n < order:
            level = GradientOf(level, rng)
    _check_calls(function, rng)
    if report.kinks:
        count = "1 element lies on a kink" if report.kinks == 1 else f"{report.kinks} elements lie on kinks"
        report.notes.insert(0, f"{count}, where there is no derivative")
    if report.kinks and not report.checked:
        raise KinkCrossed(f"nothing could be checked: {report.notes[0]}; move the inputs away from it")
    return report


def _check_level(
    function: Function,
    level: Function | GradientOf,
    order: int,
    rng: np.random.Generator,
    tolerance: float,
    max_elements: int | None,
    report: GradientReport,
) -> None:
    """Check the first derivatives of one level: of f itself, or of its gradient."""
    try:
        given, g = engine_gradients(level, rng)
    except Exception as e:  # whatever a rule raises
        raise blame(function, order, rng, failure=e) from e
    for c in compare(level, given, g, rng, tolerance, max_elements):
        report.checked += int(c.found.smooth.sum())
        report.kinks += int((~c.found.smooth).sum())
        report.max_error = max(report.max_error, float(np.max(np.nan_to_num(c.error), initial=0.0)))
        if c.elements_left_out:
            report.notes.append(f"{c.elements_left_out} elements of {c.name} left out; max_elements sets how many")
        if not np.all(c.right):
            raise blame(function, order, rng, comparison=c)


def _check_calls(function: Function, rng: np.random.Generator) -> None:
    """Run all other checks on every call that took part: form, side effects, state, float32, large inputs."""
    for call in recorded_calls(function.record(function.arrays)[1]):
        for fault in first_order_faults(call, call.random_gradient(rng), [*FORM, *SINGLE]):
            raise accuse(fault)
        overflow = overflow_fault(call, rng)
        if overflow is not None:
            raise accuse(overflow)


def _same_twice(function: Function) -> None:
    once, again = function.value(function.arrays), function.value(function.arrays)
    if not np.array_equal(once, again, equal_nan=once.dtype.kind == "f"):
        raise ValueError(
            "the function gives different results for the same inputs; is there dropout in it? call .eval() first"
        )


# -- whose fault it is -------------------------------------------------------------------------------------------


def blame(
    function: Function,
    order: int,
    rng: np.random.Generator,
    comparison: Comparison | None = None,
    failure: Exception | None = None,
) -> GradientMismatch:
    """Check each recorded call by itself, at the values it saw; return the error that names the rule to blame."""
    own = recorded_calls(function.record(function.arrays)[1])
    deeper = own if order == 1 else _calls_of_gradient(function, order - 1, rng)
    for call in (c for c in deeper if c.size <= LARGEST):
        for fault in first_order_faults(call, call.random_gradient(rng)):
            return accuse(fault)
    for call in (c for c in own if c.size <= LARGEST) if order > 1 else ():
        deeper_fault = second_order_fault(call, rng)
        if deeper_fault is not None:
            return accuse(deeper_fault)
    if comparison is None:
        raise failure or AssertionError("no rule is wrong by itself")
    text = "every recorded primitive is right by itself; does f leave the graph (.data, .numpy(), detach())?"
    return _mismatch(None, comparison.name, order, comparison.worst, Diagnosis(UNKNOWN, text))


def _calls_of_gradient(function: Function, depth: int, rng: np.random.Generator) -> list[Call]:
    """Return the calls that the gradient, or the gradient of the gradient ..., is made of."""
    try:
        level: Function | GradientOf = function
        for _ in range(depth):
            level = GradientOf(level, rng)
        return recorded_calls(level.record(level.arrays)[1])
    except Exception:  # a rule that cannot read Tensors: the calls themselves will tell
        return []


def accuse(fault: Fault) -> GradientMismatch:
    """Return the error for a fault."""
    return _mismatch(fault.call.primitive.name, fault.argument, fault.order, fault.worst_element, diagnose([fault]))


def _mismatch(
    primitive: str | None, argument: str, order: int, worst: tuple[tuple[int, ...], float, float], diagnosis: Diagnosis
) -> GradientMismatch:
    index, given, expected = worst
    return GradientMismatch(
        primitive=primitive, argument=argument, index=index, given=given, expected=expected, order=order,
        diagnosis=diagnosis,
    )  # fmt: skip
