"""Bugs found in the reductions, and what now holds them."""

import numpy as np
import pytest

import tinygrad_edu as tge


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 1), ()])
def test_the_gradient_of_a_mean_is_its_share(axis):
    # The module's own `max` once shadowed the built-in one inside mean's rule, and every mean failed going backward.
    x = tge.Tensor(np.arange(6.0).reshape(2, 3), requires_grad=True)
    y = x.mean(axis=axis)
    y.backward(np.full(y.shape, 6.0))
    np.testing.assert_array_equal(x.grad.data, np.full((2, 3), 6.0 / (6 / y.size)))


def test_the_mean_of_nothing_goes_backward():
    x = tge.Tensor(np.zeros((2, 0)), requires_grad=True)
    with np.errstate(invalid="ignore"), pytest.warns(RuntimeWarning, match="empty slice"):
        y = x.mean()
    y.backward()
    assert x.grad.shape == (2, 0)


def test_a_sum_and_a_mean_do_not_need_the_values_they_were_computed_from():
    for operation in (tge.sum, tge.mean):
        assert not operation.rules["x"].reads
        x = tge.Tensor(np.array([1.0, 2.0]), requires_grad=True)
        y = operation(x)
        x.data = np.array([5.0, 5.0])
        y.backward()
        np.testing.assert_array_equal(x.grad.data, np.ones(2) / (2 if operation is tge.mean else 1))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
@pytest.mark.parametrize("keepdims", [False, True])
def test_many_images_are_summed_by_channel(dtype, keepdims):
    images = np.random.default_rng(0).integers(-9, 9, (32, 3, 20, 20)).astype(dtype)  # sums of integers are exact
    images = np.asarray(images[::-1].transpose(0, 1, 3, 2))
    total = tge.sum(tge.Tensor(images), axis=(0, 2, 3), keepdims=keepdims)
    assert total.shape == ((1, 3, 1, 1) if keepdims else (3,))
    assert total.dtype == dtype
    for channel, value in enumerate(total.data.reshape(-1)):
        assert value == int(images[:, channel].astype(int).sum())
