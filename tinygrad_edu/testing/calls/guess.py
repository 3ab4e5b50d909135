"""A case for a primitive that nobody has described: shapes from the arguments' names and number, tried out.

Every layout that could fit is tried with a few random calls, over all real numbers, over the positive ones and so on;
those at which the forward computation returns finite numbers are the ones the primitive is checked with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .case import CannotCall, Hopeless, Unusable, make_call
from .layouts import CLASSES, MASKS, Layout, layouts
from .parameters import PARAMETERS, choose_parameters, is_given
from .pick import DOMAINS, Pick, RandomPick

if TYPE_CHECKING:
    from ...autograd import Primitive

TRIES = 16
OFTEN = 0.6
NEARLY_ALWAYS = 0.9


@dataclass(frozen=True)
class Guess:
    """One way to call a primitive: a layout of shapes, with numbers from a domain."""

    primitive: Primitive
    layout: Layout
    domain: str

    def __call__(self, pick: Pick) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Choose the arrays and parameters of one call."""
        p = self.primitive
        names = list(p.arguments)
        if p.variadic:
            names = names[:-1] + [names[-1]] * pick.integer(1, 3)
        shapes = self.layout(pick, names)
        inputs: list[Any] = []
        for i, (name, shape) in enumerate(zip(names, shapes, strict=True)):
            if i >= len(p.arguments) - p.optional and not p.variadic and pick.choice([False, False, True]):
                inputs.append(None)
            elif name in CLASSES and len(shape) == 1 and i:
                classes = shapes[0][-1]
                inputs.append(np.array([pick.integer(0, classes - 1) for _ in range(shape[0])], dtype=np.int64))
            elif name in MASKS:
                inputs.append(pick.array(shape) > 0)
            else:
                inputs.append(pick.array(shape, self.domain))
        return tuple(inputs), choose_parameters(pick, p, shapes[0])

    def __str__(self) -> str:
        meaning = (self.layout.__doc__ or "").strip().rstrip(".")
        return f"{meaning}; {self.domain} numbers"


def guesses(primitive: Primitive) -> list[Guess]:
    """Return the ways to call a primitive that work most of the time.

    Raises:
        CannotCall: none does.

    >>> import tinygrad_edu as tge
    >>> [str(g) for g in guesses(tge.log)][0]
    'All arguments have one shape of 0 to 3 axes; positive numbers'
    """
    rated: list[tuple[Guess, float, str]] = []
    for tier in layouts(primitive):
        rated += [_best_domain(primitive, layout) for layout in tier]
        if max(rate for _, rate, _ in rated) > NEARLY_ALWAYS:
            break
    working = [guess for guess, rate, _ in rated if rate >= OFTEN]
    if not working:
        guess, rate, why = max(rated, key=lambda r: r[1])
        if rate < 0.15:
            raise CannotCall(
                f'no way was found to call it; the last attempt ended with "{why}". {how_to_say(primitive)}'
            )
        working = [guess]
    return working


def how_to_say(primitive: Primitive) -> str:
    """Tell how a file says what a primitive is called with, in terms of its own arguments."""
    named = [a for i, a in enumerate(primitive.arguments) if i and a in PARAMETERS]
    if named:
        fixed = [a for a in primitive.arguments if a not in named]
        return (
            f"What stands before a * counts as an array; is {named[0]} a parameter? "
            f"Then write def {primitive.name}({', '.join([*fixed, '*', *named, *primitive.parameters])})"
        )
    arrays = ", ".join("rng.random((2, 3))" for _ in primitive.arguments) + "," * (len(primitive.arguments) == 1)
    params = ", ".join(f'"{k}": {repr(v) if is_given(v) else "..."}' for k, v in primitive.parameters.items())
    case = f'{{"{primitive.name}": lambda rng: (({arrays}), {{{params}}})}}'
    return f"Say how, with arrays that fit: CASES = {case}"


def _best_domain(primitive: Primitive, layout: Layout) -> tuple[Guess, float, str]:
    """Return the first domain with which a layout works about as often as with any."""
    best, best_rate, why = Guess(primitive, layout, "real"), -1.0, ""
    for domain in DOMAINS:
        guess = Guess(primitive, layout, domain)
        pick = RandomPick(np.random.default_rng(0))
        worked = 0
        for _ in range(TRIES):
            try:
                make_call(primitive, guess, pick)
                worked += 1
            except Hopeless as e:
                raise CannotCall(str(e)) from e
            except Unusable as e:
                why = why or str(e)
        if worked / TRIES > best_rate + 0.1:
            best, best_rate = guess, worked / TRIES
        if best_rate == 1.0:
            break
    return best, best_rate, why
