"""Parameter groups: PyTorch's trajectories, each group's own settings, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import nn, optim
from tinygrad_edu.training.checkpoint import rule_settings

SHAPES = [(3, 4), (), (5,), (1, 2, 3)]
RULES = {
    "SGD": ({"lr": 0.05, "weight_decay": 0.1}, {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
    "Adam": ({"lr": 0.05, "betas": (0.8, 0.9)}, {"weight_decay": 0.1, "amsgrad": True}),
    "AdamW": ({"lr": 0.05, "eps": 1e-4}, {"weight_decay": 0.3}),
    "RMSprop": ({"lr": 0.05, "centered": True}, {"alpha": 0.9, "momentum": 0.5}),
    "Adagrad": ({"lr": 0.05, "lr_decay": 0.1}, {"weight_decay": 0.1}),
}
SCHEDULES = {
    "none": lambda module, o: None,
    "step": lambda module, o: module.StepLR(o, 7, gamma=0.5),
    "cosine": lambda module, o: module.CosineAnnealingLR(o, T_max=30, eta_min=0.001),
    "one-cycle": lambda module, o: module.OneCycleLR(o, [0.1, 0.3], total_steps=51),
    "warm-up and cosine": lambda module, o: module.SequentialLR(
        o, [module.LinearLR(o, total_iters=4), module.CosineAnnealingLR(o, T_max=20)], milestones=[5]
    ),
}


def starts():
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape) for shape in SHAPES]


def gradient(t, i, w):
    return np.asarray(np.sin(3 * w) + w + 0.3 * np.random.default_rng([t, i]).standard_normal(w.shape))


@pytest.mark.parametrize("course", SCHEDULES)
@pytest.mark.parametrize("kind", RULES)
def test_fifty_steps_in_two_groups_are_pytorchs(kind, course):
    torch = pytest.importorskip("torch")
    if kind in ("RMSprop", "Adagrad") and course != "none":
        course = "step" if course != "one-cycle" else "none"
    first, second = RULES[kind]
    ours = [nn.Parameter(w) for w in starts()]
    theirs = [torch.tensor(w, dtype=torch.float64, requires_grad=True) for w in starts()]

    def groups(p):
        return [{"params": p[:2], **first}, {"params": p[2:], **second}]

    a, b = getattr(optim, kind)(groups(ours), lr=0.03), getattr(torch.optim, kind)(groups(theirs), lr=0.03)
    s, r = SCHEDULES[course](optim, a), SCHEDULES[course](torch.optim.lr_scheduler, b)
    for t in range(50):
        for i, (p, q) in enumerate(zip(ours, theirs, strict=True)):
            p.grad = tge.Tensor(gradient(t, i, p.data))
            q.grad = torch.tensor(gradient(t, i, q.detach().numpy()))
        for mine, other in zip(a.param_groups, b.param_groups, strict=True):
            assert mine["lr"] == pytest.approx(other["lr"], rel=1e-10, abs=1e-14), t
        a.step()
        b.step()
        if s is not None:
            s.step()
            r.step()
        for p, q in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=1e-9, atol=1e-9, err_msg=f"step {t}")


def two(**settings):
    body, head = nn.Linear(2, 3), nn.Linear(3, 1)
    return optim.SGD([{"params": body.parameters(), "lr": 0.01}, {"params": head.parameters()}], **settings)


def test_a_group_has_what_it_names_and_else_the_arguments():
    optimizer = two(lr=0.1, momentum=0.9)
    shown = [(g["lr"], g["momentum"], len(g["params"])) for g in optimizer.param_groups]
    assert shown == [(0.01, 0.9, 2), (0.1, 0.9, 2)]
    optimizer.param_groups[1]["lr"] = 0.2
    optimizer.param_groups[0].update(momentum=0.5, nesterov=True)
    assert dict(optimizer.param_groups[0], params=0) == {
        "params": 0, "lr": 0.01, "momentum": 0.5, "dampening": 0.0, "weight_decay": 0.0, "nesterov": True,
    }  # fmt: skip
    assert repr(optimizer) == (
        "SGD(4 parameters in 2 groups, lr=0.01|0.2, momentum=0.5|0.9, dampening=0.0, weight_decay=0.0, "
        "nesterov=True|False)"
    )
    optimizer.add_param_group({"params": nn.Parameter([1.0]), "weight_decay": 0.5})
    assert dict(optimizer.param_groups[2], params=0)["lr"] == 0.1
    assert [len(g["params"]) for g in optimizer.param_groups] == [2, 2, 1]
    assert optimizer.steps == [0] * 5


def test_a_group_is_the_optimizer_itself_where_there_is_one():
    optimizer = optim.SGD([nn.Parameter([1.0])], lr=0.1)
    optimizer.param_groups[0]["lr"] = 0.5
    assert optimizer.lr == 0.5
    optimizer.lr = 0.25
    assert optimizer.param_groups[0]["lr"] == 0.25


def test_a_group_added_later_learns_beside_what_was_remembered():
    a, b = nn.Parameter([1.0]), nn.Parameter([1.0])
    optimizer = optim.SGD([a], lr=0.1, momentum=0.9)
    a.grad = tge.ones(1)
    optimizer.step()
    optimizer.add_param_group({"params": [b], "lr": 0.01})
    b.grad = tge.ones(1)
    optimizer.step()
    assert optimizer.steps == [2, 1]
    np.testing.assert_allclose([a.item(), b.item()], [1 - 0.1 - 0.19, 0.99], rtol=1e-6)


def test_a_rule_of_ones_own_sees_the_settings_of_the_group():
    class Sign(optim.Optimizer):
        settings = ("lr", "power")

        def __init__(self, parameters, lr, power=1):
            self.power = power
            super().__init__(parameters, lr)

        def update(self, w, g, t, state):
            return w - self.lr * np.sign(g) * np.abs(g) ** self.power

    a, b = nn.Parameter(np.array([1.0])), nn.Parameter(np.array([1.0]))
    optimizer = Sign([{"params": a, "power": 2}, {"params": b, "lr": 0.5}], lr=0.1)
    a.grad = b.grad = tge.Tensor(np.array([2.0]))
    optimizer.step()
    assert (a.item(), b.item()) == (1 - 0.1 * 4, 1 - 0.5 * 2)


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda p: optim.SGD([{"params": p, "speed": 1}]), ValueError, "a group has the settings lr, .* not 'speed'"),
        (lambda p: optim.SGD([{"params": p, "lr": -1}]), ValueError, "SGD: lr must be a number of at least 0, not -1"),
        (lambda p: optim.SGD([{"params": p, "nesterov": True}]), ValueError, "nesterov needs momentum"),
        (lambda p: optim.SGD([{"params": p}, {"params": p}]), ValueError, "same parameter in two groups"),
        (lambda p: optim.SGD([{"params": []}]), ValueError, "at least one parameter"),
        (lambda p: optim.SGD([{"lr": 1}]), TypeError, "a group is a dict such as"),
        (lambda p: optim.SGD([{"params": 3}]), TypeError, "params"),
        (lambda p: optim.SGD({"params": p}), TypeError, "a list of Tensors"),
        (lambda p: optim.SGD([{"params": p}, *p]), TypeError, "needs Tensors"),
        (lambda p: optim.SGD(p).add_param_group({"params": p}), ValueError, "same parameter in two groups"),
        (lambda p: optim.SGD(p).add_param_group(p), TypeError, "a group is a dict such as"),
        (lambda p: optim.SGD(p).add_param_group({"params": nn.Parameter([1.0]), "lr": "x"}), ValueError, "lr must be"),
    ],
)
def test_groups_that_make_no_sense_are_errors(make, kind, message):
    with pytest.raises(kind, match=message):
        make([nn.Parameter([1.0])])


def test_a_rule_that_sets_its_settings_too_late_for_groups_says_so():
    class Late(optim.Optimizer):
        settings = ("lr", "power")

        def __init__(self, parameters, lr, power=1):
            super().__init__(parameters, lr)
            self.power = power

    assert Late([nn.Parameter([1.0])], 0.1).param_groups[0]["power"] == 1
    with pytest.raises(TypeError, match=r"lr, power have to be set before super\(\).__init__"):
        Late([{"params": nn.Parameter([1.0]), "lr": 1}], 0.1)


def test_one_rate_for_two_groups_is_refused_and_so_are_settings_that_a_group_lacks():
    optimizer = two(lr=0.1)
    before = optimizer.state_dict()
    with pytest.raises(AttributeError, match=r"2 groups, each with its own lr; assign .*param_groups\[k\]\['lr'\]"):
        optimizer.lr = 0.5
    with pytest.raises(ValueError, match="not 'speed'"):
        optimizer.param_groups[1]["speed"] = 1
    with pytest.raises(ValueError, match="nesterov needs"):
        optimizer.param_groups[1].update(lr=7, nesterov=True)
    with pytest.raises(TypeError, match="keeps each of its settings"):
        del optimizer.param_groups[1]["lr"]
    with pytest.raises(AttributeError):
        optimizer.param_groups.append({})
    assert optimizer.state_dict() == before


def test_a_schedule_needs_to_know_all_groups():
    optimizer = two(lr=0.1)
    schedule = optim.StepLR(optimizer, 1)
    assert schedule.base_lrs == (0.01, 0.1)
    optimizer.add_param_group({"params": nn.Parameter([1.0])})
    with pytest.raises(ValueError, match="made for 2 groups, but the optimizer has 3"):
        schedule.step()
    again = optim.StepLR(optimizer, 1)
    assert again.base_lrs == (0.01, 0.1, 0.1)


def test_what_makes_another_run_of_it_names_the_groups():
    settings = rule_settings(two(lr=0.1), None)
    assert json.loads(json.dumps(settings)) == settings
    assert [group["lr"] for group in settings["optimizer"]["groups"]] == [0.01, 0.1]
    optimizer = two(lr=0.1)
    settings = rule_settings(optimizer, optim.StepLR(optimizer, 3))
    assert settings["schedule"]["base_lrs"] == [0.01, 0.1]
    assert "lr" not in settings["optimizer"]["groups"][0]


def test_a_run_in_groups_goes_on_bit_for_bit(tmp_path):
    train, _ = tge.data.load_digits()

    def run(epochs, folder, resume=False):
        tge.manual_seed(0)
        model = tge.models.MinimalCNN(filters=2)
        groups = [{"params": model.conv.parameters(), "lr": 0.01}, {"params": model.dense.parameters()}]
        optimizer = optim.SGD(groups, lr=0.05, momentum=0.9)
        schedule = optim.ReduceLROnPlateau(optimizer, factor=0.5, patience=0, threshold=0.5)
        tge.training.fit(
            model, train.first(60), epochs=epochs, batch_size=16, optimizer=optimizer, schedule=schedule,
            run=tmp_path / folder, resume=resume, show=False,
        )  # fmt: skip
        return model.state_dict(), [group["lr"] for group in optimizer.param_groups]

    whole, rates = run(4, "whole")
    run(2, "parts")
    parts, again = run(4, "parts", resume=True)
    assert rates == again
    assert rates[1] < 0.05
    assert all(np.array_equal(whole[name], array) for name, array in parts.items())
