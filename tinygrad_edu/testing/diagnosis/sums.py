"""Sums that are missing, run over the wrong axis, or are overwritten instead of added to."""

from __future__ import annotations

from itertools import chain, combinations, permutations
from typing import TYPE_CHECKING

import numpy as np

from ..calls.trial import Trial, close
from .hypothesis import every, says
from .scale import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable


def _subsets(ndim: int) -> Iterable[tuple[int, ...]]:
    """Yield every non-empty choice of axes, the small ones first."""
    return chain.from_iterable(combinations(range(ndim), n) for n in range(1, ndim + 1))


def _summed(array: np.ndarray, axes: tuple[int, ...], shape: tuple[int, ...]) -> np.ndarray | None:
    total = array.sum(axis=axes)
    return total.reshape(shape) if total.size == int(np.prod(shape)) else None


def missing_by_shape(trials: list[Trial]) -> str | None:
    """The gradient has the result's shape, or another too large one, and summing it over some axes makes it right."""
    found: set[tuple[int, ...]] = set()

    def holds(s: Trial) -> bool | None:
        if s.given.size <= s.x.size:
            return None if s.given.size == s.x.size else False
        for axes in _subsets(s.given.ndim):
            if close(_summed(s.given, axes, s.x.shape), s.expected):
                found.add(axes)
                return True
        return False

    wrong_shape = [s for s in trials if s.given.shape != s.x.shape]
    if not every(wrong_shape, holds):
        return None
    argument = trials[0].call.primitive.argument_at(trials[0].position)
    if len(found) == 1:
        return f"the sum over {_axes_text(found.pop())} is missing: {argument} was used there again and again"
    return f"the sum over the broadcast axes is missing (sum_to(..., {argument}.shape))"


def _axes_text(axes: tuple[int, ...]) -> str:
    if axes == (0,):
        return "axis 0 (the batch)"
    return f"axis {axes[0]}" if len(axes) == 1 else "axes " + ", ".join(map(str, axes))


def _unsummed(s: Trial) -> np.ndarray | None:
    """Return, in y's shape, what each y_k contributes to x, if it contributes to one element alone."""
    e = np.nan_to_num(s.right)
    if (np.count_nonzero(e, axis=0) > 1).any():
        return None
    return (e.sum(axis=0) * s.g.reshape(-1)).reshape(s.y.shape)


@says("it is summed over the wrong axis")
def wrong_axis_by_shape(s: Trial) -> bool | None:
    """A broadcast argument's contributions are summed, but over other axes than it was broadcast along."""
    each = _unsummed(s)
    if each is None or s.x.size >= s.y.size:
        return None
    return any(close(_summed(each, axes, s.given.shape), s.given) for axes in _subsets(each.ndim))


@says("g is spread along the wrong axis: give it its reduced axes back (with length 1) first")
def spread_along_wrong_axis(s: Trial) -> bool | None:
    """A reduction's g is spread over x along other axes than those that were reduced."""
    if s.y.size >= s.x.size or not any("axis" in name or "axes" in name for name in s.call.params):
        return None
    if s.given.shape != s.x.shape:
        return None
    orders = list(permutations(range(s.x.ndim)))[1:]
    return any(close(s.given.transpose(order), s.expected) for order in orders)


def only_one_index(trials: list[Trial]) -> str | None:
    """Of the contributions along one axis of the result, only those at one index arrive."""
    found: set[int] = set()

    def holds(s: Trial) -> bool | None:
        if s.ruled is None or not s.y.ndim:
            return None if s.ruled is None else False
        kept = np.any(s.ruled != 0, axis=0)
        wanted = np.any(np.nan_to_num(s.right) != 0, axis=0)
        index = np.array(np.unravel_index(np.arange(s.y.size), s.y.shape)).reshape(s.y.ndim, -1)
        for axis, length in enumerate(s.y.shape):
            for at in (0, length - 1):
                here = index[axis] == at
                if length > 1 and np.array_equal(kept, here & wanted) and close(s.ruled[:, here], s.right[:, here]):
                    found.add(axis)
                    return True
        return False

    if every(trials, holds) and len(found) == 1:
        return f"the sum over {_axes_text((found.pop(),))} is missing: only one index arrives"
    return None


