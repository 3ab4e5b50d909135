"""Parameter groups: parts of an optimizer's parameters, each with its own learning rate and other settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from ..autograd.tensor import Tensor
from ..nn.parameter import Parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .optimizer import Optimizer


class ParamGroup(MutableMapping[str, Any]):
    """One group of an optimizer, as a dict: its parameters under "params", and its settings by their names.

    A setting is checked when it is assigned, as an optimizer's attribute is. `update` assigns several at once, which
    have to go together.

    >>> from tinygrad_edu import nn, optim
    >>> features, head = nn.Linear(4, 3), nn.Linear(3, 2)
    >>> optimizer = optim.SGD([{"params": features.parameters(), "lr": 0.01}, {"params": head.parameters()}], lr=0.1)
    >>> [group["lr"] for group in optimizer.param_groups]
    [0.01, 0.1]
    >>> optimizer.param_groups[0]["lr"] = "slow"
    Traceback (most recent call last):
    ValueError: SGD: lr must be a number of at least 0, not 'slow'
    """

    def __init__(self, optimizer: Optimizer, index: int):
        self._optimizer, self._index = optimizer, index

    def __getitem__(self, name: str) -> Any:
        if name == "params":
            return list(self._optimizer.parameters[self._optimizer.span(self._index)])
        return self._optimizer.group_settings(self._index)[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def update(self, *settings: Any, **more: Any) -> None:
        """Assign settings, all of them or, if they do not go together, none."""
        new = dict(*settings, **more)
        known(type(self._optimizer), new)
        each: list[dict[str, Any]] = [{} for _ in self._optimizer.param_groups]
        each[self._index] = new
        changes = self._optimizer.in_groups(each)
        vars(self._optimizer).update(changes if "lr" not in new else {**changes, "initial_lrs": None})

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"a group keeps each of its settings; assign another value to {name!r}")

    def __iter__(self) -> Iterator[str]:
        return iter(("params", *self._optimizer.settings))

    def __len__(self) -> int:
        return 1 + len(self._optimizer.settings)

    def __repr__(self) -> str:
        return repr({name: f"{len(self[name])} parameters" if name == "params" else self[name] for name in self})


def known(kind: type[Optimizer], settings: Iterable[str]) -> None:
    """Raise ValueError if a name is no setting of this kind of optimizer."""
    for name in settings:
        if name not in kind.settings:
            raise ValueError(f"{kind.__name__}: a group has the settings {', '.join(kind.settings)}, not {name!r}")


def read(kind: type[Optimizer], parameters: Any) -> list[tuple[tuple[Tensor, ...], dict[str, Any]]]:
    """Return the groups, each its parameters and its own settings, of a list of Tensors or a list of dicts."""
    if isinstance(parameters, (Tensor, Mapping)) or not hasattr(parameters, "__iter__"):
        raise TypeError(f"an optimizer needs a list of Tensors such as model.parameters(), not {type(parameters)}")
    listed = list(parameters)
    if listed and all(isinstance(group, Mapping) for group in listed):
        return [read_group(kind, group) for group in listed]
    return [(tuple(listed), {})]


def read_group(kind: type[Optimizer], group: Any) -> tuple[tuple[Tensor, ...], dict[str, Any]]:
    """Return the parameters and the settings of a group given as a dict."""
    if not isinstance(group, Mapping) or "params" not in group:
        raise TypeError(f'a group is a dict such as {{"params": layer.parameters(), "lr": 0.1}}, not {group!r}')
    settings = {name: value for name, value in group.items() if name != "params"}
    known(kind, settings)
    inside = group["params"]
    if not isinstance(inside, Tensor) and not hasattr(inside, "__iter__"):
        raise TypeError(f"a group's \"params\" are Tensors such as layer.parameters(), not {type(inside)}")
    held = (inside,) if isinstance(inside, Tensor) else tuple(inside)
    if not held:
        raise ValueError('a group needs at least one parameter; its "params" are empty')
    return held, settings


def check(groups: Sequence[tuple[Tensor, ...]]) -> tuple[Tensor, ...]:
    """Return the parameters of all groups, in order, or raise: each is a leaf that can learn, and is there once."""
    checked = tuple(chain.from_iterable(groups))
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
        twice = "twice" if len(groups) == 1 else "in two groups, or twice in one"
        raise ValueError(f"an optimizer got the same parameter {twice}")
    return checked
