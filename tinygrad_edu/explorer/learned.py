"""What the last step of learning did: the loss, the tangents' word for it, and old - lr * g = new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import Tensor, grad, set_grad_enabled
from ..errors import TrainingError, UserError
from ..explain.asking import checked_index
from ..ops import cross_entropy
from .address import address_from
from .passes import dtype_of
from .recipe import Learn, Recipe

if TYPE_CHECKING:
    from .moments import Moments

MOST_PINNED = 100
MOST_DOTS = 2_000


def learned(moments: Moments, recipe: Recipe, pinned: Any = (), accuracy: bool = True) -> dict[str, Any]:
    """Return what the last step of the recipe's last learning did; {"step": 0} where it has none.

    Args:
        moments, recipe: the step is looked at right after it: changes that came later are left aside.
        pinned: numbers to follow, [{"of": "conv.weight", "index": [3, 0, 1, 2]}, ...].
        accuracy: whether to count the right answers to the test digits.
    """
    last = max((k for k, c in enumerate(recipe.changes) if isinstance(c, Learn)), default=-1)
    if last < 0:
        return {"step": 0, **_tested(moments, recipe, accuracy, "now")}
    after = recipe.first(last + 1)
    change: Any = after.changes[-1]
    before = after.rewound(change.steps - 1)
    images, labels = next(moments.batches(after.before(), change, change.steps - 1))
    old, new = moments.trained(before).model, moments.trained(after).model
    loss, gradients = _gradients(old, images, labels)
    then = _loss(new, images, labels).item()
    squares = float(sum(np.square(g, dtype=np.float64).sum() for g in gradients.values()))
    shown = {name: _loss_of(moments, r) for name, r in (("before", before), ("after", after))}
    losses = moments.trained(after).losses[-MOST_DOTS:]
    return {
        "step": len(moments.trained(after).losses),
        "lr": change.lr,
        "batch": change.batch,
        "loss": {"before": loss, "after": then},
        "tangent": loss - change.lr * squares,
        "squares": squares,
        "picture": shown,
        "rose": bool(then > loss or not np.isfinite(then)),
        "try_lr": change.lr / 5,
        "pinned": [_pinned(pin, old, new, gradients, change.lr) for pin in _at_most(pinned)],
        "largest_difference": _largest_difference(old, new, gradients, change.lr),
        "losses": np.append(losses, then),
        "from_step": len(moments.trained(after).losses) - len(losses),
        **_tested(moments, before, accuracy, "before"),
        **_tested(moments, after, accuracy, "now"),
    }


def _gradients(model: Any, images: Any, labels: Any) -> tuple[float, dict[str, np.ndarray]]:
    """Return the loss, and its gradient by each parameter that it depends on."""
    parameters = dict(model.named_parameters())
    with set_grad_enabled(True), np.errstate(all="ignore"):
        loss = _loss(model, images, labels)
        found = grad(loss, list(parameters.values()))
    return loss.item(), {name: g.data for name, g in zip(parameters, found, strict=True)}


def _loss(model: Any, images: Any, labels: Any) -> Tensor:
    with np.errstate(all="ignore"):
        return cross_entropy(model(Tensor(images.astype(dtype_of(model), copy=False))), labels)


def _loss_of(moments: Moments, recipe: Recipe) -> float | None:
    loss = moments.of(recipe).loss
    return None if loss is None else loss.item()


def _at_most(pinned: Any) -> list[Any]:
    if not isinstance(pinned, (list, tuple)) or len(pinned) > MOST_PINNED:
        raise UserError(f"at most {MOST_PINNED} numbers can be pinned")
    return list(pinned)


def _pinned(pin: Any, old: Any, new: Any, gradients: dict[str, np.ndarray], lr: float) -> dict[str, Any]:
    before, after = (dict(model.named_parameters()) for model in (old, new))
    address = address_from(pin)
    name = address.of
    if name not in gradients:
        raise UserError(f"there is no parameter {name!r} to pin; there are: {', '.join(gradients)}")
    try:
        at = checked_index(name, before[name].shape, address.index)
    except IndexError as error:
        raise UserError(str(error)) from error
    return {
        "of": name,
        "index": list(at),
        "old": before[name].data[at],
        "lr": lr,
        "g": gradients[name][at],
        "new": after[name].data[at],
    }


def _largest_difference(old: Any, new: Any, gradients: dict[str, np.ndarray], lr: float) -> float:
    """Return the largest |old - lr * g - new| of all parameters, in float64: rounding, and nothing else."""
    after = dict(new.named_parameters())
    with np.errstate(all="ignore"):
        found = [
            np.abs(p.data.astype(np.float64) - lr * gradients[name] - after[name].data).max(initial=0.0)
            for name, p in old.named_parameters()
        ]
    return float(np.max(found, initial=0.0))


def _tested(moments: Moments, recipe: Recipe, wanted: bool, when: str) -> dict[str, Any]:
    """Return how many test digits the network reads right; None where it cannot be counted."""
    if not wanted:
        return {}
    try:
        found = moments.tested(recipe)
        right = int((found.predictions == found.labels).sum())
        return {f"accuracy_{when}": {"right": right, "of": len(found.labels)}}
    except (TrainingError, ValueError, TypeError):  # its answers are NaN, or it reads other pictures
        return {f"accuracy_{when}": None}
