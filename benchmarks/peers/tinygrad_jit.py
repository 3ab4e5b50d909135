"""tinygrad: the step and the inference each in a TinyJit. Its CPU backend needs clang."""

from __future__ import annotations

import numpy as np

from .. import expressions
from ..networks import NETWORKS
from .base import Peer


class Library(Peer):
    distribution = "tinygrad"

    def __init__(self, threads):
        from tinygrad import Context, Device, Tensor, TinyJit, nn

        self.Context, self.Tensor, self.TinyJit, self.nn = Context, Tensor, TinyJit, nn
        Device["CPU"].synchronize()  # fails here, with its reason, where it cannot compile

    # -- networks --------------------------------------------------------------------------------------------

    def build(self, network, weights):
        nn, Tensor = self.nn, self.Tensor
        make = {
            "conv": lambda c, o, k, padding: nn.Conv2d(c, o, k, padding=padding),
            "linear": nn.Linear,
            "relu": lambda: Tensor.relu,
            "tanh": lambda: Tensor.tanh,
            "avg_pool": lambda k: lambda x: x.avg_pool2d((k, k)),
            "max_pool": lambda k: lambda x: x.max_pool2d((k, k)),
            "flatten": lambda: lambda x: x.flatten(1),
        }
        layers = [make[kind](*sizes) for kind, *sizes in NETWORKS[network]]
        self.parameters = [p for layer in layers if hasattr(layer, "weight") for p in (layer.weight, layer.bias)]
        self.optimizer = nn.optim.SGD(self.parameters, lr=0.1)
        self.lr = 0.1

        @self.TinyJit
        def step(x, y):
            with self.Context(TRAINING=1):
                self.optimizer.zero_grad()
                loss = x.sequential(layers).sparse_categorical_crossentropy(y).backward()
                return loss.realize(*self.optimizer.schedule_step())

        self.jitted_step, self.jitted_logits = step, self.TinyJit(lambda x: x.sequential(layers).realize())
        self.load(weights)

    def load(self, weights):
        for parameter, weight in zip(self.parameters, weights, strict=True):
            parameter.assign(self.Tensor(weight)).realize()

    def batch(self, images, labels):
        x = self.Tensor(np.ascontiguousarray(images)).realize()
        return x, None if labels is None else self.Tensor(labels.astype(np.int32)).realize()

    def step(self, batch, lr):
        if lr != self.lr:
            self.optimizer.lr.assign(self.Tensor([lr])).realize()
            self.lr = lr
        return self.jitted_step(*batch)

    def infer(self, batch):
        return self.jitted_logits(batch[0])

    # -- parts -----------------------------------------------------------------------------------------------

    def conv(self, x, w, g, *, stride, what):
        x, w, g = (self.Tensor(array).realize() for array in (x, w, g))

        @self.TinyJit
        def compute(x, w, g):
            y = x.conv2d(w, stride=stride)
            return (y if what == "forward" else y.gradient(x if what == "dx" else w, gradient=g)[0]).realize()

        return lambda: compute(x, w, g)

    def graph(self, shape, leaves, n, what):
        if n > 1_000:
            raise NotImplementedError("compiles the whole graph: minutes for more than 1,000 operations")
        inputs = [self.Tensor(leaf).clone().realize() for leaf in leaves]  # a scalar would be a constant

        @self.TinyJit
        def compute(inputs):
            y = expressions.evaluate(shape, inputs, n)
            results = [y]
            if what != "forward":
                results = y.sum().gradient(*inputs)
            if what == "twice":
                results = sum(g.sum() for g in results).gradient(*inputs)
            self.Tensor.realize(*results)
            return results

        return lambda: compute(inputs)

    # -- results ---------------------------------------------------------------------------------------------

    def wait(self, result):
        from tinygrad import Device

        Device[Device.DEFAULT].synchronize()

    def numbers(self, result):
        return result.numpy()
