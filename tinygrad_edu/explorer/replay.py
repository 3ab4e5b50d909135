"""A recorded pass computed anew with one of its values changed: only what depends on that value.

That is how 161 losses along one weight are known in a few milliseconds. What a network does with a number without the
graph's knowledge (a branch on it, say) a replay does not see; so its ends are held against whole passes of the network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import Tensor
from ..autograd.graph import results_behind
from ..autograd.trace import as_array

if TYPE_CHECKING:
    from collections.abc import Callable


def opened(y: Any, array_of: Callable[[Any], np.ndarray]) -> np.ndarray | None:
    """Return where a recorded ReLU (or another function with a gate, such as hardtanh) is open; None for all else."""
    primitive = getattr(y, "primitive", None)
    if primitive is None or (primitive.gate is None and primitive.name != "leaky_relu"):
        return None
    arguments = [array_of(x) if isinstance(x, (Tensor, np.ndarray)) else x for x in y.inputs]
    with np.errstate(all="ignore"):
        return arguments[0] > 0 if primitive.gate is None else np.asarray(primitive.gate(*arguments, **y.params))


class Replay:
    """What depends on one value of a recorded pass, up to its loss.

    >>> import tinygrad_edu as tge
    >>> x = tge.tensor([1.0, -2.0], requires_grad=True)
    >>> replay = Replay((tge.relu(x) * 3).sum(), x)
    >>> found = replay.results(np.array([2.0, 1.0]))
    >>> float(found(replay.loss)), replay.switched(found)
    (9.0, 1)
    """

    def __init__(self, loss: Tensor, changed: Any):
        self.loss, self.changed = loss, changed
        # A result that depends on it, its arguments, and which of those do, too.
        self._plan: list[tuple[Tensor, list[Any], list[tuple[int, int]]]] = []
        depend = {id(changed)}
        for y in results_behind([loss]):
            later = [(place, id(x)) for place, x in enumerate(y.inputs) if id(x) in depend]
            if later:
                depend.add(id(y))
                self._plan.append((y, [x.data if isinstance(x, Tensor) else x for x in y.inputs], later))
        self._switches = [(y, is_open) for y, *_ in self._plan if (is_open := opened(y, as_array)) is not None]

    def results(self, array: np.ndarray) -> Results:
        """Compute what follows when the changed value is this array."""
        found = {id(self.changed): array}
        with np.errstate(all="ignore"):
            for y, given, later in self._plan:
                arguments = given.copy()
                for place, x in later:
                    arguments[place] = found[x]
                found[id(y)] = np.asarray(y.primitive.forward(*arguments, **y.params))  # type: ignore[union-attr]
        return Results(found)

    def switched(self, results: Results) -> int:
        """Return at how many places a ReLU is open that was closed, or the other way round."""
        return sum(int(np.count_nonzero(opened(y, results) != was_open)) for y, was_open in self._switches)


class Results:
    """The arrays of a replay: called with a value of the recorded pass, it returns what that came to."""

    def __init__(self, found: dict[int, np.ndarray]):
        self._found = found

    def __call__(self, value: Any) -> np.ndarray:
        """Return the array of a value."""
        return self._found[id(value)] if id(value) in self._found else as_array(value)
