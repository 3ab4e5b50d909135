"""RMSprop: steps scaled by the root mean square of the last gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..nn.checks import flag, number
from ..nn.setting import Setting
from .optimizer import Optimizer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..autograd.tensor import Tensor


class RMSprop(Optimizer):
    """w <- w - lr * g / (sqrt(v) + eps),  with a running mean v of g^2:

        g <- g + weight_decay * w
        v <- alpha * v + (1 - alpha) * g^2              element by element, from zero
    centered:        m <- alpha * m + (1 - alpha) * g,  and v - m^2, the variance of g, in place of v
    with momentum:   b <- momentum * b + g / (sqrt(v) + eps),   w <- w - lr * b

    Weights whose gradients are small go as far as those whose gradients are large. v starts at zero and nothing
    makes up for it, so the first steps are long: lr / sqrt(1 - alpha), ten times lr. (`Adam` corrects that.)
    Hinton, "Neural networks for machine learning", lecture 6e (2012); centered: Graves, "Generating sequences with
    recurrent neural networks" (2013). eps stands outside the root, as in PyTorch.

    Args:
        parameters: Tensors that require a gradient, or groups of them; see `Optimizer`.
        lr: the learning rate.
        alpha: the part of v that is kept, from 0 to below 1.
        eps: keeps the quotient finite where v is zero.
        weight_decay: the factor of an L2 penalty, weight_decay / 2 * |w|^2 in the loss.
        momentum: the part of b that is kept, 0 for none.
        centered: see above.

    >>> import numpy as np
    >>> from tinygrad_edu import nn, optim
    >>> w = nn.Parameter(np.array([1.0, 1.0]))
    >>> optimizer = optim.RMSprop([w], lr=0.01)
    >>> (w * np.array([1.0, 1000.0])).sum().backward()
    >>> optimizer.step()
    >>> w.data.round(6)                        # the same step for the gradients 1 and 1000
    array([0.9, 0.9])
    """

    settings = ("lr", "alpha", "eps", "weight_decay", "momentum", "centered")
    buffers = ("square_avg", "momentum_buffer", "grad_avg")  # v, b and m, by PyTorch's names

    alpha: Any = Setting(number, at_least=0, below=1)
    eps: Any = Setting(number, at_least=0)
    weight_decay: Any = Setting(number, at_least=0)
    momentum: Any = Setting(number, at_least=0)
    centered: Any = Setting(flag)

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ):
        self.alpha = alpha
        self.eps = eps
        self.weight_decay = weight_decay
        self.momentum = momentum
        self.centered = centered
        super().__init__(parameters, lr)

    def remembered(self) -> tuple[str, ...]:
        """v always; b with momentum, and m if centered."""
        kept = {"square_avg": True, "momentum_buffer": self.momentum, "grad_avg": self.centered}
        return tuple(name for name, is_kept in kept.items() if is_kept)

    def update(self, w: np.ndarray, g: np.ndarray, t: int, state: dict[str, np.ndarray]) -> Any:
        """Return the next w."""
        if self.weight_decay:
            g = g + self.weight_decay * w
        v = self._mean("square_avg", g * g, state)
        if self.centered:
            m = self._mean("grad_avg", g, state)
            v = np.maximum(v - m * m, 0)  # a variance; rounding alone could make it negative, and its root NaN
        step = g / (np.sqrt(v) + self.eps)
        if self.momentum:
            b = state.get("momentum_buffer")
            step = step if b is None else self.momentum * b + step
            state["momentum_buffer"] = step
        return w - self.lr * step

    def _mean(self, name: str, new: np.ndarray, state: dict[str, np.ndarray]) -> Any:
        """Return a running mean, from zero, after `new` came to it; and remember it."""
        mean = (1 - self.alpha) * new
        if name in state:
            mean = mean + self.alpha * state[name]
        state[name] = mean
        return mean
