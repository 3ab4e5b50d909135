"""Which definition belongs to which primitive: found by the primitive itself, since another may bear its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ...autograd import Primitive
    from ..elements import Product

    Definition = Callable[..., Iterator[Product]]

_definitions: dict[Primitive, Definition] = {}


def defines(*primitives: Any) -> Callable[[Definition], Definition]:
    """Enter the decorated function as the definition of these primitives."""

    def enter(definition: Definition) -> Definition:
        _definitions.update(dict.fromkeys(primitives, definition))
        return definition

    return enter


def definition_of(primitive: Primitive) -> Definition | None:
    """Return a primitive's definition in indices, or None."""
    return _definitions.get(primitive)
