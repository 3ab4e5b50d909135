"""Initialisation: bounds and spreads by their formulas, and PyTorch's gains and fans."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import nn
from tinygrad_edu.nn import init

SHAPES = [(300, 200), (64, 32, 3, 5)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("mode", ["fan_in", "fan_out"])
@pytest.mark.parametrize(("nonlinearity", "a"), [("relu", 0), ("leaky_relu", 0.2), ("linear", 0), ("tanh", 0)])
def test_he_draws_have_the_bound_and_the_spread_of_the_formula(shape, mode, nonlinearity, a):
    fan = shape[0 if mode == "fan_out" else 1] * math.prod(shape[2:])
    gain = {"relu": 2**0.5, "leaky_relu": (2 / 1.04) ** 0.5, "linear": 1, "tanh": 5 / 3}[nonlinearity]
    std = gain / fan**0.5
    rng = np.random.default_rng(0)
    u = init.kaiming_uniform(shape, a, mode, nonlinearity, rng=rng, dtype=np.float64)
    n = init.kaiming_normal(shape, a, mode, nonlinearity, rng=rng, dtype=np.float64)
    bound = 3**0.5 * std
    assert u.shape == n.shape == shape
    assert 0.99 * bound < np.abs(u).max() <= bound
    for w in (u, n):
        assert abs(w.std() / std - 1) < 0.02
        assert abs(w.mean()) < 5 * std / w.size**0.5


@pytest.mark.parametrize("shape", SHAPES)
def test_glorot_draws_have_the_bound_and_the_spread_of_the_formula(shape):
    field = math.prod(shape[2:])
    std = 1.5 * (2 / (shape[0] * field + shape[1] * field)) ** 0.5
    rng = np.random.default_rng(0)
    u, n = init.xavier_uniform(shape, 1.5, rng=rng), init.xavier_normal(shape, 1.5, rng=rng)
    assert 0.99 * 3**0.5 * std < np.abs(u).max() <= 3**0.5 * std * (1 + 1e-6)
    assert abs(u.std() / std - 1) < 0.02
    assert abs(n.std() / std - 1) < 0.02


@pytest.mark.parametrize("layer", [nn.Linear(50, 400), nn.Conv2d(4, 200, 3, groups=2)])
def test_layers_start_within_one_over_the_root_of_fan_in(layer):
    bound = 1 / math.sqrt(math.prod(layer.weight.shape[1:]))
    for p in layer.parameters():
        assert 0.9 * bound < np.abs(p.data).max() <= bound * (1 + 1e-6)
        assert abs(p.data.std() / (bound / 3**0.5) - 1) < 0.15


@pytest.mark.parametrize(
    "name", ["linear", "conv1d", "conv2d", "conv_transpose2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"]
)
def test_gains_are_pytorchs(name):
    torch = pytest.importorskip("torch")
    assert math.isclose(init.gain(name), torch.nn.init.calculate_gain(name))


def reached(layer, x_shape, at):
    """Return how many outputs the middle element of channel 0 of an input reaches, and how many an output sees."""
    for p in layer.parameters():
        p.data = np.ones(p.shape)
    x = tge.Tensor(np.zeros(x_shape), requires_grad=True)
    y = layer(x)
    g = np.zeros(y.shape)
    g[(0, 0, *at)] = 1
    y.backward(g)
    fan_in = np.count_nonzero(x.grad.data)
    x.data = np.zeros(x_shape)
    one = np.zeros(x_shape)
    one[(0, 0, *at)] = 1
    return fan_in, np.count_nonzero(layer(one).data)


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize(("kind", "layout"), [(nn.Conv2d, "linear"), (nn.ConvTranspose2d, "transposed")])
def test_fans_are_what_a_unit_sees_and_what_an_input_reaches(kind, layout, groups):
    layer = kind(4, 6, (3, 2), bias=False, groups=groups, dtype=np.float64)
    assert init.fans(layer.weight.shape, layout, groups) == reached(layer, (1, 4, 9, 9), (4, 4))


def test_a_fan_may_be_given_by_layout_or_as_a_number():
    rng = np.random.default_rng
    shape = (30, 20, 4, 4)
    for draw in (init.kaiming_normal, init.kaiming_uniform):
        turned = draw(shape, mode="fan_in", layout="transposed", groups=2, rng=rng(0))
        np.testing.assert_array_equal(turned, draw(shape, mode=15 * 16, rng=rng(0)))
    for draw in (init.xavier_normal, init.xavier_uniform):
        np.testing.assert_array_equal(draw(shape, rng=rng(0)), draw(shape, layout="transposed", rng=rng(0)))
        assert abs(draw((1000, 99), layout="embedding", rng=rng(0)).std() / (2 / 100) ** 0.5 - 1) < 0.02


@pytest.mark.parametrize("shape", [(5, 5), (3, 8), (8, 3), (4, 3, 2, 2), (20, 3, 2, 2), (0, 3), (1, 1)])
def test_orthogonal_weights_keep_lengths(shape):
    w = init.orthogonal(shape, 1.5, rng=np.random.default_rng(0), dtype=np.float64)
    assert w.shape == shape
    rows = w.reshape(shape[0], math.prod(shape[1:]))
    rows = rows if len(rows) <= rows.shape[1] else rows.T
    np.testing.assert_allclose(rows @ rows.T, 1.5**2 * np.eye(len(rows)), atol=1e-12)


def test_orthogonal_weights_are_drawn_evenly():
    rng = np.random.default_rng(0)
    corners = np.array([init.orthogonal((2, 2), rng=rng)[0, 0] for _ in range(2000)])
    angles = np.arccos(corners)  # of an even draw, even too
    assert abs(angles.mean() - np.pi / 2) < 0.1
    assert abs((angles < np.pi / 4).mean() - 1 / 4) < 0.05


@pytest.mark.parametrize(("mean", "std", "a", "b"), [(0, 1, -2, 2), (1, 0.5, -99, 99), (0, 1, 3, 90), (5, 2, -1, 0)])
def test_truncated_normal_numbers_have_the_moments_of_the_density(mean, std, a, b):
    w = init.trunc_normal((200, 300), mean, std, a, b, rng=np.random.default_rng(0), dtype=np.float64)
    assert a <= w.min()
    assert w.max() <= b
    z = np.linspace(max(a, mean - 12 * std), min(b, mean + 12 * std), 200_001)
    density = np.exp(-(((z - mean) / std) ** 2) / 2)
    density /= density.sum()
    expected = (density * z).sum()
    spread = (density * (z - expected) ** 2).sum() ** 0.5
    assert abs(w.mean() - expected) < 5 * spread / w.size**0.5
    assert abs(w.std() / spread - 1) < 0.02


@pytest.mark.parametrize("shape", [(3, 4), (8, 1, 3, 3), (6, 4, 5, 2)])
def test_fans_are_pytorchs(shape):
    torch = pytest.importorskip("torch")
    assert init.fans(shape) == torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))


def test_the_default_is_he_with_a_slope_of_root_five():
    drawn = init.kaiming_uniform((4, 6), 5**0.5, rng=np.random.default_rng(1))
    weight, bias = init.default((4, 6), rng=np.random.default_rng(1))
    np.testing.assert_allclose(weight, drawn, rtol=1e-6)
    assert bias.shape == (4,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: init.kaiming_uniform((3,)), "no fan_in"),
        (lambda: init.kaiming_normal((3, 4), mode="fan"), "fan_in.*fan_out"),
        (lambda: init.kaiming_normal((3, 4), nonlinearity="swish"), "no gain for 'swish'"),
        (lambda: init.xavier_uniform((0, 0)), "no inputs"),
        (lambda: init.kaiming_uniform((3, 0)), "no inputs"),
        (lambda: init.kaiming_normal((3, 4), mode=0), "a fan must be an integer of at least 1"),
        (lambda: init.kaiming_normal((3, 4), mode=2.5), "or a fan as a number, not 2.5"),
        (lambda: init.fans((3, 4), "conv"), "layout is one of linear, transposed, embedding, not 'conv'"),
        (lambda: init.fans((3, 4), groups=2), r"groups=2 must divide the first axis of a weight of shape \(3, 4\)"),
        (lambda: init.orthogonal((3,)), "orthogonal: a weight of shape .* has no rows and columns"),
        (lambda: init.trunc_normal((3,), a=1, b=1), "trunc_normal: a must be below b"),
        (lambda: init.trunc_normal((3,), std=0), "std must be a number above 0"),
    ],
)
def test_shapes_and_names_that_do_not_fit_are_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


FUNCTIONS = {
    "fans": init.fans,
    "uniform": lambda shape: init.uniform(shape, 0, 1),
    "normal": lambda shape: init.normal(shape, 1),
    "kaiming_uniform": init.kaiming_uniform,
    "kaiming_normal": init.kaiming_normal,
    "xavier_uniform": init.xavier_uniform,
    "xavier_normal": init.xavier_normal,
    "default": init.default,
    "trunc_normal": init.trunc_normal,
    "orthogonal": init.orthogonal,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_layer_or_a_weight_in_place_of_a_shape_is_told_what_to_write(name):
    layer = nn.Linear(2, 3)
    for wrong in (layer, layer.weight, layer.weight.data, 3, "ab", None):
        with pytest.raises(TypeError, match=r"takes the shape of a weight.*layer\.weight\.data = "):
            FUNCTIONS[name](wrong)
    for wrong in ((3, 2.0), (3, -1), [3, None]):
        with pytest.raises(ValueError, match="an axis of the shape must be an integer of at least 0"):
            FUNCTIONS[name](wrong)
    FUNCTIONS[name]([3, 2])


@pytest.mark.parametrize(
    "call",
    [
        lambda wrong: init.uniform((2, 2), wrong, 1),
        lambda wrong: init.uniform((2, 2), 0, wrong),
        lambda wrong: init.normal((2, 2), wrong),
        lambda wrong: init.kaiming_normal((2, 2), wrong),
        lambda wrong: init.kaiming_uniform((2, 2), wrong),
        lambda wrong: init.xavier_normal((2, 2), wrong),
        lambda wrong: init.xavier_uniform((2, 2), wrong),
        lambda wrong: init.gain("leaky_relu", wrong),
        lambda wrong: init.orthogonal((2, 2), wrong),
        lambda wrong: init.trunc_normal((2, 2), wrong),
        lambda wrong: init.trunc_normal((2, 2), 0, 1, wrong),
    ],
)
def test_numbers_that_are_none_are_errors(call):
    for wrong in (float("nan"), float("inf"), "1", None, True):
        with pytest.raises(ValueError, match="must be a number"):
            call(wrong)


def test_weights_are_floating():
    for wrong in (int, complex, "speed", object):
        with pytest.raises(ValueError, match="dtype must be float16, float32 or float64"):
            init.kaiming_uniform((2, 2), dtype=wrong)
