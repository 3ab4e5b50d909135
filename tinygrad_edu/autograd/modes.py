"""Whether operations are being recorded: `no_grad` and its like."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Recording(threading.local):
    """One switch for each thread, so that evaluating in one never stops another from recording."""

    enabled = True


recording = _Recording()


def is_grad_enabled() -> bool:
    """Tell whether operations on Tensors are recorded in this thread."""
    return recording.enabled


@contextmanager
def set_grad_enabled(enabled: bool) -> Iterator[None]:
    """Record operations, or not, inside a `with` block or a decorated function."""
    before = recording.enabled
    recording.enabled = enabled
    try:
        yield
    finally:
        recording.enabled = before


def no_grad():
    """Compute without recording: results need no gradient and keep no graph alive.

    >>> import tinygrad_edu as tge
    >>> w = tge.tensor([2.0], requires_grad=True)
    >>> with tge.no_grad():
    ...     y = w * 3
    >>> y.requires_grad
    False
    """
    return set_grad_enabled(False)
