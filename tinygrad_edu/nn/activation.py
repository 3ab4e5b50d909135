"""The activations as layers; the functions themselves, with their derivatives, are in `ops/`."""

from __future__ import annotations

from typing import Any

from .. import ops
from .checks import array_like, number, whole
from .module import Module


class ReLU(Module):
    """y = max(x, 0)"""

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("ReLU", x)
        return ops.relu(x)


class LeakyReLU(Module):
    """y = x where x > 0, else negative_slope * x"""

    def __init__(self, negative_slope: float = 0.01):
        self.negative_slope = number("LeakyReLU: negative_slope", negative_slope)

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("LeakyReLU", x)
        return ops.leaky_relu(x, self.negative_slope)

    def extra_repr(self) -> str:
        """Name the slope."""
        return f"negative_slope={self.negative_slope}"


class Tanh(Module):
    """y = tanh(x)"""

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("Tanh", x)
        return ops.tanh(x)


class Sigmoid(Module):
    """y = 1 / (1 + e^-x)"""

    def forward(self, x: Any) -> Any:
        """Apply it to each element."""
        array_like("Sigmoid", x)
        return ops.sigmoid(x)


class Softmax(Module):
    """y_i = e^(x_i) / (sum over k of e^(x_k)), along `axis`

    For showing probabilities. The losses take logits: `CrossEntropyLoss` has its own softmax inside.
    """

    def __init__(self, axis: int = -1):
        self.axis = whole(f"{type(self).__name__}: axis", axis)

    def forward(self, x: Any) -> Any:
        """Turn scores into probabilities."""
        array_like("Softmax", x)
        return ops.softmax(x, self.axis)

    def extra_repr(self) -> str:
        """Name the axis."""
        return f"axis={self.axis}"


class LogSoftmax(Softmax):
    """y_i = x_i - log(sum over k of e^(x_k)), along `axis`"""

    def forward(self, x: Any) -> Any:
        """Turn scores into logarithms of probabilities."""
        array_like("LogSoftmax", x)
        return ops.log_softmax(x, self.axis)
