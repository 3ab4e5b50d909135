"""The cases of the losses."""

from __future__ import annotations

import numpy as np
from case import ANYWHERE, case
from hypothesis import strategies as st

from tinygrad_edu.testing import strategies as tgst


@st.composite
def losses(draw):
    """Draw scores of some classes, with any axes before and behind, targets, and how often each of them counts."""
    around = draw(st.sampled_from([(1,), (3,), (4,), (2, 2), (1, 3), (2, 1, 2), ()]))
    classes = draw(st.integers(1, 4))
    scores = draw(tgst.arrays(shape=(*around[:1], classes, *around[1:]), **ANYWHERE))
    ignore_index = draw(st.sampled_from([-100, -100, classes - 1, 255]))
    numbers = [*range(classes), *([ignore_index] if ignore_index == 255 else [])]
    count = int(np.prod(around))
    targets = draw(st.lists(st.sampled_from(numbers), min_size=count, max_size=count))
    if all(t == ignore_index for t in targets):
        ignore_index = -100 if max(targets) < classes else ignore_index
        targets = [min(t, classes - 1) for t in targets]
    weight = draw(st.none() | st.lists(st.sampled_from([0.5, 1.0, 2.0]), min_size=classes, max_size=classes))
    return (scores, np.array(targets, draw(st.sampled_from([np.int64, np.uint8]))).reshape(around)), {
        "weight": None if weight is None else np.array(weight),
        "ignore_index": ignore_index,
        "reduction": draw(st.sampled_from(["mean", "sum", "none"])),
    }


def loss_by_hand(log_probs, targets, weight, ignore_index, reduction):
    each, often = np.zeros(targets.shape), np.zeros(targets.shape)
    for n in np.ndindex(targets.shape):
        target = int(targets[n])
        if target != ignore_index:
            often[n] = 1 if weight is None else weight[target]
            each[n] = -log_probs[(*n[:1], target, *n[1:])] * often[n]
    return {"mean": each.sum() / often.sum(), "sum": each.sum(), "none": each}[reduction]


case(
    "nll_loss",
    losses(),
    loss_by_hand,
    lambda torch, log_probs, targets, weight, **params: torch.nn.functional.nll_loss(
        log_probs.contiguous(), targets.long(), None if weight is None else torch.tensor(weight), **params
    ),
)


@st.composite
def answers(draw):
    """Draw probabilities inside (0, 1), and targets from 0 to 1."""
    shape = draw(tgst.shapes())
    probs, targets = (draw(tgst.arrays(shape=shape, low=-1.0, high=1.0, away_from=())) for _ in range(2))
    return (np.asarray(1 / (1 + np.exp(-probs))), np.asarray((targets + 1) / 2)), {}


case(
    "binary_cross_entropy",
    answers(),
    lambda probs, targets: -np.log(probs**targets * (1 - probs) ** (1 - targets)),
    lambda torch, probs, targets: torch.nn.functional.binary_cross_entropy(probs, targets, reduction="none"),
)
