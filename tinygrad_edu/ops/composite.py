"""Operations made of other operations: without rules of their own, for their gradients follow from their parts'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ..autograd.spelling import spelled_either_way

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")

_composites: dict[str, Any] = {}


def composite(function: F) -> F:
    """Enter a function into the rulebook beside the primitives: `tge.flatten`, and `x.flatten()`."""
    function = spelled_either_way(function)
    _composites[function.__name__] = function
    return function


def composites() -> dict[str, Any]:
    """Return every such operation by its name."""
    return dict(_composites)
