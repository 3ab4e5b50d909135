"""How to call the library's own primitives where guessing is not enough: shapes and parameters that must fit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from .windows import Conv2dCase, Pool2dCase, choose_conv2d, choose_pool2d

if TYPE_CHECKING:
    from .case import Case
    from .pick import Pick


def _shape(pick: Pick, least: int = 1, most: int = 3) -> tuple[int, ...]:
    return tuple(pick.integer(1, 3) for _ in range(pick.integer(least, most)))


def _smaller(pick: Pick, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Choose a shape that broadcasts to `shape`."""
    return tuple(pick.choice([n, 1]) for n in shape[pick.integer(0, len(shape)) :])


def broadcast_to(pick: Pick) -> Any:
    """A shape that broadcasts to another."""
    shape = _shape(pick)
    return (pick.array(_smaller(pick, shape)),), {"shape": shape}


def sum_to(pick: Pick) -> Any:
    """The same pair, the other way round."""
    shape = _shape(pick)
    return (pick.array(shape),), {"shape": _smaller(pick, shape)}


def concatenate(pick: Pick) -> Any:
    """Arrays that agree in all axes but one."""
    shape = _shape(pick)
    axis = pick.integer(-len(shape), len(shape) - 1)
    arrays = []
    for _ in range(pick.integer(1, 3)):
        sides = list(shape)
        sides[axis] = pick.integer(1, 3)
        arrays.append(pick.array(tuple(sides)))
    return tuple(arrays), {"axis": axis}


def expand_dims(pick: Pick) -> Any:
    """A new axis, anywhere."""
    shape = _shape(pick)
    return (pick.array(shape),), {"axis": pick.integer(-len(shape) - 1, len(shape))}


def squeeze(pick: Pick) -> Any:
    """Axes of length 1, taken away."""
    shape = (1, *_shape(pick, 1, 2))
    return (pick.array(shape),), {"axis": pick.choice([0, None])}


def scatter_add(pick: Pick) -> Any:
    """Rows added into a larger array, some of them twice."""
    rows, count, width = pick.integer(1, 4), pick.integer(1, 4), pick.integer(1, 2)
    index = np.array([pick.integer(0, rows - 1) for _ in range(count)])
    return (pick.array((count, width)),), {"index": index, "shape": (rows, width)}


def _conv2d(pick: Pick) -> Conv2dCase:
    return choose_conv2d(pick, (1, 2), max_side=5, max_channels=2, max_groups=2)


def conv2d(pick: Pick) -> Any:
    """Images and kernels in every geometry, with a bias or without."""
    sizes = _conv2d(pick)
    bias = pick.choice([None, True]) and pick.array((sizes.o,))
    return (pick.array(sizes.x_shape), pick.array(sizes.weight_shape), bias), sizes.params


def conv2d_dx(pick: Pick) -> Any:
    """The gradient of the result and the kernels."""
    sizes = _conv2d(pick)
    params = {"input_size": sizes.input_size, **sizes.params}
    return (pick.array(sizes.y_shape), pick.array(sizes.weight_shape)), params


def conv2d_dw(pick: Pick) -> Any:
    """The images and the gradient of the result."""
    sizes = _conv2d(pick)
    params = {"kernel_size": sizes.kernel_size, **sizes.params}
    return (pick.array(sizes.x_shape), pick.array(sizes.y_shape)), params


def _pool2d(pick: Pick, dilated: bool = True) -> Pool2dCase:
    return choose_pool2d(pick, (1, 2), max_side=5, max_channels=2, dilated=dilated)


def max_pool2d(pick: Pick) -> Any:
    """Images under windows, overlapping or not."""
    sizes = _pool2d(pick)
    return (pick.array(sizes.x_shape),), sizes.max_params


def max_pool2d_scatter(pick: Pick) -> Any:
    """The gradient of the result and the images."""
    sizes = _pool2d(pick)
    return (pick.array(sizes.y_shape), pick.array(sizes.x_shape)), sizes.max_params


def max_pool2d_gather(pick: Pick) -> Any:
    """What is read, and the images that say where."""
    sizes = _pool2d(pick)
    return (pick.array(sizes.x_shape), pick.array(sizes.x_shape)), sizes.max_params


def _average(pick: Pick, sizes: Pool2dCase) -> dict[str, Any]:
    counted = {"count_include_pad": pick.choice([True, False]), "divisor_override": pick.choice([None, 3])}
    return {**sizes.params, **counted}


def avg_pool2d(pick: Pick) -> Any:
    """The same, averaged, whatever is counted."""
    sizes = _pool2d(pick, dilated=False)
    return (pick.array(sizes.x_shape),), _average(pick, sizes)


def avg_pool2d_dx(pick: Pick) -> Any:
    """The gradient of the result."""
    sizes = _pool2d(pick, dilated=False)
    return (pick.array(sizes.y_shape),), {"input_size": sizes.input_size, **_average(pick, sizes)}


def unfold(pick: Pick) -> Any:
    """Images under windows that fit."""
    sizes = _conv2d(pick)
    return (pick.array(sizes.x_shape),), _folding(sizes)


def fold(pick: Pick) -> Any:
    """The columns of such images."""
    sizes = _conv2d(pick)
    columns = sizes.n, sizes.c * math.prod(sizes.kernel_size), math.prod(sizes.y_shape[2:])
    return (pick.array(columns),), {"output_size": sizes.input_size, **_folding(sizes)}


