"""micrograd: scalars only."""

from __future__ import annotations

from .. import expressions
from .base import Peer


class Library(Peer):
    distribution = "micrograd"
    note = "scalars only, in Python's float64"

    def __init__(self, threads):
        from micrograd.engine import Value

        self.value = Value

    def graph(self, shape, leaves, n, what):
        if leaves[0].shape:
            raise NotImplementedError("has scalars only")
        if what == "twice":
            raise NotImplementedError("does not differentiate twice")
        inputs = [self.value(float(leaf)) for leaf in leaves]

        def forward():
            return [expressions.evaluate(shape, inputs, n)]

        def backward():
            for leaf in inputs:
                leaf.grad = 0
            expressions.evaluate(shape, inputs, n).backward()
            return [leaf.grad for leaf in inputs]

        return {"forward": forward, "backward": backward}[what]

    def numbers(self, result):
        return getattr(result, "data", result)
