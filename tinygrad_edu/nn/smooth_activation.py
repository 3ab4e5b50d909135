"""Activations that bend instead of breaking off, as layers; the functions themselves are in `ops/activation.py`."""

from __future__ import annotations

from typing import Any

from .. import ops
from .checks import array_like, number
from .module import Module
from .setting import Setting


class ELU(Module):
    """y = x where x > 0, else alpha * (e^x - 1)

    Args:
        alpha: how far down it levels off, at -alpha.

    Shapes: x any, y the same. Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by
    exponential linear units" (2016).

    >>> import tinygrad_edu as tge
    >>> tge.nn.ELU()(tge.tensor([-100.0, 2.0])).data
    array([-1.,  2.], dtype=float32)
    """

    alpha: Any = Setting(number)

    def __init__(self, alpha: float = 1.0):
        self.alpha = alpha

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("ELU", x)
        return ops.elu(x, self.alpha)

    def extra_repr(self) -> str:
        """Name the depth."""
        return f"alpha={self.alpha}"


class SELU(Module):
    """y = scale * (x where x > 0, else alpha * (e^x - 1)), with the two numbers that keep mean 0 and variance 1

    Shapes: x any, y the same. Klambauer et al., "Self-normalizing neural networks" (2017).

    >>> import tinygrad_edu as tge
    >>> tge.nn.SELU()(tge.tensor([-100.0, 1.0])).data.round(4)
    array([-1.7581,  1.0507], dtype=float32)
    """

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("SELU", x)
        return ops.selu(x)


class Softplus(Module):
    """y = log(1 + e^(beta * x)) / beta: ReLU with its corner rounded off

    Args:
        beta: how sharp the bend is, above 0.
        threshold: where beta * x is larger, y is x.

    Shapes: x any, y the same.

    >>> import tinygrad_edu as tge
    >>> tge.nn.Softplus()(tge.tensor([-100.0, 0.0, 100.0])).data.round(4)
    array([  0.    ,   0.6931, 100.    ], dtype=float32)
    """

    beta: Any = Setting(number, above=0)
    threshold: Any = Setting(number)

    def __init__(self, beta: float = 1.0, threshold: float = 20.0):
        self.beta = beta
        self.threshold = threshold

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("Softplus", x)
        return ops.softplus(x, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """Name the bend."""
        return f"beta={self.beta}, threshold={self.threshold}"


class LogSigmoid(Module):
    """y = log(1 / (1 + e^-x)), also where the sigmoid rounds to 0

    Shapes: x any, y the same.

    >>> import tinygrad_edu as tge
    >>> tge.nn.LogSigmoid()(tge.tensor([-200.0, 200.0])).data
    array([-200.,   -0.], dtype=float32)
    """

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("LogSigmoid", x)
        return ops.logsigmoid(x)


class SiLU(Module):
    """y = x * sigmoid(x), also called swish

    Shapes: x any, y the same. Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units for neural network function
    approximation in reinforcement learning" (2017).

    >>> import tinygrad_edu as tge
    >>> tge.nn.SiLU()(tge.tensor([-100.0, 0.0, 100.0])).data.round(4)
    array([ -0.,   0., 100.], dtype=float32)
    """

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("SiLU", x)
        return ops.silu(x)


class Mish(Module):
    """y = x * tanh(softplus(x))

    Shapes: x any, y the same. Misra, "Mish: a self regularized non-monotonic activation function" (2019).

    >>> import tinygrad_edu as tge
    >>> tge.nn.Mish()(tge.tensor([-100.0, 0.0, 100.0])).data.round(4)
    array([ -0.,   0., 100.], dtype=float32)
    """

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("Mish", x)
        return ops.mish(x)


class GELU(Module):
    """y = x * P(a standard normal number is below x)

    Args:
        approximate: "none" computes P by the error function, "tanh" by a formula that is close to it.

    Shapes: x any, y the same. Hendrycks and Gimpel, "Gaussian error linear units" (2016).

    >>> import tinygrad_edu as tge
    >>> tge.nn.GELU()(tge.tensor([-100.0, 0.0, 1.0])).data.round(4)
    array([-0.    ,  0.    ,  0.8413], dtype=float32)
    """

    def __init__(self, approximate: str = "none"):
        if approximate not in ("none", "tanh"):
            raise ValueError(f'GELU: approximate is "none" or "tanh", not {approximate!r}')
        self.approximate = approximate

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("GELU", x)
        return ops.gelu(x, self.approximate)

    def extra_repr(self) -> str:
        """Name the formula."""
        return f"approximate={self.approximate!r}"
