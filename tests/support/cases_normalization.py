"""The cases of normalisation and of embedding."""

from __future__ import annotations

import numpy as np
from case import ANYWHERE, case
from hypothesis import strategies as st

from tinygrad_edu.testing import strategies as tgst


@st.composite
def standardized(draw):
    x = draw(tgst.arrays(shape=tgst.shapes(min_dims=1, min_side=1), **ANYWHERE))
    return (x,), {"axis": draw(tgst.axes(x.ndim)), "eps": draw(st.sampled_from([0.5, 0.125]))}


def every_axis(x, axis):
    return tuple(range(x.ndim)) if axis is None else axis


def by_moments(x, axis, eps):
    """The variance as the mean of the squares less the square of the mean."""
    axes = every_axis(x, axis)
    mean = x.mean(axis=axes, keepdims=True)
    return (x - mean) * ((x**2).mean(axis=axes, keepdims=True) - mean**2 + eps) ** -0.5


def torch_standardize(torch, x, axis, eps):
    axes = every_axis(x, axis)
    if axes == ():
        return x * 0
    var, mean = torch.var_mean(x, dim=axes, correction=0, keepdim=True)
    return (x - mean) / torch.sqrt(var + eps)


case("standardize", standardized(), by_moments, torch_standardize)


@st.composite
def look_ups(draw):
    rows, width = draw(st.integers(1, 3)), draw(st.integers(0, 3))
    shape = draw(tgst.shapes(max_dims=2, max_side=3))
    indices = np.random.default_rng(draw(st.integers(0, 99))).integers(0, rows, shape)
    return np.asarray(indices, draw(st.sampled_from([np.int64, np.uint8]))), rows, width


@st.composite
def embeddings(draw):
    indices, rows, width = draw(look_ups())
    return (indices, draw(tgst.arrays(shape=(rows, width), **ANYWHERE))), {}


@st.composite
def embeddings_back(draw):
    indices, rows, width = draw(look_ups())
    return (draw(tgst.arrays(shape=(*indices.shape, width), **ANYWHERE)), indices), {"num_embeddings": rows}


def one_hot(indices, rows):
    return (indices[..., None] == np.arange(rows)).astype(float)


case(
    "embedding",
    embeddings(),
    lambda indices, weight: one_hot(indices, len(weight)) @ weight,
    lambda torch, indices, weight: torch.nn.functional.embedding(indices.long(), weight),
)
case(
    "embedding_dweight",
    embeddings_back(),
    lambda g, indices, num_embeddings: (
        one_hot(indices.ravel(), num_embeddings).T @ g.reshape(indices.size, g.shape[-1])
    ),
    lambda torch, g, indices, num_embeddings: torch.zeros(num_embeddings, g.shape[-1], dtype=g.dtype).index_add(
        0,
        indices.long().flatten(),
        g.reshape(-1, g.shape[-1]) if g.numel() else g.reshape(indices.numel(), g.shape[-1]),
    ),
)
