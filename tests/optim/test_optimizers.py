"""Each optimizer against its formula written out here, and its trajectory against PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import nn, optim

VARIANTS = {
    "sgd": ("SGD", {"lr": 0.05}),
    "sgd with decay": ("SGD", {"lr": 0.05, "weight_decay": 0.1}),
    "sgd with momentum": ("SGD", {"lr": 0.02, "momentum": 0.9}),
    "sgd with dampening": ("SGD", {"lr": 0.02, "momentum": 0.9, "dampening": 0.3}),
    "sgd with nesterov": ("SGD", {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
    "sgd with everything": ("SGD", {"lr": 0.02, "momentum": 0.8, "nesterov": True, "weight_decay": 0.1}),
    "adam": ("Adam", {"lr": 0.05}),
    "adam with everything": ("Adam", {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1}),
    "adam without memory": ("Adam", {"lr": 0.05, "betas": (0.0, 0.0)}),
    "adam with amsgrad": ("Adam", {"lr": 0.05, "betas": (0.9, 0.5), "amsgrad": True, "weight_decay": 0.1}),
    "adamw": ("AdamW", {"lr": 0.05}),
    "adamw with amsgrad": ("AdamW", {"lr": 0.05, "betas": (0.9, 0.5), "amsgrad": True}),
    "rmsprop": ("RMSprop", {"lr": 0.05}),
    "rmsprop with momentum": ("RMSprop", {"lr": 0.01, "momentum": 0.9}),
    "rmsprop centered": ("RMSprop", {"lr": 0.05, "centered": True, "alpha": 0.9}),
    "rmsprop with everything": (
        "RMSprop",
        {"lr": 0.01, "momentum": 0.8, "centered": True, "alpha": 0.9, "eps": 1e-3, "weight_decay": 0.1},
    ),
    "adagrad": ("Adagrad", {"lr": 0.1}),
    "adagrad with everything": (
        "Adagrad",
        {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3},
    ),
    "adamw with everything": ("AdamW", {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.3}),
}
SHAPES = [(3, 4), (), (5,), (1, 2, 3)]


def starts():
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape) for shape in SHAPES]


def gradients(t, weights):
    """Gradients that depend on the weights and on the step; the second parameter has none at every third step."""
    rng = np.random.default_rng(t)
    made = [np.sin(3 * w) + w + 0.3 * rng.standard_normal(w.shape) for w in weights]
    return [None if i == 1 and t % 3 == 0 else np.asarray(g) for i, g in enumerate(made)]


def set_gradients(parameters, t):
    for p, g in zip(parameters, gradients(t, [p.data for p in parameters]), strict=True):
        p.grad = None if g is None else tge.Tensor(g.astype(p.dtype))


@pytest.mark.parametrize("name", VARIANTS)
def test_fifty_steps_are_pytorchs(name):
    torch = pytest.importorskip("torch")
    kind, settings = VARIANTS[name]
    ours = [nn.Parameter(w) for w in starts()]
    theirs = [torch.tensor(w, dtype=torch.float64, requires_grad=True) for w in starts()]
    a, b = getattr(optim, kind)(ours, **settings), getattr(torch.optim, kind)(theirs, **settings)
    for t in range(50):
        set_gradients(ours, t)
        for p, g in zip(theirs, gradients(t, [p.detach().numpy() for p in theirs]), strict=True):
            p.grad = None if g is None else torch.tensor(g)
        a.step()
        b.step()
        for p, q in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(p.data, q.detach().numpy(), rtol=1e-10, atol=1e-10, err_msg=f"step {t}")


@pytest.mark.parametrize("kind", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"])
def test_the_settings_left_out_are_pytorchs(kind):
    torch = pytest.importorskip("torch")
    defaults = getattr(torch.optim, kind)([torch.zeros(1, requires_grad=True)]).defaults
    ours = getattr(optim, kind)([nn.Parameter([1.0])]).state_dict()["settings"]
    assert ours == {name: defaults[name] for name in ours}


def test_sgd_is_its_formula():
    w = starts()
    v = [None] * len(w)
    ours = [nn.Parameter(x) for x in w]
    optimizer = optim.SGD(ours, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01)
    for t in range(1, 3):
        set_gradients(ours, t)
        optimizer.step()
        for i, g in enumerate(gradients(t, w)):
            g = g + 0.01 * w[i]
            v[i] = g if v[i] is None else 0.9 * v[i] + g
            w[i] = w[i] - 0.1 * (g + 0.9 * v[i])
            np.testing.assert_allclose(ours[i].data, w[i], rtol=1e-12)


@pytest.mark.parametrize("kind", ["Adam", "AdamW"])
def test_adam_is_its_formula(kind):
    lr, b1, b2, eps, decay = 0.1, 0.8, 0.9, 1e-6, 0.2
    w = starts()
    m, v, t = [0.0] * len(w), [0.0] * len(w), [0] * len(w)
    ours = [nn.Parameter(x) for x in w]
    optimizer = getattr(optim, kind)(ours, lr, (b1, b2), eps, decay)
    for step in range(4):
        set_gradients(ours, step)
        optimizer.step()
        for i, g in enumerate(gradients(step, w)):
            if g is None:
                continue
            t[i] += 1
            if kind == "Adam":
                g = g + decay * w[i]
            m[i] = b1 * m[i] + (1 - b1) * g
            v[i] = b2 * v[i] + (1 - b2) * g**2
            step_taken = lr * (m[i] / (1 - b1 ** t[i])) / (np.sqrt(v[i] / (1 - b2 ** t[i])) + eps)
            w[i] = w[i] - step_taken - (lr * decay * w[i] if kind == "AdamW" else 0)
            np.testing.assert_allclose(ours[i].data, w[i], rtol=1e-12)


def test_rmsprop_is_its_formula():
    lr, alpha, eps, momentum = 0.1, 0.8, 1e-6, 0.7
    w = starts()
    v, m, b = ([0.0] * len(w) for _ in range(3))
    ours = [nn.Parameter(x) for x in w]
    optimizer = optim.RMSprop(ours, lr, alpha, eps, momentum=momentum, centered=True)
    for step in range(4):
        set_gradients(ours, step)
        optimizer.step()
        for i, g in enumerate(gradients(step, w)):
            if g is not None:
                v[i] = alpha * v[i] + (1 - alpha) * g**2
                m[i] = alpha * m[i] + (1 - alpha) * g
                b[i] = momentum * b[i] + g / (np.sqrt(v[i] - m[i] ** 2) + eps)
                w[i] = w[i] - lr * b[i]
                np.testing.assert_allclose(ours[i].data, w[i], rtol=1e-12)


def test_a_variance_that_rounding_makes_negative_is_no_nan():
    w = nn.Parameter(np.ones(1000, np.float32))
    optimizer = optim.RMSprop([w], lr=1e-9, alpha=0.5, centered=True)
    w.grad = tge.Tensor(np.linspace(0.1, 3, 1000, dtype=np.float32))  # always the same: its variance goes to zero
    for _ in range(60):
        optimizer.step()
    v, m = optimizer.state[0]["square_avg"], optimizer.state[0]["grad_avg"]
    assert (v - m * m < 0).any()
    assert np.isfinite(w.data).all()


def test_adagrad_is_its_formula():
    w = starts()
    s, t = [0.5] * len(w), [0] * len(w)
    ours = [nn.Parameter(x) for x in w]
    optimizer = optim.Adagrad(ours, 0.1, lr_decay=0.2, initial_accumulator_value=0.5, eps=1e-6)
    for step in range(4):
        set_gradients(ours, step)
        optimizer.step()
        for i, g in enumerate(gradients(step, w)):
            if g is not None:
                t[i] += 1
                s[i] = s[i] + g**2
                w[i] = w[i] - 0.1 / (1 + (t[i] - 1) * 0.2) * g / (np.sqrt(s[i]) + 1e-6)
                np.testing.assert_allclose(ours[i].data, w[i], rtol=1e-12)


@pytest.mark.parametrize("name", VARIANTS)
def test_float32_stays_float32_whatever_the_settings_are_made_of(name):
    kind, settings = VARIANTS[name]
    settings = {k: np.float64(v) if isinstance(v, float) else v for k, v in settings.items()}
    parameters = [nn.Parameter(w.astype(np.float32)) for w in starts()]
    optimizer = getattr(optim, kind)(parameters, **settings)
    for t in range(3):
        set_gradients(parameters, t)
        optimizer.lr = np.float64(0.03)  # as a schedule of the user's own might
        optimizer.step()
    assert all(p.dtype == np.float32 for p in parameters)
    arrays = optimizer.state_dict()["arrays"]
    assert all(a.dtype == np.float32 for a in arrays.values())


@pytest.mark.parametrize("name", VARIANTS)
def test_a_step_changes_neither_gradients_nor_old_weights(name):
    kind, settings = VARIANTS[name]
    parameters = [nn.Parameter(w) for w in starts()]
    optimizer = getattr(optim, kind)(parameters, **settings)
    for t in (1, 2):
        set_gradients(parameters, t)
        kept = [(p.data, p.numpy(), p.grad, p.grad.numpy()) for p in parameters]
        optimizer.step()
        for p, (data, copy, grad, grad_copy) in zip(parameters, kept, strict=True):
            assert np.array_equal(data, copy)
            assert p.grad is grad
            assert np.array_equal(grad.data, grad_copy)
            assert not np.array_equal(p.data, copy)


def test_parameters_without_a_gradient_stay_and_zero_grad_forgets():
    used, unused = nn.Linear(2, 2), nn.Linear(2, 2)
    optimizer = optim.Adam([*used.parameters(), *unused.parameters()], lr=0.1)
    before = unused.state_dict()
    used(tge.ones(1, 2)).sum().backward()
    optimizer.step()
    assert all(np.array_equal(before[name], array) for name, array in unused.state_dict().items())
    assert optimizer.steps == [1, 1, 0, 0]
    optimizer.zero_grad()
    assert all(p.grad is None for p in used.parameters())


@pytest.mark.parametrize("kind", ["SGD", "Adam", "AdamW"])
def test_a_step_that_finds_no_gradient_at_all_says_what_was_forgotten(kind):
    model = nn.Linear(2, 2)
    optimizer = getattr(optim, kind)(model.parameters(), lr=0.1)
    with pytest.raises(RuntimeError, match=r"no gradient.*call loss\.backward\(\)"):
        optimizer.step()
    assert optimizer.steps == [0, 0]
    with pytest.raises(TypeError, match="takes no closure"):
        optimizer.step(lambda: model(tge.ones(1, 2)).sum())


def test_frozen_parameters_may_be_among_the_others():
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    for p in model[0].parameters():
        p.requires_grad = False
    before = model[0].state_dict()
    optimizer = optim.SGD(model.parameters(), 0.1)
    model(tge.ones(1, 2)).sum().backward()
    optimizer.step()
    assert optimizer.steps == [0, 0, 1, 1]
    for p in model[1].parameters():  # frozen now, with a gradient from before
        p.requires_grad = False
    with pytest.raises(RuntimeError, match="no gradient"):
        optimizer.step()
    assert all(np.array_equal(before[name], array) for name, array in model[0].state_dict().items())


def test_a_pending_backward_pass_notices_the_step():
    layer = nn.Linear(2, 2)
    x = tge.ones(1, 2, requires_grad=True)
    loss = layer(x).sum()
    layer.weight.grad = tge.ones(2, 2)
    optim.SGD(layer.parameters(), 0.1).step()
    with pytest.raises(RuntimeError, match="weight"):
        loss.backward()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: optim.SGD(p, lr=-0.1), "SGD: lr must be a number of at least 0, not -0.1"),
        (lambda p: optim.SGD(p, lr=float("nan")), "lr must be"),
        (lambda p: optim.SGD(p, lr="fast"), "lr must be a number.*'fast'"),
        (lambda p: optim.SGD(p, momentum=-1), "momentum must be"),
        (lambda p: optim.SGD(p, weight_decay=-1), "weight_decay must be"),
        (lambda p: optim.SGD(p, nesterov=True), "nesterov needs momentum"),
        (lambda p: optim.SGD(p, momentum=0.9, dampening=0.1, nesterov=True), "nesterov needs"),
        (lambda p: optim.Adam(p, lr=float("inf")), "Adam: lr must be"),
        (lambda p: optim.Adam(p, betas=(0.9, 1.0)), "betas must be two numbers"),
        (lambda p: optim.Adam(p, betas=0.9), "betas must be two numbers"),
        (lambda p: optim.AdamW(p, eps=-1), "AdamW: eps must be"),
        (lambda p: optim.SGD([]), "at least one parameter"),
        (lambda p: optim.SGD([*p, *p]), "same parameter twice"),
        (lambda p: optim.SGD([p[0] * 2]), "leaves"),
        (lambda p: optim.SGD([*p, tge.ones(2)]), "this one would never change"),
        (lambda p: optim.SGD([nn.Parameter([1.0], requires_grad=False)]), "all of these are frozen"),
    ],
)
def test_settings_and_parameters_that_make_no_sense_are_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make([nn.Parameter([1.0])])


NO_NUMBERS = [float("nan"), float("inf"), -float("inf"), "0.1", None, True, 1j, np.ones(1), [0.1], 10**400]
NUMBERS = [
    ("SGD", ["lr", "momentum", "dampening", "weight_decay"]),
    ("Adam", ["lr", "eps", "weight_decay"]),
    ("AdamW", ["lr", "eps", "weight_decay"]),
    ("RMSprop", ["lr", "alpha", "eps", "weight_decay", "momentum"]),
    ("Adagrad", ["lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps"]),
]


@pytest.mark.parametrize("wrong", NO_NUMBERS, ids=repr)
@pytest.mark.parametrize(("kind", "names"), NUMBERS)
def test_every_number_is_checked_when_given_and_when_assigned(kind, names, wrong):
    make = getattr(optim, kind)
    optimizer = make([nn.Parameter([1.0])])
    before = optimizer.state_dict()
    for name in names:
        with pytest.raises(ValueError, match=f"{kind}: {name} must be a number"):
            make([nn.Parameter([1.0])], **{name: wrong})
        with pytest.raises(ValueError, match=f"{kind}: {name} must be a number"):
            setattr(optimizer, name, wrong)
    assert optimizer.state_dict() == before


@pytest.mark.parametrize(
    "wrong", [(0.9, 1.0), (-0.1, 0.9), (0.9, float("nan")), (0.9,), (0.9, 0.9, 0.9), "ab", None, (True, 0.9)], ids=repr
)
def test_betas_are_checked_when_given_and_when_assigned(wrong):
    optimizer = optim.Adam([nn.Parameter([1.0])])
    with pytest.raises(ValueError, match="Adam: betas must be two numbers"):
        optim.Adam([nn.Parameter([1.0])], betas=wrong)
    with pytest.raises(ValueError, match="Adam: betas must be two numbers"):
        optimizer.betas = wrong
    assert optimizer.betas == (0.9, 0.999)


def test_settings_that_go_together_are_checked_together_when_assigned():
    optimizer = optim.SGD([nn.Parameter([1.0])], momentum=0.9, nesterov=True)
    for name, wrong in (("momentum", 0), ("dampening", 0.5)):
        with pytest.raises(ValueError, match="nesterov needs"):
            setattr(optimizer, name, wrong)
    with pytest.raises(ValueError, match="nesterov must be True or False, not 'no'"):
        optimizer.nesterov = "no"
    assert (optimizer.momentum, optimizer.dampening, optimizer.nesterov) == (0.9, 0, True)
    plain = optim.SGD([nn.Parameter([1.0])]).state_dict()
    optimizer.load_state_dict(plain)  # each of its settings replaces one that it would not go with
    assert optimizer.state_dict() == plain


@pytest.mark.parametrize("wrong", [nn.Linear(2, 2), nn.Parameter([1.0]), [np.ones(2)], ["w"], 3])
def test_what_are_no_parameters_is_an_error_that_says_what_are(wrong):
    with pytest.raises(TypeError, match=r"model\.parameters\(\)"):
        optim.SGD(wrong, 0.1)


def test_an_optimizer_prints_its_settings():
    assert repr(optim.SGD([nn.Parameter([1.0])], 0.1)) == (
        "SGD(1 parameters, lr=0.1, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False)"
    )
