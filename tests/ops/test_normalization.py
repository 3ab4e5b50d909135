"""Normalisation: far from zero, in every dtype, and what it refuses."""

import numpy as np
import pytest

import tinygrad_edu as tge


@pytest.mark.parametrize("norm", [lambda x: tge.layer_norm(x, 64), lambda x: tge.group_norm(x, 2)])
def test_an_offset_changes_nothing_that_float32_can_hold(norm):
    x = np.random.default_rng(0).integers(-8, 8, (4, 64)).astype(np.float32)
    near, far = norm(x), norm(x + np.float32(2**20))
    np.testing.assert_allclose(near, far, rtol=1e-6, atol=1e-6)
    g = np.random.default_rng(1).standard_normal(x.shape).astype(np.float32)
    gradients = []
    for values in (x, x + np.float32(2**20)):
        leaf = tge.Tensor(values, requires_grad=True)
        norm(leaf).backward(g)
        gradients.append(leaf.grad.data)
    np.testing.assert_allclose(*gradients, rtol=1e-4, atol=1e-5)


def test_float16_keeps_its_dtype_and_does_not_overflow():
    x = tge.Tensor(np.array([[60000, -60000, 30000, 0]], np.float16), requires_grad=True)
    y = tge.layer_norm(x, 4)
    assert y.dtype == np.float16
    np.testing.assert_allclose(y.data.astype(float), tge.layer_norm(x.data.astype(float), 4), rtol=1e-3)


def test_whole_numbers_become_float32_and_empty_batches_stay_empty():
    assert tge.layer_norm(np.array([[1, 3]]), 2).dtype == np.float32
    assert tge.group_norm(np.ones((0, 4, 2)), 2).shape == (0, 4, 2)
    x = tge.zeros(0, 3, requires_grad=True)
    tge.layer_norm(x, 3).backward(np.zeros((0, 3), np.float32))
    assert x.grad.shape == (0, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tge.layer_norm(tge.ones(2, 3), 2), r"layer_norm: x of shape \(2, 3\) does not end in the axes \(2,\)"),
        (
            lambda: tge.layer_norm(tge.ones(2, 3), 3, tge.ones(2)),
            r"layer_norm: weight must be .* \(3,\), not of \(2,\)",
        ),
        (lambda: tge.group_norm(tge.ones(2, 3), 2), "group_norm: num_groups=2 must be an integer that divides the 3"),
        (lambda: tge.group_norm(tge.ones(3), 1), r"group_norm needs x of shape \(n, c\) or \(n, c, ...\), not \(3,\)"),
        (lambda: tge.group_norm(tge.ones(2, 4), 2, None, tge.ones(2)), r"group_norm: bias must be .* \(4,\)"),
        (lambda: tge.instance_norm(tge.ones(2, 3)), "instance_norm needs more than one element in each channel"),
    ],
)
def test_what_does_not_fit_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
