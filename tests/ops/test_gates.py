"""A gate that is closed gives exactly 0 and an open one passes everything, infinity and nan too: 0 * inf is neither."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tge
from tinygrad_edu.kernels import elementwise

FLOATS = (np.float16, np.float32, np.float64)
SPECIAL = (np.inf, -np.inf, np.nan)
MASK = np.array([True, False, False, True])
CORNER = np.array([[3.0, -1.0], [0.0, 2.0]])  # its largest is 3

# name: the operation, its x, and what dL/dx is for the upstream gradient g
GATES = {
    "relu": (tge.relu, [-2.0, 0.0, 1.0, 3.0], lambda g: [0, 0, g[2], g[3]]),
    "leaky_relu": (lambda x: x.leaky_relu(0.0), [-2.0, 0.0, 1.0, 3.0], lambda g: [0, 0, g[2], g[3]]),
    "leaky_relu, sloping": (lambda x: x.leaky_relu(0.5), [-2.0, 0.0, 1.0, 3.0], lambda g: [g[0] / 2, g[1] / 2, *g[2:]]),
    "elu": (tge.elu, [1.0, 90.0, 3000.0], lambda g: list(g)),
    "nll_loss, ignored": (
        lambda x: tge.nll_loss(x, [1, -100], reduction="none"),
        CORNER,
        lambda g: [[0, -g[0]], [0, 0]],
    ),
    "hardtanh": (lambda x: x.hardtanh(0, 2), [-2.0, 0.0, 1.0, 3.0], lambda g: [0, 0, g[2], 0]),
    "relu6": (tge.relu6, [-2.0, 0.0, 5.0, 6.0], lambda g: [0, 0, g[2], 0]),
    "tril": (tge.tril, CORNER, lambda g: [[g[0, 0], 0], [g[1, 0], g[1, 1]]]),
    "triu": (tge.triu, CORNER, lambda g: [[g[0, 0], g[0, 1]], [0, g[1, 1]]]),
    "huber_loss": (
        lambda x: tge.huber_loss(x, np.zeros(3, x.dtype), "none"),
        [-2.0, 0.5, 3.0],
        lambda g: [-g[0], g[1] / 2, g[2]],
    ),
    "abs": (tge.abs, [-2.0, 0.0, -0.0, 3.0], lambda g: [-g[0], 0, 0, g[3]]),
    "clip": (lambda x: x.clip(0, 2), [-2.0, 0.0, 1.0, 3.0], lambda g: [0, g[1], g[2], 0]),
    "maximum": (lambda x: tge.maximum(x, 1.0), [-2.0, 0.0, 1.0, 3.0], lambda g: [0, 0, g[2] / 2, g[3]]),
    "minimum": (lambda x: tge.minimum(2.0, x), [-2.0, 0.0, 2.0, 3.0], lambda g: [g[0], g[1], g[2] / 2, 0]),
    "where, first": (lambda x: tge.where(MASK, x, 5.0), [1.0] * 4, lambda g: [g[0], 0, 0, g[3]]),
    "where, second": (lambda x: tge.where(MASK, 5.0, x), [1.0] * 4, lambda g: [0, g[1], g[2], 0]),
    "where, both": (lambda x: tge.where(MASK, x, -x), [1.0] * 4, lambda g: [g[0], -g[1], -g[2], g[3]]),
    "dropout": (
        lambda x: tge.primitives()["dropout"](x, MASK, 0.5),
        [1.0] * 4,
        lambda g: [2 * g[0], 0, 0, 2 * g[3]],
    ),
    "dropout of all": (lambda x: tge.dropout(x, 1), [1.0] * 4, lambda g: [0] * 4),
    "max": (lambda x: x.max(), [3.0, 1.0, 3.0, 2.0], lambda g: [g / 2, 0, g / 2, 0]),
    "min": (lambda x: x.min(axis=0), [3.0, 1.0, 3.0, 2.0], lambda g: [0, g, 0, 0]),
    "max of rows": (lambda x: x.max(axis=1), CORNER, lambda g: [[g[0], 0], [0, g[1]]]),
    "nll_loss": (
        lambda x: tge.nll_loss(x, [1, 0], reduction="none"),
        CORNER,
        lambda g: [[0, -g[0]], [-g[1], 0]],
    ),
    "max_pool2d": (
        lambda x: tge.max_pool2d(x.reshape(1, 1, 2, 2), 2),
        CORNER,
        lambda g: [[g.item(), 0], [0, 0]],
    ),
}


@pytest.mark.parametrize("special", SPECIAL)
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("kernels", ["fast", "loops"])
@pytest.mark.parametrize("name", GATES)
def test_a_closed_gate_gives_zero_and_an_open_one_passes_all(name, kernels, dtype, special):
    operation, values, expected = GATES[name]
    x = tge.Tensor(np.asarray(values, dtype), requires_grad=True)
    with tge.use_kernels(kernels), warnings.catch_warnings():
        warnings.simplefilter("error")
        y = operation(x)
        g = np.full(y.shape, special, dtype)
        for create_graph in (False, True):
            (dx,) = tge.grad(y, x, g, create_graph=create_graph)
            assert dx.dtype == dtype
            np.testing.assert_array_equal(dx.data, expected(g))


@pytest.mark.parametrize("order", [1, 2])
def test_a_root_after_a_relu(order):
    x = tge.Tensor([-1.0, 0.0, 4.0], requires_grad=True)
    (dx,) = tge.grad(x.relu().sqrt(), x, np.ones(3), create_graph=True)
    np.testing.assert_array_equal(dx.data, [0, 0, 0.25])
    if order == 2:
        (ddx,) = tge.grad(dx[2], x)
        np.testing.assert_array_equal(ddx.data[[0, 2]], [0, -1 / 32])


@pytest.mark.parametrize("special", SPECIAL)
def test_what_is_dropped_is_zero_whatever_it_was(special):
    np.testing.assert_array_equal(
        tge.primitives()["dropout"](np.array([special, 1.0]), np.array([False, True]), 0.5), [0, 2]
    )
    np.testing.assert_array_equal(tge.dropout(tge.Tensor([special, 1.0]), 1).data, [0, 0])
    np.testing.assert_array_equal(tge.leaky_relu(np.array([-np.inf, 1.0]), 0.0), [0, 1])


@pytest.mark.parametrize("reduce", [tge.max, tge.min])
def test_the_gradient_of_an_extreme_that_is_nan_goes_to_the_nan(reduce):
    # As in torch.max(); nan is not equal to itself, and so nothing was chosen at all.
    x = tge.Tensor([np.nan, 0.0, np.nan], requires_grad=True)
    reduce(x).backward(4.0)
    np.testing.assert_array_equal(x.grad.data, [2, 0, 2])


def test_a_power_next_to_zero_and_of_nan():
    for a in (0.0, -0.0, 5e-324, 1e-310, -1e-320, np.nan):
        x = tge.Tensor(np.array(a), requires_grad=True)
        (d,) = tge.grad(x**0, x)
        assert d.item() == 0, f"d(z**0)/dz at {a}"
        (first,) = tge.grad(x**2, x, create_graph=True)
        (second,) = tge.grad(first, x, create_graph=True)
        (third,) = tge.grad(second, x)
        assert (second.item(), third.item()) == (2, 0), f"derivatives of z**2 at {a}"
    small = tge.Tensor(np.float32(1e-40), requires_grad=True)
    assert tge.grad(small**0, small)[0].item() == 0
    with np.errstate(divide="ignore"):
        b = tge.Tensor([-1.0, -0.5, 0.0, 2.0], requires_grad=True)
        (0.0**b).sum().backward()
    np.testing.assert_array_equal(b.grad.data, [-np.inf, -np.inf, 0, 0])


def test_the_mixed_derivative_of_a_power_at_exponent_zero_is_right_here_and_zero_in_pytorch():
    # d/db of b * a^(b - 1) is 1/a at b = 0. Random programs with x**y at y = 0 differ from PyTorch for this reason.
    torch = pytest.importorskip("torch")
    for a in (0.5, 1.5, 3.0):
        x, y = (tge.Tensor(np.array(v), requires_grad=True) for v in (a, 0.0))
        (dx,) = tge.grad(x**y, x, create_graph=True)
        (mixed,) = tge.grad(dx, y)
        h = 1e-6
        slopes = [b * a ** (b - 1) for b in (h, -h)]  # d(a^b)/da, in plain arithmetic, on both sides of b = 0
        assert mixed.item() == pytest.approx((slopes[0] - slopes[1]) / (2 * h), rel=1e-9)
        assert mixed.item() == pytest.approx(1 / a)
        s, t = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (a, 0.0))
        (ds,) = torch.autograd.grad(s**t, s, create_graph=True)
        assert torch.autograd.grad(ds, t)[0].item() == 0


@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
@pytest.mark.parametrize("dtype", [*FLOATS, np.int32, ">f4"])
def test_the_kernel_chooses_as_where_does(dtype, data, seed):
    rng = np.random.default_rng(seed)
    shape = tuple(data.draw(st.lists(st.integers(0, 4), max_size=3)))
    condition = np.asarray(rng.random(shape) < 0.5)
    values = rng.choice([np.inf, -np.inf, np.nan, -0.0, 1.5, -2.5], shape) if np.dtype(dtype).kind == "f" else 7
    x = np.full(shape, values, dtype)
    if data.draw(st.booleans()):
        condition, x = condition.T, np.repeat(x.T[..., None], 2, -1)[..., 0]  # not contiguous
    elif x.ndim:
        x = np.broadcast_to(x[:1], x.shape)  # strides of 0
    for is_open in (condition, condition.astype(int) * 2, True):
        chosen = elementwise.gate(x, is_open)
        assert (chosen.shape, chosen.dtype) == (x.shape, x.dtype.newbyteorder("="))
        np.testing.assert_array_equal(chosen, np.where(is_open, x, 0))
