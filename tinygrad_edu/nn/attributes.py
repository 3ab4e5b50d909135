"""What a module holds: its attributes, those in containers too, and what is held where nobody would find it."""

from __future__ import annotations

from collections import deque
from types import FunctionType, GeneratorType, ModuleType
from typing import TYPE_CHECKING, Any

from ..autograd.tensor import Tensor
from .parameter import Buffer, Parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .module import Module


def attributes(owner: Any) -> Iterator[tuple[str, Any]]:
    """Yield an object's attributes; the members of lists, tuples and dicts count as "name.0", "name.key"."""
    pending = list(reversed(vars(owner).items()))
    inside: set[int] = set()
    while pending:
        name, value = pending.pop()
        if not isinstance(value, (list, tuple, dict)):
            yield name, value
        elif id(value) not in inside:  # else it holds itself
            inside.add(id(value))
            items = value.items() if isinstance(value, dict) else enumerate(value)
            pending.extend((f"{name}.{key}", v) for key, v in reversed(list(items)))


def refuse_hidden(model: Module, parameters: Iterable[Parameter]) -> None:
    """Raise TypeError if the model holds what looks like a parameter or a part, but is not found among them.

    It is looked for in sets, in plain objects, on the class, and among Tensors that require a gradient. What is held
    on purpose, and not to be found, can be held by a function.
    """
    found = {id(p) for p in parameters} | {id(module) for module in model.modules()}
    for module in model.modules():
        owner = type(module).__name__
        for name, value in attributes(module):
            if isinstance(value, (Parameter, Buffer)) or id(value) in found:
                continue
            if isinstance(value, Tensor):
                if value.requires_grad and value.is_leaf:
                    raise TypeError(
                        f"{owner}.{name} requires a gradient but is no Parameter, so it would not be trained; "
                        "make it nn.Parameter(...), or detach() it"
                    )
            elif isinstance(value, (GeneratorType, map, filter, zip)):
                raise TypeError(f"{owner}.{name} is a {type(value).__name__}, used up after once; make it a list")
            elif any(_is_part(v) and id(v) not in found for v in _inside(value)):
                raise TypeError(
                    f"{owner}.{name} is a {type(value).__name__}, and the parameters in it would not be found; hold "
                    "them in a list, a tuple or a dict, or make it an nn.Module"
                )
        for kind in type(module).__mro__:
            for name, value in vars(kind).items():
                if _is_part(value):
                    raise TypeError(
                        f"{owner}.{name} belongs to the class, so all its instances would share it, and it would not "
                        "be found; make it in __init__: self." + name + " = ..."
                    )


def _is_part(value: Any) -> bool:
    return isinstance(value, Parameter) or (hasattr(value, "named_parameters") and not isinstance(value, type))


def _inside(value: Any) -> Iterator[Any]:
    """Yield what a set, a deque or a plain object holds."""
    if isinstance(value, (set, frozenset, deque)):
        yield from value
    elif hasattr(value, "__dict__") and not isinstance(value, (type, FunctionType, ModuleType)):
        yield from (v for _, v in attributes(value))
    for name in getattr(type(value), "__slots__", ()):
        if hasattr(value, name):
            yield getattr(value, name)
