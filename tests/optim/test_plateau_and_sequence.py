"""Schedules that listen or follow one another, and the average of weights: as PyTorch's, and through their states."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import nn, optim
from tinygrad_edu.errors import CheckpointError

METRICS = np.abs(np.cumsum(np.random.default_rng(4).standard_normal(60))) + 0.5
PLATEAUS = [
    {"patience": 2},
    {"patience": 0, "factor": 0.5, "threshold": 0.2},
    {"mode": "max", "patience": 3, "factor": 0.7, "cooldown": 4},
    {"mode": "max", "threshold_mode": "abs", "threshold": 0.3, "patience": 1, "factor": 0.8},
    {"threshold_mode": "abs", "threshold": 0.1, "patience": 1, "factor": 0.9, "min_lr": 0.01},
    {"patience": 0, "factor": 0.9, "eps": 0.002},
]


def sgd(lr=0.1):
    return optim.SGD([nn.Parameter([1.0])], lr)


@pytest.mark.parametrize("settings", PLATEAUS, ids=str)
def test_sixty_epochs_are_pytorchs(settings):
    torch = pytest.importorskip("torch")
    a, b = sgd(), torch.optim.SGD([torch.ones(1, requires_grad=True)], 0.1)
    s = optim.ReduceLROnPlateau(a, **settings)
    r = torch.optim.lr_scheduler.ReduceLROnPlateau(b, **settings)
    for metric in METRICS:
        s.step(metric)
        r.step(metric)
        assert a.lr == pytest.approx(b.param_groups[0]["lr"], rel=1e-12)
    assert a.lr < 0.1


@pytest.mark.parametrize("stop", [0, 1, 7, 30])
def test_going_on_from_a_plateaus_state_is_going_on(stop):
    a = sgd()
    s = optim.ReduceLROnPlateau(a, patience=2, factor=0.5, cooldown=1)
    for metric in METRICS[:stop]:
        s.step(metric)
    state, rate = json.loads(json.dumps(s.state_dict())), a.lr
    b = sgd(rate)
    r = optim.ReduceLROnPlateau(b)
    r.load_state_dict(state)
    for metric in METRICS[stop:]:
        s.step(metric)
        r.step(metric)
        assert a.lr == b.lr


@pytest.mark.parametrize("wrong", [None, float("nan"), "0.1", True, [1, 2]], ids=repr)
def test_what_a_plateau_cannot_compare_is_refused_and_changes_nothing(wrong):
    schedule = optim.ReduceLROnPlateau(sgd())
    schedule.step(1.0)
    before = schedule.state_dict()
    with pytest.raises(ValueError, match=r"step\(metric\) must be a number"):
        schedule.step(wrong)
    assert schedule.state_dict() == before
    schedule.step(float("inf"))
    assert schedule.num_bad_epochs == 1
    with pytest.raises(TypeError, match="has no lr_at"):
        schedule.lr_at(3)
    with pytest.raises(TypeError, match="go by steps"):
        optim.SequentialLR(schedule.optimizer, [schedule, schedule], [3])


@pytest.mark.parametrize("change", [{"best": "low"}, {"num_bad_epochs": -1}, {"mode": "mean"}, {"t": 1.5}], ids=str)
def test_a_plateaus_state_that_does_not_fit_is_an_error(change):
    schedule = optim.ReduceLROnPlateau(sgd())
    before = schedule.state_dict()
    with pytest.raises(CheckpointError, match="ReduceLROnPlateau"):
        schedule.load_state_dict({**before, **change})
    assert schedule.state_dict() == before


@pytest.mark.parametrize("mode", ["min", "max"])
def test_fit_gives_a_plateau_what_it_measured(mode):
    train, test = tge.data.load_digits()
    seen = []

    class Listening(optim.ReduceLROnPlateau):
        def step(self, metric=None):
            seen.append(metric)
            super().step(metric)

    for held_out in (test.first(20), None):
        tge.manual_seed(0)
        model = tge.models.MinimalCNN(filters=2)
        optimizer = optim.SGD(model.parameters(), 0.1)
        schedule = Listening(optimizer, mode)
        seen.clear()
        history = tge.training.fit(
            model, train.first(40), held_out, epochs=3, optimizer=optimizer, schedule=schedule, show=False
        )
        part = "train" if held_out is None else "test"
        assert seen == history[f"{part}_{'loss' if mode == 'min' else 'accuracy'}"]


# -- one after another --


def parts(module, o):
    warm_up = module.LinearLR(o, 0.1, total_iters=5)
    return [warm_up, module.StepLR(o, 2, gamma=0.9), module.CosineAnnealingLR(o, T_max=12)]


def test_a_sequence_is_pytorchs():
    torch = pytest.importorskip("torch")
    a, b = sgd(), torch.optim.SGD([torch.ones(1, requires_grad=True)], 0.1)
    s = optim.SequentialLR(a, parts(optim, a), [5, 11])
    schedules = torch.optim.lr_scheduler
    r = schedules.SequentialLR(b, parts(schedules, b), [5, 11])
    for t in range(30):
        assert a.lr == pytest.approx(b.param_groups[0]["lr"], rel=1e-10, abs=1e-15), t
        assert s.lr_at(t) == a.lr
        b.step()
        s.step()
        r.step()


def test_schedules_of_one_optimizer_start_from_what_the_first_found():
    optimizer = sgd(0.3)
    assert optim.LinearLR(optimizer, 0.1).base_lr == 0.3
    assert optimizer.lr == pytest.approx(0.03)
    assert optim.StepLR(optimizer, 3).base_lr == 0.3
    optimizer.lr = 0.2  # assigned: a new start
    assert optim.StepLR(optimizer, 3).base_lr == 0.2
    optimizer.param_groups[0]["lr"] = 0.1
    assert optim.StepLR(optimizer, 3).base_lr == 0.1


@pytest.mark.parametrize("stop", [0, 4, 8, 20])
def test_going_on_from_a_sequences_state_is_going_on(stop):
    a, b = sgd(), sgd(7.0)
    s, r = (optim.SequentialLR(o, parts(optim, o), milestones) for o, milestones in ((a, [5, 11]), (b, [1, 2])))
    for _ in range(stop):
        s.step()
    r.load_state_dict(json.loads(json.dumps(s.state_dict())))
    for _ in range(10):
        assert a.lr == b.lr
        s.step()
        r.step()


def test_a_sequences_state_that_does_not_fit_changes_nothing():
    optimizer = sgd()
    schedule = optim.SequentialLR(optimizer, parts(optim, optimizer), [5, 11])
    before = schedule.state_dict()

    def changed(**changes):
        return {**copy.deepcopy(before), **changes}

    other = copy.deepcopy(before["schedulers"])
    other[1]["gamma"] = -1
    for wrong in (
        changed(milestones=[5]), changed(milestones=[11, 5]), changed(schedulers=3), changed(schedulers=[1, 2, 3]),
        changed(schedulers=before["schedulers"][:2]), changed(schedulers=other), {"t": 1},
    ):  # fmt: skip
        with pytest.raises(CheckpointError, match=r"SequentialLR|StepLR"):
            schedule.load_state_dict(wrong)
    assert schedule.state_dict() == before
    assert optimizer.lr == pytest.approx(0.01)


def test_a_sequence_moves_the_momentum_that_a_part_moves():
    optimizer = optim.SGD([nn.Parameter([1.0])], 0.1, momentum=0.9)
    warm_up, cycle = optim.LinearLR(optimizer), optim.OneCycleLR(optimizer, 0.5, 10)
    schedule = optim.SequentialLR(optimizer, [warm_up, cycle], [3])
    assert schedule.moves == ("lr", "momentum", "betas")
    for _ in range(5):
        schedule.step()
    assert (optimizer.lr, optimizer.momentum) == (cycle.lr_at(2), cycle.momentum_at(2))
    with pytest.raises(ValueError, match="total_steps=10"):
        schedule.changes_at(13)


# -- the average of weights --


def net():
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 3))


@pytest.mark.parametrize("use_buffers", [False, True])
@pytest.mark.parametrize("decay", [None, 0.9, 0.0])
def test_an_average_is_pytorchs(decay, use_buffers):
    torch = pytest.importorskip("torch")
    from torch.optim import swa_utils

    tge.manual_seed(0)
    ours = net()
    theirs = torch.nn.Sequential(
        torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Flatten(), torch.nn.Linear(8, 3)
    )
    average = None if decay is None else swa_utils.get_ema_multi_avg_fn(decay)
    a = optim.AveragedModel(ours, decay, use_buffers)
    b = swa_utils.AveragedModel(theirs, multi_avg_fn=average, use_buffers=use_buffers)
    rng = np.random.default_rng(0)
    for t in range(5):
        state = {n: np.asarray(rng.standard_normal(x.shape) if x.dtype.kind == "f" else t, x.dtype)
                 for n, x in ours.state_dict().items()}  # fmt: skip
        ours.load_state_dict(state)
        theirs.load_state_dict({n: torch.tensor(x) for n, x in state.items()}, strict=True)
        a.update_parameters(ours)
        b.update_parameters(theirs)
        assert a.n_averaged.item() == b.n_averaged.item() == t + 1
        for name, array in a.module.state_dict().items():
            if array.dtype.kind == "f":  # how many batches there were is counted, and has no mean
                expected = b.module.state_dict()[name].numpy()
                np.testing.assert_allclose(array, expected, rtol=1e-5, atol=1e-6, err_msg=name)


def test_an_average_is_a_module_of_its_own():
    model = net()
    averaged = optim.AveragedModel(model, 0.5)
    x = tge.rand(2, 1, 4, 4)
    before = averaged.state_dict()
    model[0].weight.data = model[0].weight.data * 2
    assert all(np.array_equal(before[name], array) for name, array in averaged.state_dict().items())
    averaged.update_parameters(model)
    averaged.eval()
    np.testing.assert_array_equal(averaged(x).data, averaged.module(x).data)
    again = optim.AveragedModel(net(), 0.5)
    again.load_state_dict(averaged.state_dict())
    assert again.n_averaged.item() == 1


def test_what_cannot_be_averaged_is_refused():
    averaged = optim.AveragedModel(nn.Linear(2, 3))
    for other in (nn.Linear(2, 4), nn.Linear(2, 3, bias=False), nn.Linear(2, 3, dtype=np.float64)):
        with pytest.raises(ValueError, match="needs a Linear like the one that is averaged"):
            averaged.update_parameters(other)
    with pytest.raises(TypeError, match=r"needs an nn\.Module"):
        optim.AveragedModel([1])
    for decay in (1, -0.1, "slow", float("nan")):
        with pytest.raises(ValueError, match="AveragedModel: decay must be"):
            optim.AveragedModel(nn.Linear(1, 1), decay)
