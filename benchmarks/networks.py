"""The networks as lists of layers, which each peer builds in its own way, and their initial weights."""

from __future__ import annotations

import numpy as np

# conv: channels in, channels out, kernel, padding.  linear: features in, features out.  pools: kernel = stride.
NETWORKS: dict[str, tuple[tuple, ...]] = {
    "minimal": (("conv", 1, 8, 3, 0), ("relu",), ("flatten",), ("linear", 8 * 26 * 26, 10)),
    # github.com/pytorch/examples/blob/main/mnist/main.py without its dropout, so that losses can be compared
    "mnist-example": (
        ("conv", 1, 32, 3, 0),
        ("relu",),
        ("conv", 32, 64, 3, 0),
        ("relu",),
        ("max_pool", 2),
        ("flatten",),
        ("linear", 64 * 12 * 12, 128),
        ("relu",),
        ("linear", 128, 10),
    ),
    "lenet5": (
        ("conv", 1, 6, 5, 2),
        ("tanh",),
        ("avg_pool", 2),
        ("conv", 6, 16, 5, 0),
        ("tanh",),
        ("avg_pool", 2),
        ("flatten",),
        ("linear", 400, 120),
        ("tanh",),
        ("linear", 120, 84),
        ("tanh",),
        ("linear", 84, 10),
    ),
}


def initial_weights(network: str, seed: int = 0) -> list[np.ndarray]:
    """Weight and bias of every layer, in order: uniform in +-1/sqrt(fan in), as PyTorch's layers start.

    conv: weight (out, in, k, k), bias (out,).  linear: weight (out, in), bias (out,).  float32.
    """
    rng = np.random.default_rng(seed)
    weights = []
    for kind, *sizes in NETWORKS[network]:
        if kind == "conv":
            shape = (sizes[1], sizes[0], sizes[2], sizes[2])
        elif kind == "linear":
            shape = (sizes[1], sizes[0])
        else:
            continue
        bound = 1 / np.sqrt(np.prod(shape[1:]))
        weights += [rng.uniform(-bound, bound, s).astype(np.float32) for s in (shape, shape[:1])]
    return weights
