"""What can be wrong with a primitive and its rules: an ordered list of checks, each of which looks at one trial.

A check looks at one rule at one call and one upstream gradient (`Trial`) and returns a sentence, or None. The first
that has something to say wins, so what would make the later ones misleading stands first: a rule that raises has no
values to compare, and of a computation that is random no value means anything.

    CHECKS     run at every call: the forward computation, the form of a gradient, its values, float32
    DEEPER     run at some calls, once those pass: large inputs, second derivatives
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..calls.trial import Trial
from . import form, forward, single, state, values
from .fault import Fault
from .large import overflow_fault
from .second_order import second_order_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

    from ..calls.call import Call


class Check(NamedTuple):
    """The kind of fault that it finds, whose it is ("forward" or "rule"), and how it is seen."""

    kind: str
    whose: str
    sees: Callable[[Trial], str | None]


FORM = [
    Check("state", "forward", state.of_the_forward),
    Check("dtype", "forward", forward.returns_a_tensor),
    Check("mutation", "forward", forward.writes_into_its_inputs),
    Check("dtype", "forward", forward.makes_less_than_float64),
    Check("no rule", "rule", form.missing),
    Check("signature", "rule", form.other_arguments),
    Check("raises", "rule", form.raises),
    Check("dtype", "rule", form.no_array),
    Check("mutation", "rule", form.writes_into_what_it_is_given),
    Check("state", "rule", state.of_the_rule),
    Check("shape", "rule", form.other_shape),
    Check("dtype", "rule", form.other_dtype),
]
VALUES = [
    Check("precision", "forward", values.rounded_away),
    Check("zero", "rule", values.nothing_returned),
    Check("value", "rule", values.differ),
    Check("state", "rule", state.kept_from_a_call),
]
SINGLE = [
    Check("dtype", "forward", single.forward_widens),
    Check("raises", "rule", single.raises),
    Check("dtype", "rule", single.rule_widens),
]
CHECKS = [*FORM, *VALUES, *SINGLE]
DEEPER = [overflow_fault, second_order_fault]


def first_order_faults(call: Call, g: np.ndarray, checks: list[Check] = CHECKS) -> Iterator[Fault]:
    """Yield what is wrong with each rule of the call at the upstream gradient g, one fault for each rule at most.

    If the forward computation itself is wrong, that is all there is to say.
    """
    for position in call.differentiable:
        fault = fault_of(call, position, g, checks)
        if fault is not None:
            yield fault
            if fault.of_forward:
                return


def fault_of(call: Call, position: int, g: np.ndarray, checks: list[Check] = CHECKS) -> Fault | None:
    """Return what is wrong with one rule of the call at the upstream gradient g."""
    trial = Trial(call, position, g)
    for kind, whose, sees in checks:
        text = sees(trial)
        if text is not None:
            return Fault(kind, trial, text, of_forward=whose == "forward")
    return None
