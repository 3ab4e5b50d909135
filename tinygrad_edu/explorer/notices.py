"""What a scene's numbers say at a glance: the prediction, and what the reader should be told about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import Tensor
from ..autograd.trace import as_array
from .replay import opened

if TYPE_CHECKING:
    from .moment import Moment

ALMOST_ZERO = 0.01  # a gradient below it is pale on the fixed scale of +-1
ROUNDING = 1e-12


def largest(array: np.ndarray) -> float:
    """Return the largest |number|; NaN where there is one, 0 where there is none."""
    return float(np.max(np.abs(array), initial=0.0)) if array.dtype.kind == "f" else 0.0


def prediction(moment: Moment) -> dict[str, Any]:
    """Return the parts of the sentence that says what the network reads.

    The probabilities are computed in float64 from the logits; `rest` is 1 - p of the answer (without an answer, of the
    prediction), summed from the other classes: near p = 1 the subtraction would leave nothing of it.
    """
    with np.errstate(all="ignore"):
        logits = moment.logits.data[0].astype(np.float64)
        powers = np.exp(logits - logits.max())
        p = powers / powers.sum()
        said = int(np.argmax(logits))
        about = said if moment.answer is None else moment.answer
        others = np.delete(p, about)
        rival = int(np.argmax(np.where(np.arange(len(p)) == about, -1.0, p))) if len(p) > 1 else None
    return {
        "prediction": said,
        "right": None if moment.answer is None else said == moment.answer,
        "probabilities": p,
        "p": p[about],
        "rest": others.sum(),
        "rival": rival,
    }


def notices(moment: Moment) -> dict[str, Any]:
    """Return what to tell the reader: numbers that are not finite, dead filters, gradients that are all tiny."""
    bad = {"value": _first_bad(moment), "gradient": _first_bad_gradient(moment)}
    return {
        "not_finite": None if bad["value"] is bad["gradient"] is None else bad,
        "dead": _dead(moment),
        "gradients": None if moment.trace is None else _sizes(moment),
    }


def _first_bad(moment: Moment) -> dict[str, Any] | None:
    """Return where a value went bad first, in the order of computing: what was given comes before all results."""
    named = sorted(moment.by_name.items(), key=lambda pair: getattr(pair[1], "primitive", None) is not None)
    return next((found for name, v in named if (found := _bad(name, as_array(v))) is not None), None)


def _first_bad_gradient(moment: Moment) -> dict[str, Any] | None:
    """Return where a gradient went bad first, in the order in which the rules fired."""
    if moment.trace is None:
        return None
    for step in moment.trace.steps:
        for value in (step.node, *(c.input for c in step.contributions)):
            gradient = moment.gradient(value)
            if gradient is not None and (found := _bad(moment.graph.label(value), gradient)) is not None:
                return {**found, "gradient": True}
    return None


def _bad(name: str, array: np.ndarray) -> dict[str, Any] | None:
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return None
    at = tuple(np.argwhere(~np.isfinite(array))[0])
    count = int(np.count_nonzero(~np.isfinite(array)))
    return {"of": name, "index": [int(i) for i in at], "gradient": False, "value": array[at], "count": count}


def _dead(moment: Moment) -> list[dict[str, Any]]:
    """Return the channels whose ReLU is closed everywhere: no gradient passes there."""
    found = []
    for name, value in moment.by_name.items():
        is_open = opened(value, as_array)
        if is_open is None or value.primitive.gate is None or np.shape(is_open) != value.shape or value.ndim != 4:
            continue
        x: Tensor = value.inputs[0]
        closed = ~is_open.any(axis=(0, 2, 3))
        count = int(np.prod(value.shape[2:]))
        found += [
            {"of": name, "input": moment.graph.label(x), "channel": int(c), "count": count}
            for c in np.flatnonzero(closed)
        ]
    return found


def _sizes(moment: Moment) -> dict[str, Any]:
    """Return the largest gradient of the logits and the parameters, and whether there is anything to see.

    "zero": rounding, and nothing else; "almost zero": pale on the fixed scale; None: large enough.
    """
    seen = (moment.gradient(v) for v in (moment.logits, *moment.model.parameters()))
    size = max((largest(g) for g in seen if g is not None), default=0.0)
    state = "zero" if size < ROUNDING else "almost zero" if size < ALMOST_ZERO else None
    return {"largest": size, "state": state}
