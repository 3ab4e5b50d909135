"""The expressions of the overhead and scaling workloads, written once: all peers overload `+` and `*`."""

from __future__ import annotations

import numpy as np


def leaves(shape: str, array: tuple[int, ...], n: int) -> list[np.ndarray]:
    """The expression's inputs, float32, each of shape `array`. A chain has 3, a tree of n operations n + 1."""
    if shape == "chain":
        return [np.full(array, value, np.float32) for value in (0.9, 0.999, 0.001)]
    rng = np.random.default_rng(0)
    return list(rng.uniform(0.5, 1.5, (n + 1, *array)).astype(np.float32))


def chain(x, a, b, n: int):
    """n operations, each waiting for the one before: y = y * a, y = y + b, ...   (n is even)"""
    y = x
    for _ in range(n // 2):
        y = y * a + b
    return y


def tree(inputs, n: int):
    """n operations on n + 1 inputs, as flat as can be: products of pairs, then sums of pairs of those, ..."""
    level, multiply = list(inputs), True
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        odd = level[len(level) // 2 * 2 :]
        level = [left * right if multiply else left + right for left, right in pairs] + odd
        multiply = False
    return level[0]


def evaluate(shape: str, inputs, n: int):
    """The expression `shape` of n operations on these inputs."""
    return chain(*inputs, n) if shape == "chain" else tree(inputs, n)
