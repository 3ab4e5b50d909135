"""An optimizer's state: going on from it is going on without a break, and what does not fit changes nothing."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import nn, optim
from tinygrad_edu.errors import CheckpointError

KINDS = {
    "sgd": lambda p: optim.SGD(p, 0.1),
    "momentum": lambda p: optim.SGD(p, 0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "adam": lambda p: optim.Adam(p, 0.01, betas=(0.8, 0.99)),
    "adamw": lambda p: optim.AdamW(p, 0.01),
    "amsgrad": lambda p: optim.Adam(p, 0.01, amsgrad=True),
    "rmsprop": lambda p: optim.RMSprop(p, 0.01, momentum=0.9, centered=True),
    "adagrad": lambda p: optim.Adagrad(p, 0.1, lr_decay=0.1),
    "groups": lambda p: optim.SGD([{"params": p[:1], "lr": 0.3}, {"params": p[1:], "momentum": 0.9}], 0.1),
}


def parameters():
    rng = np.random.default_rng(0)
    return [nn.Parameter(rng.standard_normal(shape).astype(np.float32)) for shape in [(3, 2), (), (4,)]]


def run(optimizer, first, last):
    for t in range(first, last):
        rng = np.random.default_rng(t)
        for i, p in enumerate(optimizer.parameters):
            has_none = i == 1 and t < 2
            p.grad = None if has_none else tge.Tensor(np.asarray(rng.standard_normal(p.shape), np.float32))
        optimizer.step()


def through_a_file(state):
    """Return the state as a checkpoint would: the arrays apart, the rest as JSON."""
    rest = json.loads(json.dumps({k: v for k, v in state.items() if k != "arrays"}))
    return {**rest, "arrays": {name: array.copy() for name, array in state["arrays"].items()}}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stop", [0, 1, 5])
def test_going_on_from_a_state_is_bit_for_bit_going_on(kind, stop):
    straight = KINDS[kind](parameters())
    run(straight, 0, 9)

    broken = KINDS[kind](parameters())
    run(broken, 0, stop)
    weights, state = [p.numpy() for p in broken.parameters], broken.state_dict()
    run(broken, stop, stop + 2)  # what happens later does not reach into the state
    state = through_a_file(state)

    resumed = KINDS[kind]([nn.Parameter(w) for w in weights])
    for group in resumed.param_groups:
        group["lr"] = 123.0
    resumed.load_state_dict(state)
    assert [g["lr"] for g in resumed.param_groups] == [g["lr"] for g in straight.param_groups]
    run(resumed, stop, 9)
    for p, q in zip(resumed.parameters, straight.parameters, strict=True):
        assert np.array_equal(p.data, q.data)
    for name, array in resumed.state_dict()["arrays"].items():
        assert np.array_equal(array, straight.state_dict()["arrays"][name])
    assert resumed.steps == straight.steps


def test_the_state_names_its_arrays_by_parameter():
    optimizer = KINDS["adam"](parameters())
    run(optimizer, 0, 1)
    state = optimizer.state_dict()
    assert state["optimizer"] == "Adam"
    assert state["steps"] == [1, 0, 1]
    assert sorted(state["arrays"]) == ["exp_avg.0", "exp_avg.2", "exp_avg_sq.0", "exp_avg_sq.2"]
    assert optim.SGD(parameters()).state_dict()["arrays"] == {}


def broken_states():
    def change(*path, to):
        def f(state):
            for key in path[:-1]:
                state = state[key]
            state[path[-1]] = to

        return f

    def drop(*path):
        def f(state):
            for key in path[:-1]:
                state = state[key]
            del state[path[-1]]

        return f

    return {
        "another optimizer": (change("optimizer", to="SGD"), "state of SGD, not of Adam"),
        "no arrays": (drop("arrays"), "arrays"),
        "a missing array": (drop("arrays", "exp_avg_sq.2"), r"missing exp_avg_sq\.2"),
        "an unexpected array": (change("arrays", "exp_avg.7", to=np.ones(2)), r"unexpected exp_avg\.7"),
        "another shape": (change("arrays", "exp_avg.0", to=np.ones((2, 3), "f4")), r"exp_avg\.0 has shape"),
        "another dtype": (change("arrays", "exp_avg.0", to=np.ones((3, 2))), r"exp_avg\.0 has dtype float64"),
        "a missing setting": (drop("settings", "eps"), "settings"),
        "an unknown setting": (change("settings", "speed", to=3), "speed"),
        "other groups": (change("groups", to=[{"params": 1}, {"params": 2}]), r"groups of \(1, 2\) parameters"),
        "groups of text": (change("groups", to="abc"), "no state of Adam"),
        "groups of numbers": (change("groups", to=3), "no state of Adam"),
        "a negative lr": (change("settings", "lr", to=-1), "lr must be"),
        "betas of text": (change("settings", "betas", to="ab"), "betas"),
        "fewer parameters": (change("steps", to=[1, 1]), "2 parameters"),
        "steps of text": (change("steps", to=["a", "b", "c"]), "no state of Adam"),
        "negative steps": (change("steps", to=[1, -1, 1]), "steps"),
        "settings of numbers": (change("settings", to=3), "no state of Adam"),
    }


@pytest.mark.parametrize("case", broken_states())
def test_a_state_that_does_not_fit_is_an_error_and_changes_nothing(case):
    damage, message = broken_states()[case]
    optimizer = KINDS["adam"](parameters())
    run(optimizer, 0, 4)
    state = optimizer.state_dict()
    bad = copy.deepcopy(state)
    damage(bad)
    with pytest.raises(CheckpointError, match=message):
        optimizer.load_state_dict(bad)
    after = optimizer.state_dict()
    assert {k: v for k, v in after.items() if k != "arrays"} == {k: v for k, v in state.items() if k != "arrays"}
    assert all(np.array_equal(after["arrays"][name], array) for name, array in state["arrays"].items())


def test_a_state_from_before_there_was_a_setting_is_one_where_it_is_off():
    optimizer = KINDS["adam"](parameters())
    run(optimizer, 0, 3)
    state = optimizer.state_dict()
    assert state["settings"].pop("amsgrad") is False
    again = KINDS["amsgrad"](parameters())
    again.load_state_dict(state)
    assert again.amsgrad is False
    assert again.state_dict()["arrays"].keys() == state["arrays"].keys()


def test_amsgrad_needs_its_buffer():
    optimizer = KINDS["amsgrad"](parameters())
    run(optimizer, 0, 3)
    state = optimizer.state_dict()
    del state["arrays"]["max_exp_avg_sq.1"]
    with pytest.raises(CheckpointError, match=r"missing max_exp_avg_sq\.1"):
        KINDS["amsgrad"](parameters()).load_state_dict(state)


def test_what_is_no_state_at_all_is_an_error():
    for wrong in ({}, None, [1], {"optimizer": "SGD"}):
        with pytest.raises(CheckpointError, match="no state of SGD"):
            KINDS["sgd"](parameters()).load_state_dict(wrong)


def test_arrays_that_were_loaded_are_copies():
    a, b = KINDS["momentum"](parameters()), KINDS["momentum"](parameters())
    run(a, 0, 3)
    state = a.state_dict()
    b.load_state_dict(state)
    kept = {name: array.copy() for name, array in state["arrays"].items()}
    run(b, 3, 5)
    assert all(np.array_equal(state["arrays"][name], array) for name, array in kept.items())
