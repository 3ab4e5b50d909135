"""Images made larger or smaller, and pooling to a given size.

Along each axis an output element sees a few input elements with fixed weights: one (nearest), its two neighbours by
distance (linear), four (cubic), or all that it covers (area). On two axes the weights multiply. That is linear in x, a
matrix for each axis; the rule is the transposed matrices, `interpolate_dx`, whose rule is `interpolate` again.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from ..autograd.primitive import primitive
from ..kernels import active
from ..kernels.resampling import AxisMap
from .composite import composite

# mode: for how many axes from the third on; whether corners can be aligned; whether it can be smoothed
MODES = {
    "nearest": ((1, 2, 3), False, False),
    "nearest-exact": ((1, 2, 3), False, False),
    "linear": ((1,), True, False),
    "bilinear": ((2,), True, True),
    "trilinear": ((3,), True, False),
    "bicubic": ((2,), True, True),
    "area": ((1, 2, 3), False, False),
}


@composite
def interpolate(
    x, size=None, scale_factor=None, mode="nearest", align_corners=None, recompute_scale_factor=None, antialias=False
):
    """Return x made larger or smaller along its axes from the third on.

    Output element i lies at the place (i + 1/2) * n / m - 1/2 among the n elements of its axis, where m is the output's
    length: so that both images begin and end at the same places.

    - "nearest" takes the element floor(i * n / m), "nearest-exact" the one that is nearest.
    - "linear", "bilinear" and "trilinear" (for one, two and three axes) weigh the two neighbours by nearness.
    - "bicubic" weighs four neighbours on each axis by a cubic polynomial, and may go beyond their values.
    - "area" averages all that the output element covers.

    Args:
        x: (n, c, l), images (n, c, h, w), or volumes (n, c, d, h, w).
        size: the length of the axes, an integer or one for each; or
        scale_factor: how many times as long they become, a number or one for each: floor(n * scale_factor).
        mode: one of the words above.
        align_corners: for the linear and cubic modes, whether the first and last elements lie on each other instead:
            output element i at i * (n - 1) / (m - 1).
        recompute_scale_factor: whether places are found by the lengths (n / m), even where a scale_factor is given that
            they do not keep to.
        antialias: for "bilinear" and "bicubic" that make x smaller, whether all that an output element covers is
            weighed, and not only its neighbours.

    Raises:
        ValueError: neither or both of size and scale_factor, a mode that x has no axes for, or no output.

    >>> import tinygrad_edu as tge
    >>> x = tge.tensor([[[[0.0, 4.0]]]])
    >>> tge.interpolate(x, (1, 4)).data
    array([[[[0., 0., 4., 4.]]]], dtype=float32)
    >>> tge.interpolate(x, (1, 4), mode="bilinear").data
    array([[[[0., 1., 3., 4.]]]], dtype=float32)
    """
    shape = np.shape(x)
    if mode not in MODES or len(shape) - 2 not in MODES[mode][0]:
        axes = len(shape) - 2
        fitting = ", ".join(name for name, (known, *_) in MODES.items() if axes in known) or "none"
        raise ValueError(f"interpolate: for x of shape {shape} mode is one of {fitting}, not {mode!r}")
    _, aligned, smoothed = MODES[mode]
    if align_corners is not None and not aligned:
        raise ValueError(f"interpolate: align_corners is for the linear and cubic modes, not for {mode!r}")
    if antialias and not smoothed:
        raise ValueError(f'interpolate: antialias is for "bilinear" and "bicubic", not for {mode!r}')
    size, factors = _lengths(shape[2:], size, scale_factor)
    if recompute_scale_factor or mode == "area":
        factors = None
    if min((*size, *shape[2:])) < 1:
        raise ValueError(f"interpolate: x of shape {shape} to the size {size} has nothing to show")
    return _interpolate(x, size, factors, mode, bool(align_corners), bool(antialias))


def _lengths(lengths, size, scale_factor):
    """Return the output's size, and the factors if those were given."""
    if (size is None) == (scale_factor is None):
        raise ValueError("interpolate takes a size or a scale_factor, one of them")
    given = size if size is not None else scale_factor
    each = tuple(given) if np.iterable(given) else (given,) * len(lengths)
    name = "size" if size is not None else "scale_factor"
    numbers = (int, np.integer) if size is not None else (int, float, np.number)
    if len(each) != len(lengths) or not all(isinstance(v, numbers) and v > 0 for v in each):
        raise ValueError(
            f"interpolate: {name} is a number above 0, or one for each of {len(lengths)} axes, not {given!r}"
        )
    if size is not None:
        return tuple(map(int, each)), None
    return tuple(math.floor(n * float(f)) for n, f in zip(lengths, each, strict=True)), tuple(map(float, each))


@primitive(name="interpolate")
def _interpolate(x, *, size, factors=None, mode="nearest", align_corners=False, antialias=False):
    """y[n,c,i,j] = sum over row, col of rows[i,row] * cols[j,col] * x[n,c,row,col], with the weights of the mode"""
    maps = axis_maps(x.shape[2:], size, factors, mode, align_corners, antialias)
    x = x if x.dtype.kind == "f" or mode.startswith("nearest") else x.astype(np.float32)
    return active.kernels.resample(x, maps)


