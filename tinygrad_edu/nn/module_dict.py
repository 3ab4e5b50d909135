"""ModuleDict: modules by name, for a forward that chooses among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .container import check_module
from .module import Module

if TYPE_CHECKING:
    from collections.abc import ItemsView, Iterable, Iterator, KeysView, ValuesView


class ModuleDict(Module):
    """A dictionary of modules, whose parameters count: model.heads["digit"].weight has the path "heads.digit.weight"

    A plain dict in an attribute does the same; this one says so when printed, and can be a network's part on its own.
    It has no forward: the module that holds it says in its own what becomes of them.

    Args:
        modules: a dict of modules, or pairs (name, module). A name has no dot, and is not that of a method.

    >>> from tinygrad_edu import nn
    >>> heads = nn.ModuleDict({"digit": nn.Linear(8, 10), "even": nn.Linear(8, 1)})
    >>> heads["even"]
    Linear(in_features=8, out_features=1, bias=True)
    >>> list(heads.state_dict())
    ['digit.weight', 'digit.bias', 'even.weight', 'even.bias']
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] = ()):
        self.update(modules)

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Take in all modules of a dict, or of pairs (name, module)."""
        pairs = dict(modules.items() if isinstance(modules, (Mapping, ModuleDict)) else modules)
        for name, module in pairs.items():
            self[name] = module

    def pop(self, name: str) -> Module:
        """Take a module out and return it."""
        module = self[name]
        del self[name]
        return module

    def clear(self) -> None:
        """Take all modules out."""
        for name in list(self):
            del self[name]

    def keys(self) -> KeysView[str]:
        """Return the names."""
        return dict(self.named_children()).keys()

    def values(self) -> ValuesView[Module]:
        """Return the modules."""
        return dict(self.named_children()).values()

    def items(self) -> ItemsView[str, Module]:
        """Return the pairs (name, module)."""
        return dict(self.named_children()).items()

    def __len__(self) -> int:
        return len(self.keys())

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __contains__(self, name: Any) -> bool:
        return name in self.keys()

    def __getitem__(self, name: str) -> Module:
        if name not in self:
            raise KeyError(f"there is no module {name!r}; there are: {', '.join(self) or 'none'}")
        return dict(self.named_children())[name]

    def __setitem__(self, name: str, module: Module) -> None:
        check_module("ModuleDict", module)
        if not isinstance(name, str) or not name or "." in name or hasattr(ModuleDict, name):
            raise ValueError(f"ModuleDict: a name is a string without a dot, and no method's name, not {name!r}")
        setattr(self, name, module)

    def __delitem__(self, name: str) -> None:
        self[name]
        delattr(self, name)
