"""What is assigned to a module's attributes: nothing is dropped from training, or from the state, in silence."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import nn, optim


@pytest.mark.parametrize("value", [tge.ones(3, 2), np.ones((3, 2)), [[1.0]], 0.0, nn.Buffer(np.ones((3, 2)))], ids=type)
def test_nothing_but_a_parameter_takes_a_parameters_place(value):
    layer = nn.Linear(2, 3)
    weight = layer.weight
    with pytest.raises(TypeError, match=r"Linear\.weight is a Parameter.*assign nn\.Parameter.*\.weight\.data = "):
        layer.weight = value
    assert layer.weight is weight
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]


def test_a_parameter_may_be_replaced_by_another_or_by_none():
    layer = nn.Linear(2, 3)
    layer.weight = nn.Parameter(np.zeros((3, 2), np.float32))
    assert next(layer.parameters()) is layer.weight
    layer.bias = None
    assert [name for name, _ in layer.named_parameters()] == ["weight"]
    assert not layer(tge.ones(1, 2)).data.any()
    with pytest.raises(TypeError, match=r"Linear\.bias is a Parameter; a value of type Tensor"):
        layer.bias = tge.ones(3)
    layer.bias = nn.Parameter(np.ones(3, np.float32))
    assert layer(tge.ones(1, 2)).data.tolist() == [[1, 1, 1]]


@pytest.mark.parametrize(
    "layer", [nn.Linear(2, 3, bias=False), nn.Conv2d(1, 3, 2, bias=False), nn.BatchNorm2d(3, affine=False)], ids=repr
)
def test_a_layer_without_bias_takes_only_a_parameter_for_one(layer):
    with pytest.raises(TypeError, match=r"\.bias is a Parameter; a value of type ndarray"):
        layer.bias = np.ones(3, np.float32)
    layer.bias = nn.Parameter(np.ones(3, np.float32))
    assert "bias" in layer.state_dict()


def test_a_tensor_in_a_buffers_place_becomes_a_buffer():
    layer = nn.BatchNorm2d(2)
    mean = tge.ones(2)
    layer.running_mean = mean
    assert type(layer.running_mean) is nn.Buffer
    assert layer.state_dict()["running_mean"] is mean.data
    for wrong in (np.ones(2, np.float32), [1.0, 1.0], 0.0):
        with pytest.raises(TypeError, match=r"BatchNorm2d\.running_mean is a Buffer"):
            layer.running_mean = wrong
    with pytest.raises(TypeError, match=r"keeps values and no graph.*detach"):
        layer.running_mean = tge.ones(2, requires_grad=True) * 2
    layer.running_mean = None
    assert "running_mean" not in layer.state_dict()
    with pytest.raises(TypeError, match=r"BatchNorm2d\.running_mean is a Buffer"):
        layer.running_mean = np.ones(2, np.float32)
    layer.running_mean = mean  # in its place it is a Buffer again
    assert "running_mean" in layer.state_dict()
    layer.running_mean = nn.Parameter(np.zeros(2, np.float32))  # now it is trained
    assert "running_mean" in dict(layer.named_parameters())


@pytest.mark.parametrize("value", [tge.relu, 3, nn.ReLU, tge.ones(2)], ids=str)
def test_only_a_module_takes_a_modules_place(value):
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    with pytest.raises(TypeError, match=r"Sequential\.0 is a module.*del model\.0"):
        setattr(model, "0", value)
    setattr(model, "0", nn.Linear(2, 3))
    assert model[0].out_features == 3


def test_ordinary_attributes_come_and_go():
    class Net(nn.Module):
        def __init__(self):
            self.cache = None

        def forward(self, x):
            self.cache = x * 2  # a result kept for looking at
            return self.cache

    net = Net()
    x = tge.ones(2, requires_grad=True)
    assert net(x) is net.cache
    net.cache = 3
    net.cache = "text"
    assert list(net.parameters()) == []


# -- what would not be found ---------------------------------------------------------------------------------------


class Plain:
    def __init__(self):
        self.weights = [nn.Parameter(np.ones(2))]


@dataclass(slots=True)
class Slotted:
    layer: Any


HIDDEN = {
    "set": lambda: {nn.Linear(2, 2)},
    "frozenset": lambda: frozenset([nn.Parameter(np.ones(2))]),
    "deque": lambda: deque([nn.Linear(2, 2)]),
    "Plain": Plain,
    "Slotted": lambda: Slotted(nn.Linear(2, 2)),
    "generator": lambda: (nn.Linear(2, 2) for _ in range(2)),
    "map": lambda: map(nn.ReLU, [1]),
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_parameters_that_would_not_be_found_are_refused_by_name(kind):
    class Net(nn.Module):
        def __init__(self):
            self.inside = [nn.ReLU(), {"deep": HIDDEN[kind]()}]

    with pytest.raises(TypeError, match=rf"Net\.inside\.1\.deep is a {kind}"):
        optim.SGD(Net().parameters(), 0.1)
    with pytest.raises(TypeError, match=rf"Net\.inside\.1\.deep is a {kind}"):
        list(nn.Sequential(Net()).parameters())


def test_a_tensor_that_requires_a_gradient_is_meant_to_be_a_parameter():
    class Net(nn.Module):
        def __init__(self):
            self.scale = tge.ones(1, requires_grad=True)

    with pytest.raises(TypeError, match=r"Net\.scale requires a gradient but is no Parameter"):
        list(Net().parameters())


def test_parts_made_on_the_class_are_refused():
    class Net(nn.Module):
        layer = nn.Linear(2, 2)
        kind = nn.Linear  # a class is no part

    with pytest.raises(TypeError, match=r"Net\.layer belongs to the class.*self\.layer = "):
        list(Net().parameters())


def test_what_holds_parameters_that_are_found_anyway_is_welcome():
    class Net(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(2, 2)
            self.optimizer = optim.SGD(self.layer.parameters(), 0.1)
            self.ties = {self.layer.weight}
            self.rng = np.random.default_rng(0)
            teacher = nn.Linear(2, 2)
            self.teacher = lambda x: teacher(x)  # held on purpose where it is not found

    assert [name for name, _ in Net().named_parameters()] == ["layer.weight", "layer.bias"]


def test_containers_inside_containers_are_searched():
    class Net(nn.Module):
        def __init__(self):
            self.grid = [[nn.Linear(1, 1, bias=False)], {"a": (nn.Parameter([1.0]), {"b": [nn.ReLU()]})}]
            self.grid.append(self.grid)

    assert {name for name, _ in Net().named_parameters()} == {"grid.0.0.weight", "grid.1.a.0"}
    assert [name for name, _ in Net().named_children()] == ["grid.0.0", "grid.1.a.1.b.0"]


def test_two_tensors_on_one_path_are_refused_instead_of_one_being_lost():
    model = nn.Sequential()
    model.heads = {1: nn.Linear(2, 2), "1": nn.Linear(2, 2)}
    with pytest.raises(ValueError, match=r"two tensors on the path 'heads\.1\.weight'"):
        model.state_dict()


# -- names follow the model as it grows ----------------------------------------------------------------------------


def test_names_follow_when_the_model_grows_after_the_first_call():
    class Net(nn.Module):
        def __init__(self):
            self.layers = [nn.Linear(2, 2), nn.Linear(2, 2)]

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

    net = Net()
    net(tge.ones(1, 2))
    net.layers.insert(0, nn.Linear(2, 2))
    tge.named("mine", net.layers[1].bias)
    optimizer = optim.SGD(net.parameters(), 0.1)
    names = [p.name for p in optimizer.parameters]
    expected = [f"layers.{i}.{kind}" for i in range(3) for kind in ("weight", "bias")]
    expected[3] = "mine"
    assert names == expected
    list(net.layers[2].parameters())
    assert net.layers[2].weight.name == "layers.2.weight"


@pytest.mark.parametrize("name", ["parameters", "train", "eval", "modules", "forward", "summary", "children"])
def test_a_methods_name_is_not_taken_by_a_value(name):
    layer = nn.Linear(2, 2)
    for value in ([1], tge.ones(2), nn.ReLU(), None, "text"):
        with pytest.raises(AttributeError, match=rf"Linear\.{name} is a method"):
            setattr(layer, name, value)
    setattr(layer, name, lambda *arguments: 3)  # a function may take a function's place
    assert getattr(layer, name)() == 3


def test_the_mode_is_true_or_false():
    layer = nn.Dropout()
    for value in ("no", 0, None):
        with pytest.raises(ValueError, match="Dropout: training must be True or False"):
            layer.training = value
    layer.training = False
    assert not layer.training


def test_an_optimizers_parameters_cannot_grow_past_what_it_remembers():
    optimizer = optim.Adam([nn.Parameter([1.0])])
    with pytest.raises(AttributeError, match="append"):
        optimizer.parameters.append(nn.Parameter([1.0]))
