"""What if one number were a little larger or smaller: the true loss along it, beside its tangent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import UserError
from ..ops import softmax
from .slope import Line, measured

if TYPE_CHECKING:
    from .moment import Moment

MOST_POINTS = 1001
MOST_BESIDES = 32


def what_if(
    moment: Moment, name: str, index: Any, range: float = 0.1, points: int = 161, also: Any = ()
) -> dict[str, Any]:
    """Return the loss for `points` changes of one number, from -range to +range, and for those in `also`.

    Everything is in float64 (`dtype` says so; a network that takes no other dtype computes in its own). The deltas are
    sorted, and 0 is one of them. The tangent is loss + g * delta, with the engine's gradient g; None where no gradient
    was computed.
    """
    if not isinstance(range, (int, float)) or not 0 < range <= 1e6:
        raise UserError(f"the range is a number above 0 and at most a million, not {range!r}")
    if not isinstance(points, int) or not 3 <= points <= MOST_POINTS:
        raise UserError(f"there are 3 to {MOST_POINTS} points, not {points!r}")
    if not isinstance(also, (list, tuple)) or len(also) > MOST_BESIDES:
        raise UserError(f"`also` is a list of at most {MOST_BESIDES} changes, not {also!r}")
    if not all(isinstance(delta, (int, float)) and abs(delta) <= 1e6 for delta in also):
        raise UserError(f"each change in `also` is a number, at most a million, not {also!r}")
    line = Line(moment, name, index)
    deltas = np.unique([*np.linspace(-range, range, points), 0.0, *also])
    losses, logits, switched = (np.array(found) for found in zip(*(line.at(d) for d in deltas), strict=True))
    line.checked(deltas[[0, -1]], losses[[0, -1]])
    here = int(np.flatnonzero(deltas == 0)[0])
    g = line.slope()
    return {
        "name": name,
        "index": list(line.index),
        "value": float(line.value.data[line.index]),
        "loss": losses[here],
        "gradient": g,
        "here": here,
        "deltas": deltas,
        "losses": losses,
        "tangent": None if g is None else losses[here] + g * deltas,
        "probabilities": softmax(logits, axis=1),
        "switched": switched,
        "dtype": line.dtype,
        "measured": measured(line),
    }
