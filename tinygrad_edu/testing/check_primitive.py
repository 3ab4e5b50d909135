"""check_primitive: look for calls at which a primitive's rules fail, say what is wrong, and show the smallest one.

Random calls come first: they are quick, and their numbers are good to diagnose from. Hypothesis looks where they found
nothing, and makes the failing call as small and as simple as it can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .calls.case import CannotCall, Unusable, given_cases, make_call
from .calls.guess import Guess, guesses
from .calls.own_cases import CASES
from .calls.pick import RandomPick
from .calls.smallest import Unsteady, calls_of
from .calls.smallest import smallest as smallest_call
from .checks import DEEPER, fault_of, first_order_faults
from .diagnosis import Diagnosis, diagnose
from .reports.findings import Finding, PrimitiveReport

if TYPE_CHECKING:
    from ..autograd import Primitive
    from .calls.call import Call
    from .calls.case import Case
    from .checks.fault import Fault

ENOUGH_FAULTS = 12  # of one rule, to diagnose from
DEEPER_CALLS = 8  # of the random calls are also checked with large numbers and at second order

UNSTEADY = (
    "the same call was right at one time and wrong at another; does a rule, or the forward computation, use random "
    "numbers, or keep something between calls (in a global, a list)? Each must depend on its arguments alone"
)


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
    rule), `.guessed` (whether nobody has said how it is called).

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
    try:
        cases = cases_of(primitive, case)
        report.guessed = any(isinstance(c, Guess) for c in cases)
        rng = np.random.default_rng(seed)
        faults, sound = _random_faults(primitive, cases, examples, rng, report)
        if report.calls and not faults:
            faults = _searched_faults(primitive, cases, examples, seed)
        if not faults:
            faults = _deeper_faults(sound, order, rng)
        missing = [a for a in primitive.arguments if a not in primitive.rules]
        if report.calls and missing and not faults:
            report.problem = f"it has no rule for {', '.join(missing)}"
        for seen in faults.values():
            diagnosis = diagnose([*telling(seen), *(f for f in seen if f.given is None)])
            shown = _shown(primitive, cases, seen, diagnosis, examples, seed, smallest)
            report.findings.append(Finding.of(primitive, diagnosis.told_of(shown), shown))
    except CannotCall as e:
        report.problem = str(e)
    except Unsteady:
        report.problem = UNSTEADY if case is None else f"{UNSTEADY}; and a case takes random numbers from its rng alone"
    return report


def cases_of(primitive: Primitive, given: Any = None) -> list[Case]:
    """Return what chooses the calls: what is given, what the library knows of its own primitives, or guesses."""
    if given is not None:
        return given_cases(primitive, given)
    if primitive.name in CASES and primitive.forward.__module__.startswith("tinygrad_edu."):
        return [CASES[primitive.name]]
    return list(guesses(primitive))


# -- looking for faults ------------------------------------------------------------------------------------------


def _random_faults(
    primitive: Primitive, cases: list[Case], examples: int, rng: np.random.Generator, report: PrimitiveReport
) -> tuple[dict[str, list[Fault]], list[Call]]:
    """Check random calls, which are counted in the report; return the faults by argument, and the calls without."""
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
    if report.calls:
        report.problem = ""
    return {"": faults[""]} if "" in faults else faults, sound  # what else is seen may follow from the forward's


def _searched_faults(primitive: Primitive, cases: list[Case], examples: int, seed: int) -> dict[str, list[Fault]]:
    """Let Hypothesis look for a call that fails."""
    found = smallest_call(calls_of(primitive, cases), lambda e: any(first_order_faults(*e)), examples, seed)
    return {fault.argument: [fault] for fault in (first_order_faults(*found) if found else ())}


def _deeper_faults(sound: list[Call], order: int, rng: np.random.Generator) -> dict[str, list[Fault]]:
    """Check some calls with large inputs and at second order."""
    faults: dict[str, list[Fault]] = {}
    for call in sound[:DEEPER_CALLS]:
        for look in DEEPER[:order]:
            fault = look(call, rng)
            if fault is not None:
                faults.setdefault(fault.argument, []).append(fault)
                break
    return faults


def telling(faults: list[Fault]) -> list[Fault]:
    """Return the faults to diagnose from: of those with a gradient to look at, the larger ones."""
    comparable = [f for f in faults if f.given is not None]
    return sorted(comparable, key=lambda f: -min(f.call.size, 60))[:ENOUGH_FAULTS]


# -- the one that is shown ---------------------------------------------------------------------------------------


def _shown(
    primitive: Primitive,
    cases: list[Case],
    faults: list[Fault],
    diagnosis: Diagnosis,
    examples: int,
    seed: int,
    look_further: bool,
) -> Fault:
    """Return the smallest fault that shows what was diagnosed, as far as one is found."""
    showing = [f for f in faults if diagnosis.fits(f)] or faults
    least = min(showing, key=lambda f: f.call.size)
    if not look_further or least.order > 1 or least.kind in ("state", "overflow"):
        return least
    position = least.trial.position

    def again(example: Any) -> Fault | None:
        call, g = example
        fault = fault_of(call, position, g) if position in call.differentiable else None
        if fault is None or (fault.kind, fault.of_forward) != (least.kind, least.of_forward):
            return None
        return fault if diagnosis.fits(fault) or not diagnosis.fits(least) else None

    examples = max(examples, 100)
    found = [smallest_call(calls_of(primitive, [c]), lambda e: again(e) is not None, examples, seed) for c in cases]
    smaller = [again(example) for example in found if example is not None]
    return min([f for f in smaller if f is not None] or [least], key=lambda f: f.call.size)
