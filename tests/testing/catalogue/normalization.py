"""Wrong rules of normalisation and of embedding."""

import numpy as np
from wrong import wrong

import tinygrad_edu as tge
from tinygrad_edu import embedding_dweight, mean
from tinygrad_edu.ops.normalization import deviation

embedding = tge.primitives()["embedding"]


@wrong(tge.standardize, "x", "sum", "product rule")
def standardize_forgets_the_spread(g, y, x, *, axis, eps):
    return (g - mean(g, axis, True)) / deviation(x, axis, eps)


@wrong(tge.standardize, "x", "sum", "product rule")
def standardize_forgets_the_mean(g, y, x, *, axis, eps):
    return (g - y * mean(g * y, axis, True)) / deviation(x, axis, eps)


@wrong(tge.standardize, "x", "missing sum")
def standardize_with_fixed_statistics(g, y, x, *, axis, eps):
    return g / deviation(x, axis, eps)


@wrong(tge.standardize, "x", "no upstream", "not linear")
def standardize_forgets_g(g, y, x, *, axis, eps):
    return (1.0 + g * 0.0 - y) / deviation(x, axis, eps)


@wrong(tge.standardize, "x", "sign")
def standardize_with_minus(g, y, x, *, axis, eps):
    return (mean(g, axis, True) + y * mean(g * y, axis, True) - g) / deviation(x, axis, eps)


@wrong(embedding, "weight", "overwritten")
def embedding_overwrites(g, y, indices, weight):
    dweight = np.zeros(weight.shape, g.dtype)
    dweight[indices] = g
    return dweight


@wrong(embedding, "weight", "averaged", "factor")
def embedding_averages(g, y, indices, weight):
    times = np.bincount(np.ravel(indices), minlength=weight.shape[0])
    return embedding_dweight(g, indices, weight.shape[0]) / np.maximum(times, 1.0)[:, None]


@wrong(embedding, "weight", "shape")
def embedding_gives_g(g, y, indices, weight):
    return g
