"""Gradient clipping: an upper limit for how far one step can go."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterable


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> float:
    """Scale all gradients by min(1, max_norm / (norm + 1e-6)), with the norm of all of them as one vector

    Args:
        parameters: Tensors; those without a gradient are passed over.
        max_norm: the norm the gradients may have.
        norm_type: p of the norm (sum |g|^p)^(1/p); may be infinite.
        error_if_nonfinite: raise ArithmeticError if the norm is NaN or infinite, before anything is changed.

    Returns: the norm the gradients had.

    >>> import numpy as np
    >>> from tinygrad_edu import nn
    >>> p = nn.Parameter(np.zeros(2))
    >>> (p * [30.0, 40.0]).sum().backward()
    >>> nn.utils.clip_grad_norm_([p], 5.0)
    50.0
    >>> p.grad.data.round(3)
    array([3., 4.])
    """
    if not max_norm >= 0 or not norm_type > 0:
        raise ValueError(f"max_norm={max_norm} must not be negative, norm_type={norm_type} must be positive")
    clipped = _with_gradient(parameters)
    norms = [float(np.linalg.norm(p.grad.data.ravel(), norm_type)) for p in clipped]  # type: ignore[union-attr]
    total = float(np.linalg.norm(norms, norm_type)) if norms else 0.0
    if error_if_nonfinite and not math.isfinite(total):
        raise ArithmeticError(f"the norm of the gradients is {total}; they cannot be clipped")
    scale = max_norm / (total + 1e-6)
    if not scale >= 1:
        for p in clipped:
            _set_gradient(p, p.grad.data * scale)  # type: ignore[union-attr]
    return total


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float) -> None:
    """Bring every element of every gradient into [-clip_value, clip_value]"""
    if not clip_value >= 0:
        raise ValueError(f"clip_value={clip_value} must not be negative")
    for p in _with_gradient(parameters):
        _set_gradient(p, np.clip(p.grad.data, -clip_value, clip_value))  # type: ignore[union-attr]


def _with_gradient(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    parameters = [parameters] if isinstance(parameters, Tensor) else parameters
    return [p for p in parameters if p.grad is not None]


def _set_gradient(p: Tensor, gradient: Any) -> None:
    array = np.asarray(gradient)
    array.setflags(write=False)  # ours alone: no copy needed
    p.grad = Tensor(array)
