"""The matrix product, cut into pieces for BLAS and for the threads."""

from __future__ import annotations

from functools import reduce

import numpy as np

from . import threads

# A product with at most so many rows or columns is thin: rearranging its long operand costs as much as multiplying.
THIN = 16
# Up to so many multiplications OpenBLAS multiplies matrices as they lie, where it can, without rearranging them.
SMALL = 10**6
# What other products are cut into: less, and the rearranging of what all pieces share is felt.
LARGE, LEAST_ROWS = 2**25, 128
# What is worth handing to another thread.
WORTH_A_THREAD = 2**23


def matmul(a, b):
    """y[..., i, k] = sum over j of a[..., i, j] * b[..., j, k]; vectors as in NumPy"""
    if not threads._blas_limited:
        threads.limit_blas()
    if a.ndim != 2 or b.ndim != 2:
        return np.matmul(a, b)
    (m, inner), n = a.shape, b.shape[1]
    if inner == 1:
        return a * b  # an outer product: BLAS is many times slower at it
    work = m * inner * n
    if work <= SMALL:
        return np.matmul(a, b)
    if min(m, n) <= THIN:
        number = 1 << (work // SMALL).bit_length()
    else:
        number = min(1 << (work // LARGE).bit_length(), max(m, inner, n) // LEAST_ROWS)
        if inner >= 2 * max(m, n):
            return reduce(np.add, threads.run(lambda s: a[:, s] @ b[s], threads.cut(inner, number)))
    y = np.empty((m, n), np.result_type(a, b))
    if m >= n:
        threads.run(lambda s: np.matmul(a[s], b, out=y[s]), threads.cut(m, number), work >= WORTH_A_THREAD)
    else:
        threads.run(lambda s: np.matmul(a, b[:, s], out=y[:, s]), threads.cut(n, number), work >= WORTH_A_THREAD)
    return y
