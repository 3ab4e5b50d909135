"""What a Tensor may hold: plain ndarrays that nobody can write to, and the one rule for their dtypes.

The rule for dtypes, which is PyTorch's:

- Arrays and Tensors keep theirs, and floats stay as wide as they are.
- Python's numbers, and NumPy's single ones such as `np.float64(2)`, take on the dtype of the Tensor they meet.
- Where no float decides, whatever must be one is float32, and computed as one: lists of Python floats, integers times
  0.5, their mean, e^x of bytes (for which NumPy takes float16). Integers that meet a float array take its dtype
  (but NumPy's float16 and int16 meet in float32, which is not narrowed again).
"""

from __future__ import annotations

from typing import Any

import numpy as np

DEFAULT_DTYPE = np.dtype(np.float32)


def plain(value: Any) -> np.ndarray:
    """Return what NumPy makes of a value: an ndarray of no subclass, for which `*` could mean something else.

    Raises:
        TypeError: a masked array, for its mask would be lost.
        ValueError: a ragged list, or what else no array can be made of.

    >>> plain([1.0, 2.0]).dtype, plain(np.array([1.0])).dtype, plain([1, 2]).dtype
    (dtype('float32'), dtype('float64'), dtype('int64'))
    """
    if type(value) is np.ndarray:
        return value
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError("a masked array would lose its mask; fill it first: array.filled(0)")
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"no array can be made of this {type(value).__name__}: {error}") from None
    if isinstance(value, (list, tuple, float)):
        if array.dtype == np.float64 and not _holds_numpy(value):
            array = array.astype(DEFAULT_DTYPE)
        array.setflags(write=False)
    return array


def _holds_numpy(value: Any) -> bool:
    """Tell whether an array or a NumPy scalar is among the numbers of nested lists: Python's have no dtype to keep."""
    return any(map(_holds_numpy, value)) if isinstance(value, (list, tuple)) else hasattr(value, "dtype")


def is_float(operand: Any) -> bool:
    """Tell whether an operand is an array of floats."""
    return hasattr(operand, "dtype") and operand.dtype.kind == "f"


def can_change(array: np.ndarray) -> bool:
    """Tell whether anybody could still write to this array's memory: through it, or through what it is a view of."""
    owner: Any = array
    while isinstance(owner, np.ndarray):
        if owner.flags.writeable:
            return True
        owner = owner.base
    while isinstance(owner, memoryview):
        owner = owner.obj
    return not (owner is None or isinstance(owner, bytes))  # a bytearray or a memory map can be written to elsewhere


def frozen(array: np.ndarray) -> np.ndarray:
    """Return the array itself if nobody can write to it any more, else a read-only copy."""
    if can_change(array):
        array = np.array(array)
        array.setflags(write=False)
    return array


def result_array(data: Any, operands: list[Any]) -> Any:
    """Return an operation's result as a Tensor may hold it: a plain array or NumPy scalar, in the right dtype.

    NumPy widens float32 to float64 where it meets integers; where any operand was of whole numbers, the rule at the
    top of this file holds instead.
    """
    if data is None:
        raise TypeError("the operation returned None; it lacks a return")
    if not isinstance(data, np.generic):
        data = plain(data)
    kind = data.dtype.kind
    if kind not in "fiub":
        raise TypeError(f"the result would be of dtype {data.dtype}; a Tensor holds real numbers or booleans")
    if kind == "f":
        floats = [a.dtype for a in operands if is_float(a)]
        if len(floats) < sum(hasattr(a, "dtype") for a in operands):
            data = data.astype(np.result_type(*floats) if floats else DEFAULT_DTYPE, copy=False)
    return data
