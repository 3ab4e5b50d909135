"""Elements that stay in their rows and change their places there: backwards, or some places on."""

from __future__ import annotations

import numpy as np

from ..autograd.primitive import primitive


@primitive
def flip(x, *, axis=None):
    """y = x reversed along `axis` (all axes if None)"""
    return np.flip(x, axis)


@flip.backward("x")
def flip_dx(g, y, x, *, axis):
    """dL/dx = g reversed along the same axes

    y[i] = x[n - 1 - i], so x[i] receives g[n - 1 - i]: flip is its own inverse, and its own adjoint.
    """
    return flip(g, axis)


@primitive
def roll(x, *, shift, axis=None):
    """y = x with its elements `shift` places further along `axis`; what leaves at the end comes in at the start

    Args:
        x: any shape.
        shift: how many places, an integer; negative: towards the start. With several axes, one for each, or one for
            all.
        axis: an integer or a tuple of them; None rolls the elements in their order, and keeps the shape.

    >>> import tinygrad_edu as tge
    >>> tge.roll(tge.tensor([1.0, 2.0, 3.0, 4.0]), 1).data
    array([4., 1., 2., 3.], dtype=float32)
    """
    return np.roll(x, shift, axis)


@roll.backward("x")
def roll_dx(g, y, x, *, shift, axis):
    """dL/dx = g rolled back

    y[(i + shift) mod n] = x[i], so x[i] receives g[(i + shift) mod n]: the same, with -shift.
    """
    return roll(g, tuple(-s for s in np.ravel(shift).tolist()) if np.ndim(shift) else -shift, axis)