@says("contributions overwrite each other where they must be added (an element is read more than once)")
def overwritten(s: Trial) -> bool | None:
    """Where several results read one element, only some contributions are left."""
    if s.ruled is None:
        return None
    e = np.nan_to_num(s.right)
    readers = np.count_nonzero(e, axis=1)
    kept = s.ruled != 0
    is_part = np.abs(np.where(kept, s.ruled - e, 0.0)).max(initial=0.0) < 1e-5 * np.abs(e).max(initial=1e-9)
    left = np.count_nonzero(kept & (e != 0), axis=1)
    lost = left < readers
    return bool(is_part and lost.any() and np.all(left[readers > 0] > 0) and np.all(readers[lost] > 1))


@says("contributions are averaged where they must be added (an element is read more than once)")
def averaged(s: Trial) -> bool | None:
    """What several results contribute to one element is divided by their number."""
    if s.ruled is None:
        return None
    e = np.nan_to_num(s.right)
    readers = np.maximum(np.count_nonzero(e, axis=1), 1)
    return close(s.ruled * readers[:, None], e) and bool(readers.max(initial=1) > 1)


def _coupled_axes(matrix: np.ndarray, shape: tuple[int, ...]) -> set[int]:
    """Return the axes along which x_i reaches results y_k at other positions (x and y have one shape)."""
    matrix = np.nan_to_num(matrix)
    i, k = np.nonzero(np.abs(matrix) > 1e-9 * np.abs(matrix).max(initial=1e-9))
    xi, yk = np.unravel_index(i, shape), np.unravel_index(k, shape)
    return {axis for axis in range(len(shape)) if np.any(xi[axis] != yk[axis])}


def coupled_along_wrong_axis(trials: list[Trial]) -> str | None:
    """x_i reaches results along another axis than it should, or along more axes."""
    seen: list[str] = []

    def holds(s: Trial) -> bool | None:
        if s.x.shape != s.y.shape or s.ruled is None or s.x.ndim < 1:
            return None
        right, ruled = _coupled_axes(s.right, s.x.shape), _coupled_axes(s.ruled, s.x.shape)
        if right == ruled or not ruled:
            return False if len(s.x.shape) > 1 and min(s.x.shape) > 1 else None
        seen.append(f"{sorted(ruled)} instead of {sorted(right)}")
        return True

    if every(trials, holds):
        return f"it sums over the wrong axis: {max(set(seen), key=seen.count)}"
    return None


def _share_of_the_others(s: Trial) -> float | None:
    """Return c if what x_i gets from all y_k but its own is c times what it should be; None if it gets nothing."""
    if s.x.shape != s.y.shape or s.ruled is None:
        return None
    others = ~np.eye(s.x.size, dtype=bool)
    right, ruled = np.nan_to_num(s.right)[others], s.ruled[others]
    square = float((right**2).sum())
    c = float((ruled * right).sum() / square) if square > 1e-18 else 0.0
    return c if abs(c) > 1e-9 and close(ruled, c * right) else None


@says("the sign of the sum in it is flipped: what the other elements contribute is added instead of subtracted")
def with_wrong_sign(s: Trial) -> bool | None:
    """What the other elements contribute, as in a softmax, has the wrong sign; an element's own part has not."""
    c = _share_of_the_others(s)
    return None if c is None and s.x.size < 2 else c is not None and abs(c + 1) < 1e-4


def with_wrong_factor(trials: list[Trial]) -> str | None:
    """What the other elements contribute is off by a factor that the call's sizes explain."""
    shares = [(s, c) for s in trials if (c := _share_of_the_others(s)) is not None]
    if len(shares) < max(1, len(trials) // 4) or all(abs(c - 1) < 1e-4 for _, c in shares):
        return None
    named = quantity([s for s, _ in shares], np.array([c for _, c in shares]))
    return None if named is None else f"the sum in it is off by the factor {named}"


@says("a sum is missing: each element counts its own result only, but it changes the others too")
def only_its_own(s: Trial) -> bool | None:
    """Each x_i counts its own y_i alone, although it reaches others."""
    if s.x.shape != s.y.shape or s.ruled is None:
        return False
    if np.count_nonzero(np.nan_to_num(s.right), axis=1).max(initial=0) < 2:
        return None
    return not _coupled_axes(s.ruled, s.x.shape)


@says("the term in it that sums over the results is missing, or is not the right one")
def missing_or_other(s: Trial) -> bool | None:
    """What is lacking is of low rank: an element gets it by way of a sum, of which there is one in each row."""
    if s.x.shape != s.y.shape or s.ruled is None or np.isnan(s.right).any() or s.x.size < 3:
        return None
    lacking = s.right - s.ruled
    rank = np.linalg.matrix_rank(lacking, tol=1e-6 * np.abs(s.right).max(initial=1e-9))
    return bool(0 < rank <= s.x.size // 2 and _coupled_axes(lacking, s.x.shape))
