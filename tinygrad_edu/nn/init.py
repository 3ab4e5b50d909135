"""Initial weights: random numbers whose spread keeps signals alike from layer to layer.

A unit sums fan_in products. If the weights have variance s^2, the sum has variance fan_in * s^2 times that of
the inputs; so s^2 = 1 / fan_in keeps it (times gain^2, for what the activation takes away). Backwards the
same holds with fan_out. Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
networks" (2010), balance the two; He et al., "Delving deep into rectifiers" (2015), choose one and add the
gain for ReLU, sqrt(2).

Every function takes a shape, (out, in) or (out, in, kh, kw), and returns a new array. Numbers are drawn in
float64 and then rounded, so the same generator gives the same weights in every dtype.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..random import generator
from .checks import floating, number, whole

Shape = tuple[int, ...]


def fans(shape: Shape) -> tuple[int, int]:
    """Return (fan_in, fan_out) of a weight: how many inputs a unit has, and how many units an input reaches.

    >>> fans((8, 1, 3, 3))
    (9, 72)
    """
    shape = _checked(shape)
    if len(shape) < 2:
        raise ValueError(f"a weight of shape {shape} has no fan_in and fan_out; (out, in, ...) has")
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


def gain(nonlinearity: str, negative_slope: float = 0.01) -> float:
    """Return the factor that makes up for what an activation takes away from the spread of its inputs.

    1 for "linear", "conv2d" and "sigmoid", 5/3 for "tanh", sqrt(2) for "relu", sqrt(2 / (1 + slope^2)) for
    "leaky_relu".
    """
    slope = number("negative_slope", negative_slope)
    gains = {
        "linear": 1.0,
        "conv2d": 1.0,
        "sigmoid": 1.0,
        "tanh": 5 / 3,
        "relu": math.sqrt(2),
        "leaky_relu": math.sqrt(2 / (1 + slope**2)),
    }
    if nonlinearity not in gains:
        raise ValueError(f"there is no gain for {nonlinearity!r}; there is for: {', '.join(gains)}")
    return gains[nonlinearity]


def uniform(
    shape: Shape, low: float, high: float, *, rng: np.random.Generator | None = None, dtype: Any = np.float32
) -> np.ndarray:
    """Draw every element from U(low, high)."""
    low, high = number("uniform: low", low), number("uniform: high", high)
    return generator(rng).uniform(low, high, _checked(shape)).astype(floating("dtype", dtype))


def normal(shape: Shape, std: float, *, rng: np.random.Generator | None = None, dtype: Any = np.float32) -> np.ndarray:
    """Draw every element from N(0, std^2)."""
    std = number("normal: std", std, at_least=0)
    return (std * generator(rng).standard_normal(_checked(shape))).astype(floating("dtype", dtype))


def kaiming_uniform(
    shape: Shape,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    rng: np.random.Generator | None = None,
    dtype: Any = np.float32,
) -> np.ndarray:
    """Draw from U(-b, b), b = gain * sqrt(3 / fan)

    He initialisation: the standard deviation is gain / sqrt(fan), as b / sqrt(3) is that of U(-b, b).

    Args:
        shape: of the weight, (out, in, ...).
        a: the slope of a leaky ReLU for negative inputs (0: a plain ReLU); used for "leaky_relu" only.
        mode: "fan_in" keeps the spread going forward, "fan_out" going backward.
        nonlinearity: what follows the layer; see `gain`.
        rng: a NumPy Generator; the library's own if None.
        dtype: of the result.
    """
    bound = math.sqrt(3) * _he_std(shape, a, mode, nonlinearity)
    return uniform(shape, -bound, bound, rng=rng, dtype=dtype)


def kaiming_normal(
    shape: Shape,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    rng: np.random.Generator | None = None,
    dtype: Any = np.float32,
) -> np.ndarray:
    """Draw from N(0, gain^2 / fan): He initialisation; the arguments are those of `kaiming_uniform`."""
    return normal(shape, _he_std(shape, a, mode, nonlinearity), rng=rng, dtype=dtype)


def xavier_uniform(
    shape: Shape, gain: float = 1.0, *, rng: np.random.Generator | None = None, dtype: Any = np.float32
) -> np.ndarray:
    """Draw from U(-b, b), b = gain * sqrt(6 / (fan_in + fan_out)): Glorot's initialisation."""
    bound = number("gain", gain, at_least=0) * math.sqrt(6 / _positive(sum(fans(shape)), shape))
    return uniform(shape, -bound, bound, rng=rng, dtype=dtype)


def xavier_normal(
    shape: Shape, gain: float = 1.0, *, rng: np.random.Generator | None = None, dtype: Any = np.float32
) -> np.ndarray:
    """Draw from N(0, gain^2 * 2 / (fan_in + fan_out)): Glorot's initialisation."""
    std = number("gain", gain, at_least=0) * math.sqrt(2 / _positive(sum(fans(shape)), shape))
    return normal(shape, std, rng=rng, dtype=dtype)


def default(
    weight_shape: Shape,
    *,
    outputs: int | None = None,
    rng: np.random.Generator | None = None,
    dtype: Any = np.float32,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weight and the bias (out,) a layer starts with: both from U(-b, b), b = 1 / sqrt(fan_in)

    `outputs` is the bias's length where that is not the weight's first axis, as in a transposed convolution.

    This is what PyTorch's Conv2d and Linear do (kaiming_uniform with a = sqrt(5)), a third of the variance of
    Glorot's and a sixth of He's; it is kept so that results compare.
    """
    bound = 1 / math.sqrt(_positive(fans(weight_shape)[0], weight_shape))
    weight = uniform(weight_shape, -bound, bound, rng=rng, dtype=dtype)
    return weight, uniform(weight_shape[:1] if outputs is None else (outputs,), -bound, bound, rng=rng, dtype=dtype)


def _he_std(shape: Shape, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f'mode is "fan_in" or "fan_out", not {mode!r}')
    fan = fans(shape)[mode == "fan_out"]
    return gain(nonlinearity, a) / math.sqrt(_positive(fan, shape))


def _checked(shape: Any) -> Shape:
    """Return a shape as a tuple of integers.  Raises TypeError for a layer or a weight, saying how to give it one."""
    if not isinstance(shape, (tuple, list)):
        raise TypeError(
            f"this takes the shape of a weight and returns an array, and was given a {type(shape).__name__}; write "
            "layer.weight.data = nn.init.kaiming_uniform(layer.weight.shape)"
        )
    return tuple(whole("an axis of the shape", n, at_least=0) for n in shape)


def _positive(fan: int, shape: Shape) -> int:
    if fan < 1:
        raise ValueError(f"a weight of shape {tuple(shape)} has no inputs or no outputs")
    return fan
