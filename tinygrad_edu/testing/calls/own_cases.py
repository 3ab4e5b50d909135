"""How to call the library's own primitives where guessing is not enough: shapes and parameters that must fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

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


def _geometry(pick: Pick) -> tuple[Any, ...]:
    n, c, o = pick.integer(1, 2), pick.integer(1, 2), pick.integer(1, 2)
    groups = pick.choice([1, 1, 2])
    h, w = pick.integer(1, 5), pick.integer(1, 5)
    kernel = (pick.integer(1, min(h, 3)), pick.integer(1, min(w, 3)))
    stride, padding = (pick.integer(1, 3), pick.integer(1, 3)), (pick.integer(0, 1), pick.integer(0, 1))
    dilation = tuple(
        pick.integer(1, 2) if d + 2 * p >= 2 * k else 1 for d, p, k in zip((h, w), padding, kernel, strict=True)
    )
    size = tuple(
        (d + 2 * p - e * (k - 1) - 1) // s + 1
        for d, p, e, k, s in zip((h, w), padding, dilation, kernel, stride, strict=True)
    )
    params = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    return (n, c * groups, h, w), (o * groups, c, *kernel), (n, o * groups, *size), params


def conv2d(pick: Pick) -> Any:
    """Images and kernels in every geometry, with a bias or without."""
    x, weight, _, params = _geometry(pick)
    bias = pick.choice([None, True]) and pick.array(weight[:1])
    return (pick.array(x), pick.array(weight), bias), params


def conv2d_dx(pick: Pick) -> Any:
    """The gradient of the result and the kernels."""
    x, weight, y, params = _geometry(pick)
    return (pick.array(y), pick.array(weight)), {"input_size": x[2:], **params}


def conv2d_dw(pick: Pick) -> Any:
    """The images and the gradient of the result."""
    x, weight, y, params = _geometry(pick)
    return (pick.array(x), pick.array(y)), {"kernel_size": weight[2:], **params}


def _pool(pick: Pick) -> tuple[Any, ...]:
    n, c, h, w = pick.integer(1, 2), pick.integer(1, 2), pick.integer(1, 5), pick.integer(1, 5)
    kernel = (pick.integer(1, min(h, 3)), pick.integer(1, min(w, 3)))
    stride = pick.choice([None, 1, 2])
    padding = tuple(pick.integer(0, k // 2) for k in kernel)
    steps = kernel if stride is None else (stride, stride)
    size = tuple((d + 2 * p - k) // s + 1 for d, p, k, s in zip((h, w), padding, kernel, steps, strict=True))
    params = {"kernel_size": kernel, "stride": stride, "padding": padding}
    return (n, c, h, w), (n, c, *size), params


def pool2d(pick: Pick) -> Any:
    """Images under windows, overlapping or not."""
    x, _, params = _pool(pick)
    return (pick.array(x),), params


def max_pool2d_scatter(pick: Pick) -> Any:
    """The gradient of the result and the images."""
    x, y, params = _pool(pick)
    return (pick.array(y), pick.array(x)), params


def max_pool2d_gather(pick: Pick) -> Any:
    """What is read, and the images that say where."""
    x, _, params = _pool(pick)
    return (pick.array(x), pick.array(x)), params


def avg_pool2d_dx(pick: Pick) -> Any:
    """The gradient of the result."""
    x, y, params = _pool(pick)
    return (pick.array(y),), {"input_size": x[2:], **params}


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


def matmul(pick: Pick) -> Any:
    """Matrices, stacks of them that broadcast, and vectors."""
    i, j, k = (pick.integer(1, 3) for _ in range(3))
    stack = _shape(pick, 0, 1)
    a = pick.choice([(i, j), (j,), (*stack, i, j)])
    b = pick.choice([(j, k), (j,), (*_smaller(pick, stack), j, k)])
    return (pick.array(a), pick.array(b)), {}


CASES: dict[str, Case] = {
    "astype": astype,
    "avg_pool2d": pool2d,
    "avg_pool2d_dx": avg_pool2d_dx,
    "broadcast_to": broadcast_to,
    "clip": clip,
    "concatenate": concatenate,
    "conv2d": conv2d,
    "conv2d_dw": conv2d_dw,
    "conv2d_dx": conv2d_dx,
    "dropout": dropout,
    "expand_dims": expand_dims,
    "matmul": matmul,
    "max_pool2d": pool2d,
    "max_pool2d_gather": max_pool2d_gather,
    "max_pool2d_scatter": max_pool2d_scatter,
    "scatter_add": scatter_add,
    "squeeze": squeeze,
    "sum_to": sum_to,
}
