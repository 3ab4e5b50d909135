"""The fast kernels against the loops that define them, and both against NumPy on what can be said in one line."""

import math
import threading

import numpy as np
import pytest
from cases import CASES
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tge
from tinygrad_edu import kernels
from tinygrad_edu.kernels import fast, loops, threads
from tinygrad_edu.ops.resampling import axis_maps
from tinygrad_edu.testing import strategies as tgst

ANYWHERE = {"away_from": ()}


def arrays(data, *shapes):
    return [data.draw(tgst.arrays(shape=shape, **ANYWHERE)) for shape in shapes]


def geometry(case):
    return case.stride, case.padding, case.dilation, case.groups


@given(data=st.data(), case=tgst.conv2d_cases())
def test_convolution(data, case):
    x, w, g = arrays(data, case.x_shape, case.weight_shape, case.y_shape)
    bias = data.draw(st.none() | tgst.arrays(shape=(case.o,), **ANYWHERE))
    pairs = [
        (k.conv2d(x, w, bias, *geometry(case)), k.conv2d_dx(g, w, case.input_size, *geometry(case)),
         k.conv2d_dw(x, g, case.kernel_size, *geometry(case)))
        for k in (fast, loops)
    ]  # fmt: skip
    for quick, slow in zip(*pairs, strict=True):
        assert quick.dtype == slow.dtype
        np.testing.assert_array_equal(quick, slow)  # multiples of 1/4 add up exactly


@given(data=st.data(), case=tgst.conv2d_cases())
def test_columns(data, case):
    geometry = case.kernel_size, case.stride, case.padding, case.dilation
    (x,) = arrays(data, case.x_shape)
    quick, slow = (k.unfold(x, *geometry) for k in (fast, loops))
    assert quick.dtype == slow.dtype
    np.testing.assert_array_equal(quick, slow)
    (columns,) = arrays(data, quick.shape)
    np.testing.assert_array_equal(*(k.fold(columns, case.input_size, *geometry) for k in (fast, loops)))


@given(data=st.data(), dtype=st.sampled_from([np.float32, np.float64, np.int32]))
def test_resampling(data, dtype):
    (x,), settings = data.draw(CASES["interpolate"].examples)
    if dtype == np.int32:
        settings.update(mode="nearest", align_corners=False, antialias=False)
    maps = axis_maps(x.shape[2:], **settings)
    x = x.astype(dtype)
    quick, slow = (k.resample(x, maps) for k in (fast, loops))
    assert (quick.shape, quick.dtype) == (slow.shape, slow.dtype)
    np.testing.assert_allclose(quick, slow, rtol=1e-5, atol=1e-5)


