"""BatchNorm2d: its formula, its running statistics over several steps, and PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import nn

SETTINGS = [
    {},
    {"momentum": 0.3, "eps": 1e-2},
    {"momentum": None},
    {"momentum": 0.0},
    {"momentum": 1.0},
    {"affine": False},
    {"track_running_stats": False},
    {"affine": False, "track_running_stats": False},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_several_steps_and_an_evaluation_are_pytorchs(settings):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    layer = nn.BatchNorm2d(3, **settings, dtype=np.float64)
    theirs = torch.nn.BatchNorm2d(3, **settings, dtype=torch.float64)
    for _ in range(4):
        x = tge.Tensor(2 + 3 * rng.standard_normal((4, 3, 2, 5)), requires_grad=True)
        x_theirs = torch.tensor(x.numpy(), requires_grad=True)
        y, y_theirs = layer(x), theirs(x_theirs)
        g = rng.standard_normal(y.shape)
        y.backward(g)
        y_theirs.backward(torch.tensor(g))
        np.testing.assert_allclose(y.data, y_theirs.detach().numpy(), rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(x.grad.data, x_theirs.grad.numpy(), rtol=1e-9, atol=1e-11)
    assert list(layer.state_dict()) == list(theirs.state_dict())
    for name, expected in theirs.state_dict().items():
        found = layer.state_dict()[name]
        assert found.shape == tuple(expected.shape)
        np.testing.assert_allclose(found, expected.numpy(), rtol=1e-12, err_msg=name)
    layer.eval()
    theirs.eval()
    before = layer.state_dict()
    x = 1 + rng.standard_normal((2, 3, 4, 4))
    np.testing.assert_allclose(layer(x).data, theirs(torch.tensor(x)).detach().numpy(), rtol=1e-10, atol=1e-12)
    assert all(np.array_equal(array, before[name]) for name, array in layer.state_dict().items())


def test_it_normalises_with_the_biased_variance_and_remembers_the_unbiased_one():
    x = np.random.default_rng(1).standard_normal((4, 2, 3, 3))
    layer = nn.BatchNorm2d(2, dtype=np.float64)
    y = layer(x).data
    mean, biased = x.mean((0, 2, 3)), x.var((0, 2, 3))
    shape = (1, 2, 1, 1)
    np.testing.assert_allclose(y, (x - mean.reshape(shape)) / np.sqrt(biased.reshape(shape) + 1e-5), rtol=1e-10)
    np.testing.assert_allclose(layer.running_mean.data, 0.1 * mean, rtol=1e-12)
    np.testing.assert_allclose(layer.running_var.data, 0.9 + 0.1 * x.var((0, 2, 3), ddof=1), rtol=1e-12)
    assert int(layer.num_batches_tracked) == 1


def test_its_gradient_is_that_of_differences():
    rng = np.random.default_rng(2)
    layer = nn.BatchNorm2d(2, dtype=np.float64)
    layer.weight.data = rng.standard_normal(2)
    x, g = rng.standard_normal((3, 2, 2, 2)), rng.standard_normal((3, 2, 2, 2))
    t = tge.Tensor(x, requires_grad=True)
    layer(t).backward(g)
    numeric = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = 1e-6
        numeric[i] = ((layer(x + step).data - layer(x - step).data) * g).sum() / 2e-6
    np.testing.assert_allclose(t.grad.data, numeric, rtol=1e-5, atol=1e-8)


def test_its_second_derivative_is_pytorchs():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(3)
    x = rng.standard_normal((3, 2, 2, 2))
    g, h = rng.standard_normal(x.shape), rng.standard_normal(x.shape)
    t, t_theirs = tge.Tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    (dx,) = tge.grad(nn.BatchNorm2d(2, dtype=np.float64)(t), t, g, create_graph=True)
    (ddx,) = tge.grad(dx, t, h)
    y = torch.nn.BatchNorm2d(2, dtype=torch.float64)(t_theirs)
    (dx_theirs,) = torch.autograd.grad(y, t_theirs, torch.tensor(g), create_graph=True)
    (ddx_theirs,) = torch.autograd.grad(dx_theirs, t_theirs, torch.tensor(h))
    np.testing.assert_allclose(ddx.data, ddx_theirs.numpy(), rtol=1e-8, atol=1e-9)


def test_one_value_per_channel_is_an_error_in_training_and_changes_nothing():
    layer = nn.BatchNorm2d(3)
    before = layer.state_dict()
    with pytest.raises(ValueError, match="more than one value per channel"):
        layer(tge.ones(1, 3, 1, 1))
    assert all(np.array_equal(array, before[name]) for name, array in layer.state_dict().items())
    assert layer.eval()(tge.ones(1, 3, 1, 1)).shape == (1, 3, 1, 1)


def test_the_functional_form_needs_running_statistics_outside_training():
    with pytest.raises(ValueError, match="running_mean"):
        nn.functional.batch_norm(tge.ones(2, 3, 2, 2))
    y = nn.functional.batch_norm(np.arange(8.0).reshape(2, 1, 2, 2), training=True)
    assert abs(y.mean()) < 1e-12


def test_no_gradient_reaches_the_running_statistics():
    layer = nn.BatchNorm2d(2)
    layer(tge.randn(3, 2, 2, 2, requires_grad=True)).sum().backward()
    assert all(b.grad is None and not b.requires_grad and b.is_leaf for b in layer.buffers())
