"""Arrays put together along an axis, and taken apart again."""

from __future__ import annotations

import operator

import numpy as np

from ..autograd.primitive import primitive
from .composite import composite
from .indexing import getitem
from .parameters import check_one_axis, own_axis, shape_of
from .shape import reshape


@primitive(name="concatenate")
def _concatenate(*xs, axis):
    """y = the arrays one after another along an axis they already have"""
    check_one_axis("concatenate", axis)
    return np.concatenate(xs, axis)


@_concatenate.backward("xs")
def concatenate_dxs(g, y, *xs, axis, position):
    """dL/dx_i = the part of g that came from x_i

    y[start_i + k] = x_i[k] along the axis, where start_i is the length of all before x_i. So x_i[k] receives
    g[start_i + k].
    """
    axis = axis % len(g.shape)
    start = sum(x.shape[axis] for x in xs[:position])
    return g[(slice(None),) * axis + (slice(start, start + xs[position].shape[axis]),)]


@composite
def concatenate(tensors, axis=0):
    """Join a sequence of arrays along an axis they already have; their other axes must agree.

    >>> import tinygrad_edu as tge
    >>> tge.concatenate([tge.ones(2), tge.zeros(1)]).data
    array([1., 1., 0.], dtype=float32)
    """
    return _concatenate(*tensors, axis=axis)


@primitive(name="stack")
def _stack(*xs, axis):
    """y = the arrays, all of one shape, side by side along a new axis"""
    check_one_axis("stack", axis)
    return np.stack(xs, axis)


@_stack.backward("xs")
def stack_dxs(g, y, *xs, axis, position):
    """dL/dx_i = the i-th slice of g along the new axis

    y[i] = x_i along the new axis, of slope 1: x_i receives g[i].
    """
    return g[(slice(None),) * (axis % len(g.shape)) + (position,)]


@composite
def stack(tensors, axis=0):
    """Put a sequence of arrays of one shape side by side along a new axis.

    >>> import tinygrad_edu as tge
    >>> tge.stack([tge.zeros(3), tge.ones(3)], axis=1).shape
    (3, 2)
    """
    return _stack(*tensors, axis=axis)


@composite
def vstack(tensors):
    """Put rows below each other: `concatenate` along axis 0, where a vector (k,) counts as one row (1, k).

    >>> import tinygrad_edu as tge
    >>> tge.vstack([tge.ones(3), tge.zeros(2, 3)]).shape
    (3, 3)
    """
    return concatenate([reshape(x, (1, -1)) if len(shape_of(x)) < 2 else x for x in tensors])


@composite
def hstack(tensors):
    """Put arrays beside each other: `concatenate` along axis 1, or axis 0 for vectors.

    >>> import tinygrad_edu as tge
    >>> tge.hstack([tge.ones(2, 1), tge.zeros(2, 3)]).shape
    (2, 4)
    """
    tensors = [reshape(x, (1,)) if not len(shape_of(x)) else x for x in tensors]
    return concatenate(tensors, axis=1 if tensors and len(shape_of(tensors[0])) > 1 else 0)


@composite
def split(x, size, axis=0):
    """Return the pieces of x along `axis`, as a tuple: each `size` long, or as long as a list of sizes says.

    As in PyTorch a number is the *length* of the pieces (in NumPy's split it is how many there are: that is `chunk`).
    The last one is shorter where the axis is not a multiple.

    Raises:
        ValueError: sizes that do not add up to the axis, or a size below 1.

    >>> import tinygrad_edu as tge
    >>> [piece.shape for piece in tge.split(tge.zeros(5, 2), 2)]
    [(2, 2), (2, 2), (1, 2)]
    >>> [piece.shape for piece in tge.split(tge.zeros(5, 2), [1, 4])]
    [(1, 2), (4, 2)]
    """
    shape, axis = shape_of(x), own_axis("split", shape_of(x), axis)
    length = shape[axis]
    if len(shape_of(size)) == 0:
        size = operator.index(size)
        if size < 1:
            raise ValueError(f"split: size={size}, but a piece is at least 1 long")
        sizes = [min(size, length - start) for start in range(0, length, size)] or [0]
    else:
        sizes = [operator.index(s) for s in size]
        if sum(sizes) != length or min(sizes, default=0) < 0:
            raise ValueError(f"split: sizes {sizes} do not add up to {length}, the length of axis {axis} of x {shape}")
    ends = np.cumsum(sizes).tolist()
    before = (slice(None),) * axis
    return tuple(getitem(x, (*before, slice(end - n, end))) for n, end in zip(sizes, ends, strict=True))


@composite
def chunk(x, chunks, axis=0):
    """Return x in `chunks` pieces along `axis`, as a tuple: of one length, the last one shorter.

    Where the axis cannot be cut so there are fewer, as in PyTorch: 5 in 4 chunks are 2, 2 and 1.

    >>> import tinygrad_edu as tge
    >>> [piece.shape for piece in tge.chunk(tge.zeros(5, 2), 2)]
    [(3, 2), (2, 2)]
    """
    chunks = operator.index(chunks)
    if chunks < 1:
        raise ValueError(f"chunk: chunks={chunks}, but there is at least 1")
    length = shape_of(x)[own_axis("chunk", shape_of(x), axis)]
    return split(x, -(-length // chunks), axis) if length else (x,) * chunks
