"""Stochastic gradient descent, the plain one and with momentum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .optimizer import Optimizer

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

    from ..autograd.tensor import Tensor


class SGD(Optimizer):
    """w <- w - lr * g

    With weight_decay:   g <- g + weight_decay * w                     first
    With momentum:       v <- momentum * v + (1 - dampening) * g       (v <- g at the first step)
                         w <- w - lr * v
    and with nesterov:   w <- w - lr * (g + momentum * v)

    v is a running direction: g's that agree from step to step add up, others cancel out. Nesterov looks ahead
    to where v leads. Sutskever et al., "On the importance of initialization and momentum in deep learning"
    (2013); the form with lr outside v is PyTorch's.

    Args:
        parameters: Tensors that require a gradient.
        lr: the learning rate.
        momentum: the part of v that is kept, 0 for none.
        dampening: the part of g that does not enter v.
        weight_decay: the factor of an L2 penalty, weight_decay / 2 * |w|^2 in the loss.
        nesterov: see above; needs momentum, and no dampening.

    >>> import numpy as np
    >>> from tinygrad_edu import nn, optim
    >>> w = nn.Parameter(np.array([1.0]))
    >>> optimizer = optim.SGD([w], lr=0.1)
    >>> (w * w).sum().backward()               # the gradient is 2 w
    >>> optimizer.step()
    >>> w.data
    array([0.8])
    """

    settings = ("lr", "momentum", "dampening", "weight_decay", "nesterov")

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ):
        self.momentum = momentum
        self.dampening = dampening
        self.weight_decay = weight_decay
        self.nesterov = nesterov
        super().__init__(parameters, lr)
        self.check_settings()

    def buffer_names(self) -> tuple[str, ...]:
        """Momentum keeps v."""
        return ("momentum_buffer",) if self.momentum else ()

    def update(self, i: int, w: np.ndarray, g: np.ndarray) -> Any:
        """Return the next w."""
        if self.weight_decay:
            g = g + self.weight_decay * w
        if self.momentum:
            velocities = self.buffers.setdefault("momentum_buffer", {})
            if i in velocities:
                velocities[i] = self.momentum * velocities[i] + (1 - self.dampening) * g
            else:
                velocities[i] = +g  # a copy: the gradient's array is not ours
            g = g + self.momentum * velocities[i] if self.nesterov else velocities[i]
        return w - float(self.lr) * g

    def check_settings(self) -> None:
        """Raise ValueError if a setting makes no sense."""
        self.at_least_zero("lr", "momentum", "weight_decay")
        self.dampening = float(self.dampening)
        if self.nesterov and (self.momentum <= 0 or self.dampening != 0):
            raise ValueError(
                f"SGD: nesterov needs momentum > 0 and dampening 0, not {self.momentum} and {self.dampening}"
            )
