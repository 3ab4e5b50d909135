"""AdamW: Adam with the weight decay taken out of the gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .adam import Adam

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

    from ..autograd.tensor import Tensor


class AdamW(Adam):
    """w <- w - lr * weight_decay * w - lr * m^ / (sqrt(v^) + eps)

    m^ and v^ are those of `Adam`. There the decay would enter m and v as part of g, and weights with large
    gradients would decay less; here all decay alike. Loshchilov and Hutter, "Decoupled weight decay
    regularization" (2019).

    The arguments are those of `Adam`; only weight_decay starts at 0.01.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
    ):
        super().__init__(parameters, lr, betas, eps, weight_decay, amsgrad)

    def update(self, w: np.ndarray, g: np.ndarray, t: int, state: dict[str, np.ndarray]) -> Any:
        """Return the next w."""
        return w * (1 - self.lr * self.weight_decay) - self.direction(g, t, state)
