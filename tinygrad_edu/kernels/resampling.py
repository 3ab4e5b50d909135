"""Resampling along axes: each output is a weighted sum of a few inputs, one axis after another.

An axis's map is a sparse matrix, given by its entries other than 0; transposed, it is the map of the gradient. Zeros
are left out, and not multiplied with, so that an infinite pixel reaches those alone that see it.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from .reductions import ROWS, add
from .threads import pieces, run


class AxisMap:
    """y[outputs[k]] += weights[k] * x[inputs[k]] for every entry k; x has `before` elements, y `size`."""

    def __init__(self, outputs: Any, inputs: Any, weights: Any, size: int, before: int):
        order = np.lexsort((inputs, outputs))
        self.outputs, self.inputs = np.asarray(outputs)[order], np.asarray(inputs)[order]
        self.weights = np.asarray(weights, np.float64)[order]
        self.size, self.before = size, before

    @cached_property
    def transposed(self) -> AxisMap:
        """The same entries, from y to x."""
        return AxisMap(self.inputs, self.outputs, self.weights, self.before, self.size)

    @cached_property
    def rounds(self) -> list[tuple[Any, Any, Any]]:
        """The entries (outputs, inputs, weights) in rounds: in the k-th each output has its k-th, and occurs once."""
        starts = np.searchsorted(self.outputs, self.outputs)
        rank = np.arange(len(self.outputs)) - starts
        rounds = []
        for k in range(rank.max(initial=-1) + 1):
            here = rank == k
            whole = bool(here.sum() == self.size)
            weights = self.weights[here]
            rounds.append(
                (
                    slice(None) if whole else self.outputs[here],
                    self.inputs[here],
                    None if (weights == 1).all() else weights,
                )
            )
        return rounds


def resample(x, maps):
    """y[n,c,i,j] = sum over the entries (i, row) of one map and (j, col) of the other of both weights * x[n,c,row,col]

    There may be one axis or three instead of two: one map for each axis from the third on.
    """
    y = np.empty((*x.shape[:2], *(m.size for m in maps)), x.dtype)
    wide = np.float32 if x.dtype == np.float16 else x.dtype

    def forward(s):
        part = x[s].astype(wide, copy=False)
        for axis, m in enumerate(maps, 2):
            part = _along(part, m, axis)
        y[s] = part

    if y.size:
        run(forward, pieces(len(x), max(x[0].size, y[0].size) * y.itemsize * 2))
    return y


def _along(x, m, axis):
    """Apply the map to one axis: a round at a time, so many rounds' sums at a time."""
    before, behind = (slice(None),) * axis, (1,) * (x.ndim - axis - 1)
    sums = []
    for k, (outputs, inputs, weights) in enumerate(m.rounds):
        seen = np.take(x, inputs, axis)
        if weights is not None:
            seen *= weights.astype(x.dtype).reshape(-1, *behind)
        if k % ROWS == 0:
            if isinstance(outputs, slice):
                sums.append(seen)
                continue
            sums.append(np.zeros((*x.shape[:axis], m.size, *x.shape[axis + 1 :]), x.dtype))
        sums[-1][(*before, outputs)] += seen
    return add(sums) if sums else np.zeros((*x.shape[:axis], m.size, *x.shape[axis + 1 :]), x.dtype)
