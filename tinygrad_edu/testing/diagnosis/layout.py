"""Transposed, flipped, arguments exchanged: the right numbers in the wrong places, or read from there."""

from __future__ import annotations

from itertools import chain, combinations, permutations
from typing import TYPE_CHECKING

import numpy as np

from ..calls.trial import Trial, close
from .hypothesis import every, says

if TYPE_CHECKING:
    from collections.abc import Iterator


def transposed_shape(trials: list[Trial]) -> str | None:
    """The gradient's shape has its axes in another order than the input's."""
    odd = [s for s in trials if s.given.shape != s.x.shape]
    return transposed(trials) if odd and every(odd, _transposed_result) else None


def _transposed_result(s: Trial) -> bool | None:
    """Tell whether the gradient is right with its axes in another order."""
    if s.given.ndim < 2 or s.given.ndim != s.x.ndim or s.given.ndim > 4:
        return None
    orders = list(permutations(range(s.given.ndim)))[1:]
    return any(close(s.given.transpose(order), s.expected) for order in orders)


def transposed(trials: list[Trial]) -> str | None:
    """The gradient has its axes in another order, or is right once an input or g is transposed."""

    if every(trials, _transposed_result):
        return "it is transposed: the right numbers, with the axes in another order"
    if every(trials, lambda s: _any_or_none(close(s.fire(t), s.expected) for t in _transposed(s.g))):
        return "the upstream gradient is transposed in it, or is to be transposed"
    for position in range(len(trials[0].call.inputs)):

        def of_input(s: Trial, position: int = position) -> bool | None:
            turned = _transposed(_input(s, position))
            return _any_or_none(close(s.fire_with_input(position, t), s.expected) for t in turned)

        if every(trials, of_input):
            return f"{trials[0].call.primitive.argument_at(position)} is to be transposed in it (or not to be)"
    return None


def _input(s: Trial, position: int) -> object:
    """Return an input; None if this call of a variadic primitive has fewer."""
    return s.call.inputs[position] if position < len(s.call.inputs) else None


def _transposed(a: object) -> Iterator[np.ndarray]:
    """Yield an array of the same shape with two axes exchanged, if there is one that differs."""
    if not isinstance(a, np.ndarray) or a.ndim < 2:
        return
    for one, other in combinations(range(a.ndim), 2):
        if a.shape[one] == a.shape[other] and a.shape[one] > 1:
            yield a.swapaxes(one, other)


def _any_or_none(verdicts: Iterator[bool]) -> bool | None:
    seen = list(verdicts)
    return any(seen) if seen else None


@says("it sends g forward, as the function sends x: each y_k has to send its g back to the x_i it was made of")
def not_transposed(s: Trial) -> bool | None:
    """ruled = right^T: the rule computes forward what it should send back."""
    if s.x.shape != s.y.shape or s.ruled is None or close(s.right, s.right.T):
        return None
    return close(s.ruled, s.right.T)


def flipped(trials: list[Trial]) -> str | None:
    """The gradient is reversed along some axes, or is right once an input is."""
    if every(trials, lambda s: _any_or_none(close(f, s.expected) for f in _flips(s.given))):
        if trials[0].x.ndim == 4:
            return "it is flipped: turn the kernel's gradient by 180 degrees back"
        return "it is flipped: the right numbers, in reversed order"
    for position in range(len(trials[0].call.inputs)):

        def of_input(s: Trial, position: int = position) -> bool | None:
            turned = _flips(_input(s, position))
            return _any_or_none(close(s.fire_with_input(position, t), s.expected) for t in turned)

        if every(trials, of_input):
            name = trials[0].call.primitive.argument_at(position)
            what = "the kernel" if trials[0].call.inputs[position].ndim == 4 else name
            return f"{what} ({name}) is to be flipped in it, or is flipped and should not be"
    if every(trials, lambda s: _any_or_none(close(s.fire(f), s.expected) for f in _flips(s.g))):
        return "the upstream gradient g is to be flipped in it, or is flipped and should not be"
    return None


def _flips(a: object) -> Iterator[np.ndarray]:
    """Yield the array reversed: of images and kernels along the last two axes, else along any."""
    if not isinstance(a, np.ndarray) or a.dtype.kind != "f" or not a.ndim:
        return
    axes_of = (-2, -1) if a.ndim == 4 else tuple(range(a.ndim))
    for axes in chain.from_iterable(combinations(axes_of, n) for n in range(len(axes_of), 0, -1)):
        turned = np.flip(a, axes)
        if not np.array_equal(turned, a):
            yield turned


def both_swapped(trials: list[Trial]) -> str | None:
    """Two rules stand in each other's place: each gives what the other should."""
    for other in trials[0].call.differentiable:

        def holds(s: Trial, other: int = other) -> bool | None:
            if other == s.position or other not in s.call.differentiable:
                return None
            theirs = Trial(s.call, other, s.g)
            swapped = theirs.fire()
            return close(s.given, theirs.expected) and close(swapped, s.expected)

        if every(trials, holds):
            p = trials[0].call.primitive
            mine, theirs = p.argument_at(trials[0].position), p.argument_at(other)
            return f"the rules are swapped: that of {mine} belongs to {theirs}, and the other way round"
    return None


def swapped(trials: list[Trial]) -> str | None:
    """It is the gradient of another argument, or becomes right when two inputs are exchanged."""
    for other in trials[0].call.differentiable:

        def holds(s: Trial, other: int = other) -> bool | None:
            if other == s.position or other not in s.call.differentiable:
                return None
            if close(s.given, Trial(s.call, other, s.g).expected):
                return True
            inputs = list(s.call.inputs)
            if inputs[other].shape != s.x.shape:
                return None
            inputs[other], inputs[s.position] = inputs[s.position], inputs[other]
            return close(s.fire(inputs=tuple(inputs)), s.expected)

        if every(trials, holds):
            p = trials[0].call.primitive
            return f"{p.argument_at(trials[0].position)} and {p.argument_at(other)} are swapped in it"
    return None
