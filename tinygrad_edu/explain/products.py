"""A recorded number as a sum of products.

One step is a definition: `products_of(y, at)` names the terms that y[at] is the sum of. A rule is more than one step:
it is an expression in g, written in primitives, and linear in g. Its second reading records that expression, and
`multiply_out` multiplies it out, as one does on paper, until each term holds one element of g. For `conv2d` the rule
is another primitive whose definition says it all; for log_softmax it is

    (g - e^y * sum of g)[k]   =   g[k]  -  e^y[k] * g[0]  -  e^y[k] * g[1]  - ...

A primitive without a definition (a user's own) is linear in g as well. So its terms are its derivatives by g, times g.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..autograd.graph import results_behind
from .definitions import definition_of
from .derivatives import derivative_terms
from .elements import Column, Group, Operand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..autograd import Tensor
    from .elements import Index, Product


class NotLinear(ValueError):
    """A rule multiplies g by itself, or divides by it."""


def products_of(y: Tensor, at: Index, outputs: int = 1) -> Iterator[Group] | None:
    """Return the terms of the recorded numbers y[at], by the definition of its primitive, or None without one.

    `at` has an array (outputs, 1) for each axis of y.
    """
    definition = definition_of(y.primitive)  # type: ignore[arg-type]
    if definition is None:
        return None
    return (_listed(product, outputs) for product in definition(at, *map(Operand, y.inputs), **y.params))


def _listed(product: Product, outputs: int) -> Group:
    """List a product's terms, output by output, without those that are masked."""
    arrays = [product.mask, *(i for column in product.columns for i in column.index)]
    shape = np.broadcast_shapes((outputs, 1), *map(np.shape, arrays))
    output, term = np.nonzero(np.broadcast_to(product.mask, shape))
    columns = (
        replace(column, index=tuple(np.broadcast_to(i, shape)[output, term] for i in column.index))
        for column in product.columns
    )
    return Group(tuple(columns), output, product.sign, product.function)


def multiply_out(expression: Tensor, at: Index, g: Tensor) -> list[Group]:
    """Return the terms of expression[at], each with one element of g, which the expression is linear in."""
    depends = _depending_on(g, expression)
    pending = [Group((Column(expression, at),), np.zeros(1, int))]
    done: list[Group] = []
    while pending:
        terms = pending.pop(0)
        inner = [i for i, column in enumerate(terms.columns) if id(column.source) in depends]
        if len(inner) > 1 or (inner and (terms.function or terms.columns[inner[0]].divides)):
            raise NotLinear
        if not inner or terms.columns[inner[0]].source is g:
            done.append(terms)
            continue
        before, (column, *after) = terms.columns[: inner[0]], terms.columns[inner[0] :]
        index = tuple(np.reshape(i, (-1, 1)) for i in column.index)
        parts = products_of(column.source, index, len(terms.output))
        if parts is None:
            parts = derivative_terms(column.source, index, len(terms.output), depends)
        for part in parts:
            if len(part.output):
                outside = [[c.take(part.output) for c in columns] for columns in (before, after)]
                columns = (*outside[0], *part.columns, *outside[1])
                pending.append(Group(columns, terms.output[part.output], terms.sign * part.sign, part.function))
    return done


def _depending_on(g: Tensor, expression: Tensor) -> set[int]:
    """Return the ids of g and of the results that the expression computes from it."""
    depends = {id(g)}
    for y in results_behind([expression]):  # in the order of computation
        if any(id(x) in depends for x in y.inputs):
            depends.add(id(y))
    return depends
