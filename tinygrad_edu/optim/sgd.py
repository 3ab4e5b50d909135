"""Stochastic gradient descent, the plain one and with momentum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..nn.checks import flag, number
from ..nn.setting import Setting
from .optimizer import Optimizer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
        parameters: Tensors that require a gradient, or groups of them; see `Optimizer`.
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
    buffers = ("momentum_buffer",)

    momentum: Any = Setting(number, at_least=0)
    dampening: Any = Setting(number)
    weight_decay: Any = Setting(number, at_least=0)
    nesterov: Any = Setting(flag)

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

    def remembered(self) -> tuple[str, ...]:
        """v is kept with momentum only."""
        return self.buffers if self.momentum else ()

    def update(self, w: np.ndarray, g: np.ndarray, t: int, state: dict[str, np.ndarray]) -> Any:
        """Return the next w."""
        if self.weight_decay:
            g = g + self.weight_decay * w
        if self.momentum:
            v = state.get("momentum_buffer")
            v = +g if v is None else self.momentum * v + (1 - self.dampening) * g  # +g: a copy, to be our own
            state["momentum_buffer"] = v
            g = g + self.momentum * v if self.nesterov else v
        return w - self.lr * g

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        """Raise ValueError for Nesterov's momentum without momentum, or with dampening."""
        momentum, dampening = settings["momentum"], settings["dampening"]
        if settings["nesterov"] and (momentum == 0 or dampening != 0):
            raise ValueError(f"SGD: nesterov needs momentum > 0 and dampening 0, not {momentum} and {dampening}")
