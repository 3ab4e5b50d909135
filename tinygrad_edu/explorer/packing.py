"""How an answer travels to the page: JSON for people, and behind it the arrays as they stand in memory.

    4 bytes "TGE1", 4 bytes the length of the JSON (little-endian), the JSON, padding to 8, then array after array, each
    padded to 8.

In the JSON an array is {"$array": k}; the list "$arrays" says of each k the dtype, the shape and where it begins,
counted from the first array. So half a million numbers arrive as they are, without being written out and read again.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ..explain.explanation_json import strict

MAGIC = b"TGE1"


def pack(answer: Any) -> bytes:
    """Return an answer as bytes: dicts, lists, strings, numbers, None, and NumPy arrays anywhere in them.

    >>> pack({"loss": 0.5, "g": np.zeros(2, np.float32)})[:4]
    b'TGE1'
    """
    arrays: list[np.ndarray] = []
    body = _plain(answer, arrays)
    places, at = [], 0
    for array in arrays:
        places.append({"dtype": array.dtype.name, "shape": list(array.shape), "at": at})
        at += _padded(array.nbytes)
    header = json.dumps({"$arrays": places, "answer": body}, allow_nan=False, ensure_ascii=False).encode()
    parts = [MAGIC, len(header).to_bytes(4, "little"), header, bytes(_padded(len(header)) - len(header))]
    for array in arrays:
        parts += [array.tobytes(), bytes(_padded(array.nbytes) - array.nbytes)]
    return b"".join(parts)


def _plain(value: Any, arrays: list[np.ndarray]) -> Any:
    if isinstance(value, np.ndarray):
        arrays.append(_portable(value))
        return {"$array": len(arrays) - 1}
    if isinstance(value, dict):
        return {key: _plain(member, arrays) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(member, arrays) for member in value]
    if isinstance(value, np.generic):
        value = value.item()
    return strict(value) if isinstance(value, float) else value


def _portable(array: np.ndarray) -> np.ndarray:
    """Return an array in one of the dtypes that a page has: what does not fit exactly becomes float64."""
    if array.dtype.kind == "b":
        return array.astype(np.uint8)
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind in "iu":
        return array.astype(np.int32) if array.dtype.itemsize > 4 or array.dtype.kind == "u" else array.astype("<i4")
    return array.astype("<f4" if array.dtype == np.float32 else "<f8")


def _padded(length: int) -> int:
    return -(-length // 8) * 8
