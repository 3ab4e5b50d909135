"""Does float32 stay float32, forward and backward?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..calls.trial import described

if TYPE_CHECKING:
    from ..calls.call import Call
    from ..calls.trial import Trial


def in_float32(call: Call) -> Call:
    """Return the same call with its floating arrays in float32."""
    return call.with_floating(lambda x: x.astype(np.float32))


def raises(trial: Trial) -> str | None:
    """With float32 inputs the forward computation or the rule raises."""
    try:
        _given(trial)
    except Exception as e:
        return f"with float32 inputs it raised {described(e)}"
    return None


def forward_widens(trial: Trial) -> str | None:
    """The result of float32 inputs has another dtype."""
    try:
        y = in_float32(trial.call).output()
    except Exception:
        return None  # which `raises` tells
    if y.dtype != np.float32 and trial.y.dtype == np.float64 and "dtype" not in trial.call.params:
        return f"the forward computation makes {y.dtype} of float32 inputs"
    return None


def rule_widens(trial: Trial) -> str | None:
    """The gradient of float32 inputs has another dtype."""
    y, given = _given(trial)
    if given.dtype != np.float32 and y.dtype == np.float32:
        return f"float32 inputs get a {given.dtype} gradient; it must be float32"
    return None


def _given(trial: Trial) -> tuple[np.ndarray, np.ndarray]:
    call = in_float32(trial.call)
    y = call.output()
    return y, call.given(trial.position, trial.g.astype(y.dtype))
