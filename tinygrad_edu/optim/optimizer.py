"""What all optimizers share: the parameters, the loop over them, and the state that a checkpoint keeps."""

from __future__ import annotations

import copy
from itertools import repeat
from typing import TYPE_CHECKING, Any, ClassVar

from ..autograd.commit import change_gradients, change_leaves
from ..autograd.tensor import Tensor
from ..errors import CheckpointError
from ..nn.checks import number, whole
from ..nn.parameter import Parameter
from ..nn.setting import Setting
from ..nn.state import check

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np


class Optimizer:
    """A rule that turns each parameter w and its gradient g into the next w: subclass it and define `update`.

    A step happens whole or not at all: all next values are computed first, and then take their places at once. Were
    Ctrl-C to come in between, or an error, every parameter and every memory is as it was before.

    Args:
        parameters: Tensors that require a gradient, such as `model.parameters()`. Parameters that were frozen
            (`requires_grad = False`) may be among them, and stay as they are.
        lr: the learning rate, at least 0.

    Attributes:
        parameters: a tuple of them.
        lr: may be assigned to at any time; schedules do.
        steps: how often each parameter was updated.
        state: for each parameter what the rule remembers: `state[i]["momentum_buffer"]` is an array.
    """

    settings: ClassVar[tuple[str, ...]] = ("lr",)  # the attributes a state_dict keeps
    buffers: ClassVar[tuple[str, ...]] = ()  # the names of the arrays that the rule remembers for a parameter

    lr: Any = Setting(number, at_least=0)

    def __init__(self, parameters: Iterable[Tensor], lr: float):
        self.parameters = _checked(parameters)
        self.lr = lr
        self.steps = [0] * len(self.parameters)
        self.state: list[dict[str, np.ndarray]] = [{} for _ in self.parameters]

    def update(self, w: np.ndarray, g: np.ndarray, t: int, state: dict[str, np.ndarray]) -> Any:
        """Return a parameter's next value from its value w, its gradient g, and what is remembered of it.

        Args:
            w, g: arrays of one shape, which nobody may change.
            t: which update of this parameter it is, 1 at the first.
            state: the arrays remembered of it, by name; empty at first. To remember, put new arrays in: those that
                are in it still belong to the step before.
        """
        raise NotImplementedError(f"{type(self).__name__} must define update(self, w, g, t, state)")

    def step(self, closure: None = None) -> None:
        """Update every parameter that has a gradient, all at once.

        Raises:
            RuntimeError: no parameter has a gradient.
        """
        if closure is not None:
            raise TypeError("step() takes no closure: compute the loss, call loss.backward(), and then step()")
        steps, state = list(self.steps), list(self.state)
        changed, values = [], []
        for i, p in enumerate(self.parameters):
            if (g := p.grad) is not None and p.requires_grad:  # a frozen one may have kept a gradient
                steps[i] += 1
                state[i] = state[i].copy()
                values.append(self.update(p.data, g.data, steps[i], state[i]))
                changed.append(p)
        if not changed:
            raise RuntimeError(
                "step() finds no gradient in any of its parameters: call loss.backward() between zero_grad() and "
                "step(), with a loss that was computed from these parameters"
            )
        change_leaves(changed, values, (dict.update, vars(self), {"steps": steps, "state": state}))

    def zero_grad(self) -> None:
        """Forget the gradients: every parameter's `.grad` becomes None."""
        change_gradients(self.parameters, repeat(None))

    # -- its state -------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Return everything a later run needs to go on.

        Returns: {"optimizer": the class's name, "settings": {"lr": ...}, "steps": [...], "arrays": {...}}.
            All but "arrays" fits into JSON; "arrays" maps names such as "exp_avg.0", numbered like the
            parameters, to copies.
        """
        return {
            "optimizer": type(self).__name__,
            "settings": {name: getattr(self, name) for name in self.settings},
            "steps": list(self.steps),
            "arrays": {f"{name}.{i}": a.copy() for i, held in enumerate(self.state) for name, a in held.items()},
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` returned, perhaps by way of a file.

        Raises:
            CheckpointError: the state is of another optimizer or other parameters. Then nothing was changed.
        """
        trial = copy.copy(self)
        try:
            kind, settings, steps, arrays = (state[k] for k in ("optimizer", "settings", "steps", "arrays"))
            trial._load_settings(kind, settings, steps)
        except CheckpointError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CheckpointError(f"this is no state of {type(self).__name__}: {error!r}") from error
        expected = {
            f"{name}.{i}": (p.shape, p.dtype)
            for name in self.buffers
            for i, p in enumerate(self.parameters)
            if trial.steps[i] and (trial.remembers() or f"{name}.{i}" in arrays)
        }
        trial.state = [{} for _ in self.parameters]
        for name, array in check(type(self).__name__, expected, arrays).items():
            buffer, i = name.rsplit(".", 1)
            trial.state[int(i)][buffer] = array
        vars(self).update(vars(trial))  # everything fits

    def remembers(self) -> bool:
        """Tell whether, with these settings, every parameter that was updated has its buffers."""
        return True

    def _load_settings(self, kind: str, settings: dict[str, Any], steps: list[int]) -> None:
        """Take over the part of a state that has no arrays, or raise."""
        own = type(self).__name__
        if kind != own:
            raise CheckpointError(f"this is the state of {kind}, not of {own}")
        if set(settings) != set(self.settings):
            raise CheckpointError(f"{own} has the settings {', '.join(self.settings)}, not {', '.join(settings)}")
        if len(steps) != len(self.parameters):
            raise CheckpointError(f"this state has {len(steps)} parameters; {own} has {len(self.parameters)}")
        self.steps = [whole("steps", n, at_least=0) for n in steps]
        for name in self.settings:  # all go before the first comes: they are checked together
            vars(self).pop(name)
        for name, value in settings.items():
            setattr(self, name, value)

    # -- its settings ----------------------------------------------------------------------------------------

    def check_settings(self, settings: Mapping[str, Any]) -> None:
        """Raise ValueError if settings, each of which is right by itself, do not go together."""

    def checked(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return new settings as they would be stored.  Raises ValueError as assigning them would."""
        kinds = ((getattr(type(self), name, None), name, value) for name, value in settings.items())
        new = {name: kind.checked(self, value) if isinstance(kind, Setting) else value for kind, name, value in kinds}
        self.check_settings({**vars(self), **new})
        return new

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={getattr(self, name)}" for name in self.settings)
        return f"{type(self).__name__}({len(self.parameters)} parameters, {settings})"


def _checked(parameters: Iterable[Tensor]) -> tuple[Tensor, ...]:
    if isinstance(parameters, Tensor) or not hasattr(parameters, "__iter__"):
        raise TypeError(f"an optimizer needs a list of Tensors such as model.parameters(), not {type(parameters)}")
    checked = tuple(parameters)
    if not checked:
        raise ValueError("an optimizer needs at least one parameter; the list is empty")
    for p in checked:
        if not isinstance(p, Tensor):
            raise TypeError(f"an optimizer needs Tensors such as model.parameters() yields, not {type(p)}")
        if p.primitive is not None or p.dtype.kind != "f":
            raise ValueError(f"an optimizer can only change leaves of a floating dtype, not {p!r}")
        if not p.requires_grad and not isinstance(p, Parameter):  # a frozen Parameter is frozen on purpose
            raise ValueError(f"an optimizer needs Tensors that require a gradient; this one would never change: {p!r}")
    if not any(p.requires_grad for p in checked):
        raise ValueError("an optimizer needs a parameter that requires a gradient; all of these are frozen")
    if len({id(p) for p in checked}) < len(checked):
        raise ValueError("an optimizer got the same parameter twice")
    return checked
