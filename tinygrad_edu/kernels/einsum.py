"""Sums of products over named indices, as matrix products of two arrays at a time."""

from __future__ import annotations

from math import prod

import numpy as np

from . import reductions
from .matmul import matmul


def einsum(equation, *xs):
    """y[the indices after the arrow] = sum over all others of the product of each x at its own indices

    An index that one array alone has is summed at once. Then two arrays become one, again and again, in the order in
    which NumPy finds the products small: the indices both have and nobody else needs are summed by a matrix product.
    """
    inputs, output = equation.split("->")
    arrays = [_alone(term, x, _letters(inputs, output, i)) for i, (term, x) in enumerate(_pairs(inputs, xs))]
    for positions in _path(equation, xs):
        chosen = [arrays.pop(i) for i in sorted(positions, reverse=True)]
        while len(chosen) > 1:
            needed = set(output).union(*(term for term, _ in (*chosen[:-2], *arrays)))
            right, left = chosen.pop(-2), chosen.pop(-1)
            chosen.append(_contracted(left, right, needed))
        arrays += chosen
    ((term, y),) = arrays
    return y.transpose([term.index(letter) for letter in output])


def _pairs(inputs, xs):
    return zip(inputs.split(","), xs, strict=True)


def _letters(inputs, output, without):
    """Return the letters that the output, or another array, has."""
    terms = inputs.split(",")
    return set(output).union(*terms[:without], *terms[without + 1 :])


def _path(equation, xs):
    """Return which of the arrays become one, step by step: their positions, the new one being put last."""
    if len(xs) < 3:
        return [(0, 1)] if len(xs) == 2 else []
    return np.einsum_path(equation, *xs, optimize="greedy")[0][1:]


def _alone(term, x, needed):
    """Return an array's diagonal where it has an index twice, summed over the indices that nobody else has."""
    letters = "".join(dict.fromkeys(term))
    if letters != term:
        x = np.einsum(x, [letters.index(letter) for letter in term], list(range(len(letters))))
    own = tuple(i for i, letter in enumerate(letters) if letter not in needed)
    return "".join(letter for letter in letters if letter in needed), _sum(x, own) if own else x


def _contracted(one, other, needed):
    """Return the sum of products of two arrays over the indices that both have and nobody else needs."""
    (a_term, a), (b_term, b) = one, other
    both = [letter for letter in a_term if letter in b_term]
    kept = "".join(letter for letter in both if letter in needed)
    summed = "".join(letter for letter in both if letter not in needed)
    left = "".join(letter for letter in a_term if letter not in both)
    right = "".join(letter for letter in b_term if letter not in both)
    a, (stack, rows, inner) = _grouped(a_term, a, (kept, left, summed))
    b, (_, inner, columns) = _grouped(b_term, b, (kept, summed, right))
    a, b = a.reshape(prod(stack), prod(rows), prod(inner)), b.reshape(prod(stack), prod(inner), prod(columns))
    if not summed:
        y = a * b
    elif prod(rows) == prod(columns) == 1:
        y = _sum(a[:, 0, :] * b[:, :, 0], 1)
    else:
        y = matmul(a, b)
    return kept + left + right, np.asarray(y).reshape((*stack, *rows, *columns))


def _grouped(term, x, groups):
    """Return an array with its axes in the order of these groups of letters, and the lengths in each group."""
    x = x.transpose([term.index(letter) for group in groups for letter in group])
    lengths = iter(x.shape)
    return x, [tuple(next(lengths) for _ in group) for group in groups]


def _sum(x, axes):
    return np.asarray(reductions.sum(x, axes)).astype(x.dtype, copy=False)  # integers stay as narrow as they are
