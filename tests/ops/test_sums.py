"""Sums, means and what is made of them are accurate for any number of terms, along any axis, in every float."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tge
from tinygrad_edu.kernels import reductions

RNG = np.random.default_rng(0)
ROWS = RNG.random((300_000, 3), np.float32) + np.float32(0.5)


def error(given_, expected):
    return float(np.max(np.abs(np.asarray(given_, np.float64) - expected) / np.abs(expected)))


def upstream(operation, x, *, g):
    x = tge.Tensor(x, requires_grad=True)
    operation(x).backward(g)
    return x.grad.data


BIAS = tge.zeros(3, requires_grad=True)
WEIGHT = np.eye(3, dtype=np.float32)


def bias_gradient(operation, g):
    bias = tge.zeros(3, requires_grad=True)
    operation(bias).backward(g)
    return bias.grad.data


EXACT = ROWS.sum(axis=0, dtype=np.float64)
SUMS = {
    "sum": (lambda: tge.sum(ROWS, axis=0), EXACT),
    "sum, two axes": (lambda: tge.sum(ROWS.reshape(3000, 100, 3), axis=(0, 1)), EXACT),
    "sum, middle axis": (lambda: tge.sum(np.stack([ROWS, ROWS]), axis=1)[1], EXACT),
    "sum, keepdims": (lambda: tge.sum(ROWS, axis=0, keepdims=True)[0], EXACT),
    "sum of a transpose": (lambda: tge.sum(ROWS.T, axis=1), EXACT),
    "sum of a slice": (lambda: tge.sum(np.repeat(ROWS, 2, axis=1)[:, ::2], axis=0), EXACT),
    "sum of repetitions": (lambda: tge.sum(np.broadcast_to(ROWS[:1], (300_000, 3)), axis=0), ROWS[0] * 300_000.0),
    "sum of small images": (lambda: tge.sum(ROWS.reshape(75_000, 3, 2, 2), axis=(0, 2, 3))[:1],
                            ROWS.reshape(75_000, 3, 4)[:, :1].sum(axis=(0, 2), dtype=np.float64)),
    "sum of large images": (lambda: tge.sum(ROWS.T.copy().reshape(1, 3, 300, 1000), axis=(0, 2, 3)), EXACT),
    "mean": (lambda: tge.mean(ROWS, axis=0), EXACT / 300_000),
    "sum_to": (lambda: tge.sum_to(ROWS, (1, 3))[0], EXACT),
    "logsumexp": (lambda: tge.logsumexp(np.log(ROWS), axis=0), np.log(np.exp(np.log(ROWS).astype(float)).sum(axis=0))),
    "softmax": (lambda: tge.softmax(np.log(ROWS), axis=0)[0], ROWS[0] / EXACT),
    "nll_loss": (lambda: tge.nll_loss(ROWS, np.zeros(300_000, int), reduction="sum"), -EXACT[0]),
    "gradient of a bias": (lambda: bias_gradient(lambda b: tge.linear(ROWS, WEIGHT, b), ROWS), EXACT),
    "gradient of a broadcast": (lambda: bias_gradient(lambda b: tge.zeros(300_000, 3) + b, ROWS), EXACT),
    "average pooling": (lambda: tge.avg_pool2d(ROWS.T.copy().reshape(1, 3, 300, 1000), (300, 1000))[0, :, 0, 0],
                        EXACT / 300_000),
    "cumsum": (lambda: tge.cumsum(ROWS, 0)[-1], EXACT),
    "recurrence": (lambda: tge.recurrence(np.ones_like(ROWS), ROWS, 0)[-1], EXACT),
    "einsum of one": (lambda: tge.einsum("ij->j", ROWS), EXACT),
    "einsum of two": (lambda: tge.einsum("ij,ij->j", ROWS, np.ones_like(ROWS)), EXACT),
    "var": (lambda: tge.var(ROWS, 0), ROWS.astype(np.float64).var(axis=0, ddof=1)),
    "norm": (lambda: tge.norm(ROWS, axis=0), np.sqrt((ROWS.astype(np.float64) ** 2).sum(axis=0))),
    "mse_loss": (lambda: tge.mse_loss(ROWS, np.zeros_like(ROWS)), (ROWS.astype(np.float64) ** 2).mean()),
    "kl_div": (lambda: tge.kl_div(np.zeros_like(ROWS), ROWS, "sum"),
               (ROWS.astype(np.float64) * np.log(ROWS.astype(np.float64))).sum()),
    "pieces": (lambda: reductions.add(list(ROWS)), EXACT),
}  # fmt: skip


@pytest.mark.parametrize("name", SUMS)
def test_a_long_sum_is_accurate(name):
    compute, expected = SUMS[name]
    assert error(compute(), expected) < 2e-6, name


def test_ones_are_counted_beyond_two_to_the_24th():
    ones = np.ones((20_000_000, 2), np.float32)
    np.testing.assert_array_equal(tge.sum(ones, axis=0), [20_000_000, 20_000_000])


@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_a_sum_is_numpys_for_every_shape_axis_and_layout(data, seed):
    rng = np.random.default_rng(seed)
    shape = data.draw(
        st.sampled_from([(5000,), (300, 20), (20, 300), (17, 500, 3), (3, 7, 400), (9, 5, 13, 11), (2, 0, 3)])
    )
    x = rng.integers(-9, 9, shape).astype(data.draw(st.sampled_from([np.float32, np.float64, np.float16, np.int64])))
    layout = data.draw(st.sampled_from(["as it is", "transposed", "every second", "backwards", "Fortran"]))
    x = {
        "as it is": x,
        "transposed": x.T,
        "every second": x[..., ::2],
        "backwards": x[::-1],
        "Fortran": np.asfortranarray(x),
    }[layout]
    axes = data.draw(st.none() | st.integers(-x.ndim, x.ndim - 1) | st.sets(st.integers(0, x.ndim - 1)).map(tuple))
    keepdims = data.draw(st.booleans())
    y = reductions.sum(x, axes, keepdims)
    expected = x.astype(np.float64).sum(axis=axes, keepdims=keepdims)
    assert y.dtype == x.dtype
    assert y.shape == expected.shape
    np.testing.assert_array_equal(y, expected.astype(x.dtype))  # whole numbers add up exactly


MANY = 70_000  # more than a float16 can count


@pytest.mark.parametrize(
    "operation",
    [
        lambda x: tge.mean(x),
        lambda x: tge.nll_loss(x.reshape(-1, 1), np.zeros(MANY, int)),
        lambda x: tge.max(x),
        lambda x: tge.logsumexp(x),
    ],
)
def test_more_elements_than_a_float16_can_count(operation):
    x = tge.Tensor(np.ones(MANY, np.float16), requires_grad=True)
    y = operation(x)
    assert y.dtype == np.float16
    assert abs(float(y.data)) == pytest.approx(1 if abs(y.item()) < 2 else 1 + np.log(MANY), rel=2e-3)
    y.backward(np.float16(100))
    assert x.grad.dtype == np.float16
    np.testing.assert_allclose(np.abs(x.grad.data.astype(float)), 100 / MANY, rtol=3e-3)


def test_softmax_of_more_classes_than_a_float16_can_count():
    x = np.zeros(MANY, np.float16)
    np.testing.assert_allclose(tge.softmax(x).astype(float), 1 / MANY, rtol=3e-2)
    np.testing.assert_allclose(tge.log_softmax(x).astype(float), -np.log(MANY), rtol=1e-3)


def test_batch_norm_far_from_zero():
    torch = pytest.importorskip("torch")
    x = (np.random.default_rng(0).standard_normal((64, 3, 26, 26)) + 1e6).astype(np.float32)
    exact = x.astype(np.float64)
    centred = exact - exact.mean(axis=(0, 2, 3), keepdims=True)
    exact = centred / np.sqrt((centred**2).mean(axis=(0, 2, 3), keepdims=True) + 1e-5)
    g = np.random.default_rng(1).standard_normal(x.shape).astype(np.float32)
    t = torch.tensor(x.astype(np.float64), requires_grad=True)
    torch.nn.functional.batch_norm(t, None, None, training=True).backward(torch.tensor(g.astype(np.float64)))
    leaf = tge.Tensor(x, requires_grad=True)
    mean, var = tge.zeros(3), tge.ones(3)
    y = tge.nn.functional.batch_norm(leaf, mean, var, training=True, momentum=1.0)
    assert np.abs(y.data - exact).max() < 1e-4
    y.backward(g)
    assert np.abs(leaf.grad.data - t.grad.numpy()).max() < 1e-4
    np.testing.assert_allclose(mean.data, x.astype(np.float64).mean(axis=(0, 2, 3)), rtol=1e-7)
    np.testing.assert_allclose(var.data, x.astype(np.float64).var(axis=(0, 2, 3), ddof=1), rtol=1e-5)
