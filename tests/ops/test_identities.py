"""Exact identities: a linear operation and its rule are transposes of each other, <A u, v> = <u, A* v>.

The drawn numbers are small multiples of 1/4, whose products and sums float64 holds exactly. So the two sides must
be *equal*, and no difference quotient is needed. (The mean and the pooling average divide, and are nearly equal.)
"""

import numpy as np
import pytest
from cases import ANYWHERE, CASES
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tge
from tinygrad_edu.testing import strategies as tgst


def inner(a, b):
    assert np.shape(a) == np.shape(b)
    return np.sum(np.asarray(a) * np.asarray(b))


def drawn_like(data, array):
    return data.draw(tgst.arrays(shape=np.shape(array), **ANYWHERE))


# What undoes each linear operation of one array: its transpose, called by name and not through a rule.
TRANSPOSES = {
    "negative": lambda v, u, p: tge.negative(v),
    "sum_to": lambda v, u, p: tge.broadcast_to(v, u.shape),
    "broadcast_to": lambda v, u, p: tge.sum_to(v, u.shape),
    "getitem": lambda v, u, p: tge.scatter_add(v, p["index"], u.shape),
    "scatter_add": lambda v, u, p: tge.getitem(v, p["index"]),
    "pad": lambda v, u, p: v[
        tuple(slice(b, b + n) for (b, _), n in zip(np.broadcast_to(p["pad_width"], (u.ndim, 2)), u.shape, strict=True))
    ],
    "reshape": lambda v, u, p: tge.reshape(v, u.shape),
    "transpose": lambda v, u, p: tge.transpose(
        v, None if p["axes"] is None else [[a % u.ndim for a in p["axes"]].index(i) for i in range(u.ndim)]
    ),
    "swapaxes": lambda v, u, p: tge.swapaxes(v, **p),
    "expand_dims": lambda v, u, p: tge.squeeze(v, **p),
    "squeeze": lambda v, u, p: tge.reshape(v, u.shape),
    "flip": lambda v, u, p: tge.flip(v, **p),
    "avg_pool2d": lambda v, u, p: tge.avg_pool2d_dx(v, input_size=u.shape[-2:], **p),
    "avg_pool2d_dx": lambda v, u, p: tge.avg_pool2d(v, **{k: value for k, value in p.items() if k != "input_size"}),
}


@pytest.mark.parametrize("name", TRANSPOSES)
@given(data=st.data())
def test_a_linear_operation_and_its_transpose(name, data):
    (u,), params = data.draw(CASES[name].examples)
    params = {"pad_width": params["pad_width"]} if name == "pad" else params  # with zeros around it is linear
    forward = CASES[name](u, **params)
    v = drawn_like(data, forward)
    backward = TRANSPOSES[name](v, u, params)
    if "avg_pool" in name:
        assert inner(forward, v) == pytest.approx(inner(u, backward), rel=1e-12, abs=1e-12)
    else:
        assert inner(forward, v) == inner(u, backward)


@pytest.mark.parametrize("reduce", [tge.sum, tge.mean])
@given(data=st.data())
def test_a_sum_and_its_repetition(reduce, data):
    (u,), params = data.draw(CASES["mean"].examples)
    x = tge.Tensor(u, requires_grad=True)
    y = reduce(x, **params)
    v = drawn_like(data, y)
    y.backward(v)
    assert inner(y.data, v) == pytest.approx(inner(u, x.grad.data), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", ["stack", "concatenate"])
@given(data=st.data())
def test_joining_and_taking_apart(name, data):
    parts, params = data.draw(CASES[name].examples)
    whole = CASES[name](*parts, **params)
    v = drawn_like(data, whole)
    if name == "stack":
        apart = list(np.moveaxis(v, params["axis"], 0))
    else:
        axis = params["axis"]
        apart = np.split(v, np.cumsum([p.shape[axis] for p in parts])[:-1], axis=axis)
    xs = [tge.Tensor(p, requires_grad=True) for p in parts]
    CASES[name](*xs, **params).backward(v)
    for x, expected in zip(xs, apart, strict=True):
        np.testing.assert_array_equal(x.grad.data, expected)
    assert inner(whole, v) == sum(inner(p, x.grad.data) for p, x in zip(parts, xs, strict=True))


@given(data=st.data())
def test_a_convolution_is_one_trilinear_form(data):
    case = data.draw(tgst.conv2d_cases())
    x, weight, g = (
        data.draw(tgst.arrays(shape=s, **ANYWHERE)) for s in (case.x_shape, case.weight_shape, case.y_shape)
    )
    t = inner(g, tge.conv2d(x, weight, None, **case.params))
    assert t == inner(x, tge.conv2d_dx(g, weight, input_size=case.input_size, **case.params))
    assert t == inner(weight, tge.conv2d_dw(x, g, kernel_size=case.kernel_size, **case.params))


@given(data=st.data())
def test_a_matrix_product_is_one_trilinear_form(data):
    (a, b), _ = data.draw(CASES["matmul"].examples)
    ta, tb = tge.Tensor(a, requires_grad=True), tge.Tensor(b, requires_grad=True)
    y = ta @ tb
    g = drawn_like(data, y)
    y.backward(g)
    assert inner(y.data, g) == inner(a, ta.grad.data) == inner(b, tb.grad.data)


@given(data=st.data())
def test_a_dense_layer_is_one_trilinear_form(data):
    (x, weight, _), _ = data.draw(CASES["linear"].examples)
    tx, tw = tge.Tensor(x, requires_grad=True), tge.Tensor(weight, requires_grad=True)
    y = tge.linear(tx, tw)
    g = drawn_like(data, y)
    y.backward(g)
    assert inner(y.data, g) == inner(x, tx.grad.data) == inner(weight, tw.grad.data)


@given(data=st.data())
def test_reading_and_writing_the_largest_pixels(data):
    (u, x), params = data.draw(CASES["max_pool2d_gather"].examples)
    read = tge.max_pool2d_gather(u, x, **params)
    v = drawn_like(data, read)
    assert inner(read, v) == inner(u, tge.max_pool2d_scatter(v, x, **params))
    np.testing.assert_array_equal(tge.max_pool2d_gather(x, x, **params), tge.max_pool2d(x, **params))


@given(data=st.data())
def test_choosing_shares_the_gradient_out(data):
    (condition, a, b), _ = data.draw(CASES["where"].examples)
    ta, tb = tge.Tensor(a, requires_grad=True), tge.Tensor(b, requires_grad=True)
    y = tge.where(condition, ta, tb)
    g = drawn_like(data, y)
    y.backward(g)
    assert inner(y.data, g) == inner(a, ta.grad.data) + inner(b, tb.grad.data)
