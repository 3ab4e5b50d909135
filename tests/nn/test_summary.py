"""The summary table: its rows, and that making it changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import nn


def rows(text):
    return [line.split() for line in text.splitlines()]


def test_rows_are_calls_with_shapes_and_counts():
    model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(5408, 10))
    assert model.summary((1, 28, 28)).splitlines() == [
        "layer  type     output shape    parameters",
        "------------------------------------------",
        "0      Conv2d   (n, 8, 26, 26)          80",
        "1      ReLU     (n, 8, 26, 26)           0",
        "2      Flatten  (n, 5408)                0",
        "3      Linear   (n, 10)             54,090",
        "------------------------------------------",
        "total                               54,170",
    ]


def test_shared_and_own_parameters_add_up_to_the_total():
    class Odd(nn.Module):
        def __init__(self):
            self.linear = nn.Linear(4, 4)
            self.own = [nn.Parameter(np.ones(4, np.float32))]

        def forward(self, x):
            return self.linear(self.linear(x)) * self.own[0]

    table = rows(Odd().summary((4,)))
    counts = [int(row[-1]) for row in table[2:-2]]
    assert counts == [4, 20, 0]
    assert table[-1] == ["total", "24"]


def test_it_changes_neither_modes_nor_buffers_nor_gradients_nor_random_numbers():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Sequential(nn.Dropout(0.5))).train()
    model[0].eval()
    before, drawn = model.state_dict(), tge.random.get_state()
    model.summary((1, 5, 5))
    assert [m.training for m in model.modules()] == [True, False, True, True, True]
    assert all(np.array_equal(array, before[name]) for name, array in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())
    assert tge.random.get_state() == drawn
    assert tge.is_grad_enabled()


def test_it_works_in_the_dtype_of_the_model_and_without_parameters():
    assert "10" in nn.Linear(4, 2, dtype=np.float64).summary((4,))
    assert "(n, 3)" in nn.ReLU().summary((3,))


def test_an_input_shape_that_does_not_fit_is_the_layers_error():
    with pytest.raises(ValueError, match="linear"):
        nn.Linear(4, 2).summary((5,))


def test_summary_needs_the_shape_of_one_input():
    for wrong in (5, None, "28x28"):
        with pytest.raises(TypeError, match=r"shape of one input, such as \(1, 28, 28\)"):
            nn.Linear(2, 3).summary(wrong)


def test_an_output_without_a_shape_gets_a_dash():
    class Pair(nn.Module):
        def forward(self, x):
            return x, x

    assert "Pair  -" in nn.Sequential({"both": Pair()}).summary((3,))
