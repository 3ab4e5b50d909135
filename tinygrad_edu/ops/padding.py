"""A border around an array: zeros, another number, or what stands inside, reflected, repeated or going around."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.primitive import primitive
from .indexing import scatter_add
from .parameters import shape_of

# PyTorch's names, and NumPy's.
MODES: dict[str, Any] = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


@primitive
def pad(x, *, pad_width, mode="constant", value=0.0):
    """y = x with a border around it: pad_width[axis] = (before, after)

    Args:
        x: any shape.
        pad_width: how wide the border is: one pair for each axis, the first axis first, as in NumPy; or one pair for
            every axis, or one number for every side. (PyTorch's order, the last axis first, is `nn.functional.pad`'s.)
        mode: "constant": the border is `value`. "reflect": x reflected in its outermost element, 3 2 | 1 2 3.
            "replicate": the outermost element again, 1 1 | 1 2 3. "circular": x goes around, 2 3 | 1 2 3.
        value: what a constant border holds, a number.

    Raises:
        ValueError, TypeError: another mode; a width that is no number, or wider than what is reflected.

    >>> import tinygrad_edu as tge
    >>> x = tge.tensor([1.0, 2.0, 3.0])
    >>> tge.pad(x, 1, value=9.0).data, tge.pad(x, (2, 0), "reflect").data
    (array([9., 1., 2., 3., 9.], dtype=float32), array([3., 2., 1., 2., 3.], dtype=float32))
    """
    if isinstance(pad_width, dict):
        raise TypeError("pad: pad_width is a number, a pair, or one pair (before, after) for each axis, not a dict")
    if mode not in MODES:
        raise ValueError(f"pad: mode must be one of {', '.join(MODES)}, not {mode!r}")
    if mode == "constant":
        return np.pad(x, pad_width, constant_values=np.asarray(value, np.asarray(x).dtype))
    return np.asarray(x)[_came_from(shape_of(x), pad_width, mode)]


@pad.backward("x")
def pad_dx(g, y, x, *, pad_width, mode, value):
    """dL/dx = g with the border cut off, and what came there from x added to where it came from

    y[before + i] = x[i], of slope 1; a constant border is itself whatever x is. pad and cropping are adjoint. In the
    other modes the border repeats elements of x, y_j = x[from_j], and x_k gets the g of every y_j with from_j = k.
    """
    if mode != "constant":
        return scatter_add(g, _came_from(x.shape, pad_width, mode), x.shape)
    before = np.broadcast_to(pad_width, (len(x.shape), 2))[:, 0]
    return g[tuple(slice(int(b), int(b) + n) for b, n in zip(before, x.shape, strict=True))]


def _came_from(shape, pad_width, mode):
    """Return the index of x that makes y: which element stands at each place, border included."""
    index = []
    for axis, (n, (before, after)) in enumerate(zip(shape, np.broadcast_to(pad_width, (len(shape), 2)), strict=True)):
        widest = {"reflect": n - 1, "circular": n, "replicate": np.inf if n else 0}[mode]
        if max(before, after) > widest:
            raise ValueError(
                f"pad: a border of {max(before, after)} along axis {axis} is more than mode={mode!r} finds in x "
                f"of shape {shape}: at most {widest}"
            )
        index.append(np.pad(np.arange(n), (before, after), MODES[mode]) if before or after else np.arange(n))
    return np.ix_(*index)
