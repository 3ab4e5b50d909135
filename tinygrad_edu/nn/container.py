"""Sequential: modules one after another."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from .module import Module

if TYPE_CHECKING:
    from collections.abc import Iterator


class Sequential(Module):
    """y = layer_k(... layer_2(layer_1(x))): each layer's output is the next one's input

    Args:
        layers: modules, which get the names "0", "1" ..., or one dict of modules by name.

    An index gives a layer, a slice a Sequential of the same layers, with the parameters shared.

    >>> from tinygrad_edu import nn
    >>> model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    >>> model[-1]
    Linear(in_features=3, out_features=2, bias=True)
    >>> len(model[:2])
    2
    >>> nn.Sequential({"hidden": nn.Linear(4, 3), "active": nn.Tanh()})
    Sequential(
      (hidden): Linear(in_features=4, out_features=3, bias=True)
      (active): Tanh()
    )
    """

    def __init__(self, *layers: Module | dict[str, Module]):
        if len(layers) == 1 and isinstance(layers[0], dict):
            named: dict[str, Any] = layers[0]
        else:
            named = {str(i): layer for i, layer in enumerate(layers)}
        for name, layer in named.items():
            if not isinstance(layer, Module):
                raise TypeError(f"Sequential is made of modules; layer {name!r} is {_instead(layer)}")
            if not isinstance(name, str):
                raise TypeError(f"Sequential: a layer's name is a string, not {name!r}")
            if "." in name or hasattr(Module, name):
                raise ValueError(f"Sequential: {name!r} cannot name a layer: it has a dot or is a method's name")
            setattr(self, name, layer)

    def forward(self, x: Any) -> Any:
        """Apply the layers in their order."""
        for layer in self:
            x = layer(x)
        return x

    def append(self, layer: Module) -> Sequential:
        """Add a layer at the end, named by the next free number, and return self."""
        check_module("Sequential", layer)
        number = len(self)
        while hasattr(self, str(number)):  # a slice keeps the names its layers had
            number += 1
        setattr(self, str(number), layer)
        return self

    def __len__(self) -> int:
        return len(list(self.named_children()))

    def __iter__(self) -> Iterator[Module]:
        return self.children()

    def __getitem__(self, index: int | slice) -> Any:
        layers = list(self.named_children())
        if isinstance(index, slice):
            return Sequential(dict(layers[index]))
        i = operator.index(index)
        if not -len(layers) <= i < len(layers):
            raise IndexError(f"Sequential has {len(layers)} layers; there is no layer {i}")
        return layers[i][1]


def check_module(container: str, layer: Any) -> None:
    """Raise unless it is a module."""
    if not isinstance(layer, Module):
        raise TypeError(f"{container} is made of modules, not {_instead(layer)}")


def _instead(layer: Any) -> str:
    """Name what is no module and, where it can be told what was meant, what to write."""
    if isinstance(layer, type) and issubclass(layer, Module):
        return f"the class {layer.__name__}; make a module of it: {layer.__name__}(...)"
    if hasattr(layer, "__iter__"):
        return f"a {type(layer).__name__}; hand over the layers in it one by one: Sequential(*layers)"
    return repr(layer)
