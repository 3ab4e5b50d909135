"""Initial weights: random numbers whose spread keeps signals alike from layer to layer.

A unit sums fan_in products. If the weights have variance s^2, the sum has variance fan_in * s^2 times that of
the inputs; so s^2 = 1 / fan_in keeps it (times gain^2, for what the activation takes away). Backwards the
same holds with fan_out. Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
networks" (2010), balance the two; He et al., "Delving deep into rectifiers" (2015), choose one and add the
gain for ReLU, sqrt(2).

Every function takes a shape, (out, in) or (out, in, kh, kw), and returns a new array. Numbers are drawn in
float64 and then rounded, so the same generator gives the same weights in every dtype. Where the axes mean something
else, `layout` says what; where the fan is known better, it can be given as a number.

    "linear"        (out, in / groups, ...)    Linear, Conv1d and Conv2d
    "transposed"    (in, out / groups, ...)    ConvTranspose2d
    "embedding"     (rows, out)                Embedding: of all its inputs one is 1, the others are 0
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..random import generator
from .checks import floating, number, whole

Shape = tuple[int, ...]
LAYOUTS = ("linear", "transposed", "embedding")


def fans(shape: Shape, layout: str = "linear", groups: int = 1) -> tuple[int, int]:
    """Return (fan_in, fan_out) of a weight: how many inputs a unit has, and how many units an input reaches.

    Args:
        shape: of the weight.
        layout: what its axes are: "linear", "transposed" or "embedding", see the top of this file.
        groups: into how many groups the channels are split.

    PyTorch knows the first layout only, and no groups: of other layers' weights its fans are other numbers.

    >>> fans((8, 1, 3, 3))
    (9, 72)
    >>> fans((16, 8, 4, 4), "transposed"), fans((1000, 64), "embedding")
    ((256, 128), (1, 64))
    """
    shape = _checked(shape)
    groups = whole("groups", groups, at_least=1)
    if layout not in LAYOUTS:
        raise ValueError(f"layout is one of {', '.join(LAYOUTS)}, not {layout!r}")
    if len(shape) < 2:
        raise ValueError(f"a weight of shape {shape} has no fan_in and fan_out; (out, in, ...) has")
    if layout == "embedding":
        return 1, math.prod(shape[1:])
    if shape[0] % groups:
        raise ValueError(f"groups={groups} must divide the first axis of a weight of shape {shape}")
    field = math.prod(shape[2:])
    behind, first = shape[1] * field, shape[0] // groups * field
    return (behind, first) if layout == "linear" else (first, behind)


def gain(nonlinearity: str, negative_slope: float = 0.01) -> float:
    """Return the factor that makes up for what an activation takes away from the spread of its inputs.

    1 for "linear", "conv1d", "conv2d", "conv_transpose2d" and "sigmoid", 5/3 for "tanh", sqrt(2) for "relu",
    sqrt(2 / (1 + slope^2)) for "leaky_relu", 3/4 for "selu".
    """
    slope = number("negative_slope", negative_slope)
    gains = {
        "linear": 1.0,
        "conv1d": 1.0,
        "conv2d": 1.0,
        "conv_transpose2d": 1.0,
        "sigmoid": 1.0,
        "tanh": 5 / 3,
        "relu": math.sqrt(2),
        "leaky_relu": math.sqrt(2 / (1 + slope**2)),
        "selu": 3 / 4,
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
    mode: str | int = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    layout: str = "linear",
    groups: int = 1,
    rng: np.random.Generator | None = None,
    dtype: Any = np.float32,
) -> np.ndarray:
    """Draw from U(-b, b), b = gain * sqrt(3 / fan)

    He initialisation: the standard deviation is gain / sqrt(fan), as b / sqrt(3) is that of U(-b, b).

    Args:
        shape: of the weight, (out, in, ...).
        a: the slope of a leaky ReLU for negative inputs (0: a plain ReLU); used for "leaky_relu" only.
        mode: "fan_in" keeps the spread going forward, "fan_out" going backward; or a fan, as a number.
        nonlinearity: what follows the layer; see `gain`.
        layout, groups: what the weight's axes are, see `fans`.
        rng: a NumPy Generator; the library's own if None.
        dtype: of the result.
    """
    bound = math.sqrt(3) * _he_std(shape, a, mode, nonlinearity, layout, groups)
    return uniform(shape, -bound, bound, rng=rng, dtype=dtype)


def kaiming_normal(
    shape: Shape,
    a: float = 0.0,
    mode: str | int = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    layout: str = "linear",
    groups: int = 1,
    rng: np.random.Generator | None = None,
    dtype: Any = np.float32,
) -> np.ndarray:
    """Draw from N(0, gain^2 / fan): He initialisation; the arguments are those of `kaiming_uniform`."""
    return normal(shape, _he_std(shape, a, mode, nonlinearity, layout, groups), rng=rng, dtype=dtype)


def xavier_uniform(
    shape: Shape,
    gain: float = 1.0,
    *,
    layout: str = "linear",
    groups: int = 1,
    rng: np.random.Generator | None = None,
    dtype: Any = np.float32,
) -> np.ndarray:
    """Draw from U(-b, b), b = gain * sqrt(6 / (fan_in + fan_out)): Glorot's initialisation; see `fans`."""
    bound = number("gain", gain, at_least=0) * math.sqrt(6 / _positive(sum(fans(shape, layout, groups)), shape))
    return uniform(shape, -bound, bound, rng=rng, dtype=dtype)


