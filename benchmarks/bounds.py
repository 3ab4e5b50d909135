"""What a step of MinimalCNN costs at least, by this machine's own rates (a roofline): its parts, each measured alone.

The five matrix products of the step, with the very shapes they have in it; its other passes over memory, as so many
copies of an array of the same size; and the calls, as the same step on an image of one pixel, where there is nothing
to compute. What of the step their sum leaves over is memory that was not in the cache when its turn came.

Source: Williams, Waterman and Patterson, "Roofline: an insightful visual performance model" (2009).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .peers.base import Peer

FILTERS, TAPS, POSITIONS, CLASSES = 8, 9, 26 * 26, 10
FEATURES = FILTERS * POSITIONS


class Part:
    witness: tuple[float, ...] = ()

    def __init__(self, peer: Peer, spec: dict[str, Any], folder: Path) -> None:
        self.detail: dict[str, Any] = {}
        self.batch, self.rng = spec["batch"], np.random.default_rng(0)

    def start(self) -> None:
        """Nothing to bring back to where it was."""


class Products(Part):
    """A unit is the five products of a step."""

    def begin(self) -> None:
        def normal(*shape: int) -> np.ndarray:
            return self.rng.standard_normal(shape, dtype=np.float32)

        n = self.batch
        self.weight, self.columns = normal(FILTERS, TAPS), normal(n, TAPS, POSITIONS)
        self.g = normal(n, FILTERS, POSITIONS)
        self.x, self.dense, self.logits = normal(n, FEATURES), normal(CLASSES, FEATURES), normal(n, CLASSES)

    def run(self, n: int) -> None:
        from tinygrad_edu import matmul
        from tinygrad_edu.kernels.threads import pieces, run

        cut = pieces(self.batch, self.columns[0].nbytes)
        for _ in range(n):
            run(lambda s: np.matmul(self.weight, self.columns[s]), cut)
            run(lambda s: np.matmul(self.columns[s], self.g[s].swapaxes(1, 2)), cut)
            matmul(self.x, self.dense.T)
            matmul(self.logits, self.dense)
            matmul(self.logits.T, self.x)


class Passes(Part):
    """A unit is the bytes that a step moves besides its products, moved by copying.

    Written: the columns, twice. Read and written: ReLU 2, its gate 3.5 (the mask is a quarter), the bias's gradient 1
    times the features; scaling the dense gradient and subtracting it 5 times the dense weight.
    """

    def begin(self) -> None:
        moved = 2 * self.batch * TAPS * POSITIONS + 6.5 * self.batch * FEATURES + 5 * CLASSES * FEATURES
        size = self.batch * FEATURES
        self.source, self.target = np.zeros(size, np.float32), np.zeros(size, np.float32)
        self.whole, part = divmod(moved / 2, size)
        self.part = round(part)

    def run(self, n: int) -> None:
        for _ in range(n):
            for _ in range(int(self.whole)):
                np.copyto(self.target, self.source)
            np.copyto(self.target[: self.part], self.source[: self.part])


class Calls(Part):
    """A unit is a training step of conv, ReLU, flatten, dense and loss of one pixel each."""

    def begin(self) -> None:
        import tinygrad_edu as tge
        from tinygrad_edu import nn

        model = nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU(), nn.Flatten(), nn.Linear(1, CLASSES))
        self.optimizer = tge.optim.SGD(model.parameters(), lr=0.05)
        image, label = tge.Tensor(np.ones((1, 1, 1, 1), np.float32)), np.array([3])
        self.loss = lambda: tge.cross_entropy(model(image), label)

    def run(self, n: int) -> None:
        for _ in range(n):
            self.optimizer.zero_grad()
            self.loss().backward()
            self.optimizer.step()
