"""Schedules against PyTorch's courses, their formulas, and their states."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from tinygrad_edu import nn, optim
from tinygrad_edu.errors import CheckpointError

SCHEDULES = {
    "step": ("StepLR", {"step_size": 7}),
    "step with gamma": ("StepLR", {"step_size": 1, "gamma": 0.9}),
    "cosine": ("CosineAnnealingLR", {"T_max": 50}),
    "cosine with eta_min": ("CosineAnnealingLR", {"T_max": 49, "eta_min": 0.01}),
    "cosine past its end": ("CosineAnnealingLR", {"T_max": 12, "eta_min": 0.01}),
    "linear": ("LinearLR", {}),
    "linear with everything": ("LinearLR", {"start_factor": 0.1, "end_factor": 0.8, "total_iters": 30}),
    "one-cycle": ("OneCycleLR", {"max_lr": 0.5, "total_steps": 51}),
    "one-cycle linear": (
        "OneCycleLR",
        {"max_lr": 0.5, "total_steps": 60, "pct_start": 0.45, "anneal_strategy": "linear"},
    ),
    "one-cycle with everything": (
        "OneCycleLR",
        {
            "max_lr": 0.5,
            "total_steps": 51,
            "base_momentum": 0.7,
            "max_momentum": 0.9,
            "div_factor": 10.0,
            "final_div_factor": 100.0,
        },
    ),
    "one-cycle lr only": ("OneCycleLR", {"max_lr": 0.5, "total_steps": 51, "cycle_momentum": False}),
}
OPTIMIZERS = {"SGD": {"lr": 0.1, "momentum": 0.9}, "Adam": {"lr": 0.1, "betas": (0.9, 0.99)}}


def momentum(settings):
    return settings["momentum"] if "momentum" in settings else settings["betas"][0]


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_fifty_steps_are_pytorchs(name, kind):
    torch = pytest.importorskip("torch")
    schedule, settings = SCHEDULES[name]
    ours = [nn.Parameter(np.ones(3))]
    theirs = [torch.ones(3, dtype=torch.float64, requires_grad=True)]
    a = getattr(optim, kind)(ours, **OPTIMIZERS[kind])
    b = getattr(torch.optim, kind)(theirs, **OPTIMIZERS[kind])
    s = getattr(optim, schedule)(a, **settings)
    r = getattr(torch.optim.lr_scheduler, schedule)(b, **settings)
    for t in range(50):
        assert math.isclose(a.lr, b.param_groups[0]["lr"], rel_tol=1e-10, abs_tol=1e-12), t
        assert math.isclose(momentum(vars(a)), momentum(b.param_groups[0]), rel_tol=1e-10), t
        ours[0].grad = nn.Buffer(np.full(3, 0.1 + t))
        theirs[0].grad = torch.full((3,), 0.1 + t, dtype=torch.float64)
        a.step()
        b.step()
        s.step()
        r.step()
    np.testing.assert_allclose(ours[0].data, theirs[0].detach().numpy(), rtol=1e-10)


def sgd(lr=0.1, **settings):
    return optim.SGD([nn.Parameter([1.0])], lr, **settings)


def test_the_courses_are_their_formulas():
    step = optim.StepLR(sgd(), 3, 0.5)
    assert [step.lr_at(t) for t in (0, 2, 3, 6)] == [0.1, 0.1, 0.05, 0.025]
    cosine = optim.CosineAnnealingLR(sgd(), 10, 0.02)
    assert np.allclose([cosine.lr_at(t) for t in (0, 5, 10)], [0.1, 0.06, 0.02])
    one = optim.OneCycleLR(sgd(), 1.0, 11, pct_start=6 / 11, div_factor=10, final_div_factor=100)
    assert np.allclose([one.lr_at(t) for t in (0, 5, 10)], [0.1, 1.0, 0.001])


def test_one_cycle_leaves_plain_sgd_plain():
    plain = sgd()
    schedule = optim.OneCycleLR(plain, 1.0, 10)
    schedule.step()
    assert plain.momentum == 0
    with pytest.raises(ValueError, match="no"):
        optim.OneCycleLR(sgd(), 1.0, 10, cycle_momentum=True)


def test_one_cycle_ends_and_says_so():
    schedule = optim.OneCycleLR(sgd(), 1.0, 3)
    schedule.step()
    schedule.step()
    with pytest.raises(ValueError, match="total_steps=3"):
        schedule.step()


@pytest.mark.parametrize("total", [1, 2, 3, 10])
@pytest.mark.parametrize("start", [0.0, 0.1, 0.5, 1.0])
def test_short_cycles_are_finite(total, start):
    schedule = optim.OneCycleLR(sgd(), 1.0, total, pct_start=start)
    assert all(0 <= schedule.lr_at(t) <= 1 for t in range(total))


@pytest.mark.parametrize("name", SCHEDULES)
def test_going_on_from_a_state_is_going_on(name):
    schedule, settings = SCHEDULES[name]
    a, b = sgd(momentum=0.9), sgd(lr=0.7, momentum=0.5)
    s = getattr(optim, schedule)(a, **settings)
    for _ in range(20):
        s.step()
    state = json.loads(json.dumps(s.state_dict()))
    r = getattr(optim, schedule)(b, **{**settings, **({"T_max": 3} if "T_max" in settings else {})})
    r.load_state_dict(state)
    for _ in range(20):
        assert b.lr == a.lr
        if "OneCycle" in schedule and s.cycle_momentum:
            assert b.momentum == a.momentum
        s.step()
        r.step()


@pytest.mark.parametrize(
    "change",
    [
        {"schedule": "CosineAnnealingLR"},
        {"t": "three"},
        {"t": 1.5},
        {"t": -1},
        {"gamma": None},
        {"gamma": "0.1"},
        {"step_size": 0},
        {"step_size": -3},
        {"extra": 1},
        {"base_lr": None},
    ],
    ids=str,
)
def test_a_state_that_does_not_fit_is_an_error_and_changes_nothing(change):
    optimizer = sgd()
    schedule = optim.StepLR(optimizer, 3)
    before = schedule.state_dict()
    with pytest.raises(CheckpointError, match="StepLR"):
        schedule.load_state_dict({**before, **change})
    with pytest.raises(CheckpointError, match="StepLR"):
        schedule.load_state_dict({"t": 1})
    assert schedule.state_dict() == before
    assert optimizer.lr == 0.1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda o: optim.StepLR(o, 0), "step_size"),
        (lambda o: optim.StepLR(o, 2, gamma=-1), "gamma"),
        (lambda o: optim.CosineAnnealingLR(o, 0), "T_max"),
        (lambda o: optim.LinearLR(o, 0), "start_factor must be a number above 0 and at most 1|start_factor must be"),
        (lambda o: optim.LinearLR(o, 0.5, 1.5), "end_factor must be"),
        (lambda o: optim.ReduceLROnPlateau(o, "low"), 'mode is "min" or "max", not \'low\''),
        (lambda o: optim.ReduceLROnPlateau(o, factor=1.0), "factor must be a number from 0 to below 1"),
        (lambda o: optim.ReduceLROnPlateau(o, threshold_mode="x"), 'threshold_mode is "rel" or "abs"'),
        (lambda o: optim.OneCycleLR(o, [1.0, 2.0], 9), "max_lr must be .* not 2 rates for 1 groups"),
        (lambda o: optim.SequentialLR(o, [optim.StepLR(o, 3)], []), "at least two schedules"),
        (lambda o: optim.SequentialLR(o, [optim.StepLR(o, 3)] * 2, []), "2 schedules and 0 milestones"),
        (lambda o: optim.SequentialLR(o, [optim.StepLR(o, 3)] * 3, [4, 4]), r"must rise, not \[4, 4\]"),
        (lambda o: optim.SequentialLR(o, [optim.StepLR(sgd(), 3)] * 2, [4]), "StepLR moves another optimizer"),
        (lambda o: optim.CosineAnnealingLR(o, 3, eta_min=-1), "eta_min"),
        (lambda o: optim.OneCycleLR(o, 1.0, 0), "total_steps must be an integer of at least 1, not 0"),
        (lambda o: optim.OneCycleLR(o, 1.0, 9, pct_start=2), "pct_start must be a number from 0 to 1, not 2"),
        (lambda o: optim.OneCycleLR(o, 1.0, 9, anneal_strategy="cubic"), "cubic"),
        (lambda o: optim.OneCycleLR(o, -1.0, 9), "max_lr"),
        (lambda o: optim.OneCycleLR(o, 1.0, 9, div_factor=0), "div_factor"),
    ],
)
def test_settings_that_make_no_sense_are_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make(sgd())


SETTINGS = {
    "StepLR": ({"step_size": 3}, ["gamma"], ["step_size"]),
    "LinearLR": ({}, ["start_factor", "end_factor"], ["total_iters"]),
    "ReduceLROnPlateau": ({}, ["factor", "threshold", "min_lr", "eps"], ["patience", "cooldown"]),
    "CosineAnnealingLR": ({"T_max": 3}, ["eta_min"], ["T_max"]),
    "OneCycleLR": (
        {"max_lr": 0.1, "total_steps": 9},
        ["max_lr", "pct_start", "base_momentum", "max_momentum", "div_factor", "final_div_factor"],
        ["total_steps"],
    ),
}


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), "3", None, True, 1j, [3], -1], ids=repr)
@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_checked_when_given_and_when_assigned(name, wrong):
    settings, numbers, integers = SETTINGS[name]
    make = getattr(optim, name)
    schedule = make(sgd(momentum=0.9), **settings)
    before = schedule.state_dict()
    for setting in (*numbers, *integers, "base_lr", "t"):
        with pytest.raises(ValueError, match=f"{name}: {setting} must be"):
            setattr(schedule, setting, wrong)
        if setting not in ("base_lr", "t"):
            with pytest.raises(ValueError, match=f"{name}: {setting} must be"):
                make(sgd(momentum=0.9), **{**settings, setting: wrong})
    for setting in integers:
        with pytest.raises(ValueError, match=f"{name}: {setting} must be an integer"):
            make(sgd(momentum=0.9), **{**settings, setting: 2.5})
    assert schedule.state_dict() == before


def test_a_course_that_leaves_the_possible_is_refused_where_it_does():
    class Falling(optim.Schedule):
        def lr_at(self, t):
            return 0.1 - 0.06 * t

    optimizer = sgd()
    schedule = Falling(optimizer)
    schedule.step()
    with pytest.raises(ValueError, match=r"SGD: lr must be a number of at least 0, not -0\.0"):
        schedule.step()
    assert schedule.t == 1
    assert math.isclose(optimizer.lr, 0.04)


def test_a_schedule_needs_an_optimizer():
    for wrong in (nn.Linear(2, 2), None, 0.1):
        with pytest.raises(TypeError, match="StepLR needs an optimizer"):
            optim.StepLR(wrong, 3)
    with pytest.raises(ValueError, match="cycle_momentum must be True or False, not 'no'"):
        optim.OneCycleLR(sgd(momentum=0.9), 0.1, 9, cycle_momentum="no")


def test_a_cycle_may_pass_through_momentum_zero_and_go_on_from_there():
    def make():
        optimizer = sgd(momentum=0.9)
        return optimizer, optim.OneCycleLR(optimizer, 0.1, 4, pct_start=0.5, base_momentum=0.0)

    optimizer, schedule = make()
    for _ in range(2):
        optimizer.parameters[0].grad = nn.Buffer(np.ones(1, optimizer.parameters[0].dtype))
        optimizer.step()
        schedule.step()
    schedule.optimizer.momentum = 0.0
    state = optimizer.state_dict()
    other, _ = make()
    other.load_state_dict(state)
    assert other.state_dict()["arrays"].keys() == state["arrays"].keys() == {"momentum_buffer.0"}


def test_a_schedule_of_ones_own_needs_one_method():
    class Halving(optim.Schedule):
        def lr_at(self, t):
            return self.base_lr / 2**t

    optimizer = sgd(lr=0.8)
    schedule = Halving(optimizer)
    schedule.step()
    schedule.step()
    assert optimizer.lr == 0.2
    with pytest.raises(NotImplementedError, match="lr_at"):
        optim.Schedule(optimizer)
