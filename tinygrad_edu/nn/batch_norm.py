"""Batch normalisation as a function; the layer that keeps its parameters and statistics is in normalization.py."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.commit import change_leaves
from ..autograd.tensor import Tensor
from ..ops import mean, sqrt


def batch_norm(
    x: Any,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Return (x - mean[c]) / sqrt(var[c] + eps) * weight[c] + bias[c]

    In training, mean and var are those of the batch, per channel over n and all axes behind c, and the gradient flows
    through them: var = sum of (x - mean)^2 / count. The running statistics then move towards the batch's:

        running = (1 - momentum) * running + momentum * new      (the new variance divided by count - 1)

    Otherwise mean and var are the running ones.

    Args:
        x: images (n, c, h, w), signals (n, c, l), rows (n, c), or whatever else has channels on its second axis.
        running_mean, running_var: leaf Tensors (c,), which training changes; None only in training.
        weight, bias: (c,), or None.
        training: see above.
        momentum: the weight of the new batch in the running statistics.
        eps: keeps the root from zero.

    Ioffe and Szegedy, "Batch normalization" (2015).
    """
    y, statistics, values = normalize(x, running_mean, running_var, weight, bias, training, momentum, eps)
    change_leaves(statistics, values)
    return y


def normalize(
    x: Any,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Any,
    bias: Any,
    training: bool,
    momentum: float,
    eps: float,
) -> tuple[Any, list[Tensor], list[np.ndarray]]:
    """Compute `batch_norm`, and return with it the running statistics that are to change, and their new values."""
    statistics: list[Tensor] = []
    values: list[np.ndarray] = []
    _check(x, {"running_mean": running_mean, "running_var": running_var}, {"weight": weight, "bias": bias})
    per_channel, axes = (1, x.shape[1], *(1,) * (x.ndim - 2)), (0, *range(2, x.ndim))
    if training:
        count = x.size // (x.shape[1] or 1)
        if count < 2:
            raise ValueError(f"batch_norm in training needs more than one value per channel; x has shape {x.shape}")
        # The mean is taken twice: first out of the numbers, so that what is rounded in the second is as small as their
        # spread. (At an offset of 10^6 the steps of float32 are 1/16.) A constant shift changes no gradient.
        shift = mean(x.data if isinstance(x, Tensor) else x, axes, True)
        shifted = x - shift
        rest = shifted.mean(axis=axes, keepdims=True)
        centred = shifted - rest
        var = (centred * centred).mean(axis=axes, keepdims=True)
        for running, new, factor in (
            (running_mean, _array(rest) + shift, 1.0),
            (running_var, _array(var), count / (count - 1)),
        ):
            if running is not None:  # by way of arrays: no gradient flows here
                statistics.append(running)
                values.append((1 - momentum) * running.data + (momentum * factor) * new.reshape(running.shape))
    else:
        if running_mean is None or running_var is None:
            raise ValueError("batch_norm outside training needs running_mean and running_var")
        centred = x - running_mean.data.reshape(per_channel)
        var = running_var.data.reshape(per_channel)
    scale = 1 / sqrt(var + eps) if weight is None else weight.reshape(per_channel) / sqrt(var + eps)
    y = centred * scale
    return (y if bias is None else y + bias.reshape(per_channel)), statistics, values


def _array(values: Any) -> np.ndarray:
    return values.data if isinstance(values, Tensor) else values


def _check(x: Any, statistics: dict[str, Any], parameters: dict[str, Any]) -> None:
    """Raise unless x has channels, and what is given else holds one number for each of them."""
    if np.ndim(x) < 2 or not hasattr(x, "shape"):
        raise ValueError(
            f"batch_norm needs images (n, c, h, w), or (n, c, ...), an array or a Tensor, not shape {np.shape(x)}"
        )
    for name, value in statistics.items():
        if value is not None and not isinstance(value, Tensor):
            kind = type(value).__name__
            raise TypeError(
                f"batch_norm: {name} is a Tensor, which training changes, not {kind}; write tge.tensor({name})"
            )
    channels = x.shape[1]
    for name, value in {**statistics, **parameters}.items():
        if value is not None and getattr(value, "shape", None) != (channels,):
            raise ValueError(
                f"batch_norm: x of shape {x.shape} has {channels} channels; {name} must be an array or a Tensor of "
                f"shape ({channels},), not a {type(value).__name__} of shape {np.shape(value)}"
            )
