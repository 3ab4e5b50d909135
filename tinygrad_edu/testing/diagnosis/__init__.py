"""What is wrong with a rule, in words: an ordered list of hypotheses, each tested on the numbers.

A hypothesis looks at several calls at which the rule failed (`Sample`) and returns a sentence, or None. Many are
*experiments*: the rule is fired again with the arguments exchanged, an input transposed or a parameter set back, and if
that makes it right, the mistake is found. The first hypothesis that explains every sample wins, so the specific ones
stand before the general ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import functions, layout, masks, parameters, scale, sums
from .sample import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..faults import Fault

UNKNOWN = "unknown"

HYPOTHESES: list[tuple[str, Callable[[list[Sample]], str | None]]] = [
    ("zero", scale.zero),
    ("no upstream", scale.without_upstream),
    ("mask from upstream", masks.from_upstream),
    ("missing sum", sums.missing_by_shape),
    ("transposed", layout.transposed_shape),
    ("wrong axis", sums.wrong_axis_by_shape),
    ("swapped", layout.both_swapped),
    ("sign", scale.sign),
    ("factor", scale.factor),
    ("parameter ignored", parameters.ignored),
    ("wrong axis", sums.spread_along_wrong_axis),
    ("transposed", layout.transposed),
    ("flipped", layout.flipped),
    ("missing sum", sums.only_one_index),
    ("missing sum", sums.only_its_own),
    ("overwritten", sums.overwritten),
    ("averaged", sums.averaged),
    ("wrong axis", sums.coupled_along_wrong_axis),
    ("wrong side", masks.wrong_side),
    ("mask", masks.mask_missing),
    ("mask", masks.mask_too_narrow),
    ("x and y", functions.y_for_x),
    ("x and y", functions.x_for_y),
    ("swapped", layout.swapped),
    ("factor missing", scale.missing_factor),
    ("other function", functions.other_function),
    ("parameter ignored", parameters.mishandled),
]

# What is said of a fault at once, without looking at numbers.
PLAIN = {
    "mutation": "mutation",
    "overflow": "overflow",
    "readings": "first order only",
    "second order": "first order only",
}


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong: a short `kind` to test for, and the `text` to read."""

    kind: str
    text: str

    def __str__(self) -> str:
        return self.text


def diagnose(faults: Sequence[Fault]) -> Diagnosis:
    """Name the mistake that explains the faults, which are faults of one rule at one or several calls.

    >>> import numpy as np
    >>> import tinygrad_edu as tge
    >>> from tinygrad_edu.testing.call import Call
    >>> from tinygrad_edu.testing.faults import first_order_faults
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
    first = faults[0]
    if first.kind in PLAIN:
        prefix = "right at first order only: " if PLAIN[first.kind] == "first order only" else ""
        return Diagnosis(PLAIN[first.kind], prefix + first.text)
    samples = [s for s in map(Sample.of, faults) if s is not None]
    wrong = [s for s in samples if not s.is_right]
    if wrong:
        for kind, hypothesis in HYPOTHESES:
            text = hypothesis(wrong)
            if text is not None:
                return Diagnosis(kind, text)
    if not samples:  # it raised everywhere; perhaps it would not, with a parameter at its default
        text = parameters.ignored([Sample(f.call, f.position, f.g, np.array(np.nan)) for f in faults])
        if text is not None:
            return Diagnosis("parameter ignored", text)
    for kind in ("shape", "dtype", "raises"):
        for fault in faults:
            if fault.kind == kind:
                return Diagnosis(kind, fault.text)
    return Diagnosis(UNKNOWN, "the numbers differ, in a way that fits no mistake this program knows")
