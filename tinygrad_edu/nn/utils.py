"""Gradient clipping: an upper limit for how far one step can go."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ..autograd.commit import change_gradients
from ..autograd.tensor import Tensor, new_result
from .checks import number

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
    max_norm = number("clip_grad_norm_: max_norm", max_norm, at_least=0)
    if norm_type != math.inf:
        norm_type = number("clip_grad_norm_: norm_type", norm_type, above=0)
    clipped = _with_gradient(parameters)
    total = _norm([p.grad.data for p in clipped], norm_type)  # type: ignore[union-attr]
    if error_if_nonfinite and not math.isfinite(total):
        raise ArithmeticError(f"the norm of the gradients is {total}; they cannot be clipped")
    scale = max_norm / (total + 1e-6)
    if not scale >= 1:
        change_gradients(clipped, [new_result(p.grad.data * scale) for p in clipped])  # type: ignore[union-attr]
    return total


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float) -> None:
    """Bring every element of every gradient into [-clip_value, clip_value]"""
    clip_value = number("clip_grad_value_: clip_value", clip_value, at_least=0)
    clipped = _with_gradient(parameters)
    change_gradients(clipped, [new_result(np.clip(p.grad.data, -clip_value, clip_value)) for p in clipped])  # type: ignore[union-attr]


def _norm(arrays: list[np.ndarray], norm_type: float) -> float:
    """Return the norm of all arrays as one vector."""
    norms = [_norm_of(a.ravel(), norm_type) for a in arrays]
    return float(np.linalg.norm(norms, norm_type)) if norms else 0.0


def _norm_of(array: np.ndarray, norm_type: float) -> float:
    """Return the norm of an array, in float64 where powers leave the range of its own dtype."""
    with np.errstate(over="ignore", under="ignore"):
        norm = float(np.linalg.norm(array, norm_type))
    if 0 < norm < math.inf or array.dtype == np.float64:
        return norm
    return _norm_of(array.astype(np.float64), norm_type)


def _with_gradient(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    parameters = [parameters] if isinstance(parameters, Tensor) else parameters
    if not hasattr(parameters, "__iter__"):
        raise TypeError(f"clipping needs Tensors such as model.parameters() yields, not {type(parameters).__name__}")
    checked = list(parameters)
    for p in checked:
        if not isinstance(p, Tensor):
            raise TypeError(f"clipping needs Tensors such as model.parameters() yields, not {type(p).__name__}")
    return [p for p in checked if p.grad is not None]
