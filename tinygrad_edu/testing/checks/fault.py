"""A fault: one thing that is wrong with a primitive at one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..calls.call import Call
    from ..calls.trial import Trial


@dataclass(frozen=True, eq=False)
class Fault:
    """One thing wrong with one rule, or with the forward computation, at one call.

    Attributes:
        kind: that of the check that saw it, see `CHECKS`; "overflow", "readings" or "second order".
        trial: the call, which input's rule, and the upstream gradient.
        text: what was seen, in a sentence.
        of_forward: whether it is the forward computation that is wrong.
        order: 1, or the order at which it shows.
        shown: the arrays (given, expected) to show, where they are not the trial's gradients.
        worst: the index of the worst element and the two values there, where the arrays do not tell.
    """

    kind: str
    trial: Trial
    text: str
    of_forward: bool = False
    order: int = 1
    shown: tuple[np.ndarray, np.ndarray] | None = None
    worst: tuple[tuple[int, ...], float, float] | None = None

    @property
    def call(self) -> Call:
        """The call at which it shows."""
        return self.trial.call

    @property
    def g(self) -> np.ndarray:
        """The upstream gradient at which it shows."""
        return self.trial.g

    @property
    def argument(self) -> str:
        """The name of the argument whose rule is wrong, or '' if it is the forward computation."""
        return "" if self.of_forward else self.trial.argument

    @property
    def given(self) -> np.ndarray | None:
        """The gradient by the rule; None where there is none to look at."""
        if self.shown is not None:
            return self.shown[0]
        nothing_to_show = self.of_forward or self.order > 1 or self.kind == "state" or not self.trial.gave
        return None if nothing_to_show else self.trial.given

    @property
    def expected(self) -> np.ndarray | None:
        """The gradient by finite differences; None where there is none to compare with."""
        if self.shown is not None:
            return self.shown[1]
        return None if self.given is None else self.trial.expected

    @property
    def worst_element(self) -> tuple[tuple[int, ...], float, float]:
        """Return the index of the worst element, the value given there, and the value expected (nan: unknown)."""
        given, expected = self.given, self.expected
        if self.worst is not None or given is None or expected is None or given.shape != expected.shape:
            return self.worst or ((), float("nan"), float("nan"))
        with np.errstate(all="ignore"):
            off = np.where(np.isnan(expected), -1.0, np.nan_to_num(np.abs(given - expected), nan=np.inf))
        if not off.size:
            return (), float("nan"), float("nan")
        index = tuple(int(i) for i in np.unravel_index(int(np.argmax(off)), off.shape))
        return index, float(given[index]), float(expected[index])
