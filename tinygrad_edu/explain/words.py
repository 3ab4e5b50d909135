"""What there is to say in words about one element of an operation: open or closed, who won, which is the target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import ops
from ..autograd.primitive import primitives
from ..autograd.trace import as_array

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..autograd import Tensor


def remark(y: Tensor, index: tuple[int, ...], g: np.ndarray | None = None) -> str:
    """Return a remark on y[index], or with the upstream gradient on an input's gradient there; "" if there is none."""
    primitive: Any = y.primitive
    inputs = [as_array(x) for x in y.inputs]
    if primitive.gate is not None and inputs[0].shape == y.shape:
        return _gate(primitive.gate(*inputs, **y.params)[index], inputs[0][index], None if g is None else g[index])
    say = _REMARKS.get(primitive)
    return say(inputs, index, g is not None) if say else ""


def _gate(is_open: bool, x: float, g: float | None) -> str:
    state = f"{'open' if is_open else 'closed'}, for x is {x:.6g}"
    if g is None:
        return state
    return f"{state}: g passes" if is_open else f"{state}: g, which is {g:.6g}, stops here"


def _max_pool2d(inputs: list[np.ndarray], index: tuple[int, ...], gradient: bool) -> str:
    return "from the windows that this pixel won" if gradient else "the largest pixel that the window sees"


def _extreme(inputs: list[np.ndarray], index: tuple[int, ...], gradient: bool) -> str:
    return "shared among those that are equal" if gradient else "chosen among all along the axis"


def _nll_loss(inputs: list[np.ndarray], index: tuple[int, ...], gradient: bool) -> str:
    if not gradient:
        return ""
    label = index[min(1, len(index) - 1)]
    target = inputs[1][index[:1] + index[2:] if len(index) > 1 else ()]
    return "the target" if target == label else "not the target: the loss does not look at it"


_REMARKS: dict[Any, Callable[[list[np.ndarray], tuple[int, ...], bool], str]] = {
    primitives()["max_pool2d"]: _max_pool2d,
    ops.max: _extreme,
    ops.min: _extreme,
    ops.nll_loss: _nll_loss,
}
