"""Derivatives by finite differences, each with an estimate of its own error, and with an eye for kinks.

For one element x_i and a step h, the central difference

    D(h) = (f(x + h e_i) - f(x - h e_i)) / (2 h)        has an error that shrinks like h^2,

so two steps tell both a better value and how good it is (Richardson extrapolation):

    D* = (4 D(h/2) - D(h)) / 3,        error of D*  <=  |D* - D(h/2)|  +  what rounding did.

Where the two one-sided slopes keep disagreeing however small the step, there is no derivative to compare with: x_i
lies on a kink (relu at 0) or a jump.  Where the step only reaches across a kink nearby, a smaller step is taken.

When a gradient counts as equal to what they give follows from that error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EPS = float(np.finfo(np.float64).eps)

# The best step for an error of order h^4 against rounding of order eps / h is about eps^(1/5) of x's own size.
RELATIVE_STEP = EPS ** (1 / 5)
SMALLEST_MAGNITUDE = 1e-2  # an x closer to zero than this gets the step of this one
SHRINK = (1.0, 1 / 8, 1 / 64, 1 / 512)
GOOD_ENOUGH = 1e-6  # relative error at which no smaller step is tried

RELATIVE = 1e-6  # how far a gradient may be off, beside the error of the differences: see `difference`


@dataclass
class Jacobian:
    """dy/dx by finite differences.

    Attributes:
        values: dy_k / dx_i at [i, k]; shape (number of elements looked at, y.size).
        error: an estimate of each value's absolute error, same shape.
        elements: the flat index i into x that each row belongs to.
        smooth: for each row, whether y has a derivative there (no kink, no jump, nothing infinite).
    """

    values: np.ndarray
    error: np.ndarray
    elements: np.ndarray
    smooth: np.ndarray

    def pull_back(self, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return dL/dx_i = sum over k of dy_k/dx_i * g_k for each row, and its error."""
        g = g.reshape(-1)
        return self.values @ g, self.error @ np.abs(g)

    def magnitude(self, g: np.ndarray) -> np.ndarray:
        """Return the sum of |dy_k/dx_i * g_k|: the size that rounding errors in dL/dx_i are relative to."""
        return np.abs(self.values) @ np.abs(g.reshape(-1))


def jacobian(
    f: Callable[[np.ndarray], np.ndarray], x: np.ndarray, elements: Sequence[int] | np.ndarray | None = None
) -> Jacobian:
    """Differentiate f, from a float64 array to an array, by every element of x (or by those in `elements`).

    >>> import numpy as np
    >>> found = jacobian(lambda x: x ** 3, np.array([2.0, -1.0]))
    >>> found.values.round(6)
    array([[12., 0.],
           [ 0., 3.]])
    >>> jacobian(lambda x: np.maximum(x, 0), np.array([0.0, 1.0])).smooth
    array([False,  True])
    """
    x = np.asarray(x, dtype=np.float64)
    chosen = np.arange(x.size) if elements is None else np.asarray(elements, dtype=int)
    with np.errstate(all="ignore"):  # stepping out of a function's domain is expected, and noticed
        y = np.asarray(f(x), dtype=np.float64).reshape(-1)
        rows = [_row(f, x, y, int(i)) for i in chosen]
    shape = (len(chosen), y.size)
    return Jacobian(
        values=np.array([r[0] for r in rows]).reshape(shape),
        error=np.array([r[1] for r in rows]).reshape(shape),
        elements=chosen,
        smooth=np.array([r[2] for r in rows], dtype=bool),
    )


def _row(
    f: Callable[[np.ndarray], np.ndarray], x: np.ndarray, y: np.ndarray, i: int
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Return dy_k/dx_i for all k, the errors, and whether all of them are derivatives."""
    step = RELATIVE_STEP * max(abs(float(x.flat[i])), SMALLEST_MAGNITUDE)
    best = np.zeros(y.shape)
    error = np.full(y.shape, np.inf)
    bent = np.zeros(y.shape, dtype=bool)
    size = float(np.max(np.abs(y), initial=1.0, where=np.isfinite(y)))

    def change(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.where(a == b, 0.0, a - b)  # also where both are infinite: another element's doing

    def at(h: float) -> np.ndarray:
        moved = x.copy()
        moved.flat[i] += h
        return np.asarray(f(moved), dtype=np.float64).reshape(-1)

    for factor in SHRINK:
        h = step * factor
        up, down, half_up, half_down = at(h), at(-h), at(h / 2), at(-h / 2)
        wide, narrow = change(up, down) / (2 * h), change(half_up, half_down) / h
        value = (4 * narrow - wide) / 3
        rounding = 4 * EPS * size / h
        uncertain = np.abs(value - narrow) + rounding

        # The slopes on the two sides differ by h f'' where f is smooth, so half the step must halve the gap.
        gap, half_gap = (
            np.abs(change(a, y) + change(b, y)) / step for a, b, step in ((up, down, h), (half_up, half_down, h / 2))
        )
        bend = half_gap > 0.75 * gap
        bend &= half_gap > 1e-5 * np.maximum(1e-3, np.abs(value)) + 4 * rounding

        better = np.isfinite(value) & (bent | (uncertain < error)) & ~bend
        better |= ~np.isfinite(error) & np.isfinite(value)
        best[better], error[better], bent[better] = value[better], uncertain[better], bend[better]
        good = error <= GOOD_ENOUGH * np.maximum(1e-3, np.abs(best)) + 8 * rounding
        if np.all(good & ~bent):
            return best, error, True
    return best, np.where(np.isfinite(error), error, 0.0), False


def difference(
    given: np.ndarray, found: Jacobian, g: np.ndarray, relative: float = RELATIVE
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compare a gradient with the Jacobian pulled back, on the rows of the Jacobian.

    Returns: expected, the relative errors (0 at kinks), and whether each element is right. An element is right if it
    differs by no more than ten times the estimated error of the differences, plus `relative` times the sizes of the
    terms that were added up to make it.
    """
    expected, error = found.pull_back(g)
    flat = np.asarray(given, dtype=np.float64).reshape(-1)[found.elements]
    size = found.magnitude(g)
    floor = 1e-9 * np.max(size, initial=0.0) + 1e-12
    with np.errstate(all="ignore"):
        off = np.abs(flat - expected)
        right = ~found.smooth | (off <= 10 * error + relative * size + floor)
        relative_error = np.where(found.smooth, off / (size + floor), 0.0)
    return expected, relative_error, right
