"""The graph behind a Tensor, as a list: every value it was computed from, numbered in the order of computation.

The numbers depend on the program alone, not on addresses or on what was computed before, so that pictures and files
made from them are the same at every run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .summary import shown
from .tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class Graph:
    """What `outputs` were computed from: leaves and constants at their first use, results as they were computed.

    Args:
        outputs: the Tensors to start from.
        names: names for Tensors, used where `Tensor.name` is not set; see `collect_names`.

    Attributes:
        values: Tensors, and the arrays that were used as constants. Numbers such as the 2 in `x * 2` are not listed.

    >>> import tinygrad_edu as tge
    >>> x = tge.named("x", tge.tensor([1.0, 2.0], requires_grad=True))
    >>> graph = Graph([(x * x).sum()])
    >>> [graph.label(v) for v in graph.values]
    ['x', 'multiply', 'sum']
    """

    def __init__(self, outputs: Iterable[Tensor], names: Mapping[Tensor, str] | None = None):
        self.names: dict[Tensor, str] = dict(names or {})
        self.values: list[Any] = []
        self._numbers: dict[int, int] = {}  # id(value) -> its position; the values above keep the ids valid
        self._labels: dict[int, str] = {}
        self._taken: dict[str, int] = {}
        outputs = list(outputs)
        for y in results_behind(outputs):
            assert y.primitive is not None
            for position, x in enumerate(y.inputs):
                if is_value(x) and id(x) not in self._numbers:
                    self._enter(x, f"{y.primitive.argument_at(position)} of {y.primitive.name}")
            self._enter(y, y.primitive.name)
        for t in outputs:  # those that are leaves
            if id(t) not in self._numbers:
                self._enter(t, "tensor")

    def _enter(self, value: Any, otherwise: str) -> None:
        self._numbers[id(value)] = len(self.values)
        self.values.append(value)
        label = shown(self.name(value) or otherwise)
        count = self._taken[label] = self._taken.get(label, 0) + 1
        self._labels[id(value)] = label if count == 1 else f"{label} #{count}"

    def __contains__(self, value: Any) -> bool:
        return id(value) in self._numbers

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values)

    def number(self, value: Any) -> int:
        """Return the position of a value in `values`."""
        return self._numbers[id(value)]

    def id(self, value: Any) -> str:
        """Return the value's id in pictures and files: v0, v1, ..."""
        return f"v{self._numbers[id(value)]}"

    def name(self, value: Any) -> str | None:
        """Return the name given to a value, or None."""
        if not isinstance(value, Tensor):
            return None
        return self.names.get(value) or value.name

    def label(self, value: Any) -> str:
        """Return what to call a value: its name, else what made it; the second of the same kind is `relu #2`."""
        return self._labels[id(value)]


def is_value(x: Any) -> bool:
    """Tell whether an input is drawn and listed as a value of its own: Tensors and arrays with axes are."""
    return isinstance(x, Tensor) or (isinstance(x, np.ndarray) and x.ndim > 0)


def is_result(x: Any) -> bool:
    """Tell whether an input was recorded as the result of a primitive; leaves and constants were not."""
    return isinstance(x, Tensor) and x.primitive is not None


def results_behind(outputs: Iterable[Tensor], since: int = 0) -> list[Tensor]:
    """Return the recorded results that `outputs` were computed from, themselves included, in the order of computation.

    With `since`, only those that are younger than this stamp.
    """
    found: dict[int, Tensor] = {}
    stack: list[Any] = list(outputs)
    while stack:
        t = stack.pop()
        if is_result(t) and t._stamp > since and id(t) not in found:
            found[id(t)] = t
            stack.extend(t.inputs)
    return sorted(found.values(), key=lambda t: t._stamp)


def collect_names(names: Mapping[str, Any] | None = None, model: Any = None) -> dict[Tensor, str]:
    """Return a name for each Tensor that `names` (such as `locals()`) or `model.named_parameters()` knows.

    A parameter's path in its model comes first, then the Tensor's own `.name`, then the dict's. Values in the dict
    that are no Tensors are passed over; models among them lend the paths of their parameters.

    >>> import tinygrad_edu as tge
    >>> h = tge.zeros(3)
    >>> collect_names({"h": h, "n": 3}) == {h: "h"}
    True
    """
    found: dict[Tensor, str] = {}
    if model is not None:
        found.update((p, path) for path, p in model.named_parameters())
    for name, value in (names or {}).items():
        if isinstance(value, Tensor):
            found.setdefault(value, value.name or name)
        elif hasattr(value, "named_parameters") and not isinstance(value, type):
            for path, p in value.named_parameters():
                found.setdefault(p, path)
    return found
