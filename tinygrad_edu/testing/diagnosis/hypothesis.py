"""What a hypothesis is: a function of the trials at which a rule failed that returns a sentence, or None."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..calls.trial import Trial

Hypothesis: TypeAlias = "Callable[[list[Trial]], str | None]"


def every(trials: list[Trial], holds: Callable[[Trial], bool | None]) -> bool:
    """Tell whether a hypothesis holds for every trial that has a say (None: it has not), and enough have one."""
    enough = max(1, len(trials) // 4)
    for verdict in map(holds, trials):
        if verdict is None:
            continue
        if not verdict:
            return False  # whatever the other trials would say
        enough -= 1
    return enough <= 0


def says(sentence: str) -> Callable[[Callable[[Trial], bool | None]], Hypothesis]:
    """Make a hypothesis of a test of one trial: where it holds for every trial, the sentence is said."""
    return lambda holds: lambda trials: sentence if every(trials, holds) else None
