"""Embedding: a learnt row of numbers for each of a set of things."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import ops
from ..autograd.commit import change_leaves
from ..autograd.tensor import Tensor
from . import init
from .checks import floating, number, whole
from .module import Module
from .parameter import Parameter
from .setting import Setting


def _number_or_none(what: str, value: Any, **limits: float) -> float | None:
    return None if value is None else number(what, value, **limits)


class Embedding(Module):
    """y[..., d] = weight[x[...], d]: the row of each number in x

    Args:
        num_embeddings: how many rows there are.
        embedding_dim: how long each is.
        padding_idx: a row that is not trained, and zeros at first; or None.
        max_norm: rows that are looked up and longer than this are shortened to it, before; or None.
        norm_type: their length is (sum of |w|^norm_type)^(1/norm_type).
        rng: a NumPy Generator for the initial weights; the library's own if None.
        dtype: of the weight, and so of everything computed.

    Shapes: x any, integers from 0 to num_embeddings - 1; y (*x.shape, embedding_dim).
    Parameter: weight (num_embeddings, embedding_dim), which starts in N(0, 1).

    >>> import tinygrad_edu as tge
    >>> tge.nn.Embedding(10, 3)(tge.tensor([[1, 2], [4, 5]])).shape
    (2, 2, 3)
    """

    max_norm: Any = Setting(_number_or_none, above=0)
    norm_type: Any = Setting(number, above=0)

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ):
        self.num_embeddings = whole("Embedding: num_embeddings", num_embeddings, at_least=1)
        self.embedding_dim = whole("Embedding: embedding_dim", embedding_dim, at_least=1)
        weight = init.normal(
            (self.num_embeddings, self.embedding_dim), 1.0, rng=rng, dtype=floating("Embedding: dtype", dtype)
        )
        if padding_idx is not None:
            padding_idx = whole("Embedding: padding_idx", padding_idx)
            if not -num_embeddings <= padding_idx < num_embeddings:
                raise ValueError(
                    f"Embedding: padding_idx is the number of one of {num_embeddings} rows, not {padding_idx}"
                )
            padding_idx %= num_embeddings
            weight[padding_idx] = 0
        self.padding_idx, self.max_norm, self.norm_type = padding_idx, max_norm, norm_type
        self.weight = Parameter(weight)

    def forward(self, x: Any) -> Any:
        """Look the rows up."""
        if not hasattr(x, "dtype") or x.dtype.kind not in "iu":
            kind = getattr(x, "dtype", type(x).__name__)
            raise TypeError(f"Embedding takes a Tensor or an array of integers, not {kind}; use tge.tensor(...)")
        if self.max_norm is not None:
            self._shorten(x.data if isinstance(x, Tensor) else x)
        return ops.embedding(x, self.weight, self.padding_idx)

    def _shorten(self, indices: np.ndarray) -> None:
        """Bring the rows that are looked up to a length of at most max_norm, as PyTorch does: in place."""
        rows = np.unique(indices[(indices >= 0) & (indices < self.num_embeddings)])
        weight = np.array(self.weight.data)
        length = (np.abs(weight[rows]) ** self.norm_type).sum(axis=1, keepdims=True) ** (1 / self.norm_type)
        long = length > self.max_norm
        if long.any():
            weight[rows] = np.where(long, weight[rows] * (self.max_norm / (length + 1e-7)), weight[rows])
            change_leaves([self.weight], [weight])

    def extra_repr(self) -> str:
        """Name the sizes, and the rest where it is set."""
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        for name in ("padding_idx", "max_norm"):
            if getattr(self, name) is not None:
                text += f", {name}={getattr(self, name)}"
        return text
