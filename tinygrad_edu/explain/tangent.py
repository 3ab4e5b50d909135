"""What if one parameter were a little larger?  The loss along it, beside its tangent, whose slope is the gradient.

The gradient is the slope here. The tangent, L + g * delta, says what the loss would be if the slope stayed the same;
the true loss, computed anew for each delta, says how far that holds. The central difference measures the slope
without any rule.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import Tensor, grad, named, no_grad, set_grad_enabled
from ..autograd.graph import Graph
from .asking import checked_index
from .explanation_json import strict
from .formula import element

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class WhatIf:
    """The loss along one number.

    Attributes:
        name, index, value: the number that is changed, and what it is now.
        loss: the loss as it is now.
        gradient: the engine's dL/d(number), the slope of the tangent.
        deltas: the changes, a float64 array; they are those that the number's dtype can hold.
        losses: the true loss for each of them, computed by the engine.
        tangent: loss + gradient * delta, for each of them.
        central_difference: (L(step) - L(-step)) / (2 step), the slope as measured.
        step: the step it was measured with.
    """

    name: str
    index: tuple[int, ...]
    value: float
    loss: float
    gradient: float
    deltas: np.ndarray
    losses: np.ndarray
    tangent: np.ndarray
    central_difference: float
    step: float

    def __str__(self) -> str:
        name = element(self.name, self.index)
        lines = [
            f"What if {name}, which is {self.value:.6g}, were larger by delta?  The loss is {self.loss:.6g}.",
            f"  slope:  dL/d {name} = {self.gradient:+.6g};  "
            f"central difference {self.central_difference:+.6g} (step {self.step:.2g})",
            "",
            f"  {'delta':>10}  {'true loss':>12}  {'L + g*delta':>12}  {'gap':>10}",
        ]
        for delta, true, tangent in zip(self.deltas, self.losses, self.tangent, strict=True):
            lines.append(f"  {delta:>+10.4g}  {true:>12.6g}  {tangent:>12.6g}  {true - tangent:>+10.3g}")
        return "\n".join(lines)

    def to_json(self, indent: int | None = None) -> str:
        """Return all attributes as strict JSON; docs/explain.md describes the format."""
        document: dict[str, Any] = {"format": "tinygrad_edu.what_if", "version": 1}
        for key, value in vars(self).items():
            if isinstance(value, np.ndarray):
                value = [strict(x) for x in value.tolist()]
            document[key] = strict(value) if isinstance(value, float) else value
        return json.dumps(document, indent=indent, allow_nan=False)


def what_if(
    model: Any,
    loss_of: Callable[[Any], Tensor],
    parameter: Tensor | str | None = None,
    index: Any = (),
    delta: float = 0.1,
    *,
    points: int = 21,
    step: float | None = None,
) -> WhatIf:
    """Compute the loss along one number, from -delta to +delta, beside the tangent and the central difference.

    Args:
        model: a module; or a Tensor (an image, say), then `parameter` is left out.
        loss_of: called with the model, it returns the loss. It is called with the number changed, so it must use the
            model it is given, and give the same loss for the same numbers (no dropout: `model.eval()`).
        parameter: a parameter of the model, or its path, such as "conv.weight".
        index: which of its elements.
        delta: how far to go, to both sides.
        points: for how many deltas.
        step: of the central difference; by default the cube root of the dtype's precision, times the value if that is
            above 1: there rounding and curvature spoil it about equally.

    Nothing is changed: while the loss is computed the model holds another Tensor in the parameter's place.

    Raises:
        IndexError, ValueError: there is no such parameter or element, or the loss does not depend on it, is not one
            number, or is another one each time.

    >>> import tinygrad_edu as tge
    >>> x = tge.named("x", tge.Tensor([3.0]))
    >>> found = tge.what_if(x, lambda x: (x * x).sum(), index=0, delta=0.5, points=3)
    >>> found.gradient, found.losses, found.tangent
    (6.0, array([ 6.25,  9.  , 12.25]), array([ 6.,  9., 12.]))
    """
    name, target = _target(model, parameter)
    index = checked_index(name, target.shape, index)
    if not delta > 0 or points < 2:
        raise ValueError(f"delta must be above 0, and there must be at least 2 points, not {delta} and {points}")
    value = float(target.data[index])

    def changed(by: float) -> tuple[float, Tensor]:
        array = target.numpy()
        array[index] = value + by
        return float(array[index]) - value, type(target)(array, requires_grad=True)

    def loss_with(new: Tensor) -> Tensor:
        with _in_place_of(model, target, named(name, new)) as whole:
            return _one_number(loss_of(whole))

    with set_grad_enabled(True):
        _, same = changed(0.0)
        loss = loss_with(same)
        if not loss.requires_grad or same not in Graph([loss]):
            raise ValueError(f"the loss does not depend on {name}: does loss_of use what it is given?")
        (gradient,) = grad(loss, same)
    with no_grad():
        if loss_with(changed(0.0)[1]).item() != loss.item():
            raise ValueError("loss_of gives another loss each time; call model.eval() if the model has dropout")
        moved = [changed(by) for by in np.linspace(-delta, delta, points)]
        losses = np.array([loss_with(new).item() for _, new in moved])
        step = step or float(np.cbrt(np.finfo(target.dtype).eps)) * max(1.0, abs(value))
        (below, lower), (above, upper) = changed(-step), changed(step)
        rise = loss_with(upper).item() - loss_with(lower).item()
    deltas, slope = np.array([by for by, _ in moved]), float(gradient.data[index])
    tangent = loss.item() + slope * deltas
    return WhatIf(name, index, value, loss.item(), slope, deltas, losses, tangent, rise / (above - below), step)


def _target(model: Any, parameter: Tensor | str | None) -> tuple[str, Tensor]:
    """Return the Tensor that is to be changed, and its name."""
    if isinstance(model, Tensor):
        if parameter is not None:
            raise ValueError("where a Tensor is given in the model's place, it is what changes: leave out `parameter`")
        return model.name or "tensor", model
    known = dict(model.named_parameters())
    for path, p in known.items():
        if p is parameter or (isinstance(parameter, str) and path == parameter):
            return path, p
    called = repr(parameter) if isinstance(parameter, str) else "such a Tensor"
    raise ValueError(
        f"the model has no parameter {called}; it has: {', '.join(f'{k} {p.shape}' for k, p in known.items())}"
    )


def _one_number(loss: Any) -> Tensor:
    if not isinstance(loss, Tensor) or loss.size != 1:
        what = f"a Tensor of shape {loss.shape}" if isinstance(loss, Tensor) else type(loss).__name__
        raise ValueError(f"loss_of must return a Tensor of one number, not {what}")
    return loss


@contextmanager
def _in_place_of(model: Any, old: Tensor, new: Tensor) -> Iterator[Any]:
    """Let the model hold `new` wherever it holds `old`, inside a `with` block; its buffers come out as they were."""
    if model is old:
        yield new
        return
    buffers = [(buffer, buffer.data) for buffer in model.buffers()]
    replaced = []
    try:
        for module in model.modules():
            for attribute, value in list(vars(module).items()):
                other = _replace(value, old, new)
                if other is not value:
                    replaced.append((module, attribute, value))
                    setattr(module, attribute, other)
        yield model
    finally:
        for module, attribute, value in replaced:
            setattr(module, attribute, value)
        for buffer, data in buffers:
            if buffer.data is not data:
                buffer.data = data


def _replace(value: Any, old: Tensor, new: Tensor) -> Any:
    """Return an attribute's value with `new` for `old`: itself, where that is not in it."""
    if value is old:
        return new
    if isinstance(value, (list, tuple, dict)):
        members = value if isinstance(value, dict) else dict(enumerate(value))
        others = {key: _replace(member, old, new) for key, member in members.items()}
        if any(others[key] is not member for key, member in members.items()):
            return others if isinstance(value, dict) else type(value)(others.values())
    return value
