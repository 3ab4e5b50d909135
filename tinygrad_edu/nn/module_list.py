"""ModuleList: modules by number, for a forward that decides what to do with them."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from .container import check_module
from .module import Module

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class ModuleList(Module):
    """A list of modules, whose parameters count: model.layers[2].weight has the path "layers.2.weight"

    A plain list in an attribute does the same; this one says so when printed, and can be a network's part on its own.
    It has no forward: the module that holds it says in its own what becomes of them.

    Args:
        modules: any iterable of modules.

    >>> import tinygrad_edu as tge
    >>> from tinygrad_edu import nn
    >>> class Deep(nn.Module):
    ...     def __init__(self):
    ...         self.layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(3))
    ...     def forward(self, x):
    ...         for layer in self.layers:
    ...             x = x + layer(x).relu()
    ...         return x
    >>> Deep()(tge.ones(2, 4)).shape, list(Deep().state_dict())[:2]
    ((2, 4), ['layers.0.weight', 'layers.0.bias'])
    """

    def __init__(self, modules: Iterable[Module] = ()):
        self.extend(modules)

    def append(self, module: Module) -> ModuleList:
        """Add a module at the end, and return self."""
        check_module("ModuleList", module)
        setattr(self, str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> ModuleList:
        """Add all modules of an iterable at the end, and return self."""
        if isinstance(modules, Module) and not isinstance(modules, ModuleList):
            raise TypeError(f"ModuleList takes a list of modules, not one {type(modules).__name__}; write [module]")
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> None:
        """Put a module before the one of that number; those behind it count one further."""
        check_module("ModuleList", module)
        modules = list(self)
        modules.insert(operator.index(index), module)
        self._hold(modules)

    def pop(self, index: int = -1) -> Module:
        """Take a module out and return it."""
        modules = list(self)
        taken = modules.pop(self._number(index))
        self._hold(modules)
        return taken

    def _number(self, index: int) -> int:
        i, count = operator.index(index), len(self)
        if not -count <= i < count:
            raise IndexError(f"ModuleList has {count} modules; there is no module {i}")
        return i % count

    def _hold(self, modules: list[Module]) -> None:
        for name, _ in list(self.named_children()):
            delattr(self, name)
        self.extend(modules)

    def __len__(self) -> int:
        return len(list(self.named_children()))

    def __iter__(self) -> Iterator[Module]:
        return self.children()

    def __getitem__(self, index: int | slice) -> Any:
        modules = list(self)
        return ModuleList(modules[index]) if isinstance(index, slice) else modules[self._number(index)]

    def __setitem__(self, index: int, module: Module) -> None:
        check_module("ModuleList", module)
        setattr(self, str(self._number(index)), module)

    def __delitem__(self, index: int | slice) -> None:
        modules = list(self)
        del modules[index if isinstance(index, slice) else self._number(index)]
        self._hold(modules)
