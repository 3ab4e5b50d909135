"""Activations of straight pieces, sigmoids and softmax as layers; the functions themselves are in `ops/`."""

from __future__ import annotations

from typing import Any

from .. import ops
from .checks import array_like, number, whole
from .module import Module
from .setting import Setting


class ReLU(Module):
    """y = max(x, 0)

    Shapes: x any, y the same. Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines" (2010).

    >>> import tinygrad_edu as tge
    >>> tge.nn.ReLU()(tge.tensor([-1.0, 2.0])).data
    array([0., 2.], dtype=float32)
    """

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("ReLU", x)
        return ops.relu(x)


class LeakyReLU(Module):
    """y = x where x > 0, else negative_slope * x

    Args:
        negative_slope: how steep it is below 0, where ReLU would let no gradient through.

    Shapes: x any, y the same. Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models"
    (2013).

    >>> import tinygrad_edu as tge
    >>> tge.nn.LeakyReLU(0.5)(tge.tensor([-1.0, 2.0])).data
    array([-0.5,  2. ], dtype=float32)
    """

    negative_slope: Any = Setting(number)

    def __init__(self, negative_slope: float = 0.01):
        self.negative_slope = negative_slope

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("LeakyReLU", x)
        return ops.leaky_relu(x, self.negative_slope)

    def extra_repr(self) -> str:
        """Name the slope."""
        return f"negative_slope={self.negative_slope}"


class Hardtanh(Module):
    """y = min(max(x, min_val), max_val): x where it lies between the two, else the nearer one

    Args:
        min_val, max_val: the bounds, the lower one first.

    Shapes: x any, y the same.

    >>> import tinygrad_edu as tge
    >>> tge.nn.Hardtanh()(tge.tensor([-3.0, 0.5, 2.0])).data
    array([-1. ,  0.5,  1. ], dtype=float32)
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0):
        self.min_val, self.max_val = number("Hardtanh: min_val", min_val), number("Hardtanh: max_val", max_val)
        if not self.min_val < self.max_val:
            raise ValueError(f"Hardtanh: min_val must be below max_val, not {min_val!r} and {max_val!r}")

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("Hardtanh", x)
        return ops.hardtanh(x, self.min_val, self.max_val)

    def extra_repr(self) -> str:
        """Name the bounds."""
        return f"min_val={self.min_val}, max_val={self.max_val}"


class ReLU6(Module):
    """y = min(max(x, 0), 6)

    Shapes: x any, y the same. Howard et al., "MobileNets" (2017).

    >>> import tinygrad_edu as tge
    >>> tge.nn.ReLU6()(tge.tensor([-1.0, 2.0, 9.0])).data
    array([0., 2., 6.], dtype=float32)
    """

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("ReLU6", x)
        return ops.relu6(x)


class Tanh(Module):
    """y = tanh(x) = (e^x - e^-x) / (e^x + e^-x), between -1 and 1

    Shapes: x any, y the same.

    >>> import tinygrad_edu as tge
    >>> tge.nn.Tanh()(tge.tensor([-100.0, 0.0, 100.0])).data
    array([-1.,  0.,  1.], dtype=float32)
    """

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("Tanh", x)
        return ops.tanh(x)


class Sigmoid(Module):
    """y = 1 / (1 + e^-x), between 0 and 1

    Shapes: x any, y the same.

    >>> import tinygrad_edu as tge
    >>> tge.nn.Sigmoid()(tge.tensor([-100.0, 0.0, 100.0])).data.round(3)
    array([0. , 0.5, 1. ], dtype=float32)
    """

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("Sigmoid", x)
        return ops.sigmoid(x)


class Softmax(Module):
    """y_i = e^(x_i) / (sum over k of e^(x_k)), along `axis`

    For showing probabilities. The losses take logits: `CrossEntropyLoss` has its own softmax inside.
    Shapes: x any, y the same; along `axis` y sums to 1.

    >>> import tinygrad_edu as tge
    >>> tge.nn.Softmax()(tge.tensor([1.0, 1.0, 1.0, 1.0])).data
    array([0.25, 0.25, 0.25, 0.25], dtype=float32)
    """

    axis: Any = Setting(whole)

    def __init__(self, axis: int = -1):
        self.axis = axis

    def forward(self, x: Any) -> Any:
        """Turn scores into probabilities."""
        array_like("Softmax", x)
        return ops.softmax(x, self.axis)

    def extra_repr(self) -> str:
        """Name the axis."""
        return f"axis={self.axis}"


class LogSoftmax(Softmax):
    """y_i = x_i - log(sum over k of e^(x_k)), along `axis`

    The logarithm of `Softmax`, also where that rounds to 0. Shapes: x any, y the same.

    >>> import tinygrad_edu as tge
    >>> tge.nn.LogSoftmax()(tge.tensor([0.0, 200.0])).data
    array([-200.,    0.], dtype=float32)
    """

    def forward(self, x: Any) -> Any:
        """Turn scores into logarithms of probabilities."""
        array_like("LogSoftmax", x)
        return ops.log_softmax(x, self.axis)