@given(data=st.data(), case=tgst.pool2d_cases(dilated=True), average=tgst.pool2d_cases())
def test_pooling(data, case, average):
    x, u, g = arrays(data, case.x_shape, case.x_shape, case.y_shape)  # ties occur: the first wins in both
    windows, size = (case.kernel_size, case.stride or case.kernel_size, case.padding, case.dilation), case.y_shape[2:]
    z, h = arrays(data, average.x_shape, average.y_shape)
    same, others = (average.kernel_size, average.stride or average.kernel_size, average.padding), average.y_shape[2:]
    by = data.draw(st.just(4) | st.just(np.full(others, 4, np.float32)))
    pairs = [
        (k.max_pool2d(x, *windows, size), k.max_pool2d_gather(u, x, *windows, size),
         k.max_pool2d_scatter(g, x, *windows), k.avg_pool2d(z, *same, others, by),
         k.avg_pool2d_dx(h, average.input_size, *same, by))
        for k in (fast, loops)
    ]  # fmt: skip
    for quick, slow in zip(*pairs, strict=True):
        assert quick.dtype == slow.dtype
        np.testing.assert_allclose(quick, slow, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("special", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("stride", [1, 2])
def test_an_infinite_gradient_goes_only_where_the_largest_pixel_is(special, stride):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1, 2, 4, 4))
    args, size = ((2, 2), (stride, stride), (0, 0), (1, 1)), (3 - stride // 2, 3 - stride // 2)
    g = rng.standard_normal((1, 2, *size))
    g[0, 1, 1, 0] = special
    u = rng.standard_normal(x.shape)
    u[0, 0, 1, 1] = special
    np.testing.assert_allclose(fast.max_pool2d_scatter(g, x, *args), loops.max_pool2d_scatter(g, x, *args))
    np.testing.assert_allclose(fast.max_pool2d_gather(u, x, *args, size), loops.max_pool2d_gather(u, x, *args, size))


@given(data=st.data(), case=tgst.pool2d_cases(max_side=4, dilated=True))
def test_pooling_of_infinities_and_nan(data, case):
    # -inf ties with the padding, which must not win; a NaN wins over every number.
    special = st.sampled_from([-np.inf, np.inf, np.nan, 0.0, 1.0])
    size = int(np.prod(case.x_shape))
    x = np.array(data.draw(st.lists(special, min_size=size, max_size=size)), float).reshape(case.x_shape)
    (u, g) = arrays(data, case.x_shape, case.y_shape)
    args, size = (case.kernel_size, case.stride or case.kernel_size, case.padding, case.dilation), case.y_shape[2:]
    np.testing.assert_array_equal(fast.max_pool2d(x, *args, size), loops.max_pool2d(x, *args, size))
    np.testing.assert_array_equal(fast.max_pool2d_gather(u, x, *args, size), loops.max_pool2d_gather(u, x, *args, size))
    np.testing.assert_array_equal(fast.max_pool2d_scatter(g, x, *args), loops.max_pool2d_scatter(g, x, *args))


@given(data=st.data(), dtype=st.sampled_from([np.float32, np.float64]))
def test_products(data, dtype):
    (a, b), _ = data.draw(CASES["matmul"].examples)
    (x, weight, bias), _ = data.draw(CASES["linear"].examples)
    a, b, x, weight, bias = (None if z is None else z.astype(dtype) for z in (a, b, x, weight, bias))
    for quick, slow in (
        (fast.matmul(a, b), loops.matmul(a, b)),
        (fast.linear(x, weight, bias), loops.linear(x, weight, bias)),
    ):
        assert (quick.shape, quick.dtype) == (slow.shape, slow.dtype)
        np.testing.assert_array_equal(quick, slow)  # multiples of 1/4 add up exactly


@given(data=st.data(), dtype=st.sampled_from([np.float16, np.float32, np.float64, np.int32, bool]))
def test_sums_and_means(data, dtype):
    (x,), params = data.draw(CASES["mean"].examples)
    x = x.astype(dtype)
    quick, slow = (k.sum(x, **params) for k in (fast, loops))
    assert (quick.shape, quick.dtype) == (slow.shape, slow.dtype)
    np.testing.assert_array_equal(quick, slow)
    quick, slow = (k.mean(x, **params) for k in (fast, loops))
    assert (quick.shape, quick.dtype) == (slow.shape, slow.dtype)
    np.testing.assert_allclose(quick, slow, rtol=1e-3 if dtype == np.float16 else 1e-6)


@given(data=st.data(), dtype=st.sampled_from([np.float16, np.float32, np.float64]))
def test_relu_and_its_gate(data, dtype):
    shape = data.draw(tgst.shapes())
    special = st.sampled_from([-np.inf, np.inf, np.nan, 0.0, -0.0, 1.5, -2.5])
    size = int(np.prod(shape))
    x = np.array(data.draw(st.lists(special, min_size=size, max_size=size)), dtype).reshape(shape)
    is_open = np.asarray(x > 0)
    for quick, slow in ((fast.relu(x), loops.relu(x)), (fast.gate(x, ~is_open), loops.gate(x, ~is_open))):
        assert (quick.shape, quick.dtype) == (slow.shape, slow.dtype)
        np.testing.assert_array_equal(quick, slow)


@given(data=st.data(), dtype=st.sampled_from([np.float16, np.float32, np.float64, np.int32]))
def test_the_error_function(data, dtype):
    where = st.sampled_from([0.0, 0.46875, 2.0, 4.0, -5.5, 26.0, np.inf]) if np.dtype(dtype).kind == "f" else st.just(1)
    x = (data.draw(tgst.arrays(**ANYWHERE)) + data.draw(where)).astype(dtype)
    digits, least = {np.float16: (1e-3, 1e-7), np.float64: (1e-12, 1e-300)}.get(dtype, (1e-6, 1e-37))
    for name in ("erf", "erfc"):
        quick, slow = (getattr(k, name)(x) for k in (fast, loops))
        assert (quick.shape, quick.dtype) == (slow.shape, slow.dtype)
        np.testing.assert_allclose(quick, slow, rtol=digits, atol=least)
        python = np.reshape([getattr(math, name)(v) for v in x.ravel().tolist()], x.shape)
        np.testing.assert_allclose(quick, python, rtol=digits, atol=least)


@pytest.mark.parametrize("name", ["erf", "erfc"])
def test_the_error_function_to_its_last_digits(name):
    x = np.linspace(-7, 26, 5001)
    expected = np.array([getattr(math, name)(v) for v in x.tolist()])
    np.testing.assert_allclose(getattr(fast, name)(x), expected, rtol=2e-15)
    single = x.astype(np.float32)
    expected = np.array([getattr(math, name)(v) for v in single.tolist()])
    np.testing.assert_allclose(getattr(fast, name)(single), expected, rtol=1e-6, atol=1e-37)


@given(data=st.data(), dtype=st.sampled_from([np.float16, np.float32, np.float64, np.int32]))
def test_what_goes_on_along_an_axis(data, dtype):
    (a, b), params = data.draw(CASES["recurrence"].examples)
    a, b, axis = a.astype(dtype), b.astype(dtype), params["axis"] % a.ndim
    digits = {2: 2e-3, 4: 1e-6, 8: 1e-12}[a.itemsize]
    for name, arrays in (("cumsum", (a,)), ("cumprod", (a,)), ("recurrence", (a, b))):
        quick, slow = (getattr(k, name)(*arrays, axis) for k in (fast, loops))
        assert (quick.shape, quick.dtype) == (slow.shape, slow.dtype)
        np.testing.assert_allclose(quick, slow, rtol=digits, atol=digits)


@given(data=st.data(), dtype=st.sampled_from([np.float32, np.float64, np.int32]))
def test_sums_of_products(data, dtype):
    xs, params = data.draw(CASES["einsum"].examples)
    quick, slow = (k.einsum(params["equation"], *(x.astype(dtype) for x in xs)) for k in (fast, loops))
    assert (quick.shape, quick.dtype) == (slow.shape, slow.dtype)
    np.testing.assert_array_equal(quick, slow)  # multiples of 1/4 add up exactly


def test_every_kernel_has_its_loops_and_the_network_runs_on_them_alone(monkeypatch):
    defined = {n for n, f in vars(loops).items() if getattr(f, "__module__", "") == loops.__name__ and n[0] != "_"}
    assert set(fast.__all__) == defined
    for name in fast.__all__:
        monkeypatch.delattr(fast, name)
    with tge.use_kernels("loops"):
        x, w, dense = tge.rand(2, 1, 5, 5), tge.rand(2, 1, 2, 2), tge.rand(3, 8, requires_grad=True)
        h = tge.avg_pool2d(tge.conv2d(x, w).relu(), 2)
        tge.cross_entropy(tge.linear(h.flatten(1), dense, tge.zeros(3, requires_grad=True)), [0, 2]).backward()
    assert dense.grad.shape == (3, 8)


def test_a_convolution_by_hand():
    x = np.arange(9.0).reshape(1, 1, 3, 3)
    w = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    expected = [[[[0 + 2 + 9 + 16, 1 + 4 + 12 + 20], [3 + 8 + 18 + 28, 4 + 10 + 21 + 32]]]]
    for name in ("fast", "loops"):
        with tge.use_kernels(name):
            np.testing.assert_array_equal(tge.conv2d(x, w), expected)


def test_a_1x1_convolution_is_a_matrix_product_over_channels():
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((2, 3, 4, 5)), rng.standard_normal((6, 3, 1, 1))
    np.testing.assert_allclose(tge.conv2d(x, w), np.einsum("nchw,oc->nohw", x, w[:, :, 0, 0]), rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_network_trains_alike_on_both_kernels(dtype):
    rng = np.random.default_rng(0)
    x, targets = rng.standard_normal((3, 1, 8, 8)).astype(dtype), np.array([0, 1, 2])
    start = [rng.standard_normal(s).astype(dtype) for s in ((2, 1, 3, 3), (2,), (4, 18))]

    def train():
        w, b, dense = (tge.Tensor(a, requires_grad=True) for a in start)
        for _ in range(3):
            h = tge.max_pool2d(tge.conv2d(x, w, b, padding=1).relu(), 3, 3, 1)
            loss = tge.cross_entropy(tge.linear(h.flatten(1), dense), targets)
            for p in (w, b, dense):
                p.grad = None
            loss.backward()
            for p in (w, b, dense):
                p.data = p.data - dtype(0.1) * p.grad.data
        return [p.data for p in (w, b, dense)]

    quick = train()
    with tge.use_kernels("loops"):
        slow = train()
    for a, b in zip(quick, slow, strict=True):
        assert a.dtype == dtype
        np.testing.assert_allclose(a, b, rtol=1e-4 if dtype == np.float32 else 1e-11, atol=1e-6)


def test_use_kernels_for_good_and_for_a_while():
    assert kernels.active.kernels is fast
    with tge.use_kernels("loops"):
        assert kernels.active.kernels is loops
        with tge.use_kernels("fast"):
            assert kernels.active.kernels is fast
        assert kernels.active.kernels is loops
    assert kernels.active.kernels is fast
    tge.use_kernels("loops")
    try:
        assert kernels.active.kernels is loops
    finally:
        tge.use_kernels("fast")


def test_each_thread_has_its_own_kernels_and_helpers_have_those_of_the_caller():
    seen = {}
    inside, done = threading.Event(), threading.Event()

    def elsewhere():
        with tge.use_kernels("loops"):
            inside.set()
            done.wait(10)
            seen["there"] = kernels.active.kernels

    other = threading.Thread(target=elsewhere)
    other.start()
    inside.wait(10)
    seen["here"] = kernels.active.kernels
    done.set()
    other.join()
    assert seen == {"there": loops, "here": fast}

    before = tge.get_num_threads()
    tge.set_num_threads(2)
    caller, met = threading.get_ident(), threading.Event()

    def task(_):
        if threading.get_ident() == caller:
            met.wait(10)  # so that the helper gets a piece
        met.set()
        return threading.get_ident(), kernels.active.kernels

    try:
        for name, expected in (("loops", loops), ("fast", fast)):
            met.clear()
            with tge.use_kernels(name):
                pieces = threads.run(task, range(4))
            assert {family for _, family in pieces} == {expected}
            assert len({ident for ident, _ in pieces}) == 2
    finally:
        tge.set_num_threads(before)


@pytest.mark.parametrize(
    ("g_shape", "call"),
    [
        ((1, 1, 9, 9), lambda g, w: tge.conv2d_dx(g, w, input_size=(5, 5))),
        ((1, 1, 9, 9), lambda g, w: tge.conv2d_dw(np.ones((1, 1, 5, 5)), g, kernel_size=(3, 3))),
        ((1, 1, 2, 2), lambda g, w: tge.conv2d_dx(g, w, input_size=(5, 5))),
        ((1, 2, 3, 3), lambda g, w: tge.conv2d_dx(g, w, input_size=(5, 5))),
        ((2, 1, 3, 3), lambda g, w: tge.conv2d_dw(np.ones((1, 1, 5, 5)), g, kernel_size=(3, 3))),
        ((1, 1, 4, 4), lambda g, w: tge.avg_pool2d_dx(g, input_size=(4, 4), kernel_size=2)),
        ((1, 1, 1, 1), lambda g, w: tge.avg_pool2d_dx(g, input_size=(4, 4), kernel_size=2)),
        ((1, 1, 3, 3), lambda g, w: tge.max_pool2d_scatter(g, np.ones((1, 1, 4, 4)), kernel_size=2)),
        ((1, 1, 3, 3), lambda g, w: tge.max_pool2d_gather(g, np.ones((1, 1, 4, 4)), kernel_size=2)),
    ],
)
def test_a_gradient_of_the_wrong_shape_raises(g_shape, call):
    # These are public, and reading beyond an array's end or adding to half of it must not pass in silence.
    with pytest.raises(ValueError, match=r"need .*shape"):
        call(np.ones(g_shape), np.ones((1, 1, 3, 3)))


def test_windows_that_do_not_fit_give_nothing():
    x, around = np.ones((1, 1, 2, 2)), ((1, 1), (0, 0))
    for family in (fast, loops):
        assert family.max_pool2d(x, (3, 3), *around, (1, 1), (0, 0)).shape == (1, 1, 0, 0)
        assert family.avg_pool2d(x, (3, 1), *around, (0, 2), 3).shape == (1, 1, 0, 2)
        assert family.max_pool2d_gather(x, x, (1, 3), *around, (1, 1), (2, 0)).shape == (1, 1, 2, 0)
        np.testing.assert_array_equal(
            family.max_pool2d_scatter(np.ones((1, 1, 0, 0)), x, (3, 3), *around, (1, 1)), np.zeros((1, 1, 2, 2))
        )
