"""JAX: the whole step in one jitted function that may reuse its arguments' memory.

Images lie as (n, h, w, c), which XLA's CPU convolutions like best; weights are turned when they are loaded. XLA has
no switch for its number of threads on a CPU: it follows the cores that the process may use, which the worker's
parent limits.
"""

from __future__ import annotations

import numpy as np

from ..networks import NETWORKS
from .base import Peer

LAYOUT = ("NHWC", "HWIO", "NHWC")


class Library(Peer):
    distribution = "jax"

    def __init__(self, threads):
        import jax

        self.jax = jax

    def build(self, network, weights):
        jax, jnp = self.jax, self.jax.numpy
        layers = NETWORKS[network]
        self.network = network

        def logits(parameters, x):
            arrays = iter(parameters)
            for kind, *sizes in layers:
                if kind == "conv":
                    pad = [(sizes[3], sizes[3])] * 2
                    x = jax.lax.conv_general_dilated(x, next(arrays), (1, 1), pad, dimension_numbers=LAYOUT)
                    x = x + next(arrays)
                elif kind == "linear":
                    x = x @ next(arrays) + next(arrays)
                elif kind == "relu":
                    x = jax.nn.relu(x)
                elif kind == "tanh":
                    x = jnp.tanh(x)
                elif kind == "max_pool":
                    window = (1, sizes[0], sizes[0], 1)
                    x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, window, window, "VALID")
                elif kind == "avg_pool":
                    window = (1, sizes[0], sizes[0], 1)
                    x = jax.lax.reduce_window(x, 0.0, jax.lax.add, window, window, "VALID") / sizes[0] ** 2
                else:
                    x = x.reshape(len(x), -1)
            return x

        def loss(parameters, x, y):
            log_p = jax.nn.log_softmax(logits(parameters, x))
            return -jnp.take_along_axis(log_p, y[:, None], axis=1).mean()

        def step(parameters, x, y, lr):
            value, gradients = jax.value_and_grad(loss)(parameters, x, y)
            return value, [p - lr * g for p, g in zip(parameters, gradients, strict=True)]

        self.compiled_step = jax.jit(step, donate_argnums=0)
        self.compiled_logits = jax.jit(logits)
        self.load(weights)

    def load(self, weights):
        """Turn the weights: conv (o, c, h, w) -> (h, w, c, o); linear (out, in) -> (in, out)."""
        turned, side, channels = [], 28, 1
        arrays = iter(weights)
        for kind, *sizes in NETWORKS[self.network]:
            if kind == "conv":
                turned += [next(arrays).transpose(2, 3, 1, 0), next(arrays)]
                channels, side = sizes[1], side + 2 * sizes[3] - sizes[2] + 1
            elif kind in ("max_pool", "avg_pool"):
                side //= sizes[0]
            elif kind == "linear":
                weight = next(arrays)
                if channels:  # the first after `flatten`, which now meets the channels last
                    weight = weight.reshape(-1, channels, side, side).transpose(0, 2, 3, 1).reshape(sizes[1], sizes[0])
                turned += [weight.T, next(arrays)]
                channels = 0
        self.parameters = [self.jax.device_put(np.array(array)) for array in turned]

    def batch(self, images, labels):
        put = self.jax.device_put
        n, c, h, w = images.shape
        x = images.reshape(n, h, w, c) if c == 1 else images.transpose(0, 2, 3, 1)
        return put(x), None if labels is None else put(labels.astype(np.int32))

    def step(self, batch, lr):
        loss, self.parameters = self.compiled_step(self.parameters, *batch, lr)
        return loss

    def infer(self, batch):
        return self.compiled_logits(self.parameters, batch[0])

    def wait(self, result):
        self.jax.block_until_ready(result)
