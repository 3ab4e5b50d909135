"""PyTorch with torch.compile: network and loss in one compiled function, as its own examples do."""

from __future__ import annotations

from .pytorch import Library as Eager


class Library(Eager):
    def compile(self):
        torch = self.torch
        torch._dynamo.reset()
        self.predict = torch.compile(self.model)
        self.loss = torch.compile(lambda x, y: torch.nn.functional.cross_entropy(self.model(x), y))
