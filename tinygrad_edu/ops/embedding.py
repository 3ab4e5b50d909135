"""Embedding: each of a set of things has a row of numbers of its own, which is looked up, and learnt."""

from __future__ import annotations

import operator

import numpy as np

from ..autograd.primitive import primitive
from ..autograd.tensor import Tensor
from ..kernels import active
from .choice import where
from .composite import composite


@primitive(name="embedding")
def _embedding(indices, weight):
    """y[..., d] = weight[indices[...], d]"""
    indices = _checked("embedding", indices, len(weight))
    return weight[indices]


_embedding.zero_gradient("indices")


@_embedding.backward("weight")
def embedding_dweight_rule(g, y, indices, weight):
    """dL/dweight[k] = the sum of g over all places where k was looked up

    y[..., d] is the element weight[k, d] for k = indices[...], of slope 1: a row receives the g of every place that
    shows it, and one that nobody looked up receives 0. <g, embedding(weight)> = <embedding_dweight(g), weight>.
    """
    return embedding_dweight(g, indices, weight.shape[0])


@primitive
def embedding_dweight(g, indices, *, num_embeddings):
    """y[k, d] = sum of g[..., d] over the places where indices[...] = k"""
    indices = _checked("embedding_dweight", indices, num_embeddings)
    if g.shape[:-1] != indices.shape:
        raise ValueError(f"embedding_dweight: indices of shape {indices.shape} do not fit g of shape {g.shape}")
    rows = np.ascontiguousarray(g).reshape(indices.size, g.shape[-1])
    return active.kernels.add_rows(rows, indices.ravel(), operator.index(num_embeddings))


@embedding_dweight.backward("g")
def embedding_dweight_dg(u, y, g, indices, *, num_embeddings):
    """dL/dg = u looked up: embedding(indices, u)

    y is linear in g and the adjoint of looking up, so its rule is the adjoint of that: looking up itself.
    """
    return _embedding(indices, u)


embedding_dweight.zero_gradient("indices")


@composite
def embedding(indices, weight, padding_idx=None):
    """Return y[..., d] = weight[indices[...], d]: the row of each index

    That is onehot(indices) @ weight, without the zeros. The gradient of a row is the sum over all places that show it.

    Args:
        indices: integers from 0 to num_embeddings - 1, of any shape: an array or a Tensor.
        weight: one row for each thing, (num_embeddings, embedding_dim).
        padding_idx: a row that receives no gradient, as what fills up shorter sentences; None: there is none.

    Returns: y (*indices.shape, embedding_dim).

    Raises:
        ValueError, TypeError: indices out of range, or no integers; a weight that has not two axes.

    >>> import tinygrad_edu as tge
    >>> weight = tge.tensor([[0.0, 0.0], [1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    >>> y = tge.embedding([[1, 1, 0]], weight, padding_idx=0)
    >>> y.sum().backward()
    >>> weight.grad.data
    array([[0., 0.], [2., 2.], [0., 0.]], dtype=float32)
    """
    if len(np.shape(weight)) != 2:
        raise ValueError(f"embedding needs a weight (num_embeddings, embedding_dim), not of shape {np.shape(weight)}")
    y = _embedding(indices, weight)
    if padding_idx is None:
        return y
    count = np.shape(weight)[0]
    if not hasattr(padding_idx, "__index__") or not -count <= padding_idx < count:
        raise ValueError(f"embedding: padding_idx is the number of one of {count} rows, not {padding_idx!r}")
    is_padding = np.asarray(indices.data if isinstance(indices, Tensor) else indices) == padding_idx % count
    return where(is_padding[..., None], y.data if isinstance(y, Tensor) else y, y)


def _checked(op, indices, count):
    """Return the indices as an integer array, or raise naming the one that there is not."""
    indices = np.asarray(indices)
    if indices.dtype.kind not in "iu" and indices.size:
        raise TypeError(f"{op}: indices are integers, not {indices.dtype}")
    if indices.size and not (np.min(indices) >= 0 and np.max(indices) < count):
        wrong = indices[(indices < 0) | (indices >= count)].flat[0]
        raise ValueError(f"{op}: there is no row {wrong}; {count} rows are numbered 0 to {count - 1}")
    return indices.astype(np.intp, copy=False)
