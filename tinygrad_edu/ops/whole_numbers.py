"""Questions whose answers are whole numbers or booleans: which is the largest, is any true.  They have no gradient.

Called with arrays they return arrays, with Tensors a Tensor that requires no gradient.
"""

from __future__ import annotations

import numpy as np

from ..autograd.arrays import plain
from ..autograd.tensor import Tensor
from .composite import composite
from .parameters import check_axis


@composite
def argmax(x, axis=None, keepdims=False):
    """Return where the largest element along `axis` is, or in the flattened array; of equals the first, of nans too.

    Shapes: as of `max`. dtype: int64. Raises ValueError where there is no element to choose.

    >>> import tinygrad_edu as tge
    >>> tge.tensor([[1.0, 3.0], [5.0, 2.0]]).argmax(axis=1).data
    array([1, 0])
    """
    _check_one_or_none("argmax", axis)
    return _answer(np.argmax, x, axis, keepdims)


@composite
def argmin(x, axis=None, keepdims=False):
    """Return where the smallest element along `axis` is, or in the flattened array; of equals the first, of nans too.

    Shapes: as of `min`. dtype: int64. Raises ValueError where there is no element to choose.

    >>> import tinygrad_edu as tge
    >>> tge.argmin(tge.tensor([[1.0, 3.0], [5.0, 2.0]])).item()
    0
    """
    _check_one_or_none("argmin", axis)
    return _answer(np.argmin, x, axis, keepdims)


@composite
def any(x, axis=None, keepdims=False):
    """Tell whether any element along `axis`, or at all, is true (not 0).  Of none it is False.

    >>> import tinygrad_edu as tge
    >>> bool((tge.tensor([1.0, -2.0]) < 0).any())
    True
    """
    check_axis("any", axis)
    return _answer(np.any, x, axis, keepdims)


@composite
def all(x, axis=None, keepdims=False):
    """Tell whether all elements along `axis`, or at all, are true (not 0).  Of none it is True.

    >>> import tinygrad_edu as tge
    >>> tge.all(tge.tensor([[1.0, 0.0], [2.0, 3.0]]), axis=1).data
    array([False,  True])
    """
    check_axis("all", axis)
    return _answer(np.all, x, axis, keepdims)


def _check_one_or_none(op, axis):
    if axis is not None and (isinstance(axis, bool) or not hasattr(axis, "__index__")):
        raise TypeError(f"{op}: axis is one integer, or None for the place in the flattened array, not {axis!r}")


def _answer(ask, x, axis, keepdims):
    if not isinstance(x, Tensor):
        return ask(plain(x), axis=axis, keepdims=bool(keepdims))
    return Tensor(ask(x.data, axis=axis, keepdims=bool(keepdims)))


@composite
def one_hot(targets, num_classes=-1):
    """Return y[..., k] = 1 where targets[...] = k, else 0: class numbers as rows with a single one.

    Args:
        targets: integers from 0 to num_classes - 1, of any shape: an array, a list or a Tensor.
        num_classes: how many there are; -1 takes the largest target plus one.

    Shapes: targets (...), y (..., num_classes). dtype: int64, as in PyTorch; it has no gradient.

    Raises:
        TypeError, ValueError: targets that are not integers, or not among the classes.

    >>> import tinygrad_edu as tge
    >>> tge.one_hot(tge.tensor([2, 0]), 3).data
    array([[0, 0, 1],
           [1, 0, 0]])
    """
    numbers = targets.data if isinstance(targets, Tensor) else plain(targets)
    if numbers.dtype.kind not in "iu":
        raise TypeError(f"one_hot: targets are class numbers, integers, not {numbers.dtype}")
    if num_classes == -1 and not numbers.size:
        raise ValueError("one_hot: no targets, so num_classes must say how many classes there are")
    classes = int(numbers.max()) + 1 if num_classes == -1 else num_classes
    wrong = numbers[(numbers < 0) | (numbers >= classes)]
    if wrong.size:
        raise ValueError(
            f"one_hot: target {wrong[0]} is out of range: {classes} classes are numbered 0 to {classes - 1}"
        )
    y = (numbers[..., np.newaxis] == np.arange(classes)).astype(np.int64)
    return Tensor(y) if isinstance(targets, Tensor) else y
