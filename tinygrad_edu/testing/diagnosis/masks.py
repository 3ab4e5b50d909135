"""Masks: where the gradient passes and where it does not."""

from __future__ import annotations

import numpy as np

from ..calls.trial import Trial, close
from .hypothesis import every, says


@says("its mask is taken from the upstream gradient g instead of from the input")
def from_upstream(s: Trial) -> bool | None:
    """Whether the gradient passes depends on the sign of g: the rule is not linear in g."""
    positive, negative = s.fire(np.abs(s.g)), s.fire(-np.abs(s.g))
    if positive is None or negative is None or positive.shape != s.x.shape:
        return None
    if not positive.any() and not negative.any():
        return None
    return not positive.any() or not negative.any()


def _elementwise_slopes(s: Trial) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the slopes dy_i/dx_i, right and ruled, of an elementwise function."""
    if not s.is_elementwise or s.ruled is None:
        return None
    if np.abs(s.ruled - np.diag(np.diag(s.ruled))).max(initial=0.0) > 1e-9:
        return None
    known = ~np.isnan(np.diag(s.right))
    return np.diag(s.right)[known], np.diag(s.ruled)[known]


@says("it is right except at the labels: there the 1 of the one-hot row is missing, or has another factor")
def wrong_at_the_labels(s: Trial) -> bool | None:
    """The wrong elements are those, one in each row, that an argument of whole numbers names."""
    labels = [a for a in s.call.inputs if isinstance(a, np.ndarray) and a.dtype.kind in "iu" and a.ndim == 1]
    if not labels or s.x.ndim != 2 or s.given.shape != s.x.shape or len(labels[0]) != len(s.x) or s.x.shape[1] < 2:
        return None
    named = np.zeros(s.x.shape, dtype=bool)
    named[np.arange(len(s.x)), labels[0]] = True
    off = np.abs(s.given - s.expected)
    return close(s.given[~named], s.expected[~named]) and bool((off[named] > 1e-6 * np.abs(s.g).max()).all())


def wrong_side(trials: list[Trial]) -> str | None:
    """The gradient passes exactly where it should not."""
    both: list[bool] = []

    def holds(s: Trial) -> bool | None:
        slopes = _elementwise_slopes(s)
        if slopes is not None:
            right, ruled = slopes
            values = np.unique(right.round(6))
            if len(values) == 2:  # two slopes, each where the other belongs
                both.append(True)
                return close(ruled, values.sum() - right)
            if len(np.unique(ruled.round(6))) == 1 and ruled.any() and right.any():
                return None
        if s.ruled is None:
            return None
        e = np.nan_to_num(s.right)
        both.append(bool(e.any() and s.ruled.any()))
        moved = np.abs(s.ruled - e).max(axis=0, initial=0.0) > 1e-5  # a window of one pixel has no wrong side
        return not np.any((s.ruled != 0) & (e != 0) & moved)

    if every(trials, holds) and any(both):
        return "its mask is on the wrong side: the gradient goes exactly where the value did not come from"
    return None


def _selects(s: Trial) -> bool:
    """Whether y is made of elements of x, each passed on or not: slopes are 0 and 1."""
    e = np.nan_to_num(s.right)
    return bool(np.all((np.abs(e) < 1e-6) | (np.abs(e - 1) < 1e-5)))


@says("the mask is missing or too wide: a gradient also goes where the result does not depend on the input")
def mask_missing(s: Trial) -> bool | None:
    """The gradient passes where it should, and where it should not too."""
    if s.ruled is None or not (_selects(s) or s.is_elementwise):
        return None
    e = np.nan_to_num(s.right)
    passed = np.abs(e) > 1e-6
    if not passed.any():
        return None
    return close(s.ruled[passed], e[passed]) and bool(np.any(s.ruled[~passed] != 0))


@says("the mask is too narrow: the gradient is zero in places where it should pass")
def mask_too_narrow(s: Trial) -> bool | None:
    """Where the gradient passes it is right, but it does not pass everywhere it should."""
    if s.ruled is None or not s.is_elementwise:
        return None
    e = np.nan_to_num(s.right)
    passed = s.ruled != 0
    return close(s.ruled[passed], e[passed]) and bool(np.any(np.abs(e[~passed]) > 1e-6))
