"""Dropout as a layer: its modes, its scale, its share of zeros, and its seeds."""

from __future__ import annotations

import numpy as np

import tinygrad_edu as tge
from tinygrad_edu import nn


def test_training_drops_a_share_of_p_and_scales_the_rest():
    layer = nn.Dropout(0.25, rng=np.random.default_rng(0))
    y = layer(tge.ones(200, 200)).data
    assert set(np.unique(y)) == {np.float32(0), np.float32(1 / 0.75)}
    assert abs((y == 0).mean() - 0.25) < 5 * np.sqrt(0.25 * 0.75 / y.size)


def test_evaluation_changes_nothing_and_draws_nothing():
    rng = np.random.default_rng(0)
    x = tge.randn(5, 5)
    assert nn.Dropout(0.5, rng=rng).eval()(x) is x
    assert rng.bit_generator.state == np.random.default_rng(0).bit_generator.state


def test_the_gradient_passes_where_the_value_passed():
    x = tge.ones(30, 30, requires_grad=True)
    y = nn.Dropout(0.5)(x)
    g = np.random.default_rng(0).standard_normal(y.shape).astype(np.float32)
    y.backward(g)
    np.testing.assert_allclose(x.grad.data, g * y.data)


def test_p_of_one_drops_everything_and_p_of_zero_nothing():
    x = tge.ones(3, 3, requires_grad=True)
    y = nn.Dropout(1.0)(x)
    y.sum().backward()
    assert not y.data.any()
    assert not x.grad.data.any()
    assert np.array_equal(nn.Dropout(0.0)(x).data, x.data)


def test_masks_follow_the_seed_and_differ_from_call_to_call():
    layer, x = nn.Dropout(0.5), tge.ones(8, 8)
    tge.manual_seed(3)
    first, second = layer(x).data, layer(x).data
    tge.manual_seed(3)
    assert np.array_equal(layer(x).data, first)
    assert not np.array_equal(first, second)


def test_a_generator_of_ones_own_leaves_the_librarys_alone():
    drawn = tge.random.get_state()
    a, b = (nn.Dropout(0.5, rng=np.random.default_rng(4))(tge.ones(8, 8)).data for _ in range(2))
    assert np.array_equal(a, b)
    assert tge.random.get_state() == drawn
