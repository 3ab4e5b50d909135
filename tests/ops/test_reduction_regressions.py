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
        x = tge.Tensor([1.0, 2.0], requires_grad=True)
        y = operation(x)
        x.data = np.array([5.0, 5.0])
        y.backward()
        np.testing.assert_array_equal(x.grad.data, np.ones(2) / (2 if operation is tge.mean else 1))
