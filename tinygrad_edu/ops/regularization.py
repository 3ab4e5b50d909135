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
    if not isinstance(p, (int, float, np.number)) or not 0 <= p <= 1:
        raise ValueError(f"dropout: p is a probability, a number between 0 and 1, not {p!r}")
    if not training or p == 0:
        return x
    if p == 1:
        return where(np.zeros(np.shape(x), bool), x, 0.0)
    return _dropout(x, generator(rng).random(np.shape(x)) >= p, p)
