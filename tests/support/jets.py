"""Forward-mode derivatives of first and second order: an oracle that shares nothing with the engine.

A Jet is a value with its derivatives along every coordinate of the leaves. It is carried *forward* through each
operation by the chain and product rules, in plain NumPy, where the engine goes backward through recorded rules:

    value (*shape)        tangent (k, *shape) = d value / d coordinate        second (k, k, *shape)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class Jet:
    value: np.ndarray
    tangent: np.ndarray | None  # None: not known (of derivatives that were themselves differentiated)
    second: np.ndarray | None

    @property
    def shape(self):
        return self.value.shape

    def largest(self):
        return max(np.abs(a).max(initial=0) for a in (self.value, self.tangent, self.second) if a is not None)


def constant(value, k):
    value = np.asarray(value, np.float64)
    return Jet(value, np.zeros((k, *value.shape)), np.zeros((k, k, *value.shape)))


def coordinates(value, start, k):
    """Return the Jet of a leaf whose elements are the coordinates from `start` on."""
    jet = constant(value, k)
    for i, position in enumerate(np.ndindex(jet.shape)):
        jet.tangent[(start + i, *position)] = 1
    return jet


def _outer(s, t):
    return s[:, None] * t[None, :]


def elementwise(x, f, df, d2f):
    d1, d2 = df(x.value), d2f(x.value)
    tangent = None if x.tangent is None else d1 * x.tangent
    second = None if x.second is None else d1 * x.second + d2 * _outer(x.tangent, x.tangent)
    return Jet(np.asarray(f(x.value)), tangent, second)


def linear(f, *xs):
    """Apply a function that is linear in all of xs together: its derivatives are itself, of the derivatives."""
    k = next((len(x.tangent) for x in xs if x.tangent is not None), 0)
    value = np.asarray(f(*(x.value for x in xs)))
    tangent = second = None
    if all(x.tangent is not None for x in xs):
        tangent = np.array([f(*(x.tangent[i] for x in xs)) for i in range(k)]).reshape(k, *value.shape)
    if all(x.second is not None for x in xs):
        rows = [f(*(x.second[i, j] for x in xs)) for i in range(k) for j in range(k)]
        second = np.array(rows).reshape(k, k, *value.shape)
    return Jet(value, tangent, second)


def bilinear(f, a, b):
    """Apply f(a, b), linear in each: the product rule, twice."""
    value = np.asarray(f(a.value, b.value))
    tangent = second = None
    if a.tangent is not None and b.tangent is not None:
        k = len(a.tangent)
        tangent = np.array([f(a.tangent[i], b.value) + f(a.value, b.tangent[i]) for i in range(k)])
        tangent = tangent.reshape(k, *value.shape)
        if a.second is not None and b.second is not None:
            second = np.array(
                [
                    f(a.second[i, j], b.value) + f(a.tangent[i], b.tangent[j])
                    + f(a.tangent[j], b.tangent[i]) + f(a.value, b.second[i, j])
                    for i in range(k) for j in range(k)
                ]
            ).reshape(k, k, *value.shape)  # fmt: skip
    return Jet(value, tangent, second)


def add(a, b):
    return linear(np.add, a, b)


def subtract(a, b):
    return linear(np.subtract, a, b)


def multiply(a, b):
    return bilinear(np.multiply, a, b)


def reciprocal(x):
    return elementwise(x, lambda v: 1 / v, lambda v: -1 / v**2, lambda v: 2 / v**3)


def tanh(x):
    return elementwise(x, np.tanh, lambda v: 1 - np.tanh(v) ** 2, lambda v: -2 * np.tanh(v) * (1 - np.tanh(v) ** 2))


def sigmoid(x):
    def s(v):
        return 1 / (1 + np.exp(-v))

    return elementwise(x, s, lambda v: s(v) * (1 - s(v)), lambda v: s(v) * (1 - s(v)) * (1 - 2 * s(v)))


def relu(x):
    return elementwise(x, lambda v: v * (v > 0), lambda v: 1.0 * (v > 0), lambda v: 0 * v)


def square(x):
    return elementwise(x, lambda v: v * v, lambda v: 2 * v, lambda v: 2 + 0 * v)


def exp(x):
    return elementwise(x, np.exp, np.exp, np.exp)


def selected(x, mask, otherwise):
    """x where the mask holds, else `otherwise`."""
    return linear(lambda a, b: np.where(mask, a, b), x, otherwise)


def largest_along(x, axis):
    """The largest elements along an axis; ties share, as the mean of those that tie does."""
    best = x.value.max(axis=axis, keepdims=True)
    share = (x.value == best) / (x.value == best).sum(axis=axis, keepdims=True)
    return linear(lambda v: np.sum(v * share, axis=axis), x)


def gradient(y, u, start, shape):
    """Return d <u, y> / d leaf as a Jet over the same coordinates (its second derivatives are unknown)."""
    size = int(np.prod(shape, dtype=int))
    axes = tuple(range(1, y.tangent.ndim))
    value = np.sum(u * y.tangent[start : start + size], axis=axes).reshape(shape)
    tangent = None
    if y.second is not None:
        k = len(y.tangent)
        tangent = np.sum(u * y.second[:, start : start + size], axis=tuple(a + 1 for a in axes))
        tangent = tangent.reshape(k, *shape)
    return Jet(value, tangent, None)
