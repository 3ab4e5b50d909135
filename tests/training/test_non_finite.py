import numpy as np

import tinygrad_edu as tge
from tinygrad_edu.nn import Parameter
from tinygrad_edu.training import first_bad_tensor


def test_all_is_well():
    w = tge.tensor([1.0, 2.0], requires_grad=True)
    assert first_bad_tensor((w * w).sum()) is None


def test_the_oldest_bad_value_is_named_not_the_loss():
    w = tge.tensor([1.0, 100.0], requires_grad=True)
    with np.errstate(all="ignore"):
        big = w.exp() * 2
        loss = (big - big).sum()
    assert np.isnan(loss.item())
    assert first_bad_tensor(loss) == "the result of exp, shape (2,): 1 of its 2 values is inf"


def test_a_branch_made_later_is_not_blamed():
    w = tge.tensor([0.0], requires_grad=True)
    with np.errstate(all="ignore"):
        first = w.log()
        loss = (w.sqrt().log() + first).sum()
    assert first_bad_tensor(loss) == "the result of log, shape (1,): its value is -inf"
    assert first_bad_tensor(loss) == first_bad_tensor(first.sum())


def test_a_bad_parameter_is_older_than_any_result():
    w = Parameter(np.array([[np.nan, 1.0, np.inf]], np.float32))
    w.name = "dense.weight"
    loss = tge.tensor([1.0], requires_grad=True).sum() + w.sum()
    assert first_bad_tensor(loss) == "the parameter dense.weight, shape (1, 3): 2 of its 3 values are inf or nan"


def test_bad_input_is_named():
    w = tge.tensor([1.0, 1.0], requires_grad=True)
    assert first_bad_tensor((w * np.array([1, np.nan], np.float32)).sum()) == (
        "the input, shape (2,): 1 of its 2 values is nan"
    )


def test_a_deep_graph_is_no_problem():
    w = tge.tensor([1.0], requires_grad=True)
    y = w
    for _ in range(5000):
        y = y + 0.0
    with np.errstate(all="ignore"):
        assert "the result of divide" in first_bad_tensor((y / 0.0).sum())
