"""The matrix product, cut into pieces for the threads."""

from __future__ import annotations

import numpy as np

from . import threads

# How much a piece is: less, and BLAS spends its time on rearranging the operand that all pieces share.
PIECE_MULTIPLICATIONS = 2**22


def matmul(a, b):
    """y[..., i, k] = sum over j of a[..., i, j] * b[..., j, k]; vectors as in NumPy"""
    if not threads._blas_limited:
        threads.limit_blas()
    if a.ndim != 2 or b.ndim != 2:
        return np.matmul(a, b)
    (m, inner), n = a.shape, b.shape[1]
    if inner == 1:
        return a * b  # an outer product: BLAS is many times slower at it
    number = 1 << (m * inner * n // PIECE_MULTIPLICATIONS).bit_length()
    if number == 1:
        return np.matmul(a, b)
    y = np.empty((m, n), np.result_type(a, b))
    if m >= n:
        threads.run(lambda s: np.matmul(a[s], b, out=y[s]), threads.cut(m, number))
    else:
        threads.run(lambda s: np.matmul(a, b[:, s], out=y[:, s]), threads.cut(n, number))
    return y
