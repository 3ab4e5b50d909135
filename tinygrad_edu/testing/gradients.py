"""check_gradients: hold every gradient of a function against finite differences, to any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .compare import compare, engine_gradients
from .culprit import accuse, blame, recorded_calls
from .faults import form_fault
from .function import Function, GradientOf
from .report import GradientReport, KinkCrossed
from .tolerance import RELATIVE

if TYPE_CHECKING:
    from collections.abc import Callable


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
    try:
        _same_twice(function)
        level: Function | GradientOf = function
        for n in range(1, order + 1):
            _check_level(function, level, n, rng, tolerance, max_elements, report)
            if n < order:
                level = GradientOf(level, rng)
        _check_forms(function, rng)
    finally:
        function.restore()
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
    except (TypeError, ValueError, AttributeError, NotImplementedError) as e:
        raise blame(function, order, rng, failure=e) from e
    for c in compare(level, given, g, rng, tolerance, max_elements):
        report.checked += int(c.found.smooth.sum())
        report.kinks += int((~c.found.smooth).sum())
        report.max_error = max(report.max_error, float(np.max(np.nan_to_num(c.error), initial=0.0)))
        if c.elements_left_out:
            report.notes.append(f"{c.elements_left_out} elements of {c.name} left out; max_elements sets how many")
        if not np.all(c.right):
            raise blame(function, order, rng, comparison=c)


def _check_forms(function: Function, rng: np.random.Generator) -> None:
    """Check shapes, dtypes (float32 stays float32) and side effects of every rule that took part."""
    for call in recorded_calls(function.record(function.arrays)[1]):
        g = call.random_gradient(rng)
        for position in call.differentiable:
            fault = form_fault(call, position, g)
            if fault is not None:
                raise accuse([fault])


def _same_twice(function: Function) -> None:
    once, again = function.value(function.arrays), function.value(function.arrays)
    if not np.array_equal(once, again, equal_nan=once.dtype.kind == "f"):
        raise ValueError(
            "the function gives different results for the same inputs; is there dropout in it? call .eval() first"
        )
