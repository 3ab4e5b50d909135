"""Rows of any arrays that belong together: what is shown to a network and what it shall answer, of any kind."""

from __future__ import annotations

import zlib
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import DataError


class TensorDataset:
    """n rows of one or more arrays: row i is (a[i], b[i], ...)

    An array may have any shape (n, ...) and any dtype of numbers or strings: vectors to be told apart, numbers to be
    predicted, pairs to be compared. They are read-only; a writable array is copied, so that nobody can change a dataset
    from outside. PyTorch's, for arrays.

    Args:
        arrays: at least one, all of the same length n, which is at least 1.
        name: what messages call it.

    Raises:
        DataError: no arrays, no rows, unequal lengths, or arrays of objects.

    >>> x = np.linspace(-1, 1, 5, dtype=np.float32)[:, None]
    >>> curve = TensorDataset(x, x**2, name="curve")
    >>> curve
    TensorDataset('curve', 5 rows of (1,) float32, (1,) float32)
    >>> curve[4], curve[1:3].arrays[1].shape
    ((array([1.], dtype=float32), array([1.], dtype=float32)), (2, 1))
    """

    unit: ClassVar[str] = "row"

    def __init__(self, *arrays: ArrayLike, name: str = "dataset") -> None:
        if not arrays:
            raise DataError("a dataset needs at least one array")
        checked = [as_array(array, f"array {i}") for i, array in enumerate(arrays)]
        for i, array in enumerate(checked):
            if array.ndim == 0:
                raise DataError(f"array {i} of a dataset must have rows, shape (n, ...); it is a single number")
            if array.dtype.hasobject:
                raise DataError(f"array {i} of a dataset holds Python objects; give it a dtype of numbers or strings")
        lengths = [len(array) for array in checked]
        if len(set(lengths)) > 1:
            raise DataError(f"the arrays of a dataset must have equally many rows, not {', '.join(map(str, lengths))}")
        if not lengths[0]:
            raise DataError("there are no rows: a dataset needs at least one")
        self.name = name
        self.arrays: tuple[NDArray[Any], ...] = tuple(_own(array) for array in checked)

    def batch(self, indices: slice | NDArray[np.intp]) -> tuple[NDArray[Any], ...]:
        """Return the rows at these n positions, each array (n, ...)."""
        if isinstance(indices, slice):
            return tuple(array[indices] for array in self.arrays)
        return tuple(read_only(array.take(indices, axis=0)) for array in self.arrays)

    def subset(self, indices: slice | ArrayLike) -> TensorDataset:
        """Return a dataset of the rows at `indices`: a slice, positions, or a boolean mask of length n."""
        return TensorDataset(*self._chosen(indices), name=self.name)

    def first(self, n: int) -> Any:
        """Return a dataset of the first n rows (of all of them when there are fewer)."""
        if n < 1:
            raise DataError(f"first(n) needs n >= 1, got {n}")
        return self.subset(slice(0, n))

    def fingerprint(self) -> str:
        """Return the number of rows and a CRC-32 of the arrays: how a resumed run knows its data again."""
        checksum = 0
        for array in self.arrays:
            checksum = zlib.crc32(np.ascontiguousarray(array).tobytes(), checksum)
        return f"{len(self)} {self.unit}s, checksum {checksum:08x}"

    def _chosen(self, indices: slice | ArrayLike) -> list[NDArray[Any]]:
        """Return each array's rows at `indices`.  Raises DataError if there are none such."""
        chosen = indices if isinstance(indices, slice) else np.asarray(indices)
        try:
            return [read_only(array[chosen]) for array in self.arrays]
        except IndexError as error:
            raise DataError(f"cannot take a subset of {self!r}: {error}") from error

    def __len__(self) -> int:
        return len(self.arrays[0])

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return self.subset(index)
        if not -len(self) <= index < len(self):
            raise IndexError(f"{self!r} has no {self.unit} {index}")  # also what ends `for row in dataset`
        return tuple(array[index] for array in self.arrays)

    def __repr__(self) -> str:
        rows = ", ".join(f"{array.shape[1:]} {array.dtype}" for array in self.arrays)
        return f"{type(self).__name__}({self.name!r}, {len(self)} rows of {rows})"


def as_array(values: ArrayLike, what: str) -> NDArray[Any]:
    """Return values as an array.  Raises DataError for lists of unequal lengths."""
    try:
        return np.asarray(values)
    except ValueError as error:
        raise DataError(f"{what} do not form one array: {error}") from error


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array, which nobody can write to from now on."""
    array.setflags(write=False)
    return array


def _own(array: NDArray[Any]) -> NDArray[Any]:
    return read_only(array.copy()) if array.flags.writeable else array
