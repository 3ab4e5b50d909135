"""Initialisation: bounds and spreads by their formulas, and PyTorch's gains and fans."""

from __future__ import annotations

import math

import numpy as np
import pytest

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


@pytest.mark.parametrize("name", ["linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu"])
def test_gains_are_pytorchs(name):
    torch = pytest.importorskip("torch")
    assert math.isclose(init.gain(name), torch.nn.init.calculate_gain(name))


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
