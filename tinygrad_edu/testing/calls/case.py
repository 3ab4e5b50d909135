"""A case chooses the arrays and parameters of one call: how a call is made of it, and what users give as one."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from .call import Call
from .pick import DrawnPick, Pick
from .trial import described

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...autograd import Primitive

Case: TypeAlias = "Callable[[Pick], tuple[tuple[Any, ...], dict[str, Any]]]"

LARGEST = 300  # elements of all inputs, or of the result


class CannotCall(ValueError):
    """No way was found to call a primitive."""


class Unusable(Exception):
    """One attempted call raised, gave something that is not finite, or is too large."""


class Hopeless(Unusable):
    """One attempted call failed in a way in which every call will."""


def make_call(primitive: Primitive, case: Case, pick: Pick) -> Call:
    """Make one call of a case, and see that its forward computation works; else raise Unusable."""
    try:
        arrays, params = _read(case(pick))
        call = Call.of(primitive, *arrays, **params)
        with np.errstate(all="ignore"):
            y = call.output()
    except Unusable:
        raise
    except Exception as e:
        raise Unusable(described(e)) from e
    if y.dtype == object:
        raise Hopeless(_no_numbers(y))
    if y.dtype.kind != "f":
        text = f"its result has dtype {y.dtype}, which has no gradient; let it return floating numbers"
        raise Hopeless(text) if call.differentiable else Unusable(text)
    if not np.all(np.isfinite(y)):
        raise Unusable("its result has nan or inf")
    if y.size > LARGEST or call.size > LARGEST or not y.size:
        raise Unusable(f"its arrays are empty, or have more than {LARGEST} elements")
    return call


def _no_numbers(y: np.ndarray) -> str:
    if y.shape == () and y.item() is None:
        return "its forward computation returned None; is a `return` missing?"
    return "its forward computation returned no array of numbers, but Python objects"


def _read(chosen: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Take apart what a case has chosen."""
    if isinstance(chosen, tuple) and len(chosen) == 2 and isinstance(chosen[1], dict):
        arrays, params = chosen
        if isinstance(arrays, (tuple, list)):
            return tuple(arrays), params
        seen = f"({type(arrays).__name__}, dict)"
    else:
        seen = f"a {type(chosen).__name__}"
    raise Hopeless(f"a case has to give a tuple of the arrays and a dict of the parameters, ((x,), {{}}), not {seen}")


def given_cases(primitive: Primitive, given: Any) -> list[Case]:
    """Return the cases that a user gives for a primitive: functions of a generator, Hypothesis strategies, or lists."""
    if isinstance(given, (list, tuple)):
        return [case for g in given for case in given_cases(primitive, g)]
    if hasattr(given, "example") and hasattr(given, "map"):  # a Hypothesis strategy
        return [_from_strategy(given)]
    if callable(given):
        return [lambda pick: given(pick.generator())]
    raise CannotCall(f"the case of {primitive.name} must be a function of a generator or a strategy, not {given!r}")


def _from_strategy(strategy: Any) -> Case:
    """Let Hypothesis draw in its own search; elsewhere choose among examples drawn before."""

    def case(pick: Any) -> Any:
        return pick.draw(strategy) if isinstance(pick, DrawnPick) else pick.choice(_examples(strategy))

    return case


@functools.cache
def _examples(strategy: Any) -> list[Any]:
    """Draw examples, the same in every run."""
    from hypothesis import HealthCheck, Phase, given, settings

    collected: list[Any] = []

    @settings(max_examples=100, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(strategy)
    def collect(example: Any) -> None:
        collected.append(example)

    collect()
    return collected
