"""PyTorch, eager. Contiguous images: channels_last was no faster for these networks on a CPU."""

from __future__ import annotations

import numpy as np

from ..networks import NETWORKS
from .base import Peer, chain


class Library(Peer):
    distribution = "torch"

    def __init__(self, threads):
        import torch

        self.torch = torch
        torch.set_num_threads(threads)
        torch.set_num_interop_threads(1)

    def build(self, network, weights):
        nn = self.torch.nn
        make = {
            "conv": lambda c, o, k, padding: nn.Conv2d(c, o, k, padding=padding),
            "linear": nn.Linear,
            "relu": nn.ReLU,
            "tanh": nn.Tanh,
            "max_pool": nn.MaxPool2d,
            "avg_pool": nn.AvgPool2d,
            "flatten": nn.Flatten,
        }
        self.model = nn.Sequential(*(make[kind](*sizes) for kind, *sizes in NETWORKS[network]))
        self.optimizer = self.torch.optim.SGD(self.model.parameters(), lr=0.1)
        self.load(weights)
        self.compile()

    def compile(self):
        self.predict = self.model
        self.loss = lambda x, y: self.torch.nn.functional.cross_entropy(self.model(x), y)

    def load(self, weights):
        with self.torch.no_grad():
            for parameter, weight in zip(self.model.parameters(), weights, strict=True):
                parameter.copy_(self.torch.from_numpy(weight))

    def batch(self, images, labels):
        from_numpy = self.torch.from_numpy
        return from_numpy(np.ascontiguousarray(images)), None if labels is None else from_numpy(labels)

    def step(self, batch, lr):
        self.optimizer.param_groups[0]["lr"] = lr
        self.optimizer.zero_grad()
        loss = self.loss(*batch)
        loss.backward()
        self.optimizer.step()
        return loss

    def infer(self, batch):
        with self.torch.inference_mode():
            return self.predict(batch[0])

    def conv(self, x, w, g, what):
        torch = self.torch
        x, w, g = map(torch.from_numpy, (x, w, g))
        if what == "forward":
            return torch.inference_mode()(lambda: torch.nn.functional.conv2d(x, w))
        wanted = [what == "dx", what == "dw", False]

        def derivative():  # what autograd itself calls, with one of its outputs
            return torch.ops.aten.convolution_backward(
                g, x, w, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1, wanted
            )[what == "dw"]

        return torch.inference_mode()(derivative)

    def chain(self, leaves, n, what):
        torch = self.torch
        inputs = [torch.tensor(leaf, requires_grad=True) for leaf in leaves]
        ones = [torch.ones_like(leaf) for leaf in inputs]

        def forward():
            return [chain(*inputs, n)]

        def backward():
            for leaf in inputs:
                leaf.grad = None
            chain(*inputs, n).backward()
            return [leaf.grad for leaf in inputs]

        def twice():
            gradients = torch.autograd.grad(chain(*inputs, n), inputs, create_graph=True)
            return torch.autograd.grad(gradients, inputs, grad_outputs=ones, allow_unused=True, materialize_grads=True)

        return {"forward": forward, "backward": backward, "twice": twice}[what]

    def numbers(self, result):
        return result.detach().numpy()
