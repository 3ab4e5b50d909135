"""The matrix product, cut into pieces for BLAS and for the threads, and the dense layer made of it."""

from __future__ import annotations

import numpy as np

from . import process, reductions, threads

# A product with one side at most this long is thin: rearranging its long operand costs as much as multiplying.
THIN = 16
# Up to so many multiplications OpenBLAS multiplies matrices as they lie, where it can, without rearranging them.
SMALL = 10**6
# What other products are cut into: less, and the rearranging of what all pieces share is felt.
LARGE, LEAST_ROWS = 2**25, 128


def matmul(a, b):
    """y[..., i, k] = sum over j of a[..., i, j] * b[..., j, k]; vectors as in NumPy"""
    if not process.prepared:
        process.prepare()
    if a.itemsize == 2 and a.dtype == b.dtype == np.float16:  # BLAS has none, and a long sum needs more digits
        return matmul(a.astype(np.float32), b.astype(np.float32)).astype(np.float16)
    if a.ndim != 2 or b.ndim != 2:
        return np.matmul(a, b)
    (m, inner), n = a.shape, b.shape[1]
    if inner == 1:
        return a * b  # an outer product: BLAS is many times slower at it
    work = m * inner * n
    if work <= SMALL:
        return np.matmul(a, b)
    if min(m, inner, n) <= THIN:
        return _thin(a, b, work)
    number = min(1 << (work // LARGE).bit_length(), max(m, inner, n) // LEAST_ROWS)
    if inner >= 2 * max(m, n):
        return reductions.add(threads.run(lambda s: a[:, s] @ b[s], threads.cut(inner, number)))
    y = np.empty((m, n), np.result_type(a, b))
    if m >= n:
        threads.run(lambda s: np.matmul(a[s], b, out=y[s]), threads.cut(m, number))
    else:
        threads.run(lambda s: np.matmul(a, b[:, s], out=y[:, s]), threads.cut(n, number))
    return y


def linear(x, weight, bias):
    """y[..., o] = bias[o] + sum over i of x[..., i] * weight[o, i]"""
    y = matmul(x, weight.T)
    return y if bias is None else y + bias


def _thin(a, b, work):
    """Cut the long side into small products of equal size: a stack of matrices, which NumPy multiplies in one call."""
    (m, inner), n = a.shape, b.shape[1]
    least = work // SMALL + 1
    number = next((d for d in range(least, 4 * least) if max(m, n) % d == 0), 1)
    cut = threads.cut(number, 4 if work >= LARGE else 1)
    y = np.empty((m, n), np.result_type(a, b))
    if m >= n:
        a, stack = a.reshape(number, m // number, inner), y.reshape(number, m // number, n)
        threads.run(lambda s: np.matmul(a[s], b, out=stack[s]), cut)
    else:
        b, stack = (x.reshape(len(x), number, n // number).swapaxes(0, 1) for x in (b, y))
        threads.run(lambda s: np.matmul(a, b[s], out=stack[s]), cut)
    return y
