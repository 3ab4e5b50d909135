"""HIPS autograd: functions of NumPy. It has no convolution; patches and one matrix product are its fastest form."""

from __future__ import annotations

import numpy as np

from ..networks import NETWORKS
from .base import Peer, chain


class Library(Peer):
    distribution = "autograd"

    def __init__(self, threads):
        import autograd
        import autograd.numpy

        self.ag, self.np = autograd, autograd.numpy

    def conv2d(self, x, w, padding):
        """y (n, o, oh, ow): w as (o, c*kh*kw) times the patches of every image, (c*kh*kw, oh*ow)."""
        anp = self.np
        if padding:
            x = anp.pad(x, ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2), mode="constant")
        o, c, kh, kw = w.shape
        oh, ow = x.shape[2] - kh + 1, x.shape[3] - kw + 1
        shifted = [x[:, :, u : u + oh, v : v + ow] for u in range(kh) for v in range(kw)]
        patches = anp.stack(shifted, axis=2).reshape(len(x), c * kh * kw, oh * ow)
        return anp.matmul(w.reshape(o, -1), patches).reshape(len(x), o, oh, ow)

    def build(self, network, weights):
        anp, layers = self.np, NETWORKS[network]

        def logits(parameters, x):
            arrays = iter(parameters)
            for kind, *sizes in layers:
                if kind == "conv":
                    x = self.conv2d(x, next(arrays), sizes[3]) + next(arrays).reshape(1, -1, 1, 1)
                elif kind == "linear":
                    x = anp.dot(x, next(arrays).T) + next(arrays)
                elif kind == "relu":
                    x = anp.maximum(x, 0)
                elif kind == "tanh":
                    x = anp.tanh(x)
                elif kind in ("max_pool", "avg_pool"):
                    (n, c, h, w), k = x.shape, sizes[0]
                    pool = anp.max if kind == "max_pool" else anp.mean
                    x = pool(x.reshape(n, c, h // k, k, w // k, k), axis=(3, 5))
                else:
                    x = x.reshape(len(x), -1)
            return x

        def loss(parameters, x, y):
            z = logits(parameters, x)
            z = z - anp.max(z, axis=1, keepdims=True)
            log_p = z - anp.log(anp.sum(anp.exp(z), axis=1, keepdims=True))
            return -anp.mean(log_p[np.arange(len(y)), y])

        self.logits, self.value_and_grad = logits, self.ag.value_and_grad(loss)
        self.load(weights)

    def load(self, weights):
        self.parameters = [weight.copy() for weight in weights]

    def batch(self, images, labels):
        return images, labels

    def step(self, batch, lr):
        loss, gradients = self.value_and_grad(self.parameters, *batch)
        for p, g in zip(self.parameters, gradients, strict=True):
            p -= np.float32(lr) * g
        return loss

    def infer(self, batch):
        return self.logits(self.parameters, batch[0])

    def chain(self, leaves, n, what):
        def value(inputs):
            return chain(*inputs, n)

        def gradients_total(inputs):
            return sum(self.ag.grad(value)(inputs))

        function = {
            # called as it is, it would be NumPy alone: this records it, as the others do
            "forward": lambda inputs: [self.ag.make_vjp(value)(inputs)[1]],
            "backward": self.ag.grad(value),
            "twice": self.ag.grad(gradients_total),
        }[what]
        return lambda: function(leaves)
