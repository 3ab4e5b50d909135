"""Ways to make a Tensor from nothing: given values, constants, ranges and random numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..random import generator
from .arrays import DEFAULT_DTYPE, plain
from .tensor import Tensor


def tensor(data: Any, requires_grad: bool = False, dtype: Any = None) -> Tensor:
    """Make a Tensor from numbers, lists or arrays.

    Arrays and NumPy's scalars keep their dtype; Python's floats become float32, its integers int64, unless `dtype` is
    given or a gradient is required, which needs a floating dtype. A Tensor gives its values, not its graph.

    >>> import tinygrad_edu as tge
    >>> tge.tensor([[1.0, 2.0]]).dtype, tge.tensor([1, 2]).dtype
    (dtype('float32'), dtype('int64'))
    """
    array = data.data if isinstance(data, Tensor) else plain(data)
    if dtype is not None:
        array = np.asarray(data if isinstance(data, (list, tuple)) else array, dtype)
    elif requires_grad and array.dtype.kind in "iu" and isinstance(data, (int, list, tuple)):
        array = array.astype(DEFAULT_DTYPE)
    return Tensor(array, requires_grad)


def _shape(shape: tuple[Any, ...]) -> tuple[int, ...]:
    """Accept both zeros(2, 3) and zeros((2, 3))."""
    return tuple(shape[0]) if len(shape) == 1 and not np.isscalar(shape[0]) else shape


def zeros(*shape: Any, requires_grad: bool = False, dtype: Any = DEFAULT_DTYPE) -> Tensor:
    """Make a Tensor of zeros."""
    return _owned(np.zeros(_shape(shape), dtype), requires_grad)


def ones(*shape: Any, requires_grad: bool = False, dtype: Any = DEFAULT_DTYPE) -> Tensor:
    """Make a Tensor of ones."""
    return _owned(np.ones(_shape(shape), dtype), requires_grad)


def full(shape: Any, fill_value: float, requires_grad: bool = False, dtype: Any = DEFAULT_DTYPE) -> Tensor:
    """Make a Tensor with every element `fill_value`."""
    return _owned(np.full(shape, fill_value, dtype), requires_grad)


def zeros_like(x: Any, requires_grad: bool = False, dtype: Any = None) -> Tensor:
    """Make a Tensor of zeros in the shape of x, a Tensor or an array, and in its dtype unless one is given.

    >>> import tinygrad_edu as tge
    >>> tge.zeros_like(tge.ones(2, dtype=float)).data
    array([0., 0.])
    """
    return full_like(x, 0, requires_grad, dtype)


def ones_like(x: Any, requires_grad: bool = False, dtype: Any = None) -> Tensor:
    """Make a Tensor of ones in the shape of x, a Tensor or an array, and in its dtype unless one is given."""
    return full_like(x, 1, requires_grad, dtype)


def full_like(x: Any, fill_value: float, requires_grad: bool = False, dtype: Any = None) -> Tensor:
    """Make a Tensor in the shape of x with every element `fill_value`, in x's dtype unless one is given.

    It has nothing to do with x's graph.

    >>> import tinygrad_edu as tge
    >>> tge.full_like(tge.zeros(2), 7).data
    array([7., 7.], dtype=float32)
    """
    like = x if hasattr(x, "dtype") else plain(x)
    return _owned(np.full(like.shape, fill_value, like.dtype if dtype is None else dtype), requires_grad)


def arange(*bounds: float, requires_grad: bool = False, dtype: Any = None) -> Tensor:
    """Make a Tensor of evenly spaced values from (start,) stop (, step), as NumPy's `arange`."""
    array = np.arange(*bounds, dtype=dtype)
    if dtype is None and array.dtype.kind == "f":
        array = array.astype(DEFAULT_DTYPE)
    return _owned(array, requires_grad)


def eye(n: int, m: int | None = None, requires_grad: bool = False, dtype: Any = DEFAULT_DTYPE) -> Tensor:
    """Make the (n, m) matrix with ones on its diagonal; m = n unless given."""
    return _owned(np.eye(n, m, dtype=dtype), requires_grad)


def randn(
    *shape: Any,
    rng: np.random.Generator | None = None,
    requires_grad: bool = False,
    dtype: Any = DEFAULT_DTYPE,
) -> Tensor:
    """Draw every element from the normal distribution with mean 0 and standard deviation 1."""
    drawn = generator(rng).standard_normal(_shape(shape), dtype=np.float64)
    return _owned(np.asarray(drawn, dtype=dtype), requires_grad)


def rand(
    *shape: Any,
    rng: np.random.Generator | None = None,
    requires_grad: bool = False,
    dtype: Any = DEFAULT_DTYPE,
) -> Tensor:
    """Draw every element uniformly from [0, 1)."""
    drawn = generator(rng).random(_shape(shape), dtype=np.dtype(dtype).type)
    return _owned(np.asarray(drawn), requires_grad)


def _owned(array: np.ndarray, requires_grad: bool) -> Tensor:
    """Wrap an array that nobody else holds, without a copy."""
    array.setflags(write=False)
    return Tensor(array, requires_grad)
