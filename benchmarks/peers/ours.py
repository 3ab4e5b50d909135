"""tinygrad_edu, through its public names only."""

from __future__ import annotations

import numpy as np

from .base import Peer, chain


class Library(Peer):
    distribution = "tinygrad-edu"

    def __init__(self, threads):
        import tinygrad_edu as tge

        self.tge = tge

    def build(self, network, weights):
        self.model = self.tge.models.build(network)
        for module in self.model.modules():
            if isinstance(module, self.tge.nn.Dropout):
                module.p = 0.0
        self.optimizer = self.tge.optim.SGD(self.model.parameters(), lr=0.1)
        self.load(weights)

    def load(self, weights):
        for parameter, weight in zip(self.model.parameters(), weights, strict=True):
            parameter.data = weight.copy()

    def batch(self, images, labels):
        images, labels = np.ascontiguousarray(images), labels
        for array in (images, labels):
            if array is not None:
                array.setflags(write=False)
        return self.tge.Tensor(images), labels

    def step(self, batch, lr):
        x, y = batch
        self.optimizer.lr = lr
        self.optimizer.zero_grad()
        loss = self.tge.cross_entropy(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return loss

    def infer(self, batch):
        with self.tge.no_grad():
            return self.model(batch[0])

    def conv(self, x, w, g, what):
        tge = self.tge
        return {
            "forward": lambda: tge.conv2d(x, w),
            "dx": lambda: tge.conv2d_dx(g, w, input_size=x.shape[2:]),
            "dw": lambda: tge.conv2d_dw(x, g, kernel_size=w.shape[2:]),
        }[what]

    def chain(self, leaves, n, what):
        inputs = [self.tge.Tensor(leaf, requires_grad=True) for leaf in leaves]
        ones = [np.ones_like(leaf) for leaf in leaves]

        def forward():
            return [chain(*inputs, n)]

        def backward():
            for leaf in inputs:
                leaf.grad = None
            chain(*inputs, n).backward()
            return [leaf.grad for leaf in inputs]

        def twice():
            gradients = self.tge.grad(chain(*inputs, n), inputs, create_graph=True)
            return self.tge.grad(gradients, inputs, grad_outputs=ones)

        return {"forward": forward, "backward": backward, "twice": twice}[what]

    def numbers(self, result):
        return result.data if isinstance(result, self.tge.Tensor) else result
