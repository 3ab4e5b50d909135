"""Wrong rules of the matrix product and the dense layer."""

import numpy as np
from wrong import wrong

import tinygrad_edu as tge
from tinygrad_edu import Primitive, swapaxes


def product(a, b):
    """y = a @ b for matrices a (i, j) and b (j, k)"""
    return a @ b


def _case(pick):
    i, j, k = (pick.integer(1, 3) for _ in range(3))
    return (pick.array((i, j)), pick.array((j, k))), {}


product.case = _case


def _da(g, y, a, b):
    return g @ swapaxes(b, 0, 1)


def _db(g, y, a, b):
    return swapaxes(a, 0, 1) @ g


right = Primitive(product)
right.backward("a")(_da)
right.backward("b")(_db)


@wrong(right, "a", "transposed")
def matmul_forgets_transpose_of_b(g, y, a, b):
    return g @ b


@wrong(right, "b", "transposed")
def matmul_forgets_transpose_of_a(g, y, a, b):
    return a @ g


@wrong(right, "a", "transposed")
def matmul_da_transposed(g, y, a, b):
    return b @ swapaxes(g, 0, 1)


@wrong(right, "b", "transposed")
def matmul_db_transposed(g, y, a, b):
    return swapaxes(g, 0, 1) @ a


@wrong(right, "a", "no upstream")
def matmul_forgets_g(g, y, a, b):
    return (g * 0.0 + 1.0) @ swapaxes(b, 0, 1)


@wrong(right, "b", "sign")
def matmul_with_minus(g, y, a, b):
    return -(swapaxes(a, 0, 1) @ g)


@wrong(right, "b", "factor")
def matmul_averages_over_the_batch(g, y, a, b):
    return swapaxes(a, 0, 1) @ g / a.shape[0]


@wrong(right, "a", "first order only")
def matmul_b_not_recorded(g, y, a, b):
    return g @ np.asarray(b).T


@wrong(tge.matmul, "b", "missing sum")
def matmul_does_not_sum_the_stack(g, y, a, b):
    g = tge.expand_dims(g, -1) if len(b.shape) == 1 else g
    g = tge.expand_dims(g, -2) if len(a.shape) == 1 else g
    rows = tge.expand_dims(a, 0) if len(a.shape) == 1 else a
    db = swapaxes(rows, -1, -2) @ g
    return db if len(b.shape) > 1 else db[..., 0]


def dense(x, weight, bias):
    """y = x @ weight^T + bias"""
    return x @ weight.T + bias


dense_right = Primitive(dense)


@dense_right.backward("x")
def _dense_dx(g, y, x, weight, bias):
    return g @ weight


@dense_right.backward("weight")
def _dense_dw(g, y, x, weight, bias):
    return swapaxes(g, 0, 1) @ x


@dense_right.backward("bias")
def _dense_db(g, y, x, weight, bias):
    return g.sum(axis=0)


@wrong(dense_right, "bias", "missing sum")
def dense_bias_not_summed(g, y, x, weight, bias):
    return g


@wrong(dense_right, "bias", "wrong axis")
def dense_bias_summed_over_outputs(g, y, x, weight, bias):
    return g.sum(axis=1)


@wrong(dense_right, "bias", "factor")
def dense_bias_averaged(g, y, x, weight, bias):
    return g.mean(axis=0)


@wrong(dense_right, "bias", "missing sum")
def dense_bias_of_first_image(g, y, x, weight, bias):
    return g[0]


@wrong(dense_right, "weight", "transposed")
def dense_weight_transposed(g, y, x, weight, bias):
    return swapaxes(x, 0, 1) @ g


@wrong(dense_right, "x", "transposed")
def dense_weight_turned(g, y, x, weight, bias):
    return g @ swapaxes(weight, 0, 1)


einsum = tge.primitives()["einsum"]


def _case(pick):
    i, j, k = (pick.integer(1, 3) for _ in range(3))
    return (pick.array((i, j)), pick.array((j, k))), {"equation": "ij,jk->ik"}


einsum.forward.case = _case  # two matrices, of which one is easily taken for the other


@wrong(einsum, "xs", "swapped", "transposed", "raises", "shape")
def einsum_with_its_own_operand(g, y, *xs, equation, position):
    own, other = equation.split("->")[0].split(","), equation.split("->")[1]
    return einsum(g, xs[position], equation=f"{other},{own[position]}->{own[position]}")


@wrong(einsum, "xs", "no upstream", "missing sum")
def einsum_forgets_g(g, y, *xs, equation, position):
    own = equation.split("->")[0].split(",")
    other = tge.einsum(f"{own[1 - position]}->j", xs[1 - position])
    return tge.broadcast_to(other if position == 0 else tge.expand_dims(other, 1), xs[position].shape) * 1.0
