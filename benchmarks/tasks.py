"""One case brought to life in one peer: what a unit of work is, and the numbers that show it is the same work.

Every task has
    witness    numbers that must agree between peers: losses, logits, gradients
    start()    before each turn, not timed: everybody works from the same weights, however fast they are
    run(n)     n units of work, complete when it returns
    detail     what a turn found out besides its duration
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from . import data
from .bounds import Calls, Passes, Products
from .networks import initial_weights
from .peers.base import Peer

WITNESS_STEPS = 5


class Task:
    witness: list[float]

    def __init__(self) -> None:
        self.detail: dict[str, Any] = {}

    def start(self) -> None:
        """Nothing to bring back to where it was."""

    def run(self, n: int) -> None:
        raise NotImplementedError


class Step(Task):
    """A unit is one step of training: forward, backward, plain SGD. The batches go round."""

    def __init__(self, peer: Peer, spec: dict[str, Any], folder: Path) -> None:
        super().__init__()
        size, count = spec["batch"], 8
        images, labels = data.load(folder, "train", count * size)
        self.peer, self.lr, self.weights = peer, spec["lr"], initial_weights(spec["network"])
        batches = [slice(i * size, (i + 1) * size) for i in range(count)]
        self.arrays = [(images[part], labels[part]) for part in batches]
        self.build = lambda: peer.build(spec["network"], self.weights)

    def begin(self) -> None:
        self.build()
        self.batches = [self.peer.batch(*arrays) for arrays in self.arrays]
        # Numbers at once: a loss may keep its whole graph alive, and memory is measured from here on.
        self.witness = [float(self.peer.numbers(self.peer.step(b, self.lr))) for b in self.batches[:WITNESS_STEPS]]

    def start(self) -> None:
        self.peer.load(self.weights)

    def run(self, n: int) -> None:
        for i in range(n):
            loss = self.peer.step(self.batches[i % len(self.batches)], self.lr)
        self.peer.wait(loss)


class Infer(Task):
    """A unit is the logits of one batch, without recording."""

    def __init__(self, peer: Peer, spec: dict[str, Any], folder: Path) -> None:
        super().__init__()
        self.images, _ = data.load(folder, "test", spec["batch"])
        self.peer, self.network = peer, spec["network"]
        self.weights = initial_weights(spec["network"])

    def begin(self) -> None:
        self.peer.build(self.network, self.weights)
        self.batch = self.peer.batch(self.images, None)
        self.witness = np.asarray(self.peer.numbers(self.peer.infer(self.batch)))[:10].ravel().tolist()

    def run(self, n: int) -> None:
        for _ in range(n):
            logits = self.peer.infer(self.batch)
        self.peer.wait(logits)


class Accuracy(Task):
    """A unit is training until the goal is met on the test images, looked at after every epoch.

    An epoch is shuffled batches cut from NumPy arrays, the remainder left out.
    """

    most_epochs, test_batch = 20, 1000

    def __init__(self, peer: Peer, spec: dict[str, Any], folder: Path) -> None:
        super().__init__()
        self.peer, self.spec, self.size = peer, spec, spec["batch"]
        self.images, self.labels = data.load(folder, "train")
        self.test_images, self.test_labels = data.load(folder, "test")
        self.weights = initial_weights(spec["network"])

    def begin(self) -> None:
        self.peer.build(self.spec["network"], self.weights)
        self.start()
        self.witness = [float(self.peer.numbers(self.step(part))) for part in self.parts()[:WITNESS_STEPS]]
        self.accuracy()  # whoever compiles has now compiled

    def start(self) -> None:
        self.peer.load(self.weights)
        self.rng = np.random.default_rng(0)

    def parts(self) -> np.ndarray:
        steps = len(self.labels) // self.size
        return self.rng.permutation(len(self.labels))[: steps * self.size].reshape(steps, self.size)

    def step(self, part: np.ndarray) -> Any:
        return self.peer.step(self.peer.batch(self.images[part], self.labels[part]), self.spec["lr"])

    def accuracy(self) -> float:
        right = 0
        for i in range(0, len(self.test_labels), self.test_batch):
            part = slice(i, i + self.test_batch)
            logits = self.peer.numbers(self.peer.infer(self.peer.batch(self.test_images[part], None)))
            right += int((np.argmax(logits, axis=1) == self.test_labels[part]).sum())
        return right / len(self.test_labels)

    def run(self, n: int) -> None:
        for _ in range(n):
            self.start()
            reached, epochs = 0.0, 0
            while reached < self.spec["goal"]:
                if epochs == self.most_epochs:
                    raise RuntimeError(f"{reached:.2%} after {epochs} epochs, short of {self.spec['goal']:.0%}")
                for part in self.parts():
                    self.step(part)
                epochs, reached = epochs + 1, self.accuracy()
            self.detail = {"epochs": epochs, "accuracy": reached}


class Conv(Task):
    """A unit is one convolution, or one of its two derivatives."""

    def __init__(self, peer: Peer, spec: dict[str, Any], folder: Path) -> None:
        super().__init__()
        rng = np.random.default_rng(0)
        n, c, o, k, size = (spec[key] for key in ("batch", "c", "o", "kernel", "size"))
        shapes = ((n, c, size, size), (o, c, k, k), (n, o, size - k + 1, size - k + 1))
        self.arrays = [rng.standard_normal(shape, dtype=np.float32) for shape in shapes]
        self.peer, self.what = peer, spec["what"]

    def begin(self) -> None:
        self.call = self.peer.conv(*self.arrays, self.what)
        values = np.asarray(self.peer.numbers(self.call()), np.float64).ravel()
        weighted = (values * np.cos(np.arange(values.size))).sum() / np.sqrt(values.size)
        self.witness = [float(weighted), float(np.sqrt(np.square(values).mean())), *values[:4].tolist()]

    def run(self, n: int) -> None:
        for _ in range(n):
            self.call()


class Chain(Task):
    """A unit is y*a + b again and again, n operations: "forward", "backward" or "twice" (see Peer.chain)."""

    def __init__(self, peer: Peer, spec: dict[str, Any], folder: Path) -> None:
        super().__init__()
        self.peer, self.n, self.what = peer, spec["n"], spec["what"]
        self.leaves = [np.array(value, np.float32) for value in (0.9, 0.999, 0.001)]

    def begin(self) -> None:
        self.call = self.peer.chain(self.leaves, self.n, self.what)
        self.witness = [float(self.peer.numbers(result)) for result in self.call()]

    def run(self, n: int) -> None:
        for _ in range(n):
            self.call()


TASKS = {
    "step": Step, "infer": Infer, "accuracy": Accuracy, "conv": Conv, "chain": Chain,
    "products": Products, "passes": Passes, "calls": Calls,
}  # fmt: skip
