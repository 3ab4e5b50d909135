"""Looking rows up, and adding rows up: which place shows which row."""

from ... import ops
from ...autograd.primitive import primitives
from ..elements import loops
from .register import defines


@defines(primitives()["embedding"])
def embedding(at, indices, weight):
    """y[..., d] = weight[indices[...], d]"""
    *place, d = at
    yield weight[indices.array[tuple(place)].astype(int), d]


@defines(ops.embedding_dweight)
def embedding_dweight(at, g, indices, *, num_embeddings):
    """y[k, d] = sum of g[..., d] over the places where indices[...] = k"""
    k, d = at
    place = loops(*g.shape[:-1])
    yield g[(*place, d)].where(indices.array[place] == k)
