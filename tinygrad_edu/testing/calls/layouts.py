"""Layouts: the shapes that arguments may have together, and which of them to try for a primitive."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...autograd import Primitive
    from .pick import Pick

Shapes = list[tuple[int, ...]]
Layout: TypeAlias = "Callable[[Pick, list[str]], Shapes]"

IMAGES = ("x", "input", "image", "images", "img")
KERNELS = ("w", "weight", "weights", "kernel", "kernels", "filter", "filters", "k")
CLASSES = ("target", "targets", "label", "labels", "t", "y_true", "classes")
MASKS = ("mask", "condition", "cond", "where")


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
