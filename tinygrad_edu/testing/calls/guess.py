"""How to call a primitive that nobody has described: shapes from the arguments' names and number, tried out.

A *layout* gives shapes to the arguments (all alike, broadcast, matrices that fit, images with kernels ...). Every
layout that could fit is tried with a few random calls, over all real numbers, over the positive ones and so on;
those at which the forward computation returns finite numbers are the ones the primitive is checked with.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from .case import CannotCall, Hopeless, Unusable, make_call
from .pick import DOMAINS, Pick, RandomPick

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...autograd import Primitive

Shapes = list[tuple[int, ...]]
Layout: TypeAlias = "Callable[[Pick, list[str]], Shapes]"

IMAGES = ("x", "input", "image", "images", "img")
KERNELS = ("w", "weight", "weights", "kernel", "kernels", "filter", "filters", "k")
CLASSES = ("target", "targets", "label", "labels", "t", "y_true", "classes")
MASKS = ("mask", "condition", "cond", "where")

TRIES = 16
OFTEN = 0.6
NEARLY_ALWAYS = 0.9


# -- layouts ---------------------------------------------------------------------------------------------------


def alike(pick: Pick, names: list[str]) -> Shapes:
    """All arguments have one shape of 0 to 3 axes."""
    shape = tuple(pick.integer(1, 3) for _ in range(pick.choice([1, 2, 0, 3])))
    return [shape] * len(names)


def wide(pick: Pick, names: list[str]) -> Shapes:
    """All arguments have one shape of 2 or 3 axes with several elements along each."""
    shape = tuple(pick.integer(2, 4) for _ in range(pick.choice([2, 3])))
    return [shape] * len(names)


def broadcast(pick: Pick, names: list[str]) -> Shapes:
    """The shapes broadcast against each other: some axes are missing or have length 1."""
    full = tuple(pick.integer(1, 3) for _ in range(pick.integer(1, 3)))
    return [tuple(pick.choice([n, 1]) for n in full[pick.integer(0, len(full)) :]) for _ in names]


def matrices(pick: Pick, names: list[str]) -> Shapes:
    """(i, j), (j, k), and for a third argument a row (k,)."""
    i, j, k = (pick.integer(1, 4) for _ in range(3))
    return ([(i, j), (j, k), (k,)] + [(i, k)] * len(names))[: len(names)]


def linear(pick: Pick, names: list[str]) -> Shapes:
    """(n, in), (out, in), and for a third argument a bias (out,)."""
    n, i, o = (pick.integer(1, 4) for _ in range(3))
    return ([(n, i), (o, i), (o,)] + [(o,)] * len(names))[: len(names)]


def rows(pick: Pick, names: list[str]) -> Shapes:
    """A matrix (n, k), and for all other arguments rows (k,)."""
    n, k = pick.integer(1, 4), pick.integer(1, 4)
    return [(n, k)] + [(k,)] * (len(names) - 1)


def images(pick: Pick, names: list[str]) -> Shapes:
    """Images (n, c, h, w), kernels (o, c, kh, kw), bias (o,)."""
    n, c, o = (pick.integer(1, 2) for _ in range(3))
    h, w = pick.integer(1, 5), pick.integer(1, 5)
    kh, kw = pick.integer(1, min(h, 3)), pick.integer(1, min(w, 3))
    return ([(n, c, h, w), (o, c, kh, kw), (o,)] + [(o,)] * len(names))[: len(names)]


def scores(pick: Pick, names: list[str]) -> Shapes:
    """Scores (n, classes), and class numbers (n,)."""
    n, classes = pick.integer(1, 4), pick.integer(1, 4)
    return [(n, classes)] + [(n,)] * (len(names) - 1)


def square(pick: Pick, names: list[str]) -> Shapes:
    """Square matrices of one size."""
    n = pick.integer(1, 3)
    return [(n, n)] * len(names)


def layouts(primitive: Primitive) -> list[list[Layout]]:
    """Return the layouts to try, by how many arguments there are and what they are called.

    They come in tiers: a tier is turned to when those before it do not fit nearly always.
    """
    names = list(primitive.arguments)
    params = primitive.parameters
    if primitive.variadic:
        return [[alike]]
    if any(n in CLASSES for n in names[1:]):
        return [[scores], [alike]]
    if "kernel_size" in params or (len(names) > 1 and names[1] in KERNELS and {"stride", "padding"} & {*params}):
        return [[images]]
    if len(names) > 1 and any(n in KERNELS for n in names[1:]) and names[0] in IMAGES:
        return [[matrices, linear], [alike, broadcast, rows, square, images]]
    if len(names) == 1:
        return [[alike, wide, square], [matrices, images]]
    return [[alike, broadcast], [matrices, linear, rows, square, images]]


# -- parameters ------------------------------------------------------------------------------------------------


def _axis(pick: Pick, default: Any, shape: tuple[int, ...]) -> Any:
    if not shape:
        return default if default is None else 0
    one = pick.integer(-len(shape), len(shape) - 1)
    if default is not None or len(shape) == 1:
        return one if default is not None else pick.choice([None, one])
    both = tuple(sorted({pick.integer(0, len(shape) - 1), pick.integer(0, len(shape) - 1)}))
    return pick.choice([None, one, both])


def _pad_width(pick: Pick, default: Any, shape: tuple[int, ...]) -> Any:
    return tuple((pick.integer(0, 2), pick.integer(0, 2)) for _ in shape)


def _index(pick: Pick, default: Any, shape: tuple[int, ...]) -> Any:
    if not shape:
        return ()
    picked = np.array([pick.integer(0, shape[0] - 1) for _ in range(pick.integer(1, 4))])
    return pick.choice([picked, slice(0, 1), int(picked[0])])


PARAMETERS: dict[str, Callable[[Pick, Any, tuple[int, ...]], Any]] = {
    "axis": _axis,
    "dim": _axis,
    "axis1": lambda pick, default, shape: pick.integer(0, max(len(shape) - 1, 0)),
    "axis2": lambda pick, default, shape: pick.integer(0, max(len(shape) - 1, 0)),
    "axes": lambda pick, default, shape: pick.choice([tuple(range(len(shape)))[::-1], _rolled(shape), _turned(shape)]),
    "keepdims": lambda pick, default, shape: pick.choice([False, True]),
    "stride": lambda pick, default, shape: pick.choice([default if _given(default) else 1, 1, 2, 3]),
    "padding": lambda pick, default, shape: pick.choice([0, 1]),
    "dilation": lambda pick, default, shape: pick.choice([1, 2]),
    "groups": lambda pick, default, shape: 1,
    "kernel_size": lambda pick, default, shape: pick.choice([2, 1, 3]),
    "reduction": lambda pick, default, shape: pick.choice(["mean", "sum", "none"]),
    "shape": lambda pick, default, shape: pick.choice([(int(np.prod(shape)),), shape[::-1], (1, *shape)]),
    "new_shape": lambda pick, default, shape: pick.choice([(int(np.prod(shape)),), shape[::-1]]),
    "pad_width": _pad_width,
    "index": _index,
    "indices": _index,
    "repeats": lambda pick, default, shape: pick.integer(1, 3),
    "shift": lambda pick, default, shape: pick.integer(1, 2),
    "p": lambda pick, default, shape: pick.choice([0.5, 0.25]),
}


def _rolled(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (*range(1, len(shape)), 0) if shape else ()


def _turned(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (len(shape) - 1, *range(len(shape) - 1)) if shape else ()


def _given(default: Any) -> bool:
    return default is not inspect.Parameter.empty


def choose_parameters(pick: Pick, primitive: Primitive, shape: tuple[int, ...]) -> dict[str, Any]:
    """Choose a value for each parameter: by its name if that is well known, else near its default."""
    chosen: dict[str, Any] = {}
    for name, default in primitive.parameters.items():
        if name in PARAMETERS:
            chosen[name] = PARAMETERS[name](pick, default, shape)
        elif isinstance(default, bool):
            chosen[name] = pick.choice([default, not default])
        elif isinstance(default, float):
            chosen[name] = default * pick.choice([1.0, 0.5, 2.0])
        elif isinstance(default, int):
            chosen[name] = default + pick.choice([0, 1])
        elif not _given(default):
            chosen[name] = pick.choice([2, 0.5, 1, 3])
        else:
            chosen[name] = default
    return chosen


# -- trying ----------------------------------------------------------------------------------------------------


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
    params = ", ".join(f'"{k}": {repr(v) if _given(v) else "..."}' for k, v in primitive.parameters.items())
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
