"""Are the gradient's values those of finite differences?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..calls.trial import quiet
from ..differences import difference

if TYPE_CHECKING:
    from ..calls.call import Call
    from ..calls.trial import Trial


def differ(trial: Trial) -> str | None:
    """An element differs by more than finite differences can be off."""
    right = difference(trial.given, trial.call.jacobian(trial.position), trial.g)[2]
    return None if np.all(right) else "its values are not those of finite differences"


def nothing_returned(trial: Trial) -> str | None:
    """The rule returned None, which stands for zeros, though the gradient is not zero."""
    if trial.returned is None and differ(trial):
        return (
            "it returned None, which stands for zeros, though the result depends on this input; is a `return` missing?"
        )
    return None


def rounded_away(trial: Trial) -> str | None:
    """The values differ, but those of the forward computation are rounded: the differences may be what is wrong."""
    if differ(trial) and rounds(trial.call):
        return (
            "the forward computation rounds inside, to float32 or coarser, which loses too much for finite differences "
            "to tell whether a rule is right; let it keep the dtype of its inputs"
        )
    return None


def rounds(call: Call) -> bool:
    """Tell whether results move with the inputs, but only from one number of float32 to another."""
    rng = np.random.default_rng(0)
    moved = [call.with_floating(lambda x, t=t: x * (1 + t * rng.uniform(0.9, 1.1, x.shape))) for t in STEPS]  # type: ignore[misc]
    results = [quiet(m.output) for m in moved]
    if any(y is None or y.shape != results[0].shape for y in results):
        return False
    ys = np.array(results)
    with np.errstate(all="ignore"):
        if not np.array_equal(ys, ys.astype(np.float32), equal_nan=True):
            return False
    return any(len(np.unique(row)) == len(STEPS) for row in ys.reshape(len(STEPS), -1).T)


STEPS = (-0.05, -0.03, -0.01, 0.01, 0.03, 0.05)
