"""A recorded pass computed anew with one of its values changed: only what depends on that value.

That is how 161 losses along one weight are known in a few milliseconds. What a network does with a number without the
graph's knowledge (a branch on it, say) a replay does not see; so its ends are held against whole passes of the network.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd import Tensor
from ..autograd.graph import results_behind
from ..autograd.trace import as_array

RELUS = ("relu", "leaky_relu")  # they switch where their input changes its sign


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
        self.later: list[Tensor] = []
        depend = {id(changed)}
        for y in results_behind([loss]):
            if y is not changed and any(id(x) in depend for x in y.inputs):
                depend.add(id(y))
                self.later.append(y)
        self.relus = [y for y in self.later if y.primitive is not None and y.primitive.name in RELUS]

    def results(self, array: np.ndarray) -> Results:
        """Compute what follows when the changed value is this array."""
        found = {id(self.changed): array}
        with np.errstate(all="ignore"):
            for y in self.later:
                arguments = [found.get(id(x), x.data if isinstance(x, Tensor) else x) for x in y.inputs]
                found[id(y)] = np.asarray(y.primitive.forward(*arguments, **y.params))  # type: ignore[union-attr]
        return Results(found)

    def switched(self, results: Results) -> int:
        """Return at how many places a ReLU is open that was closed, or the other way round."""
        inputs = [y.inputs[0] for y in self.relus]
        return int(sum(np.count_nonzero((results(x) > 0) != (as_array(x) > 0)) for x in inputs))


class Results:
    """The arrays of a replay: called with a value of the recorded pass, it returns what that came to."""

    def __init__(self, found: dict[int, np.ndarray]):
        self._found = found

    def __call__(self, value: Any) -> np.ndarray:
        """Return the array of a value."""
        return self._found[id(value)] if id(value) in self._found else as_array(value)
