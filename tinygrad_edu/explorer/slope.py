"""The slope of the loss along one number, measured: a central difference to hold the gradient against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import Tensor
from ..errors import UserError
from ..explain.asking import checked_index
from .address import address_from
from .passes import record, with_tensors
from .replay import Replay

if TYPE_CHECKING:
    from .moment import Moment

STEPS = (1e-4, 1e-5, 1e-6, 1e-7)
NOISE = 1e-14  # of a loss in float64


class Line:
    """The loss along one number of a moment, in float64.

    Args:
        moment: it has a loss.
        name, index: the number: a parameter's, a pixel, or one that was computed between.

    Raises UserError where there is no such number, or where it is no floating-point number.
    """

    def __init__(self, moment: Moment, name: Any, index: Any):
        moment.needs_loss()
        shown = moment.value(name)
        self.exact, values = moment.exact
        self.name = name
        self.value: Any = values.get(name)
        if not isinstance(shown, Tensor) or shown.dtype.kind != "f" or self.value is None:
            raise UserError(f"{name} is no value that could be a little larger")
        try:
            self.index = checked_index(name, shown.shape, tuple(index))
        except (IndexError, TypeError) as error:
            raise UserError(str(error)) from error
        self.gradient = moment.gradient(shown)
        self.answer = moment.answer
        self.replay = Replay(self.exact.loss, self.value)  # type: ignore[arg-type]

    @property
    def dtype(self) -> str:
        """What it is computed in."""
        return self.value.dtype.name

    def slope(self) -> float | None:
        """Return the engine's gradient of this number, or None where none was computed."""
        return None if self.gradient is None else float(self.gradient[self.index])

    def moved(self, delta: float) -> np.ndarray:
        """Return the array with this one number changed."""
        array = self.value.numpy()
        array[self.index] += delta
        return array

    def at(self, delta: float) -> tuple[float, np.ndarray, int]:
        """Return the loss, the logits and how many ReLUs switched, where the number is changed by delta."""
        found = self.replay.results(self.moved(delta))
        return float(found(self.exact.loss)), found(self.exact.logits)[0], self.replay.switched(found)

    def whole(self, delta: float) -> float | None:
        """Return the loss of a whole pass of the network; None for a value that was computed: only a replay has it."""
        if self.value is self.exact.image:
            found = record(self.exact.model, self.moved(delta), self.answer)
        elif any(self.value is p for p in self.exact.model.parameters()):
            new = type(self.value)(self.moved(delta))
            found = record(with_tensors(self.exact.model, {id(self.value): new}), self.exact.image.data, self.answer)
        else:
            return None
        return found.loss.item()  # type: ignore[union-attr]

    def checked(self, deltas: Any, losses: Any) -> None:
        """Raise UserError where a replay's losses are not those of whole passes."""
        for delta, loss in zip(deltas, losses, strict=True):
            true = self.whole(float(delta))
            if true is not None and not np.isclose(true, loss, rtol=1e-6, atol=1e-9, equal_nan=True):
                raise UserError(
                    f"with {self.name} changed by {delta:.3g} the network computes something else, not only other "
                    "numbers (a branch, or a value that left the graph): its loss cannot be followed along this number"
                )


def slope(moment: Moment, question: Any) -> dict[str, Any]:
    """Return a gradient, and beside it (L(h) - L(-h)) / (2 h), in float64.

    The question is one of `why`. h is the largest of 1e-4 to 1e-7 within which no ReLU switches: across a switch the
    difference measures two slopes at once.
    """
    address = address_from(question)
    if address.through:
        return {"available": False, "because": "this number has no name in the graph"}
    return measured(Line(moment, address.of, address.index))


def measured(line: Line) -> dict[str, Any]:
    """Return the slope at a line's point: see `slope`.

    `left` and `right` are the slopes to either side, (L - L(-h)) / h and (L(h) - L) / h. If they differ, however small
    h is, the loss has a kink here: a ReLU's input is 0, or two numbers tie for the largest in max-pooling. Then the
    gradient is that of one side, or lies between them, as the rule says.
    """
    here = line.at(0.0)[0]
    for step in STEPS:
        (below, _, a), (above, _, b) = line.at(-step), line.at(step)
        switched = max(a, b)
        if not switched:
            break
    line.checked((-step, step), (below, above))
    left, right = (here - below) / step, (above - here) / step
    nearer = step / 10
    closer = (here - line.at(-nearer)[0]) / nearer, (line.at(nearer)[0] - here) / nearer
    bend, nearby = abs(right - left), abs(closer[1] - closer[0])
    return {
        "available": True,
        "gradient": line.slope(),
        "central_difference": (above - below) / (2 * step),
        "left": left,
        "right": right,
        "kink": bool(nearby > 0.5 * bend and nearby > 1e-3 * max(abs(left), abs(right)) + NOISE / nearer),
        "step": step,
        "switched": switched,
        "dtype": line.dtype,
    }
