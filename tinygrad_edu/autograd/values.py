"""How a Tensor's values are read: as numbers, arrays and text, by Python and by NumPy."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from .modes import recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .primitive import Primitive
    from .tensor import Tensor


class Values:
    """The part of Tensor that reads its values and changes nothing."""

    __slots__ = ()

    # what Tensor itself defines
    _data: Any
    _requires_grad: bool
    data: Any
    shape: Any
    dtype: Any
    primitive: Primitive | None

    def numel(self) -> int:
        """Return the number of elements, by PyTorch's name for it."""
        return self._data.size

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a Tensor without axes")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        return iter([self[i] for i in range(len(self))])  # type: ignore[index]  # __getitem__ comes with the ops

    # -- as Python's numbers and text ------------------------------------------------------------------------

    def item(self) -> float:
        """Return the value of a Tensor with one element as a Python number."""
        if self._data.size != 1:
            raise ValueError(f"item() needs a Tensor of one element, not one of shape {self.shape}")
        return self._data.item()

    def tolist(self) -> Any:
        """Return the values as nested lists of Python numbers, or as one number if there are no axes."""
        return self._data.tolist()

    def __bool__(self) -> bool:
        if self._data.size != 1:
            raise ValueError(
                f"a Tensor of shape {self.shape} is neither true nor false; "
                "ask whether any or all of its elements are: x.any(), x.all()"
            )
        return bool(self._data)

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        return operator.index(self._data)

    def __repr__(self) -> str:
        values = np.array2string(self.data, separator=", ", threshold=20, prefix="tensor(")
        dtype = "" if self.dtype == np.float32 else f", dtype={self.dtype}"
        origin = f", primitive={self.primitive.name}" if self.primitive is not None else ""
        leaf = ", requires_grad=True" if self._requires_grad and self.primitive is None else ""
        return f"tensor({values}{dtype}{origin}{leaf})"

    def __format__(self, spec: str) -> str:
        if not spec:
            return str(self)
        if self._data.size != 1:
            raise TypeError(
                f"the format {spec!r} is for one number, not for a Tensor of shape {self.shape}; "
                "print it as it is, or x.data by NumPy's options: np.set_printoptions(precision=3)"
            )
        return format(self.item(), spec)

    # -- as NumPy's arrays -----------------------------------------------------------------------------------

    def numpy(self) -> np.ndarray:
        """Return a copy of the values as an array of your own, free to be changed."""
        return np.array(self._data)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if self._requires_grad and recording.enabled:
            raise RuntimeError(
                "NumPy would make a plain array of a Tensor that requires a gradient, and the gradient would be lost. "
                "Use this library's operation (tge.concatenate, tge.stack, x.sum(), x.exp() ...), "
                "or say that it shall leave the graph: x.detach() or x.data"
            )
        return np.array(self.data, dtype=dtype, copy=copy)