def xavier_normal(
    shape: Shape,
    gain: float = 1.0,
    *,
    layout: str = "linear",
    groups: int = 1,
    rng: np.random.Generator | None = None,
    dtype: Any = np.float32,
) -> np.ndarray:
    """Draw from N(0, gain^2 * 2 / (fan_in + fan_out)): Glorot's initialisation; see `fans`."""
    std = number("gain", gain, at_least=0) * math.sqrt(2 / _positive(sum(fans(shape, layout, groups)), shape))
    return normal(shape, std, rng=rng, dtype=dtype)


def trunc_normal(
    shape: Shape,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    *,
    rng: np.random.Generator | None = None,
    dtype: Any = np.float32,
) -> np.ndarray:
    """Draw from N(mean, std^2), but only numbers from a to b.

    Points are thrown evenly at the rectangle around the bell curve between a and b, and those below the curve are kept
    (von Neumann, 1951). Beyond nine standard deviations from its highest point there is nothing to hit.
    """
    mean, std = number("trunc_normal: mean", mean), number("trunc_normal: std", std, above=0)
    a, b = number("trunc_normal: a", a), number("trunc_normal: b", b)
    if not a < b:
        raise ValueError(f"trunc_normal: a must be below b, not {a!r} and {b!r}")
    shape, dtype, rng = _checked(shape), floating("dtype", dtype), generator(rng)
    top = min(max(mean, a), b)
    low, high = max(a, top - 9 * std), min(b, top + 9 * std)
    drawn = np.empty(math.prod(shape))
    left = np.arange(drawn.size)
    while left.size:
        at, below = rng.uniform(low, high, left.size), rng.uniform(0, 1, left.size)
        hit = below < np.exp(((top - mean) ** 2 - (at - mean) ** 2) / (2 * std**2))
        drawn[left[hit]] = at[hit]
        left = left[~hit]
    return drawn.reshape(shape).astype(dtype)


def orthogonal(
    shape: Shape, gain: float = 1.0, *, rng: np.random.Generator | None = None, dtype: Any = np.float32
) -> np.ndarray:
    """Draw a matrix (first axis, all others) with orthogonal rows, or columns if those are fewer, of length `gain`.

    Such a matrix turns and mirrors and keeps lengths, so a stack of them neither blows up nor shrinks a signal. It is
    drawn evenly among all: the Q of a Gaussian matrix's QR decomposition, with signs that make R's diagonal positive.
    Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning" (2014).
    """
    shape, gain, dtype = _checked(shape), number("gain", gain), floating("dtype", dtype)
    if len(shape) < 2:
        raise ValueError(f"orthogonal: a weight of shape {shape} has no rows and columns; (out, in, ...) has")
    rows, columns = shape[0], math.prod(shape[1:])
    drawn = generator(rng).standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(drawn)
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)
    return (gain * (q if rows >= columns else q.T)).reshape(shape).astype(dtype)


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


def _he_std(shape: Shape, a: float, mode: str | int, nonlinearity: str, layout: str, groups: int) -> float:
    both = fans(shape, layout, groups)
    if mode in ("fan_in", "fan_out"):
        fan = both[mode == "fan_out"]
    elif isinstance(mode, str) or not hasattr(mode, "__index__"):
        raise ValueError(f'mode is "fan_in" or "fan_out", or a fan as a number, not {mode!r}')
    else:
        fan = whole("mode: a fan", mode, at_least=1)
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
