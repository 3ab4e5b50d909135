"""Hypothesis's search: for a call at which something fails, and for a smaller one."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from .case import Unusable, make_call
from .pick import DrawnPick

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...autograd import Primitive
    from .call import Call
    from .case import Case

PATIENCE = 400  # calls that making an example small may take


class Unsteady(Exception):
    """The same call failed at one time and not at another."""


def calls_of(primitive: Primitive, cases: list[Case]) -> Any:
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


def smallest(strategy: Any, fails: Callable[[Any], bool], examples: int, seed: int) -> Any:
    """Return the smallest example that fails, as far as patience goes, or None; raise Unsteady if it is not the same
    twice."""
    from hypothesis import HealthCheck, Phase, find, settings
    from hypothesis.errors import Flaky, NoSuchExample, Unsatisfiable

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
    try:
        with suppress(NoSuchExample, Unsatisfiable, _OutOfPatience):
            find(strategy, condition, settings=chosen, random=random.Random(seed))
    except Flaky as e:
        raise Unsteady from e
    return best[0] if best else None


class _OutOfPatience(BaseException):
    """Leaves Hypothesis's search; an Exception would count as one more failing example."""
