"""The networks that a recipe can begin with: one before it learnt, one that has just begun, one that has learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..data import load_digits
from ..models import build
from ..ops import cross_entropy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..data import Dataset

EARLY_STEPS = 20
EPOCHS = 2
BATCH = 32
LR = 0.05


def digit_batches(train: Dataset, seed: int, size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield batches (images, labels) for ever: each epoch in a new order, which follows from the seed."""
    epoch = 0
    while True:
        order = np.random.default_rng([seed, epoch]).permutation(len(train.labels))
        for start in range(0, len(order) - size + 1, size):
            chosen = order[start : start + size]
            yield train.images[chosen], train.labels[chosen]
        epoch += 1


def descend(model: Any, images: Any, labels: Any, lr: float) -> float:
    """Do one step of plain gradient descent, w - lr * dL/dw, and return the loss before it."""
    from ..autograd import Tensor
    from ..optim import SGD

    optimizer = SGD(model.parameters(), lr=lr)
    optimizer.zero_grad()
    loss = cross_entropy(model(Tensor(images)), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def prepare(name: str, seed: int, model: str = "minimal", progress: Callable[[int, int], None] | None = None) -> Any:
    """Return a packaged network with the weights that it has after no step, after 20, or after two epochs.

    The digits are the packaged ones, the batches of 32, the learning rate 0.05; `progress(done, of)` is told the steps.
    """
    network = build(model, rng=np.random.default_rng(seed))
    train, _ = load_digits()
    steps = {"untrained": 0, "early": EARLY_STEPS, "trained": EPOCHS * (len(train.labels) // BATCH)}[name]
    batches = digit_batches(train, seed, BATCH)
    for done in range(steps):
        descend(network, *next(batches), LR)
        if progress is not None:
            progress(done + 1, steps)
    return network.eval()