@_interpolate.backward("x")
def interpolate_dx_rule(g, y, x, *, size, factors, mode, align_corners, antialias):
    """dL/dx[n,c,row,col] = sum over i, j of rows[i,row] * cols[j,col] * g[n,c,i,j]: the transposed maps

    dy[n,c,i,j]/dx[n,c,row,col] = rows[i,row] * cols[j,col]: every pixel receives, from each output that saw it, g times
    the weight it was seen with. <g, interpolate(x)> = <interpolate_dx(g), x>.
    """
    return interpolate_dx(g, x.shape[2:], factors, mode, align_corners, antialias)


@primitive
def interpolate_dx(g, *, input_size, factors=None, mode="nearest", align_corners=False, antialias=False):
    """y[n,c,row,col] = sum over i, j of rows[i,row] * cols[j,col] * g[n,c,i,j]"""
    maps = axis_maps(input_size, g.shape[2:], factors, mode, align_corners, antialias)
    return active.kernels.resample(g, tuple([m.transposed for m in maps]))


@interpolate_dx.backward("g")
def interpolate_dx_dg(u, y, g, *, input_size, factors, mode, align_corners, antialias):
    """dL/dg = interpolate(u)

    y is linear in g and the adjoint of interpolate, so its rule is the adjoint of that: interpolate itself.
    """
    return _interpolate(u, g.shape[2:], factors, mode, align_corners, antialias)


def axis_maps(lengths, size, factors, mode, align_corners, antialias):
    """Return for each axis which inputs its outputs see, and with which weights."""
    each = factors or (None,) * len(size)
    return tuple(
        [
            _axis_map(n, m, _step(n, m, f, mode, antialias, len(size)), mode, align_corners, antialias)
            for n, m, f in zip(lengths, size, each, strict=True)
        ]
    )


def _step(n, m, factor, mode, antialias, axes):
    """Return 1 / factor, or None where PyTorch goes by the lengths all the same: mostly where the length stays."""
    image = mode == "nearest" and axes == 2
    by_length = (n == m and (mode.endswith("linear") or antialias or image)) or (2 * n == m and image)
    return None if factor is None or by_length else 1 / factor


@lru_cache(64)
def _axis_map(n, m, step, mode, align_corners, antialias):
    """Return the map of an axis of length n to one of length m; `step` is n / m, unless a factor was given."""
    i = np.arange(m)
    if mode == "area":  # in whole numbers: from floor(i n / m) to ceil((i + 1) n / m)
        return _covering(i * n // m, -(-(i + 1) * n // m), lambda at, seen: np.ones(seen.shape), n)
    if mode.startswith("nearest"):
        half = 0.5 if mode == "nearest-exact" else 0
        inputs = np.floor((i + half) * step) if step else ((2 * i + 2 * half) * n // (2 * m))
        return AxisMap(i, np.minimum(inputs, n - 1).astype(int), np.ones(m), m, n)
    cubic = mode == "bicubic"
    step = (n - 1) / (m - 1 or np.inf) if align_corners else step or n / m
    if antialias:
        wide, reach = max(step, 1.0), (2 if cubic else 1) * max(step, 1.0)
        middle = step * (i + 0.5)
        first, last = np.floor(middle - reach + 0.5).clip(0), np.floor(middle + reach + 0.5).clip(None, n)
        shape = _cubic(-0.5) if cubic else _linear
        return _covering(
            first.astype(int), last.astype(int), lambda at, seen: shape((seen - middle[at] + 0.5) / wide), n
        )
    place = i * step if align_corners else (i + 0.5) * step - 0.5
    place = place if cubic else place.clip(0, n - 1)
    low = np.floor(place).astype(int)
    near = np.arange(-1, 3) if cubic else np.arange(2)
    weights = (_cubic(-0.75) if cubic else _linear)(place[:, None] - low[:, None] - near)
    return _entries(np.repeat(i, len(near)), (low[:, None] + near).clip(0, n - 1).ravel(), weights.ravel(), m, n)


def _covering(first, last, shape, n):
    """Return the map of outputs that see the inputs from `first` to before `last`, with weights that add up to 1."""
    outputs = np.repeat(np.arange(len(first)), last - first)
    inputs = (
        np.arange(len(outputs)) - np.repeat(np.cumsum(last - first) - (last - first), last - first) + first[outputs]
    )
    weights = shape(outputs, inputs)
    return _entries(outputs, inputs, weights / np.bincount(outputs, weights)[outputs], len(first), n)


def _entries(outputs, inputs, weights, m, n):
    """Return the map of these entries, where some may be 0 and some at the same place."""
    matrix = np.zeros((m, n))
    np.add.at(matrix, (outputs, inputs), weights)
    outputs, inputs = matrix.nonzero()
    return AxisMap(outputs, inputs, matrix[outputs, inputs], m, n)


def _linear(d):
    """Weight a neighbour at the distance d: a triangle of width 2."""
    return np.maximum(0.0, 1 - np.abs(d))


def _cubic(a):
    """Weight a neighbour at the distance d: cubic polynomials between -2, -1, 0, 1 and 2, of slope a at 1 (Keys)."""

    def weight(d):
        d = np.abs(d)
        near, far = ((a + 2) * d - (a + 3)) * d * d + 1, ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
        return np.where(d <= 1, near, np.where(d < 2, far, 0.0))

    return weight
