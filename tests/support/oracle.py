"""Gradients held against central differences, independently of `tinygrad_edu.testing`.

A gradient is a linear map, so it is right if it is right along a random direction, against a random upstream
gradient (after JAX's `check_grads`). Checking order k + 1 means checking the order-k gradient as a function.
"""

import numpy as np

import tinygrad_edu as tge

STEP = 1e-3  # with the four-point formula the error is of the order of STEP^4 = 1e-12


def is_float(array) -> bool:
    return isinstance(array, np.ndarray) and array.dtype.kind == "f"


def along(f, arrays, position, direction):
    """Return df along a direction of one input, by the four-point central difference."""

    def at(step):
        moved = list(arrays)
        moved[position] = np.asarray(arrays[position] + step * STEP * direction)
        return np.asarray(f(*moved), dtype=np.float64)

    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * STEP)


def pulled_back(function, arrays, u):
    """Return u^T dy/dx for each floating input of y = function(*arrays), by the engine."""
    leaves = [tge.Tensor(a, requires_grad=True) if is_float(a) else a for a in arrays]
    wanted = [leaf for leaf in leaves if isinstance(leaf, tge.Tensor)]
    y = function(*leaves)
    if not (isinstance(y, tge.Tensor) and y.requires_grad):
        found = iter(np.zeros(leaf.shape) for leaf in wanted)
    else:
        found = iter(g.data for g in tge.grad(y, wanted, tge.Tensor(u)))
    return [next(found) if isinstance(leaf, tge.Tensor) else None for leaf in leaves]


def check_orders(function, arrays, order, rng, rtol=1e-6):
    """Assert that the engine's derivatives of `function` up to `order` agree with differences of the order below."""

    def value(*arrays):
        y = function(*(tge.Tensor(a) if is_float(a) else a for a in arrays))
        return y.data if isinstance(y, tge.Tensor) else np.asarray(y)

    y = value(*arrays)
    u = rng.standard_normal(y.shape)
    gradients = pulled_back(function, arrays, u)
    for position, gradient in enumerate(gradients):
        if gradient is None:
            continue
        assert gradient.shape == arrays[position].shape
        assert gradient.dtype == arrays[position].dtype
        direction = rng.standard_normal(arrays[position].shape)
        direction = direction / max(1.0, np.abs(direction).max(initial=0))
        moved = along(value, arrays, position, direction)
        expected, given = np.vdot(u, moved), np.vdot(gradient, direction)
        scale = np.vdot(np.abs(u), np.abs(moved)) + np.vdot(np.abs(gradient), np.abs(direction)) + 1e-3
        assert abs(expected - given) <= rtol * scale, (
            f"order {order}, input {position}: along {direction} differences give {expected}, the rule {given}"
        )
    if order > 1:
        weights = [None if g is None else rng.standard_normal(g.shape) for g in gradients]

        def gradient_as_function(*inputs):
            leaves = [
                tge.Tensor(x, requires_grad=True) if isinstance(x, tge.Tensor) and not x.requires_grad else x
                for x in inputs
            ]
            y = function(*leaves)
            wanted = [x for x, w in zip(leaves, weights, strict=True) if w is not None]
            if not (isinstance(y, tge.Tensor) and y.requires_grad):
                return np.zeros(())
            found = tge.grad(y, wanted, tge.Tensor(u), create_graph=True)
            return sum((g * w).sum() for g, w in zip(found, [w for w in weights if w is not None], strict=True))

        check_orders(gradient_as_function, arrays, order - 1, rng, rtol)
