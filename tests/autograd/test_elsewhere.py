"""Who types a name that is not here is told what is; and `dir` shows what there is to type."""

import io
import sys

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu.autograd import elsewhere


def tensors():
    x = tge.Tensor(np.array([[1.0, 2.0], [3.0, 4.0]]), requires_grad=True)
    return {"x": x, "y": x * 2, "tge": tge, "np": np}


@pytest.mark.parametrize("name", elsewhere.OF_TENSORS)
def test_a_name_of_pytorchs_tensor_is_answered_by_code_that_runs(name):
    here, _ = elsewhere.OF_TENSORS[name]
    exec(here, tensors())
    for owner in (tge.zeros(2), tge.Tensor):
        assert not hasattr(owner, name)
        with pytest.raises(AttributeError, match="has no attribute") as caught:
            getattr(owner, name)
        assert f"write {here}" in str(caught.value)
    assert name not in dir(tge.zeros(2))


@pytest.mark.parametrize("name", elsewhere.OF_THE_PACKAGE)
def test_a_name_of_the_package_torch_is_answered_by_code_that_runs(name):
    here, _ = elsewhere.OF_THE_PACKAGE[name]
    exec(here, tensors())
    with pytest.raises(AttributeError, match="has no attribute") as caught:
        getattr(tge, name)
    assert f"write {here}" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("rleu", r"tinygrad_edu has no attribute 'rleu'; did you mean tge\.relu\?"),
        ("Linear", r"did you mean tge\.nn\.Linear\?"),
        ("SGD", r"did you mean tge\.optim\.SGD\?"),
        ("load_digits", r"did you mean tge\.data\.load_digits\?"),
        ("zzzzzz", r"'zzzzzz'$"),
        ("__wrapped__", r"'__wrapped__'$"),
    ],
)
def test_a_slip_in_a_name_of_the_package_is_answered_by_the_nearest(name, says):
    with pytest.raises(AttributeError, match=says):
        getattr(tge, name)


def test_python_itself_answers_a_slip_in_a_name_of_a_tensor(monkeypatch):
    with pytest.raises(AttributeError) as caught:
        tge.zeros(2).shpae  # noqa: B018
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    sys.__excepthook__(caught.type, caught.value, None)
    assert "Did you mean: 'shape'?" in sys.stderr.getvalue()


def test_dir_lists_the_rooms_and_all_that_is_public_and_nothing_else():
    shown = set(dir(tge))
    assert {"data", "models", "nn", "optim", "testing", "training", "viz", "explain", "what_if", "sum", "relu"} <= shown
    assert set(tge.__all__) <= shown
    assert not {"autograd", "cli", "importlib", "kernels", "notebook", "startup", "annotations", "Any"} & shown
    for name in shown:
        getattr(tge, name)
