"""The checks that several layers share."""

from __future__ import annotations

from typing import Any


def at_least_one(layer: str, **sizes: Any) -> None:
    """Raise unless every size is a whole number of at least 1."""
    for name, size in sizes.items():
        if isinstance(size, bool) or not hasattr(size, "__index__") or size < 1:
            raise ValueError(f"{layer}: {name} must be an integer of at least 1, not {size!r}")


def same_dtype(layer: str, x: Any, weight: Any) -> None:
    """Raise if the input would change the dtype a layer computes in."""
    if x.dtype != weight.dtype:
        raise TypeError(
            f"{layer} computes in {weight.dtype}, but its input is {x.dtype}; use x.astype({str(weight.dtype)!r})"
        )
