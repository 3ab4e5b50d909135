"""Whether operations are being recorded: `no_grad` and its like."""

from __future__ import annotations

import functools
import inspect
import threading
import types
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")


class _Switch(threading.local):
    """One switch for each thread, so that evaluating in one never stops another from recording."""

    enabled = True


recording = _Switch()


def is_grad_enabled() -> bool:
    """Tell whether operations on Tensors are recorded in this thread."""
    return recording.enabled


class RecordingBlock:
    """Record operations, or not, inside a `with` block or a decorated function."""

    def __init__(self, enabled: bool):
        if not isinstance(enabled, bool):
            raise TypeError(f"operations are recorded or not: True or False, not {enabled!r}")
        self._enabled = enabled
        self._before: list[bool] = []  # one for each block that is open

    def __enter__(self) -> None:
        self._before.append(recording.enabled)
        recording.enabled = self._enabled

    def __exit__(self, *exc: object) -> None:
        recording.enabled = self._before.pop()

    def __call__(self, function: F) -> F:
        """Decorate a function, a generator or a coroutine: its body is such a block."""
        inside: Any
        if inspect.isasyncgenfunction(function):
            raise TypeError(f"{function.__name__} yields and awaits; use a `with` block inside it instead")
        if inspect.isgeneratorfunction(function):

            def inside(*args: Any, **kwargs: Any) -> Any:
                return (yield from self._stepwise(function(*args, **kwargs)))

        elif inspect.iscoroutinefunction(function):
            stepwise = types.coroutine(self._stepwise)

            async def inside(*args: Any, **kwargs: Any) -> Any:
                return await stepwise(function(*args, **kwargs))

        else:

            def inside(*args: Any, **kwargs: Any) -> Any:
                with RecordingBlock(self._enabled):  # a block for each call: several threads may be in the function
                    return function(*args, **kwargs)

        return cast("F", functools.wraps(function)(inside))

    def _stepwise(self, body: Any) -> Any:
        """Run a generator or coroutine, each of its steps inside the block and what comes between them outside."""

        def step(go: Callable[..., Any], *value: Any) -> Any:
            with RecordingBlock(self._enabled):
                return go(*value)

        try:
            out = step(body.send, None)
            while True:
                try:
                    received = yield out
                except GeneratorExit:
                    step(body.close)
                    raise
                except BaseException as error:
                    out = step(body.throw, error)
                else:
                    out = step(body.send, received)
        except StopIteration as end:
            return end.value


class set_grad_enabled(RecordingBlock):
    """Record operations in this thread, or not: from now on, or for the length of a `with` block.

    As a decorator it acts inside the function alone.

    >>> import tinygrad_edu as tge
    >>> _ = tge.set_grad_enabled(False)
    >>> tge.is_grad_enabled()
    False
    >>> _ = tge.set_grad_enabled(True)
    """

    def __init__(self, enabled: bool):
        super().__init__(enabled)
        self._outside = recording.enabled
        recording.enabled = enabled

    def __enter__(self) -> None:
        self._before.append(self._outside)
        recording.enabled = self._enabled

    def __call__(self, function: F) -> F:
        """Decorate a function: its body is such a block."""
        recording.enabled = self._outside
        return super().__call__(function)


def no_grad(function: Any = None) -> Any:
    """Compute without recording, in a `with` block or a decorated function: results need no gradient, keep no graph.

    >>> import tinygrad_edu as tge
    >>> w = tge.tensor([2.0], requires_grad=True)
    >>> with tge.no_grad():
    ...     y = w * 3
    >>> y.requires_grad
    False
    """
    return RecordingBlock(False) if function is None else RecordingBlock(False)(function)
