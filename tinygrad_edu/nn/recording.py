"""Looking on while a network computes: which module was called with what, and what came out."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .module import Module

# The recordings under way. Module.__call__ looks here; when nobody records, that look is all it costs.
active: list[tuple[dict[int, str], list[Call]]] = []


@dataclass
class Call:
    """One call of a module: its path in the model, its inputs, and its output (None until it returned)."""

    name: str
    module: Module
    inputs: tuple[Any, ...]
    output: Any = None


@contextmanager
def record_calls(model: Module) -> Iterator[list[Call]]:
    """Collect the calls of the model and of every module inside it, in the order they begin.

    >>> import tinygrad_edu as tge
    >>> from tinygrad_edu import nn
    >>> model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU())
    >>> with nn.record_calls(model) as calls:
    ...     y = model(tge.zeros(1, 1, 28, 28))
    >>> [(call.name, type(call.module).__name__, call.output.shape) for call in calls[1:]]
    [('0', 'Conv2d', (1, 8, 26, 26)), ('1', 'ReLU', (1, 8, 26, 26))]
    """
    entry: tuple[dict[int, str], list[Call]] = ({id(m): name for name, m in model.named_modules()}, [])
    active.append(entry)
    try:
        yield entry[1]
    finally:
        active[:] = [other for other in active if other is not entry]


def call(module: Module, inputs: tuple[Any, ...]) -> Any:
    """Run a module's forward and note the call in every recording whose model it belongs to."""
    noted = []
    for names, calls in active:
        if id(module) in names:
            noted.append(Call(names[id(module)], module, inputs))
            calls.append(noted[-1])
    output = module.forward(*inputs)
    for entry in noted:
        entry.output = output
    return output
