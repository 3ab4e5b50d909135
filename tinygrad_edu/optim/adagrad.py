"""Adagrad: steps that shrink with all gradients that there ever were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..nn.checks import number
from ..nn.setting import Setting
from .optimizer import Optimizer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..autograd.tensor import Tensor


class Adagrad(Optimizer):
    """w <- w - lr / (1 + (t - 1) * lr_decay) * g / (sqrt(s) + eps),  with the sum s of all g^2:

        g <- g + weight_decay * w
        s <- s + g^2                                    element by element, from initial_accumulator_value
                                                        at step t = 1, 2, ...

    A weight that seldom gets a gradient keeps its large steps until it does. Since s only grows, all steps come to
    an end, which suits convex problems better than deep networks. Duchi, Hazan and Singer, "Adaptive subgradient
    methods for online learning and stochastic optimization" (2011).

    Args:
        parameters: Tensors that require a gradient, or groups of them; see `Optimizer`.
        lr: the learning rate.
        lr_decay: how fast the learning rate falls besides, at least 0.
        weight_decay: the factor of an L2 penalty, weight_decay / 2 * |w|^2 in the loss.
        initial_accumulator_value: where s starts, at least 0; above 0 the first steps are shorter.
        eps: keeps the quotient finite where s is zero.

    >>> import numpy as np
    >>> from tinygrad_edu import nn, optim
    >>> w = nn.Parameter(np.array([1.0]))
    >>> optimizer = optim.Adagrad([w], lr=0.1)
    >>> w.grad = nn.Parameter(np.array([4.0])).detach()
    >>> for _ in range(2):                     # lr * 4 / sqrt(16), then lr * 4 / sqrt(32)
    ...     optimizer.step()
    ...     print(w.data.round(3))
    [0.9]
    [0.829]
    """

    settings = ("lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps")
    buffers = ("sum",)  # s, by PyTorch's name

    lr_decay: Any = Setting(number, at_least=0)
    weight_decay: Any = Setting(number, at_least=0)
    initial_accumulator_value: Any = Setting(number, at_least=0)
    eps: Any = Setting(number, at_least=0)

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
    ):
        self.lr_decay = lr_decay
        self.weight_decay = weight_decay
        self.initial_accumulator_value = initial_accumulator_value
        self.eps = eps
        super().__init__(parameters, lr)

    def update(self, w: np.ndarray, g: np.ndarray, t: int, state: dict[str, np.ndarray]) -> Any:
        """Return the next w."""
        if self.weight_decay:
            g = g + self.weight_decay * w
        s = state.get("sum", self.initial_accumulator_value) + g * g
        state["sum"] = s
        return w - (self.lr / (1 + (t - 1) * self.lr_decay)) * g / (np.sqrt(s) + self.eps)
