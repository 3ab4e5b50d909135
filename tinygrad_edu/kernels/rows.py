"""Rows added up where they belong together: the gradient of looking rows up."""

from __future__ import annotations

import numpy as np

from .reductions import ROWS


def add_rows(rows, at, count):
    """y[k] = sum of rows[i] over the i with at[i] = k

    The rows are sorted by where they go and added in blocks of at most ROWS, and the blocks' sums again, so that a sum
    is as accurate for ten thousand rows as for ten.
    """
    if rows.dtype == np.float16:
        return add_rows(rows.astype(np.float32), at, count).astype(np.float16)
    y = np.zeros((count, rows.shape[1]), rows.dtype)
    order = np.argsort(at, kind="stable")
    rows, at = rows[order], at[order]
    while len(at):
        place = np.arange(len(at)) - np.searchsorted(at, at)  # among those that go where this one goes
        starts = np.flatnonzero(place % ROWS == 0)
        rows, at = np.add.reduceat(rows, starts), at[starts]
        if place.max() < ROWS:  # one block for each place that anything goes to
            y[at] = rows
            break
    return y