def _folding(sizes: Conv2dCase) -> dict[str, Any]:
    geometry = ("kernel_size", "dilation", "padding", "stride")
    return {name: getattr(sizes, name) for name in geometry}


def _looked_up(pick: Pick) -> tuple[Any, int, int]:
    rows, width, shape = pick.integer(1, 3), pick.integer(1, 3), _shape(pick, 0, 2)
    indices = np.array([pick.integer(0, rows - 1) for _ in range(math.prod(shape))], dtype=np.int64)
    return indices.reshape(shape), rows, width


def embedding(pick: Pick) -> Any:
    """Numbers of rows, several of them alike."""
    indices, rows, width = _looked_up(pick)
    return (indices, pick.array((rows, width))), {}


def embedding_dweight(pick: Pick) -> Any:
    """The gradient of the rows that were looked up."""
    indices, rows, width = _looked_up(pick)
    return (pick.array((*indices.shape, width)), indices), {"num_embeddings": rows}


def _resampling(pick: Pick) -> tuple[Any, Any, dict[str, Any]]:
    mode = pick.choice(["nearest", "bilinear", "bicubic", "area"])
    before, after = (tuple(pick.integer(1, 4) for _ in "hw") for _ in range(2))
    aligned = mode.startswith("bi") and pick.choice([True, False])
    return before, after, {"factors": None, "mode": mode, "align_corners": aligned, "antialias": False}


def interpolate(pick: Pick) -> Any:
    """Images, and another size."""
    before, after, settings = _resampling(pick)
    return (pick.array((pick.integer(1, 2), pick.integer(1, 2), *before)),), {"size": after, **settings}


def interpolate_dx(pick: Pick) -> Any:
    """The gradient of the result."""
    before, after, settings = _resampling(pick)
    return (pick.array((pick.integer(1, 2), pick.integer(1, 2), *after)),), {"input_size": before, **settings}


def astype(pick: Pick) -> Any:
    """To float64, which a check by differences needs."""
    return (pick.array(_shape(pick, 0)),), {"dtype": np.dtype(np.float64)}


def dropout(pick: Pick) -> Any:
    """A mask of the input's own shape."""
    shape = _shape(pick, 0)
    return (pick.array(shape), pick.array(shape) > 0), {"p": pick.choice([0.5, 0.25])}


def clip(pick: Pick) -> Any:
    """Bounds that some numbers lie beyond."""
    return (pick.array(_shape(pick, 0)),), {"low": pick.choice([None, -1.05]), "high": pick.choice([None, 0.95])}


def hardtanh(pick: Pick) -> Any:
    """Bounds that some numbers lie beyond."""
    bounds = {"min_val": pick.choice([-1.05, -0.35]), "max_val": pick.choice([0.95, 1.55])}
    return (pick.array(_shape(pick, 0)),), bounds


def binary_cross_entropy(pick: Pick) -> Any:
    """Probabilities, and what they should be."""
    shape = _shape(pick, 0)
    return (pick.array(shape, "unit"), pick.array(shape, "unit")), {}


def pad(pick: Pick) -> Any:
    """Borders of every kind, no wider than what is reflected."""
    shape = tuple(pick.integer(2, 3) for _ in range(pick.integer(1, 2)))
    widths = tuple((pick.integer(0, 1), pick.integer(0, 1)) for _ in shape)
    mode = pick.choice(["constant", "reflect", "replicate", "circular"])
    return (pick.array(shape),), {"pad_width": widths, "mode": mode, "value": pick.choice([0.0, 1.5])}


def einsum(pick: Pick) -> Any:
    """Products of one to three arrays, with what can happen to an index."""
    equation = pick.choice(["ij,jk->ik", "ij->ji", "ij->j", "ii->i", "ij,ij->i", "i,j->ij", "bi,ij,bj->b", "ij,k->k"])
    length = {letter: pick.integer(1, 3) for letter in "bijk"}
    terms = equation.split("->")[0].split(",")
    return tuple(pick.array(tuple(length[letter] for letter in t)) for t in terms), {"equation": equation}


def matmul(pick: Pick) -> Any:
    """Matrices, stacks of them that broadcast, and vectors."""
    i, j, k = (pick.integer(1, 3) for _ in range(3))
    stack = _shape(pick, 0, 1)
    a = pick.choice([(i, j), (j,), (*stack, i, j)])
    b = pick.choice([(j, k), (j,), (*_smaller(pick, stack), j, k)])
    return (pick.array(a), pick.array(b)), {}


CASES: dict[str, Case] = {
    "astype": astype,
    "avg_pool2d": avg_pool2d,
    "avg_pool2d_dx": avg_pool2d_dx,
    "binary_cross_entropy": binary_cross_entropy,
    "broadcast_to": broadcast_to,
    "clip": clip,
    "concatenate": concatenate,
    "conv2d": conv2d,
    "conv2d_dw": conv2d_dw,
    "conv2d_dx": conv2d_dx,
    "dropout": dropout,
    "einsum": einsum,
    "embedding": embedding,
    "embedding_dweight": embedding_dweight,
    "expand_dims": expand_dims,
    "fold": fold,
    "hardtanh": hardtanh,
    "interpolate": interpolate,
    "interpolate_dx": interpolate_dx,
    "matmul": matmul,
    "max_pool2d": max_pool2d,
    "max_pool2d_gather": max_pool2d_gather,
    "max_pool2d_scatter": max_pool2d_scatter,
    "pad": pad,
    "scatter_add": scatter_add,
    "squeeze": squeeze,
    "sum_to": sum_to,
    "unfold": unfold,
}
