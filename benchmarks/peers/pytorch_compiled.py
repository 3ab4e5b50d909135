"""PyTorch with torch.compile: network and loss in one compiled function, as its own examples do."""

from __future__ import annotations

from .pytorch import Library as Eager


class Library(Eager):
    def compile(self):
        torch = self.torch
        torch._dynamo.reset()
        self.predict = torch.compile(self.model)
        self.loss = torch.compile(lambda x, y: torch.nn.functional.cross_entropy(self.model(x), y))

    def conv(self, x, w, g, *, stride, what):
        raise NotImplementedError("calls the same kernel as PyTorch eager")

    def graph(self, shape, leaves, n, what):
        if what == "twice":
            raise NotImplementedError("torch.compile with aot_autograd does not differentiate twice")
        if n > 1_000:
            raise NotImplementedError("compiles the whole graph: minutes for more than 1,000 operations")
        self.torch._dynamo.reset()
        return super().graph(shape, leaves, n, what)

    def expression(self, shape, n):
        return self.torch.compile(super().expression(shape, n))
