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
from .elements import Column, Group

MOST_UNITS = 20_000

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..autograd.trace import Step
    from .elements import Index


def derivative_terms(y: Tensor, at: Index, outputs: int, linear_in: set[int]) -> Iterator[Group]:
    """Yield the terms dy[at]/du[j] * u[j] for every input u of y whose id is in `linear_in`."""
    for u in y.inputs:
        if id(u) not in linear_in:
            continue
        for output in range(outputs):
            (local,) = grad(y, u, one_hot(y, tuple(i[output, 0] for i in at)), create_graph=True)
            sources = _elements(local) if local.requires_grad else {}
            plain = np.argwhere(local.data)
            for source, (j, m) in sources.items():
                plain = plain[~(plain[:, None] == j).all(axis=2).any(axis=1)]
                yield _terms(output, source, m, u, j)
            yield _terms(output, local, plain, u, plain)


def one_hot(y: Tensor, index: tuple[int, ...]) -> np.ndarray:
    """Return zeros in y's shape, with a one at the index."""
    array = np.zeros(y.shape, y.dtype)
    array[index] = 1
    return array


def _terms(output: int, source: Any, m: np.ndarray, u: Any, j: np.ndarray) -> Group:
    columns = Column(source, tuple(m.T)), Column(u, tuple(j.T))
    return Group(columns, np.full(len(j), output))


def _elements(local: Tensor) -> dict[Any, tuple[np.ndarray, np.ndarray]]:
    """Find the arrays x that `local` takes its elements from: map x to (j, m) with local[j] = x[m].

    The derivative of sum(v * local) by x has v[j] at m, with nothing added. For a v of random numbers that says which
    j belongs to which m. If it does not say so for everything, nothing is claimed.
    """
    leaves = [t for t in Graph([local]) if isinstance(t, Tensor) and t.requires_grad and t.is_leaf]
    v = np.random.default_rng(0).uniform(1, 2, local.shape).astype(local.dtype)
    order = np.argsort(v, axis=None)
    found: dict[Any, tuple[np.ndarray, np.ndarray]] = {}
    taken: set[int] = set()
    for x, d in zip(leaves, grad(local, leaves, v), strict=True):
        m = np.flatnonzero(d.data)
        place = np.minimum(np.searchsorted(v.ravel()[order], d.data.ravel()[m]), v.size - 1)
        j = order[place]
        same = v.ravel()[j] == d.data.ravel()[m]
        if not (same.all() and np.array_equal(local.data.ravel()[j], x.data.ravel()[m])) or not taken.isdisjoint(j):
            return {}
        taken.update(j.tolist())
        if len(j):
            found[x] = np.argwhere(np.ones(local.shape))[j], np.argwhere(np.ones(x.shape))[m]
    return found


def unit_terms(step: Step, position: int, g: Tensor, index: tuple[int, ...]) -> Group:
    """Return the terms of a rule that cannot be recorded: linear in g, it is asked about one element of g at a time."""
    y = step.node
    rule: Any = step.primitive.rule_for(position)
    if g.size > MOST_UNITS:
        raise ValueError(
            f"the rule {rule.__name__} of {step.primitive.name} cannot be recorded, and its g has {g.size:,} elements; "
            "write it in primitives (tge.exp(x), not np.exp(x)) and it can be explained"
        )
    arrays = [x.data if isinstance(x, Tensor) else x for x in y.inputs]
    local = np.zeros(g.shape)
    for j in np.ndindex(g.shape):
        sent = rule(one_hot(g, j), y.data, *arrays, **y.params)
        local[j] = 0 if sent is None else sent[index]
    return _terms(0, named("dy/dx", Tensor(local)), np.argwhere(local), g, np.argwhere(local))
