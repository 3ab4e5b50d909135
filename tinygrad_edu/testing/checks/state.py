"""Does it depend on its arguments alone?  Random numbers and values kept from another call are seen by repeating."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..calls.trial import Trial, quiet, same
from . import values

if TYPE_CHECKING:
    from ..calls.call import Call


def of_the_forward(trial: Trial) -> str | None:
    """The forward computation gives something else when it is run again."""
    if not all(same(trial.y, trial.call.output()) for _ in range(3)):
        return (
            "the forward computation gives another result each time it is run with the same arguments; "
            "what is random has to come in as an argument (a mask, say), so that the rule reads it too"
        )
    quiet(_elsewhere(trial.call).output)
    if not same(trial.y, trial.call.output()):
        return (
            "the result of the forward computation depends on what was computed before, not on its arguments alone; "
            "it must keep nothing between calls (in a global, a list, an attribute)"
        )
    return None


def of_the_rule(trial: Trial) -> str | None:
    """The rule gives another gradient when it is fired again."""
    if not all(_again(trial) for _ in range(3)):
        return (
            "it gives another gradient each time it is fired with the same g, y and inputs: "
            "does it use random numbers, or keep something between calls (in a global, a list, an attribute)?"
        )
    for seed in (0, 1):
        _run_elsewhere(trial.call, seed)
        if not _again(trial):
            return f"its gradient depends on what was computed before it; {ALONE}"
    return None


def kept_from_a_call(trial: Trial) -> str | None:
    """The rule is right here, but gives the same for other inputs, where it should not."""
    other = Trial(_elsewhere(trial.call), trial.position, trial.g)
    if not trial.call.primitive.rules[trial.argument].reads or quiet(lambda: other.y) is None:
        return None
    if same(trial.given, other.given) and values.differ(other):
        return f"it gives the gradient of an earlier call again when it is called with other inputs; {ALONE}"
    return None


ALONE = (
    "it must be made of g, y, the inputs and the parameters alone, and of nothing kept from another call "
    "(in a global, a list, an attribute)"
)


def _again(trial: Trial) -> bool:
    """Fire the rule once more, for the same y: tell whether it gives the same."""
    return same(trial.returned, quiet(lambda: trial.call.given(trial.position, trial.g, y=trial.y)))


def _elsewhere(call: Call) -> Call:
    return call.with_floating(lambda x: np.flip(x) * 1.0625)


def _run_elsewhere(call: Call, seed: int) -> None:
    """Run the forward computation and all rules for other numbers, as they are in the midst of a network."""
    other = _elsewhere(call)
    y = quiet(other.output)
    if y is not None:
        g = np.random.default_rng(seed).standard_normal(y.shape)
        for position in call.differentiable:
            quiet(lambda at=position: other.given(at, g, y=y))  # type: ignore[misc]
