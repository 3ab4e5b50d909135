"""Parameters (stride, padding, axis ...) that a rule does not take into account."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from ..calls.trial import Trial, quiet
from ..differences import difference
from .hypothesis import every

NEUTRAL: dict[str, Any] = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "pad_width": 0}


def ignored(trials: list[Trial]) -> str | None:
    """The rule's code never reads the parameter, and with the parameter at its default it is right."""
    rule = trials[0].call.primitive.rules[trials[0].argument]
    for name in trials[0].call.params:
        if not rule.uses(name) and every(trials, lambda s, n=name: _right_without(s, n)):  # type: ignore[misc]
            return f"{name} is ignored: the rule is right only for {name}={_default(trials[0], name)!r}"
    return None


def mishandled(trials: list[Trial]) -> str | None:
    """With the parameter at its default the rule is right."""
    for name in trials[0].call.params:
        if every(trials, lambda s, n=name: _right_without(s, n)):  # type: ignore[misc]
            return f"{name} is not taken into account: the rule is right only for {name}={_default(trials[0], name)!r}"
    return None


def _right_without(s: Trial, name: str) -> bool | None:
    """Tell whether the rule is right at the same call with the parameter at its default; None if it was already."""
    default = _default(s, name)
    if default is inspect.Parameter.empty or s.call.params[name] == default:
        return False
    call = s.call.with_params(**{name: default})
    y = quiet(call.output)
    if y is None:
        return None
    g = np.random.default_rng(0).standard_normal(y.shape)
    given = quiet(lambda: call.given(s.position, g))
    if given is None or given.shape != s.x.shape:
        return False
    return bool(difference(given, call.jacobian(s.position), g)[2].all())


def _default(s: Trial, name: str) -> Any:
    default = s.call.primitive.parameters.get(name, inspect.Parameter.empty)
    return NEUTRAL.get(name, default) if default is inspect.Parameter.empty else default
