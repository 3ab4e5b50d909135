"""BatchNorm2d and BatchNorm1d: each channel brought to mean 0 and variance 1 over the batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.commit import change_leaves
from .batch_norm import batch_norm, normalize
from .checks import flag, floating, number, same_dtype, whole
from .module import Module
from .parameter import Buffer, Parameter
from .setting import Setting


def _number_or_none(what: str, value: Any, **limits: float) -> float | None:
    return None if value is None else number(what, value, **limits)


class BatchNorm2d(Module):
    """y = (x - mean[c]) / sqrt(var[c] + eps) * weight[c] + bias[c]

    In training, mean and var are the batch's own, per channel over n, h and w, and the running statistics
    follow them; in evaluation the running statistics take their place. See `nn.functional.batch_norm`.

    Args:
        num_features: the number of channels c.
        eps: keeps the root from zero.
        momentum: how far the running statistics move with each batch; None: they are the mean of all batches.
        affine: whether there are weight and bias.
        track_running_stats: if False there are none, and evaluation too uses the batch's own.
        dtype: of parameters and buffers.

    Shapes: x and y (n, c, h, w).
    Parameters: weight (c,), ones at first, and bias (c,), zeros.
    Buffers: running_mean (c,), running_var (c,) and num_batches_tracked ().

    Raises:
        ValueError: in training, when a channel has but one value: then its variance says nothing.

    >>> import tinygrad_edu as tge
    >>> y = tge.nn.BatchNorm2d(1)(tge.arange(6.0).reshape(2, 1, 1, 3) * 100)
    >>> y.data.ravel().round(2)
    array([-1.46, -0.88, -0.29,  0.29,  0.88,  1.46], dtype=float32)

    Ioffe and Szegedy, "Batch normalization" (2015).
    """

    eps: Any = Setting(number, at_least=0)
    momentum: Any = Setting(_number_or_none, at_least=0, at_most=1)
    _fits: dict[int, str] = {4: "images (n, {}, h, w)"}  # noqa: RUF012 (never changed): axes, and what they are

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        *,
        dtype: Any = np.float32,
    ):
        name = type(self).__name__
        self.num_features = whole(f"{name}: num_features", num_features, at_least=1)
        self.eps = eps
        self.momentum = momentum
        self.affine = flag(f"{name}: affine", affine)
        self.track_running_stats = flag(f"{name}: track_running_stats", track_running_stats)
        self.dtype = floating(f"{name}: dtype", dtype)
        self.weight: Parameter | None = Parameter(np.ones(num_features, dtype))
        self.bias: Parameter | None = Parameter(np.zeros(num_features, dtype))
        if not affine:
            self.weight = self.bias = None
        self.running_mean = Buffer(np.zeros(num_features, dtype)) if track_running_stats else None
        self.running_var = Buffer(np.ones(num_features, dtype)) if track_running_stats else None
        self.num_batches_tracked = Buffer(np.zeros((), np.int64)) if track_running_stats else None

    def forward(self, x: Any) -> Any:
        """Normalise, and in training note the batch's statistics."""
        name = type(self).__name__
        same_dtype(name, x, self)
        if x.ndim not in self._fits or x.shape[1] != self.num_features:
            fitting = " or ".join(shape.format(self.num_features) for shape in self._fits.values())
            raise ValueError(f"{name} needs {fitting}, not shape {x.shape}")
        momentum = self.momentum
        statistics = self.running_mean, self.running_var
        if self.training and self.num_batches_tracked is not None:
            if momentum is None:
                momentum = 1 / (int(self.num_batches_tracked) + 1)
            y, changed, values = normalize(x, *statistics, self.weight, self.bias, True, momentum, self.eps)
            count = self.num_batches_tracked
            change_leaves([*changed, count], [*values, count.data + 1])
            return y
        training = self.training or not self.track_running_stats
        return batch_norm(x, *statistics, self.weight, self.bias, training, eps=self.eps)

    def extra_repr(self) -> str:
        """Name the settings."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"track_running_stats={self.track_running_stats}"
        )


class BatchNorm1d(BatchNorm2d):
    """y = (x - mean[c]) / sqrt(var[c] + eps) * weight[c] + bias[c], of rows or signals

    Args:
        num_features, eps, momentum, affine, track_running_stats, dtype: as for `BatchNorm2d`.

    Shapes: x and y (n, c), with mean and var over n; or (n, c, l), over n and l.
    Parameters and buffers are those of `BatchNorm2d`.

    >>> import tinygrad_edu as tge
    >>> tge.nn.BatchNorm1d(1)(tge.tensor([[1.0], [3.0]])).data.round(3)
    array([[-1.],
           [ 1.]], dtype=float32)
    """

    _fits: dict[int, str] = {2: "rows (n, {})", 3: "signals (n, {}, l)"}  # noqa: RUF012 (never changed)
