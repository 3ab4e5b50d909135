"""A network's two modes: training, where `Dropout` drops, and evaluation."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..autograd.commit import at_once
from ..autograd.modes import no_grad

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .module import Module


@contextmanager
def evaluating(model: Module) -> Iterator[None]:
    """Evaluate inside a `with` block: evaluation mode, nothing recorded; afterwards every mode is as it was.

    >>> from tinygrad_edu import nn
    >>> layer = nn.Dropout(0.5)
    >>> with nn.evaluating(layer):
    ...     layer.training
    False
    >>> layer.training
    True
    """
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with no_grad():
            yield
    finally:
        set_modes(modes)


def set_modes(modes: Iterable[tuple[Module, bool]]) -> None:
    """Give modules their modes, all at once: no Ctrl-C leaves half of a network dropping units."""
    at_once(*[(dict.__setitem__, vars(module), "training", mode) for module, mode in modes])
