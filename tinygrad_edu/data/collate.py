"""How rows of a dataset become a batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import DataError
from .arrays import read_only


def default_collate(rows: list[Any]) -> Any:
    """Return a batch of n rows: arrays and numbers are stacked, (n, ...); tuples, lists and dicts part by part.

    Integers become int64, Python's floats float32 as everywhere here, arrays keep their dtype. Strings, and anything
    else, become a list.

    Raises:
        DataError: rows of unequal shapes or lengths; a collate_fn can say what is meant.

    >>> default_collate([(np.zeros(2), 7, "x"), (np.ones(2), 8, "y")])
    (array([[0., 0.],
           [1., 1.]]), array([7, 8]), ['x', 'y'])
    """
    first = rows[0]
    if isinstance(first, Mapping):
        _check(rows, all(isinstance(row, Mapping) and row.keys() == first.keys() for row in rows), "other keys")
        return {key: default_collate([row[key] for row in rows]) for key in first}
    if isinstance(first, tuple | list):
        _check(rows, all(type(row) is type(first) and len(row) == len(first) for row in rows), "other lengths")
        make = getattr(type(first), "_make", type(first))  # a named tuple takes its parts one by one
        return make([default_collate(list(parts)) for parts in zip(*rows, strict=True)])
    if isinstance(first, np.ndarray | np.generic | bool | int | float):
        arrays = [np.asarray(row) for row in rows]
        _check(rows, all(array.shape == arrays[0].shape for array in arrays), "other shapes")
        plain = all(type(row) in (int, float) for row in rows)
        if plain:
            return read_only(np.array(rows, np.float32 if any(type(row) is float for row in rows) else np.int64))
        return read_only(np.stack(arrays))
    return rows


def _check(rows: list[Any], alike: bool, what: str) -> None:
    if not alike:
        other = next(row for row in rows if _shown(row) != _shown(rows[0]))
        raise DataError(
            f"rows of a batch differ: {_shown(rows[0])} and {_shown(other)} have {what}; give a collate_fn that says "
            "what to make of them"
        )


def _shown(row: Any) -> str:
    if isinstance(row, np.ndarray | np.generic):
        return f"an array {row.shape}"
    if isinstance(row, Mapping):
        return f"{type(row).__name__} of {', '.join(map(str, row))}"
    return f"{type(row).__name__} of {len(row)}" if hasattr(row, "__len__") else type(row).__name__
