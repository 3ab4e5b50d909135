"""MyGrad, with its own layers and its loss."""

from __future__ import annotations

import numpy as np

from ..networks import NETWORKS
from .base import Peer, chain


class Library(Peer):
    distribution = "mygrad"

    def __init__(self, threads):
        import mygrad
        from mygrad.nnet import activations, layers, losses

        self.mg, self.layers, self.losses, self.relu = mygrad, layers, losses, activations.relu
        mygrad.turn_memory_guarding_off()  # as its documentation advises for speed

    def build(self, network, weights):
        self.network = network
        self.load(weights)

    def load(self, weights):
        self.parameters = []
        for weight in weights:
            self.parameters.append(self.mg.tensor(weight.copy()))

    def logits(self, x):
        arrays = iter(self.parameters)
        for kind, *sizes in NETWORKS[self.network]:
            if kind == "conv":
                x = self.layers.conv_nd(x, next(arrays), stride=1, padding=sizes[3])
                x = x + next(arrays).reshape(1, -1, 1, 1)
            elif kind == "linear":
                x = self.mg.matmul(x, next(arrays).T) + next(arrays)
            elif kind == "relu":
                x = self.relu(x)
            elif kind == "tanh":
                x = self.mg.tanh(x)
            elif kind == "max_pool":
                x = self.layers.max_pool(x, (sizes[0], sizes[0]), sizes[0])
            elif kind == "avg_pool":
                (n, c, h, w), k = x.shape, sizes[0]
                x = x.reshape(n, c, h // k, k, w // k, k).mean(axis=(3, 5))
            else:
                x = x.reshape(len(x), -1)
        return x

    def batch(self, images, labels):
        return images, labels

    def step(self, batch, lr):
        x, y = batch
        loss = self.losses.softmax_crossentropy(self.logits(x), y)
        loss.backward()
        for p in self.parameters:
            p.data -= np.float32(lr) * p.grad
            p.null_grad()
        return loss

    def infer(self, batch):
        with self.mg.no_autodiff:
            return self.logits(batch[0])

    def chain(self, leaves, n, what):
        if what == "twice":
            raise NotImplementedError("does not differentiate twice")
        inputs = [self.mg.tensor(leaf) for leaf in leaves]

        def forward():
            return [chain(*inputs, n)]

        def backward():
            chain(*inputs, n).backward()
            return [leaf.grad for leaf in inputs]

        return {"forward": forward, "backward": backward}[what]
