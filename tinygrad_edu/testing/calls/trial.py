"""One rule at one call and one upstream gradient: what it gives, what is right, and ways to experiment with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from .call import Call

LARGEST = 400  # elements of x, and of y, up to which whole matrices are made


@dataclass(eq=False)
class Trial:
    """A call, which of its rules is looked at, and the upstream gradient.

    `expected` and `right` come from finite differences; `given` and `ruled` from the rule:

        expected = right @ g        right[i, k] = dy_k/dx_i             (nan where there is no derivative)
        given    = ruled @ g        ruled[i, k] = what the rule makes of the upstream gradient that is 1 at k only
    """

    call: Call
    position: int
    g: np.ndarray

    @property
    def argument(self) -> str:
        """The name of the argument whose gradient the rule gives."""
        return self.call.primitive.argument_at(self.position)

    @property
    def x(self) -> np.ndarray:
        """The input whose gradient the rule gives."""
        return self.call.inputs[self.position]

    @cached_property
    def y(self) -> np.ndarray:
        """The result of the call."""
        return self.call.output()

    # -- the rule ------------------------------------------------------------------------------------------------

    @cached_property
    def _fired(self) -> tuple[Any, Exception | None, str]:
        """Fire the rule: what it returned, what it raised, and the name of an array that it changed, or ''."""
        g, y, inputs = self.g.copy(), self.y.copy(), self.call.copies()
        try:
            returned = self.call.fire(self.position, g, y, inputs)
        except Exception as e:
            return None, e, ""
        argument_at = self.call.primitive.argument_at
        arrays = [("its upstream gradient g", self.g, g), ("the result y", self.y, y)]
        arrays += [(f"its input {argument_at(i)}", a, inputs[i]) for i, a in enumerate(self.call.inputs)]
        return returned, None, next((name for name, before, after in arrays if not same(before, after)), "")

    @property
    def returned(self) -> Any:
        """What the rule returned, as it is."""
        return self._fired[0]

    @property
    def raised(self) -> Exception | None:
        """What the rule raised."""
        return self._fired[1]

    @property
    def changed(self) -> str:
        """Which of the arrays that it was given the rule has changed, or ''."""
        return self._fired[2]

    @property
    def gave(self) -> bool:
        """Whether the rule gave a gradient: an array, or None, which stands for zeros."""
        return self.raised is None and isinstance(self.returned, (np.ndarray, np.generic, type(None)))

    @cached_property
    def given(self) -> np.ndarray:
        """The rule's gradient in float64; nan if it gave none."""
        if not self.gave:
            return np.array(np.nan)
        return np.zeros_like(self.x) if self.returned is None else np.asarray(self.returned, dtype=np.float64)

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

    # -- what is right ---------------------------------------------------------------------------------------------

    @cached_property
    def right(self) -> np.ndarray:
        """dy_k/dx_i at [i, k], by finite differences."""
        found = self.call.jacobian(self.position)
        return np.where(found.smooth[:, None], found.values, np.nan)

    @cached_property
    def expected(self) -> np.ndarray:
        """The right gradient, in x's shape."""
        return (self.right @ self.g.reshape(-1)).reshape(self.x.shape)

    @property
    def is_right(self) -> bool:
        """Whether the gradient's values are right, whatever else is wrong with it."""
        return close(self.given, self.expected)

    @property
    def is_telling(self) -> bool:
        """Whether there are numbers to diagnose a mistake from, and not too many."""
        return self.gave and 0 < self.x.size <= LARGEST and self.g.size <= LARGEST

    @cached_property
    def is_elementwise(self) -> bool:
        """Whether each y_i depends on x_i alone."""
        if self.x.shape != self.y.shape:
            return False
        off_diagonal = self.right - np.diag(np.diag(self.right))
        return not np.nan_to_num(off_diagonal).any()


def same(a: Any, b: Any) -> bool:
    """Tell whether two arrays hold the very same values (whatever is no array is not looked at)."""
    if not (isinstance(a, (np.ndarray, np.generic)) and isinstance(b, (np.ndarray, np.generic))):
        return True
    return np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def close(a: np.ndarray | None, b: np.ndarray | None, relative: float = 2e-5) -> bool:
    """Tell whether two arrays agree in shape and, where b is a number, in value."""
    if a is None or b is None or a.shape != b.shape:
        return False
    known = ~np.isnan(b)
    size = max(float(np.max(np.abs(b), initial=0.0, where=known)), 1e-9)
    with np.errstate(all="ignore"):
        return bool(np.all(np.abs(a - b)[known] <= relative * size))


def quiet(function: Callable[[], Any]) -> Any:
    """Call a function; return None if it raises, and let no NumPy warning through."""
    try:
        with np.errstate(all="ignore"):
            return function()
    except Exception:
        return None


def first_line(e: BaseException) -> str:
    """Return an exception's message in one line."""
    return (str(e).strip().splitlines() or [""])[0][:200]


ARRAYS = "g, y and the inputs are arrays here, not Tensors: leave out .data, .numpy() and .detach()"
HINTS = {"memoryview": ARRAYS, "attribute 'numpy'": ARRAYS, "attribute 'detach'": ARRAYS}  # for words in a message


def described(e: BaseException) -> str:
    """Say in one line what was raised, and what to do about it if that is known."""
    message = first_line(e)
    hint = next((f"; {hint}" for words, hint in HINTS.items() if words in message), "")
    return f"{type(e).__name__}: {message}{hint}" if message else type(e).__name__
