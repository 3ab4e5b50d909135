"""The engine's gradients of a function, held against finite differences, one input after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...autograd import Tensor, grad
from ..calls.call import is_floating
from ..differences import RELATIVE, Jacobian, difference, jacobian

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..calls.function import Function, GradientOf


@dataclass(frozen=True, eq=False)
class Comparison:
    """The gradient of one input: as given by the engine, and as expected."""

    name: str
    given: np.ndarray
    expected: np.ndarray  # of the elements in `found.elements`
    error: np.ndarray
    right: np.ndarray
    found: Jacobian
    elements_left_out: int = 0

    @property
    def worst(self) -> tuple[tuple[int, ...], float, float]:
        """Return the index of the worst element, the value given there, and the one expected."""
        row = int(np.argmax(np.where(self.right, -1.0, np.nan_to_num(self.error, nan=np.inf))))
        flat = int(self.found.elements[row])
        index = tuple(int(i) for i in np.unravel_index(flat, self.given.shape))
        return index, float(self.given.flat[flat]), float(self.expected[row])


def engine_gradients(level: Function | GradientOf, rng: np.random.Generator) -> tuple[list[Any], np.ndarray]:
    """Return what the engine says the gradients of all inputs are, and the random upstream gradient it was given."""
    leaves, y = level.record(level.arrays)
    g = rng.standard_normal(y.shape)
    tensors = [t for t in leaves if isinstance(t, Tensor) and t.requires_grad]
    found = dict(zip(tensors, grad(y, tensors, g), strict=True)) if y.requires_grad else {}
    given = [
        found[t].data if isinstance(t, Tensor) and t in found else np.zeros(np.shape(a))
        for t, a in zip(leaves, level.arrays, strict=True)
    ]
    return given, g


def compare(
    level: Function | GradientOf,
    given: list[Any],
    g: np.ndarray,
    rng: np.random.Generator,
    tolerance: float = RELATIVE,
    max_elements: int | None = None,
) -> Iterator[Comparison]:
    """Yield the comparison for each floating input of a level, of at most `max_elements` elements of each."""
    arrays = level.arrays
    for position, array in enumerate(arrays):
        if not is_floating(array):
            continue
        elements = None
        if max_elements is not None and array.size > max_elements:
            elements = rng.choice(array.size, max_elements, replace=False)

        def moved(x: np.ndarray, position: int = position) -> np.ndarray:
            return level.value([*arrays[:position], x, *arrays[position + 1 :]])

        found = jacobian(moved, array, elements)
        expected, error, right = difference(given[position], found, g, tolerance)
        left_out = 0 if elements is None else array.size - len(elements)
        yield Comparison(level.names[position], given[position], expected, error, right, found, left_out)
