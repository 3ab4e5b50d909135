"""The cases of sums and products that keep every step, and of the product of all. Zeros are among the factors."""

from __future__ import annotations

import numpy as np
from case import ANYWHERE, case
from hypothesis import strategies as st

from tinygrad_edu.kernels import loops
from tinygrad_edu.testing import strategies as tgst


@st.composite
def along_an_axis(draw, count=1):
    shape = draw(tgst.shapes(min_dims=1))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    return tuple(draw(tgst.arrays(shape=shape, **ANYWHERE)) for _ in range(count)), {"axis": axis}


def by_rows(function):
    """Turn a function of vectors into one along an axis."""

    def reference(*xs, axis):
        rows = [np.moveaxis(x, axis, -1) for x in xs]
        y = np.zeros(rows[0].shape)
        for at in np.ndindex(y.shape[:-1]):
            y[at] = function(*(row[at] for row in rows))
        return np.moveaxis(y, -1, axis)

    return reference


def recurred(a, b):
    """y = (1 - A)^-1 b, where A has a below its diagonal."""
    return np.linalg.solve(np.eye(len(a)) - np.diag(a[1:], -1), b) if len(a) else b


def torch_recurrence(torch, a, b, axis):
    steps, y = [], torch.zeros_like(a.select(axis, 0)) if a.shape[axis] else None
    for i in range(a.shape[axis]):
        y = a.select(axis, i) * y + b.select(axis, i)
        steps.append(y)
    return torch.stack(steps, axis) if steps else a * b


case(
    "cumsum",
    along_an_axis(),
    by_rows(lambda v: np.tri(len(v)) @ v),
    lambda torch, x, axis: torch.cumsum(x, axis),
    exact=True,
)
case(
    "cumprod",
    along_an_axis(),
    lambda x, axis: loops.cumprod(x, axis % x.ndim),
    lambda torch, x, axis: torch.cumprod(x, axis),
    order=3,
)
case("recurrence", along_an_axis(2), by_rows(recurred), torch_recurrence, order=3)
case(
    "prod",
    along_an_axis(),
    lambda x, axis: np.apply_along_axis(lambda v: np.prod(v.tolist()), axis, x) if x.size else x.prod(axis),
    lambda torch, x, axis: torch.prod(x, axis),
    order=3,
)
