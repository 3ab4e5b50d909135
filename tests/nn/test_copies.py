"""Copies of models and optimizers (target networks, moving averages, teacher and student): each is its own."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import nn, optim

WAYS = {
    "deepcopy": copy.deepcopy,
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
}


class Net(nn.Module):
    def __init__(self, rng=None):
        self.first = nn.Linear(3, 3, rng=rng)
        self.norm = nn.BatchNorm2d(1)
        self.tied = nn.Linear(3, 3, rng=rng)
        self.tied.weight = self.first.weight

    def forward(self, x):
        x = self.first(x)
        return self.tied(self.norm(x[None, None])[0, 0].tanh())


def data():
    rng = np.random.default_rng(0)
    return rng.standard_normal((4, 3)).astype(np.float32)


def gradients(model):
    return {name: None if p.grad is None else p.grad.numpy() for name, p in model.named_parameters()}


def assert_equal(a, b):
    assert a.keys() == b.keys()
    for name in a:
        np.testing.assert_allclose(a[name], b[name], rtol=1e-5, atol=1e-7, err_msg=name)


@pytest.mark.parametrize("way", WAYS)
def test_a_model_and_its_copy_in_one_loss_get_each_its_own_gradient(way):
    x = data()
    alone = Net(np.random.default_rng(1))
    alone(x).sum().backward()
    expected = gradients(alone)

    model = Net(np.random.default_rng(1))
    twin = WAYS[way](model)
    (3 * model(x).sum() + 5 * twin(x).sum()).backward()
    assert_equal(gradients(model), {name: 3 * g for name, g in expected.items()})
    assert_equal(gradients(twin), {name: 5 * g for name, g in expected.items()})


@pytest.mark.parametrize("way", WAYS)
def test_what_is_tied_stays_tied_and_what_is_kept_is_kept(way):
    model = Net()
    model(data()).sum().backward()
    model.eval()
    twin = WAYS[way](model)
    assert twin.tied.weight is twin.first.weight
    assert twin.first.weight is not model.first.weight
    assert not twin.norm.training
    assert [type(t) for _, t in twin.named_buffers()] == [nn.Buffer] * 3
    assert list(twin.state_dict()) == list(model.state_dict())
    assert_equal(twin.state_dict(), model.state_dict())
    assert_equal(gradients(twin), gradients(model))
    assert [p.name for p in twin.parameters()] == [p.name for p in model.parameters()]
    assert all(p.requires_grad for p in twin.parameters())


@pytest.mark.parametrize("kind", ["SGD", "Adam", "AdamW"])
@pytest.mark.parametrize("way", WAYS)
def test_an_optimizer_copied_with_its_model_goes_on_with_the_copy(way, kind):
    settings = {"momentum": 0.9} if kind == "SGD" else {}
    model = Net()
    optimizer = getattr(optim, kind)(model.parameters(), 0.05, **settings)
    schedule = optim.StepLR(optimizer, 2, 0.5)
    x = data()

    def step(model, optimizer, schedule, x):
        optimizer.zero_grad()
        (model(x) ** 2).sum().backward()
        optimizer.step()
        schedule.step()

    step(model, optimizer, schedule, x)
    twins = WAYS[way]((model, optimizer, schedule))
    twin, its_optimizer, its_schedule = twins
    assert [id(p) for p in its_optimizer.parameters] == [id(p) for p in twin.parameters()]
    assert its_schedule.optimizer is its_optimizer

    before = model.state_dict()
    for _ in range(3):
        step(*twins, x)
    assert_equal(model.state_dict(), before)
    for _ in range(3):
        step(model, optimizer, schedule, x)
    assert_equal(model.state_dict(), twin.state_dict())
    step(*twins, -x)  # from here on they part
    assert not np.array_equal(model.first.weight.data, twin.first.weight.data)


def test_a_moving_average_follows_and_is_not_trained():
    model = nn.Linear(2, 1)
    average = copy.deepcopy(model)
    optimizer = optim.SGD(model.parameters(), 0.1)
    expected = average.weight.numpy()
    for _ in range(3):
        optimizer.zero_grad()
        ((model(data()[:, :2]) - average(data()[:, :2]).detach()) ** 2).sum().backward()
        optimizer.step()
        for mean, p in zip(average.parameters(), model.parameters(), strict=True):
            mean.data = 0.9 * mean.data + np.float32(0.1) * p.data
        expected = 0.9 * expected + np.float32(0.1) * model.weight.data
    np.testing.assert_allclose(average.weight.data, expected, rtol=1e-6)
    assert all(p.grad is None for p in average.parameters())


def test_a_hidden_generator_is_copied_so_both_drop_alike_and_go_their_own_ways():
    layer = nn.Dropout(0.5, rng=np.random.default_rng(0))
    twin = copy.deepcopy(layer)
    x = tge.ones(100)
    assert np.array_equal(layer(x).data, twin(x).data)
