"""The matrix product, cut into pieces for the threads."""

from __future__ import annotations

import numpy as np

from . import threads

SMALL = 2**16  # multiplications; below this, handing out pieces costs more than it gains


def matmul(a, b):
    """y[..., i, k] = sum over j of a[..., i, j] * b[..., j, k]; vectors as in NumPy"""
    if not threads._blas_limited:
        threads.limit_blas()
    if a.ndim != 2 or b.ndim != 2:
        return np.matmul(a, b)
    (m, inner), n = a.shape, b.shape[1]
    if inner == 1:
        return a * b  # an outer product: BLAS is many times slower at it
    if m * inner * n < SMALL:
        return np.matmul(a, b)
    y = np.empty((m, n), np.result_type(a, b))
    if m >= n:
        def rows(s):
            np.matmul(a[s], b, out=y[s])

        threads.run(rows, threads.pieces(m, (inner + n) * y.itemsize))
    else:
        def columns(s):
            np.matmul(a, b[:, s], out=y[:, s])

        threads.run(columns, threads.pieces(n, (inner + m) * y.itemsize))
    return y
