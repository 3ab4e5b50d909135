"""One picture going through a network, recorded: in the network's own dtype, and in float64."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import Tensor, named, set_grad_enabled
from ..autograd.graph import Graph
from ..errors import UserError
from ..ops import cross_entropy

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, eq=False)
class Pass:
    """A recorded forward pass.

    Attributes:
        model: the network.
        image: the picture, (1, c, h, w).
        logits: what the network says, (1, classes).
        loss: cross_entropy(logits, answer), or None where nobody said which class is right.
    """

    model: Any
    image: Tensor
    logits: Tensor
    loss: Tensor | None

    def graph(self) -> Graph:
        """Return what was computed, from the picture to the loss."""
        return Graph([self.logits if self.loss is None else self.loss])


def record(model: Any, picture: np.ndarray, answer: int | None, image_gradient: bool = True) -> Pass:
    """Show a network a picture, in the network's dtype, and record what it computes.

    Raises UserError where the network does not take the picture, or returns something else than logits.
    """
    with set_grad_enabled(True):
        image = named("image", Tensor(picture.astype(dtype_of(model)), requires_grad=image_gradient))
        try:
            with np.errstate(all="ignore"):
                logits = model(image)
        except UserError:
            raise
        except Exception as error:  # the user's own network may raise anything
            raise UserError(
                f"the network cannot compute a picture of {picture.shape}: {type(error).__name__}: {error}"
            ) from error
        _check(logits, answer)
        loss = None
        with np.errstate(all="ignore"):
            logits = named("logits", logits)
            if answer is not None:
                loss = named("loss", cross_entropy(logits, np.array([answer])))
    return Pass(model, image, logits, loss)


def dtype_of(model: Any) -> np.dtype[Any]:
    """Return the dtype that a network computes in: that of its first parameter, else float32."""
    return next((p.dtype for p in model.parameters()), np.dtype(np.float32))


def _check(logits: Any, answer: int | None) -> None:
    if not isinstance(logits, Tensor) or logits.ndim != 2 or len(logits.data) != 1 or logits.dtype.kind != "f":
        what = f"{logits.dtype} {logits.shape}" if isinstance(logits, Tensor) else type(logits).__name__
        raise UserError(f"the network must return logits (1, classes) for one picture, not {what}")
    classes = logits.shape[1]
    if answer is not None and answer >= classes:
        raise UserError(f"the answer {answer} is none of the network's classes, 0 to {classes - 1}")


# -- the same network with other tensors -----------------------------------------------------------------------


def with_tensors(model: Any, others: Mapping[int, Tensor]) -> Any:
    """Return a network that holds others[id(t)] in the place of each parameter or buffer t, and shares the rest."""
    held = [*model.parameters(), *model.buffers()]
    memo: dict[int, Any] = {id(t): others.get(id(t), t) for t in held}
    return copy.deepcopy(model, memo)


def in_float64(model: Any) -> Any:
    """Return a copy of a network with its parameters and buffers in float64; in float32, losses come in stairs."""
    others: dict[int, Tensor] = {}
    for path, t in [*model.named_parameters(), *model.named_buffers()]:
        array = t.numpy()
        others[id(t)] = named(path, type(t)(array.astype(np.float64) if array.dtype.kind == "f" else array))
        others[id(t)].requires_grad = t.requires_grad
    twin = with_tensors(model, others)
    for module in twin.modules():
        if isinstance(vars(module).get("dtype"), np.dtype):
            module.dtype = np.dtype(np.float64)  # a layer that may have no parameters says what it computes in
    if isinstance(getattr(twin, "settings", None), dict) and "dtype" in twin.settings:
        twin.settings = {**twin.settings, "dtype": "float64"}  # of a packaged network, which looks at its images
    return twin
