"""What all optimizers share: the parameters, the loop over them, and the state that a checkpoint keeps."""

from __future__ import annotations

import copy
import operator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..autograd.tensor import Tensor
from ..errors import CheckpointError
from ..nn.state import check

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Optimizer:
    """A rule that turns each parameter w and its gradient g into the next w: subclass it and define `update`.

    Arrays never change in this engine, so a step gives every parameter a new array.

    Args:
        parameters: Tensors that require a gradient, such as `model.parameters()`.
        lr: the learning rate.

    Attributes:
        parameters: the list of them.
        lr: may be assigned to at any time; schedules do.
        steps: how often each parameter was updated.
        buffers: what the rule remembers for each parameter: `buffers["momentum_buffer"][i]` is an array.
    """

    settings: ClassVar[tuple[str, ...]] = ("lr",)  # the attributes a state_dict keeps

    def __init__(self, parameters: Iterable[Tensor], lr: float):
        self.parameters = _checked(parameters)
        self.lr = lr
        self.steps = [0] * len(self.parameters)
        self.buffers: dict[str, dict[int, np.ndarray]] = {name: {} for name in self.buffer_names()}

    def update(self, i: int, w: np.ndarray, g: np.ndarray) -> Any:
        """Return the next value of parameter i from its value w and gradient g, changing neither."""
        raise NotImplementedError(f"{type(self).__name__} must define update(self, i, w, g)")

    def buffer_names(self) -> tuple[str, ...]:
        """Return the names of the arrays that the rule keeps for every parameter it has updated."""
        return ()

    def step(self) -> None:
        """Update every parameter that has a gradient."""
        for i, p in enumerate(self.parameters):
            if p.grad is not None:
                self.steps[i] += 1
                p.data = self.update(i, p.data, p.grad.data)

    def zero_grad(self) -> None:
        """Forget the gradients: every parameter's `.grad` becomes None."""
        for p in self.parameters:
            p.grad = None

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
            "arrays": {f"{b}.{i}": a.copy() for b, arrays in self.buffers.items() for i, a in arrays.items()},
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
            f"{buffer}.{i}": (p.shape, p.dtype)
            for buffer in trial.buffer_names()
            for i, p in enumerate(self.parameters)
            if steps[i]
        }
        trial.buffers = {buffer: {} for buffer in trial.buffer_names()}
        for name, array in check(type(self).__name__, expected, arrays).items():
            buffer, i = name.rsplit(".", 1)
            trial.buffers[buffer][int(i)] = array
        vars(self).update(vars(trial))  # everything fits

    def _load_settings(self, kind: str, settings: dict[str, Any], steps: list[int]) -> None:
        """Take over the part of a state that has no arrays, or raise."""
        own = type(self).__name__
        if kind != own:
            raise CheckpointError(f"this is the state of {kind}, not of {own}")
        if set(settings) != set(self.settings):
            raise CheckpointError(f"{own} has the settings {', '.join(self.settings)}, not {', '.join(settings)}")
        if len(steps) != len(self.parameters):
            raise CheckpointError(f"this state has {len(steps)} parameters; {own} has {len(self.parameters)}")
        self.steps = [operator.index(n) for n in steps]
        if min(self.steps) < 0:
            raise ValueError(f"steps must not be negative: {self.steps}")
        for name, value in settings.items():
            setattr(self, name, value)
        self.check_settings()

    # -- its settings ----------------------------------------------------------------------------------------

    def check_settings(self) -> None:
        """Raise ValueError if a setting makes no sense; subclasses add theirs."""
        self.at_least_zero("lr")

    def at_least_zero(self, *names: str) -> None:
        """Raise unless these settings are finite numbers and not negative; make Python floats of them.

        A NumPy float64 would turn float32 weights into float64 ones.
        """
        for name in names:
            value = getattr(self, name)
            try:
                number = float(value)
            except (TypeError, ValueError):
                number = -1.0
            if not 0 <= number < float("inf"):
                raise ValueError(f"{type(self).__name__}: {name} must be a number of at least 0, not {value!r}")
            setattr(self, name, number)

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={getattr(self, name)}" for name in self.settings)
        return f"{type(self).__name__}({len(self.parameters)} parameters, {settings})"


def _checked(parameters: Iterable[Tensor]) -> list[Tensor]:
    if isinstance(parameters, Tensor) or not hasattr(parameters, "__iter__"):
        raise TypeError(f"an optimizer needs a list of Tensors such as model.parameters(), not {type(parameters)}")
    checked = list(parameters)
    if not checked:
        raise ValueError("an optimizer needs at least one parameter; the list is empty")
    for p in checked:
        if not isinstance(p, Tensor):
            raise TypeError(f"an optimizer needs Tensors such as model.parameters() yields, not {type(p)}")
        if p.primitive is not None or p.dtype.kind != "f":
            raise ValueError(f"an optimizer can only change leaves of a floating dtype, not {p!r}")
    if len({id(p) for p in checked}) < len(checked):
        raise ValueError("an optimizer got the same parameter twice")
    return checked
