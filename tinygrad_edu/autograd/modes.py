"""Whether operations are being recorded: `no_grad` and its like."""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")


class _Recording(threading.local):
    """One switch for each thread, so that evaluating in one never stops another from recording."""

    enabled = True


recording = _Recording()


def is_grad_enabled() -> bool:
    """Tell whether operations on Tensors are recorded in this thread."""
    return recording.enabled


class set_grad_enabled:
    """Record operations, or not, inside a `with` block or a decorated function."""

    def __init__(self, enabled: bool):
        self._enabled = enabled
        self._before: list[bool] = []  # one for each block that is open

    def __enter__(self) -> None:
        self._before.append(recording.enabled)
        recording.enabled = self._enabled

    def __exit__(self, *exc: object) -> None:
        recording.enabled = self._before.pop()

    def __call__(self, function: F) -> F:
        """Decorate a function: its body is such a block."""
        @functools.wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with set_grad_enabled(self._enabled):  # a block for each call: several threads may be in the function
                return function(*args, **kwargs)

        return cast("F", inside)


def no_grad() -> set_grad_enabled:
    """Compute without recording: results need no gradient and keep no graph alive.

    >>> import tinygrad_edu as tge
    >>> w = tge.tensor([2.0], requires_grad=True)
    >>> with tge.no_grad():
    ...     y = w * 3
    >>> y.requires_grad
    False
    """
    return set_grad_enabled(False)
