"""The numbers that a diagnosis is made from: one call at which a rule failed, and ways to experiment with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..faults import quiet

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..call import Call
    from ..faults import Fault

LARGEST = 400  # elements of x, and of y, up to which whole matrices are made


@dataclass(eq=False)
class Sample:
    """A call, which of its rules failed, and the upstream gradient.

    `expected` and `right` come from finite differences; `given` and `ruled` from the rule:

        expected = right @ g        right[i, k] = dy_k/dx_i             (nan where there is no derivative)
        given    = ruled @ g        ruled[i, k] = what the rule makes of the upstream gradient that is 1 at k only
    """

    call: Call
    position: int
    g: np.ndarray
    given: np.ndarray

    @classmethod
    def of(cls, fault: Fault) -> Sample | None:
        """Make a sample of a fault; None if the rule returned nothing to look at, or the arrays are large."""
        x = fault.call.inputs[fault.position]
        if fault.given is None or x.size > LARGEST or fault.g.size > LARGEST or not x.size:
            return None
        return cls(fault.call, fault.position, fault.g, fault.given.astype(np.float64))

    @property
    def x(self) -> np.ndarray:
        """The input whose gradient is wrong."""
        return self.call.inputs[self.position]

    @cached_property
    def y(self) -> np.ndarray:
        """The result of the call."""
        return self.call.output()

    @cached_property
    def right(self) -> np.ndarray:
        """dy_k/dx_i at [i, k], by finite differences."""
        found = self.call.jacobian(self.position)
        return np.where(found.smooth[:, None], found.values, np.nan)

    @cached_property
    def expected(self) -> np.ndarray:
        """The right gradient, in x's shape."""
        return (self.right @ self.g.reshape(-1)).reshape(self.x.shape)

    @cached_property
    def ruled(self) -> np.ndarray | None:
        """The matrix the rule multiplies g with, found by firing it with unit vectors; None if shapes do not fit."""
        columns = []
        for unit in np.eye(self.g.size):
            column = self.fire(unit.reshape(self.g.shape))
            if column is None or column.shape != self.x.shape:
                return None
            columns.append(column.reshape(-1))
        return np.array(columns).T

    @property
    def is_right(self) -> bool:
        """Whether the gradient is right after all, so that only its dtype was wrong."""
        return close(self.given, self.expected)

    @cached_property
    def is_elementwise(self) -> bool:
        """Whether each y_i depends on x_i alone."""
        if self.x.shape != self.y.shape:
            return False
        off_diagonal = self.right - np.diag(np.diag(self.right))
        return not np.nan_to_num(off_diagonal).any()

    def fire(self, g: np.ndarray | None = None, **changes: Any) -> np.ndarray | None:
        """Fire the rule with another g, y=, inputs= or params=; None if it raises."""
        params = changes.pop("params", None)
        call = self.call if params is None else self.call.with_params(**params)
        changes.setdefault("y", self.y)
        found = quiet(lambda: call.given(self.position, self.g if g is None else g, **changes))
        return None if found is None else found.astype(np.float64)

    def fire_with_input(self, position: int, value: np.ndarray) -> np.ndarray | None:
        """Fire the rule with another array in the place of one input."""
        inputs = list(self.call.inputs)
        inputs[position] = value
        return self.fire(inputs=tuple(inputs))


def close(a: np.ndarray | None, b: np.ndarray | None, relative: float = 2e-5) -> bool:
    """Tell whether two arrays agree in shape and, where b is a number, in value."""
    if a is None or b is None or a.shape != b.shape:
        return False
    known = ~np.isnan(b)
    size = max(float(np.max(np.abs(b), initial=0.0, where=known)), 1e-9)
    with np.errstate(all="ignore"):
        return bool(np.all(np.abs(a - b)[known] <= relative * size))


def every(samples: list[Sample], holds: Callable[[Sample], bool | None]) -> bool:
    """Tell whether a hypothesis holds for every sample that has a say (None: it has not), and enough have one."""
    verdicts = [v for v in map(holds, samples) if v is not None]
    return len(verdicts) >= max(1, len(samples) // 4) and all(verdicts)
