"""Module: what it finds among its attributes, its state, its modes and how it prints."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import nn
from tinygrad_edu.errors import CheckpointError


class Block(nn.Module):
    def __init__(self, rng=None):
        self.linear = nn.Linear(3, 3, rng=rng)
        self.scale = nn.Parameter(np.ones(3, np.float32))
        self.seen = nn.Buffer(np.zeros((), np.int64))

    def forward(self, x):
        return self.linear(x) * self.scale


class Net(nn.Module):
    def __init__(self, rng=None):
        self.first = Block(rng)
        self.blocks = [Block(rng), nn.Sequential(nn.Linear(3, 2, rng=rng), nn.ReLU())]
        self.heads = {"a": nn.Linear(2, 2, bias=False, rng=rng)}
        self.note = "a string is no part"

    def forward(self, x):
        x = self.first(x)
        for block in self.blocks:
            x = block(x)
        return self.heads["a"](x)


NAMES = [
    "first.linear.weight",
    "first.linear.bias",
    "first.scale",
    "blocks.0.linear.weight",
    "blocks.0.linear.bias",
    "blocks.0.scale",
    "blocks.1.0.weight",
    "blocks.1.0.bias",
    "heads.a.weight",
]


def test_parameters_are_found_in_attributes_lists_and_dicts():
    model = Net()
    named = dict(model.named_parameters())
    assert sorted(named) == sorted(NAMES)
    assert list(model.parameters()) == list(named.values())
    assert [name for name, _ in model.named_buffers()] == ["first.seen", "blocks.0.seen"]
    assert [name for name, _ in model.named_children()] == ["first", "blocks.0", "blocks.1", "heads.a"]
    assert model.num_parameters() == sum(p.size for p in named.values()) == 9 + 3 + 3 + 9 + 3 + 3 + 6 + 2 + 4


def test_named_modules_come_in_order_each_once():
    model = Net()
    paths = ["", "first", "first.linear", "blocks.0", "blocks.0.linear"]
    paths += ["blocks.1", "blocks.1.0", "blocks.1.1", "heads.a"]
    assert [path for path, _ in model.named_modules()] == paths


def test_shared_parts_count_once():
    linear = nn.Linear(3, 3)
    model = nn.Sequential(linear, nn.ReLU(), linear)
    tied = nn.Linear(3, 3)
    tied.weight = linear.weight
    model.append(tied)
    assert [name for name, _ in model.named_parameters()] == ["0.weight", "0.bias", "3.bias"]
    assert set(model.state_dict()) == {"0.weight", "0.bias", "3.bias"}


def test_a_module_that_knows_its_parent_does_not_loop():
    model = nn.Sequential(nn.Linear(2, 2))
    model[0].parent = model
    assert len(list(model.modules())) == 2


def test_parameters_bear_their_paths_as_names_after_the_first_call():
    model = Net()
    model(tge.ones(2, 3))
    assert {p.name for p in model.parameters()} == set(NAMES)


def test_the_longest_path_wins_whoever_asks_first_or_last():
    model = Net()
    assert [p.name for p in model.first.linear.parameters()] == ["weight", "bias"]
    list(model.named_parameters())
    assert model.first.linear.weight.name == "first.linear.weight"
    list(model.first.named_parameters())
    assert model.first.linear.weight.name == "first.linear.weight"


def test_a_name_given_by_the_user_stays():
    layer = nn.Linear(2, 2)
    tge.named("W", layer.weight)
    list(layer.parameters())
    assert (layer.weight.name, layer.bias.name) == ("W", "bias")


def test_a_parameter_requires_a_gradient_and_a_buffer_does_not():
    assert nn.Parameter([1.0]).requires_grad
    assert not nn.Parameter([1.0], requires_grad=False).requires_grad
    assert not nn.Buffer([1.0]).requires_grad
    with pytest.raises(TypeError, match="floating"):
        nn.Parameter(np.ones(2, np.int64))


def test_train_and_eval_reach_every_part():
    model = Net()
    assert all(m.training for m in model.modules())
    assert model.eval() is model
    assert not any(m.training for m in model.modules())
    assert model.train() is model
    assert all(m.training for m in model.modules())


def test_evaluating_restores_each_mode_even_after_an_error():
    model = Net()
    model.first.eval()
    seen = []

    def evaluate():
        with nn.evaluating(model):
            seen.extend([tge.is_grad_enabled(), *(m.training for m in model.modules())])
            raise KeyError

    with pytest.raises(KeyError):
        evaluate()
    assert seen
    assert not any(seen)
    assert tge.is_grad_enabled()
    assert model.training
    assert not model.first.training
    assert model.blocks[0].training


def test_zero_grad_forgets_every_gradient():
    model = Net()
    model(tge.ones(2, 3)).sum().backward()
    assert all(p.grad is not None for p in model.parameters())
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())


def test_a_module_without_forward_says_so():
    with pytest.raises(NotImplementedError, match=r"Hollow must define forward"):
        type("Hollow", (nn.Module,), {})()(1)


# -- state -----------------------------------------------------------------------------------------------------


def test_state_goes_from_one_model_to_another():
    a, b = Net(), Net()
    a.first.seen.data = a.first.seen.data + 5
    x = tge.randn(4, 3)
    assert not np.array_equal(a(x).data, b(x).data)
    state = a.state_dict()
    assert sorted(state) == sorted([*NAMES, "first.seen", "blocks.0.seen"])
    assert all(type(array) is np.ndarray for array in state.values())
    b.load_state_dict(state)
    assert np.array_equal(a(x).data, b(x).data)
    assert int(b.first.seen) == 5


def test_a_state_stays_as_it_is_when_training_goes_on():
    model = Net()
    state = model.state_dict()
    before = {name: array.copy() for name, array in state.items()}
    for p in model.parameters():
        p.data = p.data - 1
    assert all(np.array_equal(state[name], before[name]) for name in before)
    model.load_state_dict(state)
    assert all(np.array_equal(p.data, before[name]) for name, p in model.named_parameters())


def test_loading_copies_so_the_arrays_stay_the_callers():
    model = nn.Linear(2, 2)
    state = {name: np.array(array) for name, array in model.state_dict().items()}
    model.load_state_dict(state)
    state["weight"][:] = 7  # still writable, and no longer the model's business
    assert not (model.weight.data == 7).any()


def test_loading_accepts_tensors_and_arrays_in_any_memory_order():
    model = nn.Linear(3, 2)
    weight = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3))
    model.load_state_dict({"weight": tge.tensor(weight), "bias": np.zeros(4, np.float32)[::2]})
    assert np.array_equal(model.weight.data, weight)
    assert model.weight.data.flags.c_contiguous


def test_what_does_not_fit_is_named_all_at_once_and_nothing_changes():
    model = Net()
    state = dict(model.state_dict())
    before = dict(state)
    state = {name: array + 1 for name, array in state.items()}
    del state["first.scale"]
    state["first.scales"] = before["first.scale"]
    state["blocks.1.0.weight"] = np.ones((3, 2), np.float32)
    state["heads.a.weight"] = np.ones((2, 2))
    with pytest.raises(CheckpointError) as caught:
        model.load_state_dict(state)
    message = str(caught.value)
    assert "does not fit Net" in message
    assert "missing first.scale" in message
    assert "unexpected first.scales" in message
    assert "blocks.1.0.weight has shape (3, 2) instead of (2, 3)" in message
    assert "heads.a.weight has dtype float64 instead of float32" in message
    assert all(np.array_equal(array, before[name]) for name, array in model.state_dict().items())


@pytest.mark.parametrize("bad", [None, "text", [[1], [2, 3]], {}, object()])
def test_entries_that_are_no_arrays_are_rejected_by_name(bad):
    model = nn.Linear(2, 1)
    state = dict(model.state_dict())
    with pytest.raises(CheckpointError, match="weight"):
        model.load_state_dict({**state, "weight": bad})


def test_loading_something_other_than_a_mapping_is_an_error():
    with pytest.raises(CheckpointError, match="by name"):
        nn.Linear(2, 1).load_state_dict([1, 2])


def test_a_pending_backward_pass_notices_loaded_weights():
    model = nn.Sequential(nn.Conv2d(1, 1, 2), nn.Conv2d(1, 1, 2))
    loss = model(tge.ones(1, 1, 4, 4)).sum()
    model.load_state_dict(model.state_dict())
    with pytest.raises(RuntimeError, match=r"1\.weight"):
        loss.backward()


# -- Sequential, and how modules print -----------------------------------------------------------------------------


def test_sequential_applies_its_layers_in_order():
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    x = tge.randn(5, 2)
    assert np.array_equal(model(x).data, model[2](model[1](model[0](x))).data)
    assert np.array_equal(nn.Sequential()(x).data, x.data)


def test_sequential_indexes_and_slices_share_the_layers():
    model = nn.Sequential(*(nn.Linear(2, 2) for _ in range(4)))
    assert len(model) == 4
    assert list(model) == [model[0], model[1], model[2], model[3]]
    assert model[-1] is model[3]
    tail = model[1:3]
    assert isinstance(tail, nn.Sequential)
    assert list(tail) == [model[1], model[2]]
    for wrong in (4, -5):
        with pytest.raises(IndexError, match="4 layers"):
            model[wrong]


def test_appending_to_a_slice_keeps_every_layer():
    model = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid())
    tail = model[1:].append(nn.Flatten()).append(nn.ReLU())
    assert [type(layer).__name__ for layer in tail] == ["Tanh", "Sigmoid", "Flatten", "ReLU"]
    assert len(model) == 3


def test_sequential_names_its_layers_from_a_dict():
    model = nn.Sequential({"conv": nn.Conv2d(1, 2, 3), "active": nn.ReLU()})
    assert [name for name, _ in model.named_parameters()] == ["conv.weight", "conv.bias"]
    assert model.conv is model[0]
    for wrong in ("a.b", "forward", "training"):
        with pytest.raises(ValueError, match="cannot name a layer"):
            nn.Sequential({wrong: nn.ReLU()})


def test_sequential_takes_modules_only():
    with pytest.raises(TypeError, match="made of modules"):
        nn.Sequential(nn.ReLU(), tge.relu)
    with pytest.raises(TypeError, match="made of modules"):
        nn.Sequential().append(tge.relu)
    with pytest.raises(TypeError, match=r"layer '0' is the class ReLU; make a module of it: ReLU\(\.\.\.\)"):
        nn.Sequential(nn.ReLU)
    for layers in ([nn.ReLU()], (nn.ReLU() for _ in range(2))):
        with pytest.raises(TypeError, match=r"layer '0' is a (list|generator); .*Sequential\(\*layers\)"):
            nn.Sequential(layers)
    with pytest.raises(TypeError, match="a layer's name is a string, not 1"):
        nn.Sequential({1: nn.ReLU()})


def test_repr_nests_as_in_pytorch():
    assert repr(nn.Sequential(nn.Sequential(nn.Conv2d(1, 8, 3, padding=1, bias=False)), nn.Dropout(0.25))) == (
        "Sequential(\n"
        "  (0): Sequential(\n"
        "    (0): Conv2d(1, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), bias=False)\n"
        "  )\n"
        "  (1): Dropout(p=0.25)\n"
        ")"
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda nn: nn.Linear(2, 3),
        lambda nn: nn.Linear(2, 3, bias=False),
        lambda nn: nn.Conv2d(4, 6, (3, 2), stride=2, padding=(0, 1), dilation=2, groups=2),
        lambda nn: nn.ReLU(),
        lambda nn: nn.LeakyReLU(0.2),
        lambda nn: nn.Sequential(nn.Tanh(), nn.Sequential(nn.Sigmoid())),
    ],
)
def test_repr_is_pytorchs(make):
    torch = pytest.importorskip("torch")
    assert repr(make(nn)) == repr(make(torch.nn))


def test_dropping_a_model_frees_it_without_the_collector():
    gc.disable()
    try:
        model = Net()
        model(tge.ones(1, 3)).sum().backward()
        gone = weakref.ref(model.first.linear)
        del model
        assert gone() is None
    finally:
        gc.enable()


# -- recording -------------------------------------------------------------------------------------------------


def test_calls_are_recorded_in_the_order_they_begin():
    model = Net()
    with nn.record_calls(model) as calls:
        y = model(tge.ones(2, 3))
        nn.Linear(2, 2)(tge.ones(1, 2))  # none of the model's
    names = ["", "first", "first.linear", "blocks.0", "blocks.0.linear", "blocks.1", "blocks.1.0", "blocks.1.1"]
    assert [call.name for call in calls] == [*names, "heads.a"]
    assert calls[0].output is y
    assert calls[1].inputs[0].shape == (2, 3)
    model(tge.ones(2, 3))
    assert len(calls) == 9


def test_recordings_nest_and_end_after_errors():
    layer = nn.Linear(2, 2)
    with nn.record_calls(layer) as outer:
        with pytest.raises(ValueError, match="linear"), nn.record_calls(layer) as inner:
            layer(tge.ones(1, 3))
        layer(tge.ones(1, 2))
    assert (len(outer), len(inner)) == (2, 1)
    assert inner[0].output is None
    assert layer._hooks == ()
