"""Elements and their products: what a definition in indices is written with.

    weight[o, c, u, v] * x[n, c, i + u, j + v]

In a definition `weight` and `x` are `Operand`s. Indexing one reads nothing yet: it *names* an element, and `*`, `/`
and `-` join the names to a `Product`. The indices may be arrays: an `at` of shape (outputs, 1) against `loops` of
shape (1, terms) names all terms of all outputs asked for in one expression.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.trace import as_array

if TYPE_CHECKING:
    from collections.abc import Sequence

Index = tuple[Any, ...]  # one integer, or array of integers, for each axis


@dataclass(frozen=True)
class Column:
    """The same factor in many terms: elements of one array, at `index`."""

    source: Any  # the Tensor, array or number that the elements are of
    index: Index
    divides: bool = False

    def read(self) -> np.ndarray:
        """Return the elements, in float64."""
        return np.asarray(as_array(self.source)[self.index], np.float64)

    def take(self, rows: np.ndarray) -> Column:
        """Return the factor of some of the terms, in the given order."""
        return replace(self, index=tuple(i[rows] for i in self.index))


@dataclass(frozen=True)
class Product:
    """sign * column * column / column ..., in as many terms as the indices broadcast to.

    With `function`, the term is that function of the columns instead of their product.
    """

    columns: tuple[Column, ...]
    sign: int = 1
    mask: Any = True  # which terms there are
    function: str | None = None

    def __mul__(self, other: Product) -> Product:
        return Product(self.columns + other.columns, self.sign * other.sign, np.logical_and(self.mask, other.mask))

    def __truediv__(self, other: Product | float) -> Product:
        below = other if isinstance(other, Product) else Operand(other)[()]
        flipped = tuple(replace(c, divides=not c.divides) for c in below.columns)
        return self * Product(flipped, below.sign, below.mask)

    def __neg__(self) -> Product:
        return replace(self, sign=-self.sign)

    def where(self, mask: Any) -> Product:
        """Leave out the terms for which the mask is false."""
        return replace(self, mask=np.logical_and(self.mask, mask))


@dataclass(frozen=True)
class Group:
    """Terms of one form: sign * the elements of each column, row by row.

    `output` says which of the numbers asked for each term is part of.
    """

    columns: tuple[Column, ...]
    output: np.ndarray
    sign: int = 1
    function: str | None = None

    def products(self) -> np.ndarray:
        """Return the value of each term, in float64; what a function of the columns comes to is not known here."""
        found = np.full(len(self.output), float(self.sign))
        with np.errstate(all="ignore"):
            for column in self.columns:
                values = column.read()
                found = found / values if column.divides else found * values
        return found


class Operand:
    """An argument of a definition: an array of which elements can be named."""

    def __init__(self, value: Any):
        self.value = value
        self.array = as_array(value)
        self.shape = self.array.shape
        self.ndim = self.array.ndim
        self.size = self.array.size

    def __getitem__(self, index: Index) -> Product:
        """Name the elements at an index; one outside the array names nothing, so its term is left out."""
        inside = [np.logical_and(i >= 0, i < n) for i, n in zip(index, self.shape, strict=True)]
        return Product((Column(self.value, index),), mask=_all(inside))

    def at(self, index: Index) -> Product:
        """Name the elements that stand at an index of an array that this one is broadcast to."""
        return self[self.broadcast(index)]

    def broadcast(self, index: Index) -> Index:
        """Return the own index of what stands at an index of an array that this one is broadcast to."""
        own = index[len(index) - self.ndim :]
        return tuple(np.zeros_like(i) if n == 1 else i for i, n in zip(own, self.shape, strict=True))

    def numbered(self, number: Any) -> Product:
        """Name elements by their number, counted in rows; a number outside the array names nothing."""
        return self[unflat(number, self.shape)].where(np.logical_and(number >= 0, number < self.size))


def function(name: str, *arguments: Product) -> Product:
    """Name a term that is a function of elements: `function("exp", x[at])`."""
    columns = tuple(c for argument in arguments for c in argument.columns)
    return Product(columns, mask=_all([argument.mask for argument in arguments]), function=name)


def loops(*sizes: int) -> tuple[np.ndarray, ...]:
    """Return the indices of nested loops over these sizes, each as one row (1, terms)."""
    return tuple(i.reshape(1, -1) for i in np.indices(sizes))


def whole(a: Any, b: int) -> Any:
    """Return a / b where it has no remainder, else -1, which lies outside every array."""
    return np.where(a % b == 0, a // b, -1)


def numbers(shape: Sequence[int]) -> np.ndarray:
    """Return an array of this shape holding the numbers of its own elements: 0, 1, 2, ..."""
    return np.arange(math.prod(shape)).reshape(shape)


def flat(index: Index, shape: Sequence[int]) -> Any:
    """Return the number of the element at an index of an array of this shape."""
    number: Any = 0
    for i, n in zip(index, shape, strict=True):
        number = number * n + i
    return number


def unflat(number: Any, shape: Sequence[int]) -> Index:
    """Return the index of the element of that number in an array of this shape."""
    index: Index = ()
    for n in reversed(shape):
        index = (number % max(n, 1), *index)
        number = number // max(n, 1)
    return index


def _all(masks: Sequence[Any]) -> Any:
    mask: Any = True
    for m in masks:
        mask = np.logical_and(mask, m)
    return mask
