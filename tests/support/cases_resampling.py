"""The cases of interpolation."""

from __future__ import annotations

import itertools
import math

import numpy as np
from case import ANYWHERE, case
from cases_convolution import torch_transpose
from hypothesis import strategies as st

from tinygrad_edu.testing import strategies as tgst

MODES = {1: ("nearest", "nearest-exact", "linear", "area"), 2: ("nearest", "bilinear", "bicubic", "area"),
         3: ("nearest", "trilinear")}  # fmt: skip


@st.composite
def resamplings(draw, back):
    axes = draw(st.sampled_from([2, 1, 3]))
    mode = draw(st.sampled_from(MODES[axes]))
    lengths = tuple(draw(st.lists(st.integers(1, 5 - axes), min_size=axes, max_size=axes)))
    factors = draw(st.none() | st.tuples(*[st.sampled_from([1.0, 0.5, 1.3, 2.0])] * axes))
    unlike = mode.startswith("nearest") and axes != 2  # PyTorch's backward pass finds other places
    if mode == "area" or unlike or (factors and min(int(n * f) for n, f in zip(lengths, factors, strict=True)) < 1):
        factors = None
    if factors:
        size = tuple(math.floor(n * f) for n, f in zip(lengths, factors, strict=True))
    else:
        size = tuple(draw(st.lists(st.integers(1, 5), min_size=axes, max_size=axes)))
    aligned = mode.endswith(("linear", "cubic")) and draw(st.booleans())
    smooth = mode in ("bilinear", "bicubic") and not aligned and draw(st.booleans())
    settings = {"factors": factors, "mode": mode, "align_corners": aligned, "antialias": smooth}
    planes = draw(st.sampled_from([(1, 1), (2, 1), (0, 2)]))
    x = draw(tgst.arrays(shape=(*planes, *(size if back else lengths)), **ANYWHERE))
    return (x,), {"input_size": lengths, **settings} if back else {"size": size, **settings}


def triangle(d):
    return max(0.0, 1 - abs(d))


def cubic(d, a):
    """Keys's polynomials, in powers."""
    d = abs(d)
    if d <= 1:
        return (a + 2) * d**3 - (a + 3) * d**2 + 1
    return a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a if d < 2 else 0.0


def matrix(n, m, factor, mode, align_corners, antialias, axes):
    """Return how much each of m outputs sees of each of n inputs, one by one."""
    y = np.zeros((m, n))
    if factor and n == m and (mode.endswith("linear") or antialias or (mode == "nearest" and axes == 2)):
        factor = None  # as PyTorch does
    if factor and 2 * n == m and mode == "nearest" and axes == 2:
        factor = None
    step = n / m if factor is None else 1 / factor
    for i in range(m):
        if mode == "area":
            seen = [k for k in range(n) if k + 1 > i * n / m + 1e-9 and k < (i + 1) * n / m - 1e-9]
            y[i, seen] = 1 / len(seen)
        elif mode in ("nearest", "nearest-exact"):
            y[i, min(math.floor((i + (0.5 if mode == "nearest-exact" else 0)) * step + 1e-9), n - 1)] = 1
        elif antialias:
            wide, shape = max(step, 1), (lambda d: cubic(d, -0.5)) if mode == "bicubic" else triangle
            radius = (2 if mode == "bicubic" else 1) * wide
            middle = (i + 0.5) * step
            inside = range(max(math.floor(middle - radius + 0.5), 0), min(math.floor(middle + radius + 0.5), n))
            y[i, list(inside)] = [shape((k + 0.5 - middle) / wide) for k in inside]
            y[i] /= y[i].sum()
        else:
            at = i * ((n - 1) / (m - 1) if m > 1 else 0) if align_corners else (i + 0.5) * step - 0.5
            if mode != "bicubic":
                at = min(max(at, 0), n - 1)
            for k in range(math.floor(at) - 1, math.floor(at) + 3):
                y[i, min(max(k, 0), n - 1)] += cubic(at - k, -0.75) if mode == "bicubic" else triangle(at - k)
    return y


def matrices(lengths, size, factors, **settings):
    factors = factors or (None,) * len(size)
    return [matrix(*each, **settings, axes=len(size)) for each in zip(lengths, size, factors, strict=True)]


def along_axes(x, several):
    y = np.zeros((*x.shape[:2], *(len(m) for m in several)))
    for to, seen in itertools.product(np.ndindex(y.shape[2:]), np.ndindex(x.shape[2:])):
        by = math.prod(m[i, k] for m, i, k in zip(several, to, seen, strict=True))
        y[(..., *to)] += by * x[(..., *seen)]
    return y


def torch_interpolate(torch, x, size, factors, align_corners, **settings):
    if settings["mode"].endswith(("linear", "cubic")):
        settings["align_corners"] = align_corners
    if factors:
        return torch.nn.functional.interpolate(x, scale_factor=factors, **settings)
    return torch.nn.functional.interpolate(x, size, **settings)


case(
    "interpolate",
    resamplings(back=False),
    lambda x, size, **settings: along_axes(x, matrices(x.shape[2:], size, **settings)),
    torch_interpolate,
)
case(
    "interpolate_dx",
    resamplings(back=True),
    lambda g, input_size, **settings: along_axes(g, [m.T for m in matrices(input_size, g.shape[2:], **settings)]),
    lambda torch, g, input_size, **settings: torch_transpose(
        torch,
        lambda x: torch_interpolate(torch, x, tuple(g.shape[2:]), **settings),
        (*g.shape[:2], *input_size),
        g,
    ),
)
