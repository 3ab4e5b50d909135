"""Hooks around a module's call, keyword arguments in it, and the recorders that look on through hooks."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import nn


class Scaled(nn.Module):
    def __init__(self):
        self.inner = nn.ReLU()

    def forward(self, x, *, scale=1.0, shift=0.0):
        return self.inner(x) * scale + shift


def test_a_call_takes_keyword_arguments():
    module = Scaled()
    x = tge.tensor([1.0, -1.0])
    assert module(x, scale=3.0, shift=1.0).data.tolist() == [4, 1]
    assert module(x=x).data.tolist() == [1, 0]
    with pytest.raises(TypeError, match="speed"):
        module(x, speed=3)


def test_both_recorders_take_keyword_arguments():
    module = Scaled()
    x = tge.tensor([1.0, -1.0], requires_grad=True)
    with nn.record_calls(module) as calls, tge.viz.record_modules(module) as modules:
        y = module(x, scale=3.0)
    assert [(call.name, call.keywords) for call in calls] == [("", {"scale": 3.0}), ("inner", {})]
    assert calls[0].output is y
    assert [call.label for call in modules.calls] == ["Scaled", "inner: ReLU"]
    assert [call.kind for call in modules.around(y)] == ["Scaled"]


def test_hooks_see_what_pytorchs_see_and_may_change_it():
    torch = pytest.importorskip("torch")

    def run(relu, x):
        log = []

        def note(module, *seen):
            log.append([(s[0] if isinstance(s, tuple) else s).data.tolist() for s in seen])

        relu.register_forward_pre_hook(note)
        replaced = relu.register_forward_pre_hook(lambda module, inputs: inputs[0] + 2)
        relu.register_forward_hook(note)
        tenfold = relu.register_forward_hook(lambda module, inputs, output: output * 10)
        relu.register_forward_hook(note)
        note(relu, relu(x))
        replaced.remove()
        tenfold.remove()
        note(relu, relu(x))
        return log

    values = np.array([1.0, -1.0], np.float32)
    ours = run(nn.ReLU(), tge.tensor(values))
    assert ours == run(torch.nn.ReLU(), torch.tensor(values))
    assert [30.0, 10.0] in ours[3]


def test_an_always_called_hook_hears_of_errors_and_a_with_block_ends_a_hook():
    layer = nn.Linear(2, 2)
    heard = []
    with (
        layer.register_forward_hook(lambda m, i, o: heard.append(("always", o)), always_call=True),
        layer.register_forward_hook(lambda m, i, o: heard.append(("returned", o))),
        pytest.raises(ValueError, match="linear"),
    ):
        layer(tge.ones(1, 3))
    assert heard == [("always", None)]
    layer(tge.ones(1, 2))
    assert len(heard) == 1
    with pytest.raises(TypeError, match="a hook is a function"):
        layer.register_forward_hook(3)


def test_a_recording_notes_its_own_threads_calls_only():
    model = nn.Sequential(nn.ReLU())
    with nn.record_calls(model) as calls, tge.viz.record_modules(model) as modules:
        other = threading.Thread(target=lambda: model(tge.ones(1)))
        other.start()
        other.join()
        model(tge.ones(1))
    assert len(calls) == len(modules.calls) == 2
