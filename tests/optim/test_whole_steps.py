"""A step happens whole or not at all, wherever it is interrupted: at every instruction, and by a real Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import nn, optim

OPTIMIZERS = {
    "sgd": lambda p: optim.SGD(p, 0.1),
    "momentum": lambda p: optim.SGD(p, 0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "adam": lambda p: optim.Adam(p, 0.01),
    "adamw": lambda p: optim.AdamW(p, 0.01),
    "rmsprop": lambda p: optim.RMSprop(p, 0.01, momentum=0.9, centered=True),
    "groups": lambda p: optim.Adagrad([{"params": p[:1], "lr": 0.3}, {"params": p[1:]}], 0.1),
}


class Stop(KeyboardInterrupt):
    """What the tests raise in place of Ctrl-C."""


def stopped_at(position, function):
    """Run a function with an interruption before its instruction number `position`; tell whether it got that far."""
    count = 0

    def trace(frame, event, arg):
        nonlocal count
        frame.f_trace_opcodes = True
        if event == "opcode":
            count += 1
            if count == position:
                raise Stop
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    except Stop:
        return True
    finally:
        sys.settrace(before)
    return False


def whole_or_not_at_all(make, act, state_of, every=1):
    """Interrupt `act` at each of its instructions, or each 13th: the state must be that before it or that after it."""
    thing = make()
    before = state_of(thing)
    act(thing)
    after = state_of(thing)
    assert before != after
    seen = set()
    position = 0
    while True:
        position += every
        thing = make()
        if not stopped_at(position, lambda thing=thing: act(thing)):
            break
        now = state_of(thing)
        assert now in (before, after), f"torn at instruction {position}"
        seen.add(now == after)
    assert position > 20
    assert False in seen


def with_gradients(parameters):
    for i, p in enumerate(parameters):
        p.grad = tge.Tensor(np.full(p.shape, 1.0 + i, p.dtype))
    return parameters


def parameters():
    return with_gradients([nn.Parameter(np.full(shape, 2.0)) for shape in [(2, 3), (), (4,)]])


def bytes_of(arrays):
    return [np.asarray(a).tobytes() for a in arrays]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizers_step(name):
    def make():
        optimizer = OPTIMIZERS[name](parameters())
        optimizer.step()
        return optimizer

    def state_of(optimizer):
        state = optimizer.state_dict()
        arrays = sorted(state["arrays"].items())
        return bytes_of(p.data for p in optimizer.parameters), state["steps"], [(n, a.tobytes()) for n, a in arrays]

    whole_or_not_at_all(make, lambda optimizer: optimizer.step(), state_of)


def test_a_step_that_fails_in_the_middle_changes_nothing():
    class Failing(optim.Adam):
        def update(self, w, g, t, state):
            new = super().update(w, g, t, state)
            return new if w.ndim == 2 else new.astype(np.float16)

    optimizer = Failing(parameters())
    before = bytes_of(p.data for p in optimizer.parameters)
    with pytest.raises(ValueError, match="float16"):
        optimizer.step()
    assert bytes_of(p.data for p in optimizer.parameters) == before
    assert optimizer.steps == [0, 0, 0]
    assert optimizer.state_dict()["arrays"] == {}


@pytest.mark.parametrize(
    "clip", [lambda p: nn.utils.clip_grad_norm_(p, 1.0), lambda p: nn.utils.clip_grad_value_(p, 0.5)]
)
def test_clipping(clip):
    whole_or_not_at_all(parameters, clip, lambda ps: bytes_of(p.grad.data for p in ps))


def test_loading_a_models_state():
    other = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1)).state_dict()
    start = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1)).state_dict()

    def make():
        model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
        model.load_state_dict(start)
        return model

    whole_or_not_at_all(make, lambda m: m.load_state_dict(other), lambda m: bytes_of(m.state_dict().values()))


@pytest.mark.parametrize("momentum", [0.1, None])
def test_the_running_statistics_of_a_batch(momentum):
    x = np.random.default_rng(0).standard_normal((2, 3, 4, 5))
    whole_or_not_at_all(
        lambda: nn.BatchNorm2d(3, momentum=momentum, dtype=np.float64),
        lambda layer: layer(x),
        lambda layer: bytes_of(layer.state_dict().values()),
    )


def test_a_batch_that_fails_moves_no_running_statistics():
    layer = nn.BatchNorm2d(3)
    layer.weight = nn.Parameter(np.ones(2, np.float32))
    before = bytes_of(layer.state_dict().values())
    with pytest.raises(ValueError, match="weight must be"):
        layer(tge.ones(2, 3, 4, 5))
    assert bytes_of(layer.state_dict().values()) == before


def test_forgetting_gradients():
    class Net(nn.Module):
        def __init__(self):
            self.inside = parameters()

    for make in (Net, lambda: optim.SGD(parameters(), 0.1)):
        whole_or_not_at_all(
            make,
            lambda owner: owner.zero_grad(),
            lambda owner: [p.grad is None for p in getattr(owner, "inside", getattr(owner, "parameters", ()))],
        )


def test_loading_an_optimizers_state():
    def make():
        return OPTIMIZERS["momentum"](parameters())

    donor = make()
    donor.step()
    donor.lr = 0.5
    state = donor.state_dict()

    def state_of(optimizer):
        state = optimizer.state_dict()
        return state["settings"], state["steps"], sorted(state["arrays"])

    whole_or_not_at_all(make, lambda optimizer: optimizer.load_state_dict(state), state_of)


SCHEDULES = {
    "step": lambda o: optim.StepLR(o, 1),
    "cosine": lambda o: optim.CosineAnnealingLR(o, 9),
    "one-cycle": lambda o: optim.OneCycleLR(o, 0.3, 9),
    "groups": lambda o: optim.StepLR(two_groups(o), 1),
}


def two_groups(optimizer):
    optimizer.add_param_group({"params": nn.Parameter([1.0]), "lr": 0.7})
    return optimizer


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedules_step_and_loading(name):
    def make():
        return SCHEDULES[name](optim.SGD(parameters(), 0.1, momentum=0.9))

    def state_of(schedule):
        return schedule.state_dict(), [dict(g, params=None) for g in schedule.optimizer.param_groups]

    whole_or_not_at_all(make, lambda schedule: schedule.step(), state_of)
    donor = make()
    donor.step()
    state = donor.state_dict()
    whole_or_not_at_all(make, lambda schedule: schedule.load_state_dict(state), state_of)


def test_a_plateaus_step():
    def make():
        schedule = optim.ReduceLROnPlateau(two_groups(optim.SGD(parameters(), 0.1)), patience=0)
        schedule.step(1.0)
        return schedule

    def state_of(schedule):
        return schedule.state_dict(), [dict(g, params=None) for g in schedule.optimizer.param_groups]

    whole_or_not_at_all(make, lambda schedule: schedule.step(2.0), state_of)


def test_an_averages_update():
    model, other = (nn.Linear(1, 1) for _ in range(2))

    def make():
        averaged = optim.AveragedModel(other, decay=0.5)
        averaged.n_averaged.data = np.array(1)
        return averaged

    whole_or_not_at_all(make, lambda a: a.update_parameters(model), lambda a: bytes_of(a.state_dict().values()), 13)


def test_a_schedule_past_its_end_stays_where_it_is():
    optimizer = optim.SGD(parameters(), 0.1)
    schedule = optim.OneCycleLR(optimizer, 0.3, 2)
    schedule.step()
    before = schedule.state_dict(), optimizer.lr
    for _ in range(2):
        with pytest.raises(ValueError, match="total_steps=2"):
            schedule.step()
    assert (schedule.state_dict(), optimizer.lr) == before


def test_switching_modes():
    def make():
        return nn.Sequential(nn.Dropout(), nn.Sequential(nn.Dropout(), nn.ReLU()))

    whole_or_not_at_all(make, lambda m: m.eval(), lambda m: [part.training for part in m.modules()])


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to a process on Windows")
def test_ctrl_c_in_a_loop_of_ones_own():
    """Parameters that all start alike, and get the same gradient, stay alike through real interruptions."""
    code = """
        import os, signal, threading, time
        import numpy as np, tinygrad_edu as tge
        from tinygrad_edu import nn, optim

        parameters = [nn.Parameter(np.zeros(3)) for _ in range(200)]
        for p in parameters:
            p.grad = tge.Tensor(np.ones(3))
        optimizer = optim.Adam(parameters, 0.01)
        inside, stopped = False, 0

        def interrupt():
            rng = np.random.default_rng(0)
            for _ in range(40):
                while not inside:
                    time.sleep(1e-4)
                time.sleep(rng.uniform(0, 4e-3))
                before = stopped
                os.kill(os.getpid(), signal.SIGINT)
                for _ in range(10_000):  # until it was seen: a second one must not meet the handler below
                    if stopped > before:
                        break
                    time.sleep(1e-4)

        thread = threading.Thread(target=interrupt, daemon=True)
        thread.start()
        while thread.is_alive():
            try:
                inside = True
                while thread.is_alive():
                    optimizer.step()
            except KeyboardInterrupt:
                inside = False
                values = {p.data.tobytes() for p in parameters}
                means = {state["exp_avg"].tobytes() for state in optimizer.state}
                assert len(values) == len(means) == len(set(optimizer.steps)) == 1, (len(values), stopped)
                stopped += 1
        assert stopped > 10, stopped
        print("whole")
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=300, check=False,
        start_new_session=True,
    )  # fmt: skip
    assert result.stdout.split() == ["whole"], result.stderr
    assert result.returncode in (0, -signal.SIGINT)
