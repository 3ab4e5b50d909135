"""Which names are public, and where each is defined."""

from __future__ import annotations

import importlib
import inspect
from types import ModuleType
from typing import Any, NamedTuple

import tinygrad_edu
from tinygrad_edu import ops

PACKAGE = "tinygrad_edu"
ROOMS = ("nn", "optim", "models", "data", "training", "testing", "viz", "explain")
CORNERS = ("random", "nn.init", "nn.utils", "testing.strategies")  # modules within a room, with functions of their own


class Name(NamedTuple):
    """A public name: `module.name`, the thing, and the module that defines it."""

    module: str
    name: str
    thing: Any

    @property
    def path(self) -> str:
        """The name in full."""
        return f"{self.module}.{self.name}"

    @property
    def defined_in(self) -> str:
        """The module that the thing comes from."""
        if type(self.thing) in (dict, str, int, float, tuple):
            return self.module
        return getattr(self.thing, "__module__", None) or self.module


def listed(module: ModuleType) -> list[str]:
    """Return what a module says is public; where it says nothing, what it defines."""
    if module is tinygrad_edu:
        return dir(module)
    own = getattr(module, "__all__", None)
    return list(own) if own is not None else [n for n, v in vars(module).items() if _defined(module, n, v)]


def _defined(module: ModuleType, name: str, thing: Any) -> bool:
    if name.startswith("_"):
        return False
    if inspect.isfunction(thing) or inspect.isclass(thing):
        return thing.__module__ == module.__name__
    return name.isupper() and isinstance(thing, dict)


def public(path: str) -> list[Name]:
    """Return the names of a module that are no modules themselves."""
    module = importlib.import_module(path)
    things = [Name(path, name, getattr(module, name)) for name in listed(module)]
    asked = lambda thing: isinstance(thing, ModuleType) and not callable(thing)  # noqa: E731 (explain can be called)
    return [n for n in things if not asked(n.thing) and n.name != "__version__"]


def operations() -> dict[str, list[Name]]:
    """Return the operations by the file of `ops` that they are defined in."""
    files: dict[str, list[Name]] = {}
    for name in ops.__all__:
        thing = getattr(ops, name)
        files.setdefault(thing.__module__.rpartition(".")[2], []).append(Name(PACKAGE, name, thing))
    return dict(sorted(files.items()))


def everything() -> list[Name]:
    """Return every public name there is."""
    modules = [PACKAGE, *(f"{PACKAGE}.{m}" for m in (*ROOMS, *CORNERS))]
    return [name for module in modules for name in public(module)]
