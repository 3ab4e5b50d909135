"""What all optimizers share: the parameters, the loop over them, and the state that a checkpoint keeps."""

from __future__ import annotations

from itertools import accumulate, chain, pairwise, repeat
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ..autograd.commit import change_gradients, change_leaves
from ..nn.checks import number
from ..nn.setting import Setting
from . import groups
from .state import attributes_from, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy as np

    from ..autograd.tensor import Tensor

R = TypeVar("R", bound="Optimizer")


class Optimizer:
    """A rule that turns each parameter w and its gradient g into the next w: subclass it and define `update`.

    A step happens whole or not at all: all next values are computed first, and then take their places at once. Were
    Ctrl-C to come in between, or an error, every parameter and every memory is as it was before.

    Args:
        parameters: Tensors that require a gradient, such as `model.parameters()`; or groups of them, dicts such as
            {"params": model.dense.parameters(), "lr": 0.01}: what a group does not name, it has from the other
            arguments. Parameters that were frozen (`requires_grad = False`) may be among them, and stay as they are.
        lr: the learning rate, at least 0.

    Attributes:
        parameters: a tuple of them, of all groups one after another.
        lr: may be assigned to at any time; schedules do. With several groups it is the first group's, and
            `param_groups[k]["lr"]` is what can be assigned to; so it is with every setting.
        param_groups: a tuple of the groups, each a `ParamGroup`; there is one unless several were given.
        steps: how often each parameter was updated.
        state: for each parameter what the rule remembers: `state[i]["momentum_buffer"]` is an array.
    """

    settings: ClassVar[tuple[str, ...]] = ("lr",)  # the attributes a state_dict keeps, and a group may have of its own
    buffers: ClassVar[tuple[str, ...]] = ()  # the names of the arrays that the rule remembers for a parameter
    later: ClassVar[dict[str, Any]] = {}  # settings that older states lack, and what they amounted to

    lr: Any = Setting(number, at_least=0)

    _others: tuple[dict[str, Any], ...] = ()  # the settings of the second group and on; the first's are attributes

    def __init__(self, parameters: Iterable[Tensor] | Iterable[dict[str, Any]], lr: float):
        given = groups.read(type(self), parameters)
        self.parameters = groups.check([inside for inside, _ in given])
        self.lr = lr
        self.steps = [0] * len(self.parameters)
        self.state: list[dict[str, np.ndarray]] = [{} for _ in self.parameters]
        self.sizes = tuple(len(inside) for inside, _ in given)
        self.defaults = {name: vars(self)[name] for name in self.settings if name in vars(self)}
        self.initial_lrs: tuple[float, ...] | None = None  # of a schedule, before it moved them
        if len(given) > 1 or given[0][1]:
            first, *others = [self._complete(own) for _, own in given]
            vars(self).update(first, _others=tuple(others))

    def update(self, w: np.ndarray, g: np.ndarray, t: int, state: dict[str, np.ndarray]) -> Any:
        """Return a parameter's next value from its value w, its gradient g, and what is remembered of it.

        The settings, `self.lr` and so on, are those of the parameter's group.

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
        for i, (p, rule) in enumerate(zip(self.parameters, self._rules(), strict=False)):
            if (g := p.grad) is not None and p.requires_grad:  # a frozen one may have kept a gradient
                steps[i] += 1
                state[i] = state[i].copy()
                values.append(rule.update(p.data, g.data, steps[i], state[i]))
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

    # -- its groups ------------------------------------------------------------------------------------------

    @property
    def param_groups(self) -> tuple[groups.ParamGroup, ...]:
        """The groups: param_groups[k]["lr"] may be assigned to, param_groups[k]["params"] lists the parameters."""
        return tuple(groups.ParamGroup(self, k) for k in range(len(self.sizes)))

    def add_param_group(self, group: dict[str, Any]) -> None:
        """Take in more parameters, such as layers that were frozen so far, as a group with settings of its own.

        What it does not name, it has from the arguments that the optimizer was made with.

        >>> from tinygrad_edu import nn, optim
        >>> body, head = nn.Linear(4, 3), nn.Linear(3, 2)
        >>> optimizer = optim.SGD(head.parameters(), lr=0.1)
        >>> optimizer.add_param_group({"params": body.parameters(), "lr": 0.01})
        >>> optimizer
        SGD(4 parameters in 2 groups, lr=0.1|0.01, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False)
        """
        inside, own = groups.read_group(type(self), group)
        ends = (0, *accumulate(self.sizes))
        held = [self.parameters[a:b] for a, b in pairwise(ends)]
        parameters, settings = groups.check([*held, inside]), self._complete(own)
        grown = {
            "parameters": parameters,
            "steps": [*self.steps, *[0] * len(inside)],
            "state": [*self.state, *({} for _ in inside)],
            "sizes": (*self.sizes, len(inside)),
            "_others": (*self._others, settings),
            "initial_lrs": self.initial_lrs and (*self.initial_lrs, settings["lr"]),
        }
        vars(self).update(grown)

    def span(self, k: int) -> slice:
        """Return where group k's parameters stand among all."""
        start = sum(self.sizes[:k])
        return slice(start, start + self.sizes[k])

    def group_settings(self, k: int) -> dict[str, Any]:
        """Return the settings of group k."""
        return {name: getattr(self, name) for name in self.settings} if k == 0 else dict(self._others[k - 1])

    def as_group(self: R, k: int) -> R:
        """Return the optimizer as group k knows it: its settings are the group's, and it has no other group."""
        return self.alone(self.group_settings(k)) if self._others else self

    def alone(self: R, settings: Mapping[str, Any]) -> R:
        """Return the optimizer with other settings and without other groups."""
        rule = object.__new__(type(self))
        vars(rule).update(vars(self), **settings, _others=())
        return rule

    def in_groups(self, settings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return the attributes that give each group its new settings.  Raises ValueError as assigning them would."""
        first, *others = [self.as_group(k).checked(new) for k, new in enumerate(settings)]
        if not self._others:
            return first
        return {**first, "_others": tuple({**old, **new} for old, new in zip(self._others, others, strict=True))}

    def _rules(self: R) -> Iterator[R]:
        """Yield for each parameter the optimizer as its group knows it."""
        if not self._others:
            return repeat(self)
        return chain.from_iterable(repeat(self.as_group(k), size) for k, size in enumerate(self.sizes))

    def _complete(self, own: dict[str, Any]) -> dict[str, Any]:
        """Return all settings of a group from those it names."""
        settings = {**self.group_settings(0), **self.defaults} if vars(self).keys() >= set(self.settings) else {}
        if not settings:
            raise TypeError(
                f"{type(self).__name__}: for groups, all of {', '.join(self.settings)} have to be set before "
                "super().__init__(parameters, lr)"
            )
        return {**settings, **self.alone(settings).checked(own)}

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.settings:
            if self._others:
                raise AttributeError(
                    f"{type(self).__name__} has {len(self.sizes)} groups, each with its own {name}; assign "
                    f"optimizer.param_groups[k][{name!r}]"
                )
            if name == "lr":
                vars(self)["initial_lrs"] = None
        super().__setattr__(name, value)

    # -- its state -------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Return everything a later run needs to go on.

        Returns: {"optimizer": the class's name, "settings": {"lr": ...}, "steps": [...], "arrays": {...}}.
            All but "arrays" fits into JSON; "arrays" maps names such as "exp_avg.0", numbered like the
            parameters, to copies. With several groups there is "groups" in place of "settings": for each of them
            {"params": how many parameters, "lr": ...}.
        """
        return state_of(self)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what `state_dict` returned, perhaps by way of a file.

        Raises:
            CheckpointError: the state is of another optimizer, other parameters or other groups. Then nothing was
                changed.
        """
        vars(self).update(attributes_from(self, state))  # all that could fail is over

    def remembered(self) -> tuple[str, ...]:
        """Return the names of the buffers that, with these settings, every updated parameter has."""
        return self.buffers

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
        each = [self.group_settings(k) for k in range(len(self.sizes))]
        values = {name: dict.fromkeys(str(settings[name]) for settings in each) for name in self.settings}
        settings = ", ".join(f"{name}={'|'.join(shown)}" for name, shown in values.items())
        several = f" in {len(each)} groups" if len(each) > 1 else ""
        return f"{type(self).__name__}({len(self.parameters)} parameters{several}, {settings})"
