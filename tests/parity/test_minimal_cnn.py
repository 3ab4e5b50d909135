"""The minimal network's gradients, for every parameter and for the image, by differences and by PyTorch."""

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import models


@pytest.fixture
def network():
    rng = np.random.default_rng(0)
    model = models.MinimalCNN(rng=rng)
    parameters = {n: tge.Tensor(p.data.astype(np.float64), requires_grad=True) for n, p in model.named_parameters()}
    images = tge.Tensor(rng.random((3, 1, 28, 28)), requires_grad=True)
    return parameters, images, np.array([7, 0, 3])


def loss_of(parameters, images, targets, functional=tge):
    conv_w, conv_b, dense_w, dense_b = parameters
    hidden = functional.conv2d(images, conv_w, conv_b)
    hidden = hidden.relu().reshape(hidden.shape[0], -1)
    return functional.cross_entropy(functional.linear(hidden, dense_w, dense_b), targets)


def test_the_formula_here_is_the_network(network):
    _, images, targets = network
    model = models.MinimalCNN(rng=np.random.default_rng(0))
    logits = model(images.data.astype(np.float32))
    parameters = [p for _, p in model.named_parameters()]
    assert [p.shape for p in parameters] == [(8, 1, 3, 3), (8,), (10, 5408), (10,)]
    assert sum(p.size for p in parameters) == 54_170
    expected = loss_of(parameters, tge.Tensor(images.data.astype(np.float32)), targets)
    assert tge.cross_entropy(logits, targets).item() == pytest.approx(expected.item(), rel=1e-6)


def test_against_central_differences(network):
    parameters, images, targets = network
    inputs = [*parameters.values(), images]
    gradients = tge.grad(loss_of(inputs[:4], images, targets), inputs)
    rng = np.random.default_rng(1)
    h = 1e-6
    for i, (x, g) in enumerate(zip(inputs, gradients, strict=True)):
        for _ in range(5):  # a random direction each, every element taking part
            direction = rng.standard_normal(x.shape)
            direction /= np.linalg.norm(direction)

            def at(step, i=i, x=x, direction=direction):
                moved = [t.data for t in inputs]
                moved[i] = x.data + step * direction
                *four, image = map(tge.Tensor, moved)
                return loss_of(four, image, targets).item()

            numeric = (at(h) - at(-h)) / (2 * h)
            assert np.vdot(g.data, direction) == pytest.approx(numeric, rel=1e-5, abs=1e-8)
        for position in rng.integers(0, x.size, 10):  # and single elements
            direction = np.zeros(x.size)
            direction[position] = 1
            direction = direction.reshape(x.shape)

            def at_one(step, i=i, x=x, direction=direction):
                moved = [t.data for t in inputs]
                moved[i] = x.data + step * direction
                *four, image = map(tge.Tensor, moved)
                return loss_of(four, image, targets).item()

            numeric = (at_one(h) - at_one(-h)) / (2 * h)
            assert g.data.ravel()[position] == pytest.approx(numeric, rel=1e-4, abs=1e-8)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_against_torch(network, dtype):
    torch = pytest.importorskip("torch")
    parameters, images, targets = network
    arrays = [t.data.astype(dtype) for t in (*parameters.values(), images)]
    inputs = [tge.Tensor(a, requires_grad=True) for a in arrays]
    theirs = [torch.from_numpy(a.copy()).requires_grad_() for a in arrays]
    loss = loss_of(inputs[:4], inputs[4], targets)
    torch_loss = loss_of(theirs[:4], theirs[4], torch.from_numpy(targets), torch.nn.functional)
    rtol, atol = (1e-10, 1e-12) if dtype == np.float64 else (1e-4, 1e-6)
    assert loss.item() == pytest.approx(torch_loss.item(), rel=rtol)
    loss.backward()
    torch_loss.backward()
    for x, t in zip(inputs, theirs, strict=True):
        assert x.grad.dtype == dtype
        np.testing.assert_allclose(x.grad.data, t.grad.numpy(), rtol=rtol, atol=atol)
