"""Dropout: noise that keeps units from relying on each other."""

from __future__ import annotations

import numpy as np

from ..autograd.primitive import primitive
from ..random import generator
from .choice import gate, where
from .composite import composite


@primitive(name="dropout", gate=lambda x, mask, *, p: mask)
def _dropout(x, mask, *, p):
    """y = x * mask / (1 - p)"""
    return gate(x / (1 - p), mask)


@_dropout.backward("x")
def dropout_dx(g, y, x, mask, *, p):
    """dL/dx = g * mask / (1 - p)

    y_i = x_i * s_i with s_i = mask_i / (1 - p), a number that does not depend on x, so dy_i/dx_i = s_i.
    """
    return _dropout(g, mask, p)


_dropout.zero_gradient("mask")


@composite
def dropout(x, p=0.5, training=True, rng=None):
    """Set each element to zero with probability p and scale the others by 1 / (1 - p); the identity unless training.

    The scale keeps the expected value the same, so nothing changes at evaluation. Srivastava et al., "Dropout: a
    simple way to prevent neural networks from overfitting" (2014).

    Args:
        x: any shape.
        p: the probability of dropping, 0 <= p < 1 (at p = 1 everything is dropped): a number, which is not trained.
        training: whether to drop at all.
        rng: a NumPy Generator; the library's own (`tge.manual_seed`) if None.
    """
    _check_probability("dropout", p)
    if not training or p == 0:
        return x
    return _dropped(x, generator(rng).random(np.shape(x)) >= p, p)


def _check_probability(op, p):
    if not isinstance(p, (int, float, np.number)) or not 0 <= p <= 1:
        raise ValueError(f"{op}: p is a probability, a number between 0 and 1, not {p!r}")


def _dropped(x, kept, p):
    """Return what is kept of x, scaled; with p = 1, where no scale would do, all zeros."""
    return where(np.zeros(np.shape(x), bool), x, 0.0) if p == 1 else _dropout(x, kept, p)


@composite
def dropout2d(x, p=0.5, training=True, rng=None):
    """Set each channel of each image to zero with probability p, whole, and scale the others by 1 / (1 - p).

    Neighbouring pixels are alike, so that one of them tells what another was; a channel that is dropped tells nothing.
    Tompson et al., "Efficient object localization using convolutional networks" (2015).

    Args:
        x: images (n, c, h, w), or one of them (c, h, w).
        p, training, rng: as for `dropout`.

    >>> import tinygrad_edu as tge
    >>> y = tge.dropout2d(tge.ones(1, 100, 2, 2))
    >>> {tuple(channel.ravel().tolist()) for channel in y.data[0]} == {(0.0,) * 4, (2.0,) * 4}
    True
    """
    shape = np.shape(x)
    if len(shape) not in (3, 4):
        raise ValueError(f"dropout2d needs images (n, c, h, w), or one of them (c, h, w), not shape {shape}")
    _check_probability("dropout2d", p)
    if not training or p == 0:
        return x
    kept = generator(rng).random((*shape[:-2], 1, 1)) >= p
    return _dropped(x, np.broadcast_to(kept, shape), p)
