"""Adam: steps scaled by how large a gradient has lately been."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from .optimizer import Optimizer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..autograd.tensor import Tensor


class Adam(Optimizer):
    """w <- w - lr * m^ / (sqrt(v^) + eps),  with running means m of g and v of g^2:

        g  <- g + weight_decay * w                  (an L2 penalty; `AdamW` decays otherwise)
        m  <- beta1 * m + (1 - beta1) * g
        v  <- beta2 * v + (1 - beta2) * g^2         element by element
        m^ = m / (1 - beta1^t),  v^ = v / (1 - beta2^t)      at step t = 1, 2, ...

    m and v start at zero; dividing by 1 - beta^t makes up for that. Where g keeps its sign and size, the
    quotient is about 1 in size: a step of about lr, however large g is. Kingma and Ba, "Adam" (2015).

    Args:
        parameters: Tensors that require a gradient.
        lr: the learning rate.
        betas: (beta1, beta2), each from 0 to below 1.
        eps: keeps the quotient finite where v is zero.
        weight_decay: the factor of an L2 penalty, weight_decay / 2 * |w|^2 in the loss.

    >>> import numpy as np
    >>> from tinygrad_edu import nn, optim
    >>> w = nn.Parameter(np.array([1.0, 1.0]))
    >>> optimizer = optim.Adam([w], lr=0.1)
    >>> (w * np.array([1.0, 1000.0])).sum().backward()
    >>> optimizer.step()
    >>> w.data                                 # the same step for the gradients 1 and 1000
    array([0.9, 0.9])
    """

    settings = ("lr", "betas", "eps", "weight_decay")

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        super().__init__(parameters, lr)
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.check_settings()

    def buffer_names(self) -> tuple[str, ...]:
        """m and v, by PyTorch's names."""
        return "exp_avg", "exp_avg_sq"

    def update(self, i: int, w: np.ndarray, g: np.ndarray) -> Any:
        """Return the next w."""
        if self.weight_decay:
            g = g + self.weight_decay * w
        return w - self.direction(i, g)

    def direction(self, i: int, g: np.ndarray) -> Any:
        """Bring m and v of parameter i up to date and return lr * m^ / (sqrt(v^) + eps)."""
        beta1, beta2 = self.betas
        t = self.steps[i]
        means, squares = self.buffers["exp_avg"], self.buffers["exp_avg_sq"]
        if i not in means:
            means[i], squares[i] = np.zeros_like(g), np.zeros_like(g)
        m, v = means[i], squares[i]  # our own arrays: changed in place, to save the memory traffic
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        v += (1 - beta2) * (g * g)
        root = np.sqrt(v) / math.sqrt(1 - beta2**t) + self.eps
        return (float(self.lr) / (1 - beta1**t)) * m / root

    def check_settings(self) -> None:
        """Raise ValueError if a setting makes no sense."""
        self.at_least_zero("lr", "eps", "weight_decay")
        try:
            beta1, beta2 = (float(b) for b in self.betas)
        except (TypeError, ValueError):
            beta1 = beta2 = -1.0
        if not (0 <= beta1 < 1 and 0 <= beta2 < 1):
            raise ValueError(f"{type(self).__name__}: betas must be two numbers from 0 to below 1, not {self.betas!r}")
        self.betas = (beta1, beta2)
