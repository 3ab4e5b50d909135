"""Looking on while a network computes: which module was called with what, and what came out."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .module import Module


@dataclass
class Call:
    """One call of a module: its path in the model, its arguments, and its output (None until it returned)."""

    name: str
    module: Module
    inputs: tuple[Any, ...]
    keywords: dict[str, Any]
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
    calls: list[Call] = []
    running: list[Call] = []

    def begin(name: str, module: Module, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> None:
        calls.append(Call(name, module, inputs, keywords))
        running.append(calls[-1])

    def end(output: Any) -> None:
        running.pop().output = output

    with watch_calls(model, begin, end):
        yield calls


@contextmanager
def watch_calls(model: Module, begin: Callable[..., None], end: Callable[[Any], None]) -> Iterator[None]:
    """Report the calls of the model and of every module inside it, as far as this thread makes them.

    Args:
        model: whose calls.
        begin: called as begin(path, module, inputs, keywords) before each call.
        end: called as end(output) after it, with None if it raised.
    """
    watcher = threading.get_ident()

    def hooks_for(path: str) -> tuple[Callable[..., None], Callable[..., None]]:
        def before(module: Module, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> None:
            if threading.get_ident() == watcher:
                begin(path, module, inputs, keywords)

        def after(module: Module, inputs: tuple[Any, ...], output: Any) -> None:
            if threading.get_ident() == watcher:
                end(output)

        return before, after

    with ExitStack() as hooks:
        for path, module in model.named_modules():
            before, after = hooks_for(path)
            hooks.enter_context(module.register_forward_pre_hook(before, with_kwargs=True))
            hooks.enter_context(module.register_forward_hook(after, always_call=True))
        yield
