"""Do large inputs overflow, where the result is an ordinary number?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..calls.trial import Trial, quiet
from .fault import Fault
from .single import in_float32

if TYPE_CHECKING:
    from ..calls.call import Call

LARGE = (30.0, 300.0)  # e^300 fits into float64, but e^89 overflows in float32


def overflow_fault(call: Call, rng: np.random.Generator) -> Fault | None:
    """Compare float32 with float64 at large inputs: what float64 finds to be an ordinary number must not overflow."""
    call = call.with_floating(lambda x: (np.sign(x) * rng.uniform(*LARGE, x.shape)).astype(np.float32).astype(float))
    single = in_float32(call)
    y, y32 = quiet(call.output), quiet(single.output)
    if y is None or y32 is None or not np.all(_ordinary(y)):
        return None
    g = rng.uniform(0.5, 1.0, y.shape)
    for position in call.differentiable:
        trial = Trial(call, position, g)
        if not np.all(np.isfinite(y32)):
            text = (
                "its forward computation overflows on large inputs, where the result is an ordinary number; "
                "give exp no large ones (subtract the largest first; np.logaddexp(0, x) for log(1 + e^x))"
            )
            return Fault("overflow", trial, text, of_forward=True, shown=(y32, y))
        given32 = quiet(lambda at=position: single.given(at, g.astype(np.float32)))  # type: ignore[misc]
        if not trial.gave or given32 is None:
            return None
        if np.all(_ordinary(trial.given)) and not np.all(np.isfinite(given32)):
            text = "the rule is right on small inputs, but overflows on large ones"
            return Fault("overflow", trial, text, shown=(given32, trial.given))
        if not np.all(np.isfinite(trial.given)):
            text = "the rule is right on small inputs, but gives inf or nan on large ones, where y is finite"
            return Fault("overflow", trial, text)
    return None


def _ordinary(values: np.ndarray) -> np.ndarray:
    return np.isfinite(values) & (np.abs(values) < 1e30)
