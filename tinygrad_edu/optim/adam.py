"""Adam: steps scaled by how large a gradient has lately been."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..nn.checks import flag, number
from ..nn.setting import Setting
from .optimizer import Optimizer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..autograd.tensor import Tensor


def _two_betas(what: str, value: Any) -> tuple[float, float]:
    """Return a pair of numbers from 0 to below 1, or raise ValueError."""
    try:
        beta1, beta2 = value
        return number(what, beta1, at_least=0, below=1), number(what, beta2, at_least=0, below=1)
    except (TypeError, ValueError):
        raise ValueError(f"{what} must be two numbers from 0 to below 1, not {value!r}") from None


class Adam(Optimizer):
    """w <- w - lr * m^ / (sqrt(v^) + eps),  with running means m of g and v of g^2:

        g  <- g + weight_decay * w                  (an L2 penalty; `AdamW` decays otherwise)
        m  <- beta1 * m + (1 - beta1) * g
        v  <- beta2 * v + (1 - beta2) * g^2         element by element
        m^ = m / (1 - beta1^t),  v^ = v / (1 - beta2^t)      at step t = 1, 2, ...

    m and v start at zero; dividing by 1 - beta^t makes up for that. Where g keeps its sign and size, the
    quotient is about 1 in size: a step of about lr, however large g is. Kingma and Ba, "Adam" (2015).

    With amsgrad, v^ is the largest v so far / (1 - beta2^t): no step grows because large gradients were forgotten.
    Reddi, Kale and Kumar, "On the convergence of Adam and beyond" (2018).

    Args:
        parameters: Tensors that require a gradient, or groups of them; see `Optimizer`.
        lr: the learning rate.
        betas: (beta1, beta2), each from 0 to below 1.
        eps: keeps the quotient finite where v is zero.
        weight_decay: the factor of an L2 penalty, weight_decay / 2 * |w|^2 in the loss.
        amsgrad: see above.

    >>> import numpy as np
    >>> from tinygrad_edu import nn, optim
    >>> w = nn.Parameter(np.array([1.0, 1.0]))
    >>> optimizer = optim.Adam([w], lr=0.1)
    >>> (w * np.array([1.0, 1000.0])).sum().backward()
    >>> optimizer.step()
    >>> w.data                                 # the same step for the gradients 1 and 1000
    array([0.9, 0.9])
    """

    settings = ("lr", "betas", "eps", "weight_decay", "amsgrad")
    buffers = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")  # m, v, and the largest v so far, by PyTorch's names
    later: ClassVar[dict[str, Any]] = {"amsgrad": False}

    betas: Any = Setting(_two_betas)
    eps: Any = Setting(number, at_least=0)
    weight_decay: Any = Setting(number, at_least=0)
    amsgrad: Any = Setting(flag)

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
    ):
        self.betas = betas
        self.eps = eps
        self.weight_decay = weight_decay
        self.amsgrad = amsgrad
        super().__init__(parameters, lr)

    def remembered(self) -> tuple[str, ...]:
        """The largest v is kept with amsgrad only."""
        return self.buffers if self.amsgrad else self.buffers[:2]

    def update(self, w: np.ndarray, g: np.ndarray, t: int, state: dict[str, np.ndarray]) -> Any:
        """Return the next w."""
        if self.weight_decay:
            g = g + self.weight_decay * w
        return w - self.direction(g, t, state)

    def direction(self, g: np.ndarray, t: int, state: dict[str, np.ndarray]) -> Any:
        """Bring m and v up to date and return lr * m^ / (sqrt(v^) + eps)."""
        beta1, beta2 = self.betas
        m = (1 - beta1) * g
        v = (1 - beta2) * (g * g)
        if state:
            m += beta1 * state["exp_avg"]
            v += beta2 * state["exp_avg_sq"]
        state["exp_avg"], state["exp_avg_sq"] = m, v
        if self.amsgrad:
            v = np.maximum(v, state.get("max_exp_avg_sq", v))  # without one, v is the largest there was
            state["max_exp_avg_sq"] = v
        root = np.sqrt(v) / math.sqrt(1 - beta2**t) + self.eps
        return (self.lr / (1 - beta1**t)) * m / root
