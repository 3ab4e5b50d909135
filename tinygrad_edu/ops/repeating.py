"""The same elements several times: the whole array beside itself, or each element beside itself.

PyTorch and NumPy disagree about one word. `x.repeat(2, 3)` is PyTorch's: the array, twice below itself and three times
beside itself, which is `tile` in both. NumPy's `repeat`, each element so many times, is `repeat_interleave`.
"""

from __future__ import annotations

import operator

import numpy as np

from ..autograd.tensor import Tensor
from .composite import composite
from .indexing import getitem
from .parameters import as_shape, own_axis, shape_of
from .shape import broadcast_to, reshape


@composite
def tile(x, sizes):
    """Return x `sizes[a]` times beside itself along each axis a; a shorter list is of the last axes.

    >>> import tinygrad_edu as tge
    >>> tge.tile(tge.tensor([1.0, 2.0]), 2).data
    array([1., 2., 1., 2.], dtype=float32)
    >>> tge.tile(tge.zeros(2, 3), (2, 1, 4)).shape
    (2, 2, 12)
    """
    sizes, shape = as_shape(sizes), shape_of(x)
    if min(sizes, default=0) < 0:
        raise ValueError(f"tile: x cannot stand {min(sizes)} times beside itself; sizes are {sizes}")
    ndim = max(len(sizes), len(shape))
    sizes, shape = (1,) * (ndim - len(sizes)) + sizes, (1,) * (ndim - len(shape)) + shape
    ones = [n for length in shape for n in (1, length)]  # an axis of its own for the copies, before each axis
    copies = [n for pair in zip(sizes, shape, strict=True) for n in pair]
    return reshape(broadcast_to(reshape(x, tuple(ones)), tuple(copies)), tuple(map(operator.mul, sizes, shape)))


@composite
def repeat(x, sizes):
    """Return x `sizes[a]` times beside itself along each axis a, as PyTorch's x.repeat(2, 3) does: `tile`.

    (NumPy's repeat, each element so many times, is `repeat_interleave`.)

    Raises:
        ValueError: fewer sizes than x has axes.

    >>> import tinygrad_edu as tge
    >>> tge.tensor([1.0, 2.0]).repeat(2, 2).data
    array([[1., 2., 1., 2.],
           [1., 2., 1., 2.]], dtype=float32)
    """
    sizes = as_shape(sizes)
    if len(sizes) < len(shape_of(x)):
        raise ValueError(
            f"repeat: sizes {sizes} are fewer than the axes of x, of shape {shape_of(x)}; give one for each axis; "
            "each element several times is repeat_interleave"
        )
    return tile(x, sizes)


@composite
def repeat_interleave(x, repeats, axis=None):
    """Return each element of x `repeats` times, one beside the other, along `axis` (None: of x flattened).

    NumPy's repeat.

    Args:
        x: any shape.
        repeats: how often, an integer; or one for each element along the axis.
        axis: an integer, or None.

    >>> import tinygrad_edu as tge
    >>> tge.repeat_interleave(tge.tensor([1.0, 2.0]), 2).data
    array([1., 1., 2., 2.], dtype=float32)
    """
    if axis is None:
        x, axis = reshape(x, (-1,)), 0
    shape, axis = shape_of(x), own_axis("repeat_interleave", shape_of(x), axis)
    counts = repeats.data if isinstance(repeats, Tensor) else np.asarray(repeats)
    if counts.dtype.kind not in "iu" or counts.ndim > 1 or (counts < 0).any():
        raise ValueError(f"repeat_interleave: repeats is a whole number, or one for each element, not {repeats}")
    if counts.ndim and len(counts) not in (1, shape[axis]):
        raise ValueError(f"repeat_interleave: {len(counts)} repeats for an axis of length {shape[axis]}")
    return getitem(x, (slice(None),) * axis + (np.repeat(np.arange(shape[axis]), counts),))
