"""Linear: every output sees every input."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..ops import linear
from . import init
from .checks import flag, floating, same_dtype, whole
from .module import Module
from .parameter import Parameter


class Linear(Module):
    """y = x @ weight^T + bias:  y[n,o] = bias[o] + sum over i of x[n,i] * weight[o,i]

    The dense (fully connected) layer.

    Args:
        in_features, out_features: how long the last axis is before and after.
        bias: whether there is one.
        rng: a NumPy Generator for the initial weights; the library's own if None.
        dtype: of the parameters, and so of everything computed.

    Shapes: x (..., in_features), y (..., out_features).
    Parameters: weight (out_features, in_features) and bias (out_features,); they start in
    U(-1/sqrt(in_features), 1/sqrt(in_features)), see `nn.init.default`.

    >>> import tinygrad_edu as tge
    >>> tge.nn.Linear(3, 2)(tge.ones(5, 3)).shape
    (5, 2)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ):
        self.in_features = whole("Linear: in_features", in_features, at_least=1)
        self.out_features = whole("Linear: out_features", out_features, at_least=1)
        shape = (self.out_features, self.in_features)
        weight, start = init.default(shape, rng=rng, dtype=floating("Linear: dtype", dtype))
        self.weight = Parameter(weight)
        self.bias: Parameter | None = Parameter(start)
        if not flag("Linear: bias", bias):
            self.bias = None

    def forward(self, x: Any) -> Any:
        """Multiply by the weight and add the bias."""
        same_dtype("Linear", x, self.weight)
        return linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Name the sizes."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"
