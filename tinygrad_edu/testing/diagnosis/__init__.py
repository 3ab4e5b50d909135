"""What is wrong with a rule, in words: an ordered list of hypotheses, each tested on the numbers.

A hypothesis looks at the calls at which the rule failed (`Trial`) and says a sentence, or nothing. Many are
*experiments*: the rule is fired again with the arguments exchanged, an input transposed or a parameter set back, and if
that makes it right, the mistake is found. The first hypothesis that explains every trial wins, so the specific ones
stand before the general ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ..calls.trial import Trial
from . import functions, layout, masks, parameters, scale, sums

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..checks.fault import Fault
    from .hypothesis import Hypothesis

UNKNOWN = "unknown"

HYPOTHESES: list[tuple[str, Hypothesis]] = [
    ("zero", scale.zero),
    ("not finite", scale.not_finite),
    ("no upstream", scale.without_upstream),
    ("no upstream", scale.term_without_upstream),
    ("mask from upstream", masks.from_upstream),
    ("not linear", scale.not_linear),
    ("missing sum", sums.missing_by_shape),
    ("transposed", layout.transposed_shape),
    ("wrong axis", sums.wrong_axis_by_shape),
    ("swapped", layout.both_swapped),
    ("sign", scale.sign),
    ("factor", scale.factor),
    ("sign", sums.with_wrong_sign),
    ("factor", sums.with_wrong_factor),
    ("parameter ignored", parameters.ignored),
    ("wrong axis", sums.spread_along_wrong_axis),
    ("transposed", layout.transposed),
    ("flipped", layout.flipped),
    ("missing sum", sums.only_one_index),
    ("missing sum", sums.only_its_own),
    ("overwritten", sums.overwritten),
    ("averaged", sums.averaged),
    ("wrong axis", sums.coupled_along_wrong_axis),
    ("transposed", layout.not_transposed),
    ("one-hot", masks.wrong_at_the_labels),
    ("wrong side", masks.wrong_side),
    ("mask", masks.mask_missing),
    ("mask", masks.mask_too_narrow),
    ("x and y", functions.y_for_x),
    ("x and y", functions.x_for_y),
    ("swapped", layout.swapped),
    ("factor missing", scale.missing_factor),
    ("parameter ignored", parameters.mishandled),
    ("product rule", functions.first_factor_only),
    ("product rule", functions.second_factor_only),
    ("other function", functions.other_function),
    ("sum", sums.missing_or_other),
]

# Of these kinds of fault the check has said all there is to say; of the others the numbers may tell more.
PLAIN = {
    "state": "state",
    "mutation": "mutation",
    "no rule": "no rule",
    "signature": "signature",
    "precision": "precision",
    "zero": "zero",
    "overflow": "overflow",
    "readings": "first order only",
    "second order": "first order only",
}


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong: a short `kind` to test for, and the `text` to read.

    `fits` tells whether a fault at one call shows this by itself.
    """

    kind: str
    text: str
    fits: Callable[[Fault], bool] = field(default=lambda fault: True, repr=False, compare=False)
    from_numbers: bool = field(default=False, repr=False, compare=False)

    def __str__(self) -> str:
        return self.text

    def told_of(self, fault: Fault) -> Diagnosis:
        """Return the same diagnosis, its numbers (shapes, say) those of another fault of its kind."""
        return self if self.from_numbers or not self.fits(fault) else _as_seen(fault)


def _as_seen(fault: Fault) -> Diagnosis:
    """Say what the check has said."""
    kind = PLAIN.get(fault.kind, fault.kind)
    prefix = "right at first order only: " if kind == "first order only" else ""
    return Diagnosis(kind, prefix + fault.text, lambda f: f.kind == fault.kind)


def diagnose(faults: Sequence[Fault]) -> Diagnosis:
    """Name the mistake that explains the faults, which are faults of one rule at one or several calls.

    >>> import numpy as np
    >>> import tinygrad_edu as tge
    >>> from tinygrad_edu.testing.calls.call import Call
    >>> from tinygrad_edu.testing.checks import first_order_faults
    >>> def square(x):
    ...     return x * x
    >>> p = tge.Primitive(square)
    >>> @p.backward("x")
    ... def square_dx(g, y, x):
    ...     return g * x
    >>> call = Call.of(p, np.array([1.0, 2.0, 3.0]))
    >>> diagnose(list(first_order_faults(call, np.array([0.3, -1.0, 0.5])))).text
    'off by the constant factor 1/2'
    """
    for fault in faults:
        if fault.kind in PLAIN:
            return _as_seen(fault)
    trials = [f.trial for f in faults if not f.of_forward and f.trial.is_telling]
    wrong = [t for t in trials if not t.is_right]
    for kind, hypothesis in HYPOTHESES if wrong else ():
        with np.errstate(all="ignore"):
            text = hypothesis(wrong)
        if text is not None:
            return Diagnosis(kind, text, _alike(hypothesis, wrong, text), from_numbers=True)
    raised = [f.trial for f in faults if f.kind == "raises" and not f.of_forward]
    if raised and not trials:  # perhaps it would not, with a parameter at its default
        text = parameters.ignored(raised)
        if text is not None:
            return Diagnosis("parameter ignored", text, from_numbers=True)
    for kind in ("shape", "dtype", "raises"):
        for fault in faults:
            if fault.kind == kind:
                return _as_seen(fault)
    unknown = "the numbers differ, in a way that fits no mistake this program knows"
    return Diagnosis(UNKNOWN, unknown, from_numbers=True)


def _alike(hypothesis: Hypothesis, trials: list[Trial], text: str) -> Callable[[Fault], bool]:
    """Return a test of whether one more fault shows the same mistake, in the same words, and by itself too."""

    def fits(fault: Fault) -> bool:
        trial = fault.trial
        with np.errstate(all="ignore"):
            if not trial.is_telling or hypothesis([trial]) is None:
                return False
            return trial in trials or hypothesis([*trials, trial]) == text

    return fits
