"""check_primitive: look for calls at which a primitive's rules fail, say what is wrong, and show the smallest one.

Random calls come first: they are quick, and their numbers are good to diagnose from. Hypothesis looks where they found
nothing, and makes the failing call as small and as simple as it can.
"""

from __future__ import annotations

import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import primitives
from .cases import CASES
from .diagnosis import diagnose
from .faults import Fault, first_order_faults, form_fault, overflow_fault, value_fault
from .findings import Finding, PrimitiveReport
from .guess import CannotCall, Unusable, guesses, make_call
from .pick import DrawnPick, RandomPick
from .second_order import second_order_fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..autograd import Primitive
    from .call import Call
    from .cases import Case

ENOUGH_FAULTS = 12  # of one rule, to diagnose from
DEEPER = 8  # of the random calls are also checked with large numbers and at second order
PATIENCE = 400  # calls that making an example small may take


def check_primitive(
    primitive: Primitive,
    *,
    case: Any = None,
    examples: int = 60,
    order: int = 2,
    seed: int = 0,
    smallest: bool = True,
) -> PrimitiveReport:
    """Check every rule of a primitive at random calls of it, to second order.

    Args:
        primitive: what `@tge.primitive` made.
        case: how to call it: a Hypothesis strategy for `(inputs, parameters)`, a function of a NumPy Generator that
            returns such a pair, or a list of such; guessed from the arguments if None.
        examples: how many calls to try at random, and how many by Hypothesis.
        order: 1, or 2 to check that the rules can be differentiated again.
        seed: of the random calls.
        smallest: whether to look for the smallest failing call (which takes a second).

    Returns: a report: `.ok`, `.problem` (a sentence, if it could not be called), `.findings` (what is wrong, for each
    rule).

    >>> import numpy as np
    >>> import tinygrad_edu as tge
    >>> def scale(x, *, by=3.0):
    ...     '''y = by * x'''
    ...     return by * x
    >>> scale = tge.Primitive(scale)
    >>> @scale.backward("x")
    ... def scale_dx(g, y, x, *, by):
    ...     return -by * g
    >>> report = check_primitive(scale)
    >>> report.ok, report.findings[0].kind, report.findings[0].diagnosis
    (False, 'sign', 'its sign is flipped')
    >>> print(report.findings[0].example.given, report.findings[0].example.expected)
    [-3.0] [3.0]
    """
    report = PrimitiveReport.of(primitive)
    missing = [a for a in primitive.arguments if a not in primitive.rules]
    try:
        cases = _cases(primitive, case)
    except CannotCall as e:
        report.problem = str(e)
        return report
    rng = np.random.default_rng(seed)
    faults: dict[str, list[Fault]] = {}
    sound: list[Call] = []
    for _ in range(examples):
        try:
            call = make_call(primitive, cases[int(rng.integers(len(cases)))], RandomPick(rng))
        except Unusable as e:
            report.problem = str(e)
            continue
        report.calls += 1
        found = list(first_order_faults(call, call.random_gradient(rng)))
        for fault in found:
            faults.setdefault(fault.argument, []).append(fault)
        if not found:
            sound.append(call)
        if faults and all(len(telling(f)) == ENOUGH_FAULTS for f in faults.values()):
            break
    if not report.calls:
        return report
    report.problem = ""
    if missing and not faults:
        report.problem = f"it has no rule for {', '.join(missing)}"
    if not faults:
        faults = _hypothesis_faults(primitive, cases, examples, seed)
    if not faults:
        for call in sound[:DEEPER]:
            deeper = overflow_fault(call, rng) or (second_order_fault(call, rng) if order > 1 else None)
            if deeper is not None:
                faults.setdefault(deeper.argument, []).append(deeper)
    for argument, seen in faults.items():
        report.findings.append(_finding(primitive, cases, argument, seen, examples, seed, smallest))
    return report


def _finding(
    primitive: Primitive,
    cases: list[Case],
    argument: str,
    faults: list[Fault],
    examples: int,
    seed: int,
    smallest: bool,
) -> Finding:
    diagnosis = diagnose(telling(faults) or faults)
    least = min(faults, key=lambda f: (f.expected is None, f.call.size))
    if smallest and least.kind in ("value", "shape", "dtype", "raises"):
        found = [_smallest(primitive, case, least, examples, seed) for case in cases]
        least = min([f for f in found if f is not None] or [least], key=lambda f: f.call.size)
    return Finding.of(primitive, argument, diagnosis, least)


