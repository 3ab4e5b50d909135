"""The networks that a recipe can begin with: one before it learnt, one that has just begun, one that has learnt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import Tensor
from ..models import build
from ..nn import Dropout
from ..ops import cross_entropy
from ..optim import SGD
from .passes import dtype_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..data import Dataset

EARLY_STEPS = 20
EPOCHS = 4
BATCH = 16
LR = 0.02
MOMENTUM = 0.9


@dataclass(frozen=True, eq=False)
class Trained:
    """A network, and the loss of each step of learning that led to it, before that step."""

    model: Any
    losses: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def nbytes(self) -> int:
        """Return how much memory this holds."""
        return self.losses.nbytes + sum(p.data.nbytes for p in self.model.parameters())


def digit_batches(train: Dataset, seed: int, size: int, skip: int = 0) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield batches (images, labels) for ever, the first `skip` left out.

    Each epoch has a new order, which follows from the seed.
    """
    epoch, passed_over = divmod(skip, len(train) // size)
    while True:
        order = np.random.default_rng([seed, epoch]).permutation(len(train))
        for start in range(passed_over * size, len(order) - size + 1, size):
            yield train.batch(order[start : start + size])
        epoch, passed_over = epoch + 1, 0


def descend(model: Any, images: Any, labels: Any, lr: float, momentum: SGD | None = None) -> float:
    """Do one step of gradient descent, w - lr * dL/dw, and return the loss before it.

    With an optimizer that has momentum, it does the step instead.
    """
    optimizer = SGD(model.parameters(), lr=lr) if momentum is None else momentum
    optimizer.zero_grad()
    with np.errstate(all="ignore"):  # a step that is too large ends in infinities; the page shows them
        loss = cross_entropy(model(Tensor(images.astype(dtype_of(model), copy=False))), labels)
        loss.backward()
        optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def prepare(
    name: str,
    seed: int,
    settings: dict[str, Any],
    train: Dataset,
    progress: Callable[[int, int], None] | None = None,
) -> Any:
    """Return a packaged network with the weights that it has after no step, after 20, or after four epochs.

    The batches are of 16 digits. To be ready soon, these steps have a momentum of 0.9, and a learning rate that falls
    from 0.02 to 0; `progress(done, of)` is told of them.
    """
    network = build(**settings, rng=np.random.default_rng(seed))
    whole = EPOCHS * (len(train) // BATCH)
    steps = {"untrained": 0, "early": EARLY_STEPS, "trained": whole}[name]
    batches = digit_batches(train, seed, BATCH)
    optimizer = SGD(network.parameters(), lr=LR, momentum=MOMENTUM)
    for module in network.modules():
        if isinstance(module, Dropout):
            module.eval()  # what is dropped does not follow from the seed
    for done in range(steps):
        optimizer.lr = LR * (1 - done / whole)
        descend(network, *next(batches), LR, optimizer)
        if progress is not None:
            progress(done + 1, steps)
    return network.eval()
