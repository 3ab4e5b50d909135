"""Terms without a definition: an operation that is linear in u is the sum of its derivatives by u, times u.

The engine has the derivatives: with a one-hot upstream gradient, the rule gives dy[k]/du[j] for all j. Recorded, they
can be differentiated again; where y is linear in a second array too (a convolution, say), each of them *is* one of
that array's elements, and the second derivative says which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import Tensor, grad, named
from ..autograd.graph import Graph
from .elements import Column, Group, unflat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..autograd.trace import Step
    from .elements import Index

MOST_UNITS = 20_000  # a rule that cannot be recorded is not called more often than this for one explanation


def derivative_terms(y: Tensor, at: Index, outputs: int, linear_in: set[int]) -> Iterator[Group]:
    """Yield the terms dy[at]/du[j] * u[j] for every input u of y whose id is in `linear_in`."""
    for u in y.inputs:
        if id(u) not in linear_in:
            continue
        for output in range(outputs):
            (local,) = grad(y, u, one_hot(y, tuple(i[output, 0] for i in at)), create_graph=True)
            sources = _elements(local) if local.requires_grad else {}
            others = np.flatnonzero(local.data)
            for source, (j, m) in sources.items():
                others = np.setdiff1d(others, j)
                yield _terms(output, source, m, u, j)
            yield _terms(output, local, others, u, others)


def one_hot(y: Tensor, index: tuple[int, ...]) -> np.ndarray:
    """Return zeros in y's shape, with a one at the index."""
    array = np.zeros(y.shape, y.dtype)
    array[index] = 1
    return array


def _terms(output: int, source: Any, m: np.ndarray, u: Any, j: np.ndarray) -> Group:
    columns = Column(source, unflat(m, source.shape)), Column(u, unflat(j, u.shape))
    return Group(columns, np.full(len(j), output))


def _elements(local: Tensor) -> dict[Any, tuple[np.ndarray, np.ndarray]]:
    """Find the arrays x that `local` takes its elements from: map x to (j, m), numbers of elements: local[j] = x[m].

    The derivative of sum(v * local) by x has v[j] at m, with nothing added. For a v of different numbers in random
    order that says which j belongs to which m. If it does not say so for everything, nothing is claimed.
    """
    leaves = [t for t in Graph([local]) if isinstance(t, Tensor) and t.requires_grad and t.is_leaf]
    v = 1 + np.random.default_rng(0).permutation(local.size).astype(local.dtype) / max(local.size, 1)
    order = np.argsort(v)
    found: dict[Any, tuple[np.ndarray, np.ndarray]] = {}
    taken: set[int] = set()
    for x, d in zip(leaves, grad(local, leaves, v.reshape(local.shape)), strict=True):
        m = np.flatnonzero(d.data)
        marks = d.data.ravel()[m]
        j = order[np.minimum(np.searchsorted(v[order], marks), v.size - 1)]
        is_element = np.array_equal(v[j], marks) and np.array_equal(local.data.ravel()[j], x.data.ravel()[m])
        if not is_element or len({*taken, *j.tolist()}) < len(taken) + len(j):
            return {}
        taken.update(j.tolist())
        if len(j):
            found[x] = j, m
    return found


def unit_terms(step: Step, position: int, g: Tensor, index: tuple[int, ...]) -> Group:
    """Return the terms of a rule that cannot be recorded: linear in g, it is asked about one element of g at a time."""
    y = step.node
    rule: Any = step.primitive.rule_for(position)
    if g.size > MOST_UNITS:
        raise ValueError(
            f"the rule of {step.primitive.name} cannot be recorded, and its g has {g.size:,} elements; "
            "write it in primitives (tge.exp(x), not np.exp(x)) and it can be explained"
        )
    arrays = [x.data if isinstance(x, Tensor) else x for x in y.inputs]
    local = np.zeros(g.shape)
    for j in np.ndindex(g.shape):
        sent = rule(one_hot(g, j), y.data, *arrays, **y.params)
        local[j] = 0 if sent is None else sent[index]
    at = np.flatnonzero(local)
    return _terms(0, named("dy/dx", Tensor(local)), at, g, at)