def telling(faults: list[Fault]) -> list[Fault]:
    """Return the faults to diagnose from: of those with a gradient to look at, the larger ones."""
    comparable = [f for f in faults if f.given is not None]
    return sorted(comparable, key=lambda f: -min(f.call.size, 60))[:ENOUGH_FAULTS]


# -- how to call it --------------------------------------------------------------------------------------------


def _cases(primitive: Primitive, given: Any) -> list[Case]:
    """Return functions of a Pick that choose the arrays and parameters of a call."""
    if given is None:
        ours = primitives().get(primitive.name)
        if primitive.name in CASES and ours is not None and ours.forward is primitive.forward:
            return [CASES[primitive.name]]
        return list(guesses(primitive))
    if isinstance(given, (list, tuple)):
        return [case for g in given for case in _cases(primitive, g)]
    if hasattr(given, "example") and hasattr(given, "map"):  # a Hypothesis strategy
        return [_from_strategy(given)]
    if callable(given):
        return [lambda pick: given(pick.generator())]
    raise CannotCall(f"the case of {primitive.name} must be a function of a generator or a strategy, not {given!r}")


def _from_strategy(strategy: Any) -> Case:
    """Let Hypothesis draw in its own search; elsewhere choose among examples drawn before."""
    drawn: list[Any] = []

    def case(pick: Any) -> Any:
        if isinstance(pick, DrawnPick):
            return pick.draw(strategy)
        if not drawn:
            drawn.extend(_examples(strategy, 50))
        return pick.choice(drawn)

    return case


def _examples(strategy: Any, count: int) -> list[Any]:
    from hypothesis import HealthCheck, Phase, given, settings

    collected: list[Any] = []

    @settings(max_examples=count, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(strategy)
    def collect(example: Any) -> None:
        collected.append(example)

    collect()
    return collected


# -- Hypothesis ------------------------------------------------------------------------------------------------


def _calls(primitive: Primitive, cases: list[Case]) -> Any:
    """Return a strategy for a call and an upstream gradient."""
    from hypothesis import assume
    from hypothesis import strategies as st

    @st.composite
    def calls(draw: Any) -> tuple[Call, np.ndarray]:
        pick = DrawnPick(draw)
        try:
            call = make_call(primitive, pick.choice(cases), pick)
        except Unusable:
            assume(False)
        return call, pick.array(call.output().shape)

    return calls()


def _find(strategy: Any, fails: Callable[[Any], bool], examples: int, seed: int) -> Any:
    """Return the smallest example that fails, as far as patience goes, or None."""
    from hypothesis import HealthCheck, Phase, find, settings
    from hypothesis.errors import NoSuchExample, Unsatisfiable

    best: list[Any] = []
    tried = 0

    def condition(example: Any) -> bool:
        nonlocal tried
        tried += 1
        if best and tried > PATIENCE:
            raise _OutOfPatience
        if not fails(example):
            return False
        best[:] = [example]
        return True

    chosen = settings(
        max_examples=examples, database=None, deadline=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    with suppress(NoSuchExample, Unsatisfiable, _OutOfPatience):
        find(strategy, condition, settings=chosen, random=random.Random(seed))
    return best[0] if best else None


class _OutOfPatience(BaseException):
    """Leaves Hypothesis's search; an Exception would count as one more failing example."""


def _hypothesis_faults(primitive: Primitive, cases: list[Case], examples: int, seed: int) -> dict[str, list[Fault]]:
    found = _find(_calls(primitive, cases), lambda e: any(first_order_faults(*e)), examples, seed)
    faults: dict[str, list[Fault]] = {}
    for fault in first_order_faults(*found) if found else ():
        faults.setdefault(fault.argument, []).append(fault)
    return faults


def _smallest(primitive: Primitive, case: Case, like: Fault, examples: int, seed: int) -> Fault | None:
    """Return the smallest call at which the rule for the same argument fails in the same way."""

    def same(example: Any) -> Fault | None:
        call, g = example
        if like.position not in call.differentiable:
            return None
        fault = form_fault(call, like.position, g) or value_fault(call, like.position, g)
        return fault if fault is not None and fault.kind == like.kind else None

    found = _find(_calls(primitive, [case]), lambda e: same(e) is not None, max(examples, 100), seed)
    return None if found is None else same(found)
