"""Hypothesis strategies that draw what an operation must cope with: awkward arrays, indices, convolutions.

Every number is a multiple of 1/4 (so it prints short, and adds and multiplies exactly) and keeps its distance
from the kinks it is told of, so that a finite difference never steps across one. Everything shrinks: towards
fewer axes, shorter axes, and small numbers.

    from hypothesis import given
    from tinygrad_edu.testing import strategies as tgst

    @given(tgst.arrays())
    def test_my_op(x):
        tge.testing.check_gradients(my_op, x)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from ..autograd.tensor import Tensor
from .calls.pick import DrawnPick
from .calls.windows import Conv2dCase, Pool2dCase, choose_conv2d, choose_pool2d

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Draw = Callable[[st.SearchStrategy[Any]], Any]

GRID = 0.25  # the distance between neighbouring numbers

LAYOUTS = ("contiguous", "transposed", "reversed", "spread", "read-only")


# -- arrays and tensors --------------------------------------------------------------------------------------


def dtypes() -> st.SearchStrategy[np.dtype]:
    """Draw float64 or float32.

    >>> from hypothesis import find
    >>> find(dtypes(), lambda d: True)
    dtype('float64')
    """
    return st.sampled_from([np.dtype(np.float64), np.dtype(np.float32)])


def shapes(
    min_dims: int = 0, max_dims: int = 3, min_side: int = 0, max_side: int = 4
) -> st.SearchStrategy[tuple[int, ...]]:
    """Draw a shape: without axes, with axes of length 0 and 1, or ordinary.

    >>> from hypothesis import find
    >>> find(shapes(), lambda s: len(s) == 2 and min(s) > 1)
    (2, 2)
    >>> find(shapes(), lambda s: 0 in s)
    (0,)
    """
    return st.one_of(  # ordinary shapes more often than empty ones
        npst.array_shapes(min_dims=min_dims, max_dims=max_dims, min_side=max(min_side, 1), max_side=max_side),
        npst.array_shapes(min_dims=min_dims, max_dims=max_dims, min_side=min_side, max_side=max_side),
    )


@st.composite
def arrays(
    draw: Draw,
    shape: tuple[int, ...] | st.SearchStrategy[tuple[int, ...]] | None = None,
    dtype: Any = np.float64,
    low: float = -2.0,
    high: float = 2.0,
    away_from: Sequence[float] = (0.0,),
    distinct: bool = False,
    layouts: Sequence[str] = LAYOUTS,
) -> np.ndarray:
    """Draw an array of multiples of 1/4 in [low, high], none of them a kink.

    Args:
        draw: given by Hypothesis.
        shape: a shape, or a strategy for one; `shapes()` if None.
        dtype: a floating dtype, or a strategy for one.
        low: the least value.
        high: the largest value.
        away_from: the kinks; every value keeps a distance of at least 1/4 from each.
        distinct: whether all values differ, as `max` needs, for which ties are a kink. The range becomes as
            wide as the size needs.
        layouts: how the array may lie in memory, see `laid_out`.

    >>> from hypothesis import find
    >>> find(arrays(), lambda x: x.ndim == 1 and x.size > 1)
    array([0.25, 0.25])
    >>> find(arrays(distinct=True), lambda x: x.size > 2)
    array([ 0.25, -0.25,  0.5 ])
    """
    if shape is None:
        shape = shapes()
    shape = draw(shape) if isinstance(shape, st.SearchStrategy) else shape
    dtype = draw(dtype) if isinstance(dtype, st.SearchStrategy) else dtype
    size = int(np.prod(shape, dtype=int))
    grid = _grid(low, high, away_from, at_least=size if distinct else 1)
    if distinct:
        order = draw(st.permutations(range(size)))
        values = grid[np.array(order, dtype=int)].reshape(shape)
    else:
        values = grid[draw(npst.arrays(np.int64, shape, elements=st.integers(0, len(grid) - 1)))]
    return laid_out(np.asarray(values, dtype), draw(st.sampled_from(tuple(layouts))))


def _grid(low: float, high: float, away_from: Sequence[float], at_least: int) -> np.ndarray:
    """Return the numbers that may be drawn, the simplest (smallest) first."""
    while True:
        steps = np.arange(int(np.ceil(low / GRID)), int(np.floor(high / GRID)) + 1) * GRID
        kept = steps[[all(abs(v - kink) >= GRID for kink in away_from) for v in steps]]
        if len(kept) >= at_least:
            return np.array(sorted(kept, key=lambda v: (abs(v), v < 0)))
        low, high = low if low >= 0 else low * 2, high * 2 if high > 0 else high + 2


def laid_out(array: np.ndarray, layout: str) -> np.ndarray:
    """Return an array of the same values that lies in memory in another way.

    "contiguous" as NumPy makes it; "transposed" in column order; "reversed" a view with negative strides,
    "spread" one with double strides; "read-only" not writable.

    >>> laid_out(np.arange(3), "spread").strides, laid_out(np.arange(3), "reversed").strides
    ((16,), (-8,))
    """
    if layout == "contiguous" or (not array.ndim and layout != "read-only"):
        return array
    if layout == "transposed":
        return np.array(array, order="F")
    if layout == "reversed":
        backwards = (slice(None, None, -1),) * array.ndim
        return array[backwards].copy()[backwards]
    if layout == "spread":
        filler = np.nan if array.dtype.kind == "f" else 1  # whoever reads between the elements will notice
        wide = np.full(tuple(2 * n for n in array.shape), filler, array.dtype)
        view = wide[(slice(None, None, 2),) * array.ndim]
        view[...] = array
        return view
    if layout == "read-only":
        array = array.copy()
        array.setflags(write=False)
        return array
    raise ValueError(f"there is no layout {layout!r}; there are: {', '.join(LAYOUTS)}")


def tensors(*args: Any, requires_grad: bool = True, **kwargs: Any) -> st.SearchStrategy[Tensor]:
    """Draw a Tensor; the arguments are those of `arrays`.

    >>> from hypothesis import find
    >>> find(tensors(shape=(2,)), lambda t: True)
    tensor([0.25, 0.25], dtype=float64, requires_grad=True)
    """
    return arrays(*args, **kwargs).map(lambda array: Tensor(array, requires_grad))


# -- shapes that fit each other, axes, indices ---------------------------------------------------------------


def broadcastable_shapes(
    count: int, max_dims: int = 3, min_side: int = 0, max_side: int = 3
) -> st.SearchStrategy[tuple[tuple[int, ...], ...]]:
    """Draw `count` shapes that broadcast against each other.

    >>> from hypothesis import find
    >>> np.broadcast_shapes(*find(broadcastable_shapes(2), lambda two: np.broadcast_shapes(*two) == (2,)))
    (2,)
    """
    return npst.mutually_broadcastable_shapes(
        num_shapes=count, max_dims=max_dims, min_side=min_side, max_side=max_side
    ).map(lambda drawn: drawn.input_shapes)


@st.composite
def axes(draw: Draw, ndim: int, none: bool = True, several: bool = True) -> int | tuple[int, ...] | None:
    """Draw an `axis` for an array of `ndim` axes: one, several in any order, or None; negative ones too.

    >>> from hypothesis import find
    >>> find(axes(2), lambda a: isinstance(a, tuple) and len(a) == 2)
    (0, 1)
    """
    choices: list[st.SearchStrategy[Any]] = [st.none()] if none else []
    if ndim:
        choices.append(st.integers(-ndim, ndim - 1))
    if several:
        chosen = st.lists(st.integers(0, max(ndim - 1, 0)), unique=True, max_size=ndim)
        choices.append(chosen.flatmap(lambda own: st.tuples(*(st.sampled_from([a, a - ndim]) for a in own))))
    return draw(st.one_of(choices))


@st.composite
def indices(draw: Draw, shape: tuple[int, ...]) -> Any:
    """Draw anything that indexes an array of this shape.

    Integers, slices (of either direction), None, Ellipsis, integer arrays (with repetitions, negative
    positions and broadcasting), boolean masks of one or several axes, and mixtures of them; alone or in
    a tuple.

    >>> from hypothesis import find
    >>> x = np.array([7, 8])
    >>> x[find(indices(x.shape), lambda i: x[i].size > 2)].size
    3
    """
    kind = draw(st.sampled_from(["basic", "positions", "mask", "mixed"]))
    if kind == "basic":
        return draw(npst.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True))
    if kind == "positions" and shape and shape[0]:  # with repetitions more often than not
        several = npst.array_shapes(min_dims=1, max_dims=2, min_side=1, max_side=4)
        return draw(npst.arrays(np.intp, several, elements=st.integers(-shape[0], shape[0] - 1)))
    if kind == "mask":
        covered = shape[: draw(st.integers(min(1, len(shape)), len(shape)))]
        return draw(npst.arrays(bool, covered))
    together = draw(npst.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3))
    parts: list[Any] = []
    for length in shape[: draw(st.integers(0, len(shape)))]:
        if draw(st.booleans()) and length:
            alone = draw(st.booleans()) and len(together) > 0
            own = (*together[:-1], 1) if alone else together  # broadcasts with the others
            parts.append(draw(npst.arrays(np.intp, own, elements=st.integers(-length, length - 1))))
        else:
            parts.append(draw(st.slices(length)))
    covers_all = len(parts) == len(shape)
    if draw(st.booleans()):
        parts.insert(draw(st.integers(0, len(parts))), None)
    if draw(st.booleans()):
        # Before a part, an Ellipsis would move it to a later axis, of another length, if any axis is left over.
        parts.insert(draw(st.integers(0 if covers_all else len(parts), len(parts))), Ellipsis)
    if len(parts) == 1 and draw(st.booleans()):
        return parts[0]
    return tuple(parts)


# -- windows -------------------------------------------------------------------------------------------------


@st.composite
def conv2d_cases(draw: Draw, max_side: int = 6, max_channels: int = 2, max_groups: int = 3) -> Conv2dCase:
    """Draw the sizes of a convolution whose kernel fits, with at least one output position.

    Strides that do not tile the image, kernels as large as the padded image, kernels of 1x1, groups
    (depthwise ones among them), padding and dilation of different sizes on the two axes, and empty batches
    all occur.

    >>> from hypothesis import find
    >>> case = find(conv2d_cases(), lambda case: case.stride == (2, 1))
    >>> case.x_shape, case.weight_shape, case.y_shape
    ((1, 1, 1, 1), (1, 1, 1, 1), (1, 1, 1, 1))
    """
    return choose_conv2d(DrawnPick(draw), (1, 2, 3, 0), max_side, max_channels, max_groups)


@st.composite
def pool2d_cases(draw: Draw, max_side: int = 6, max_channels: int = 2, dilated: bool = False) -> Pool2dCase:
    """Draw the sizes of a pooling with at least one window.

    Windows that overlap, that leave gaps, that do not tile the image, that reach over its edge (`ceil_mode`), and
    windows larger than what is left occur, and padding of up to half a window; with `dilated` also dilation.

    >>> from hypothesis import find
    >>> find(pool2d_cases(), lambda case: case.stride == (3, 2)).x_shape
    (1, 1, 1, 1)
    """
    return choose_pool2d(DrawnPick(draw), (1, 2, 0), max_side, max_channels, dilated)
