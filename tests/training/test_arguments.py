"""What fit, evaluate and the loader are given is checked at the call: nothing is read and then ignored."""

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu.errors import DataError, RunFolderError, TrainingError
from tinygrad_edu.training import RunFolder, confusion_matrix, evaluate, fit


@pytest.fixture(scope="module")
def digits():
    train, _ = tge.data.load_digits()
    return train.first(20)


def small(**settings):
    return tge.models.MinimalCNN(filters=1, **settings)


WRONG = [
    ({"epochs": 1.5}, ValueError, "fit: epochs must be an integer of at least 1, not 1.5"),
    ({"epochs": 0}, ValueError, "epochs must be"),
    ({"epochs": True}, ValueError, "epochs must be"),
    ({"epochs": "3"}, ValueError, "epochs must be"),
    ({"batch_size": 0}, DataError, "batch_size must be"),
    ({"batch_size": 2.5}, DataError, "batch_size must be"),
    ({"seed": -1}, DataError, "seed must be"),
    ({"seed": None}, DataError, "seed must be"),
    ({"clip_norm": float("nan")}, ValueError, "fit: clip_norm must be a number above 0"),
    ({"clip_norm": 0}, ValueError, "clip_norm must be a number above 0"),  # every gradient would be 0
    ({"clip_norm": -1}, ValueError, "clip_norm must be"),
    ({"clip_norm": "1"}, ValueError, "clip_norm must be"),
    ({"clip_norm": True}, ValueError, "clip_norm must be"),
    ({"resume": "no"}, ValueError, "fit: resume must be True or False"),
    ({"show": 0}, ValueError, "fit: show must be True or False"),
    ({"resume": True}, ValueError, r"resume=True goes on with the run in a folder; give it: run="),
    ({"checkpoint_every": "often"}, ValueError, "neither a number of steps"),
    ({"checkpoint_every": 0}, ValueError, "neither a number of steps"),
    ({"checkpoint_every": True}, ValueError, "neither a number of steps"),
    ({"checkpoint_every": float("nan")}, ValueError, "neither a number of steps"),
    ({"optimizer": "sgd"}, TypeError, "optimizer must be one of tinygrad_edu.optim, not 'sgd'"),
    ({"optimizer": tge.optim.SGD}, TypeError, "optimizer must be one of"),
    ({"schedule": "cosine"}, TypeError, "schedule must be one of"),
    ({"test": [1, 2]}, TypeError, "a Dataset or a pair"),
    ({"run": 3}, TypeError, "run must be the path of a folder"),
    ({"run": True}, TypeError, "run must be the path of a folder"),
]


@pytest.mark.parametrize(("arguments", "kind", "message"), WRONG, ids=str)
def test_fit_checks_each_argument_before_anything_happens(digits, arguments, kind, message):
    model = small()
    before = model.state_dict()
    with pytest.raises(kind, match=message):
        fit(model, digits, **{"epochs": 1, "show": False, **arguments})
    assert all(model.state_dict()[name] is array for name, array in before.items())


@pytest.mark.parametrize("wrong", [None, tge.relu, small, lambda images: images])
def test_a_model_is_a_module(digits, wrong):
    with pytest.raises(TypeError, match=r"fit: model must be an nn\.Module"):
        fit(wrong, digits, epochs=1, show=False)
    with pytest.raises(TypeError, match=r"evaluate: model must be an nn\.Module"):
        evaluate(wrong, digits)


def test_an_optimizer_of_another_model_would_train_nothing_here(digits):
    model, other = small(), small()
    optimizer = tge.optim.SGD(other.parameters(), 0.1)
    with pytest.raises(ValueError, match="none of this model's parameters"):
        fit(model, digits, epochs=1, optimizer=optimizer, show=False)


def test_a_schedule_of_another_optimizer_would_move_nothing_here(digits):
    model = small()
    schedule = tge.optim.StepLR(tge.optim.SGD(model.parameters(), 0.1), 1)
    for optimizer in (None, tge.optim.SGD(model.parameters(), 0.1)):
        with pytest.raises(ValueError, match="moves another optimizer's learning rate"):
            fit(model, digits, epochs=1, optimizer=optimizer, schedule=schedule, show=False)


def test_a_schedule_that_ends_before_the_training_says_so_at_once(digits):
    model = small()
    optimizer = tge.optim.SGD(model.parameters(), 0.1)
    before = model.state_dict()
    schedule = tge.optim.OneCycleLR(optimizer, 0.1, total_steps=9)
    with pytest.raises(ValueError, match="there is no step 9; it was made for total_steps=9"):
        fit(model, digits, epochs=5, batch_size=10, optimizer=optimizer, schedule=schedule, show=False)
    assert all(model.state_dict()[name] is array for name, array in before.items())


def test_answers_that_are_no_numbers_are_not_counted(digits):
    model = small()
    model.dense.bias.data = np.full(10, np.nan, np.float32)
    with pytest.raises(TrainingError, match="answers of MinimalCNN to 20 of 20 images are NaN"):
        evaluate(model, digits)
    for answer in (model.predict, model.predict_proba):
        with pytest.raises(ValueError, match="answers of MinimalCNN to 20 of 20 images are NaN"):
            answer(digits.images)


def test_a_run_folder_that_holds_a_run_is_gone_on_with_only_if_asked_for(digits, tmp_path):
    fit(small(), digits, epochs=1, run=tmp_path / "run", show=False)
    before = (tmp_path / "run" / "checkpoint.safetensors").read_bytes()
    with pytest.raises(RunFolderError, match=r"holds a run already.*resume=True"):
        fit(small(), digits, epochs=2, run=RunFolder.open(tmp_path / "run"), show=False)
    assert (tmp_path / "run" / "checkpoint.safetensors").read_bytes() == before
    assert len(fit(small(), digits, epochs=2, run=RunFolder.open(tmp_path / "run"), resume=True, show=False)) == 2


@pytest.mark.parametrize("wrong", [0, -3, 2.5, "8", None, True], ids=repr)
def test_evaluate_checks_its_batch_size(digits, wrong):
    with pytest.raises(ValueError, match="evaluate: batch_size must be an integer of at least 1"):
        evaluate(small(), digits, wrong)


def test_evaluate_says_what_does_not_fit(digits):
    with pytest.raises(ValueError, match="labels go up to 9, but the model tells 5 classes apart"):
        evaluate(small(classes=5), digits)
    with pytest.raises(ValueError, match=r"must make logits \(n, classes\), not \(20, 1, 28, 28\)"):
        evaluate(tge.nn.Sequential(), digits)
    with pytest.raises(TypeError, match="after_batch must be a function"):
        evaluate(small(), digits, after_batch=3)


@pytest.mark.parametrize(
    ("labels", "predictions", "classes", "message"),
    [
        ([-1], [0], 2, "labels must be integers from 0 to classes - 1 = 1"),  # counted as the last class
        ([0], [2], 2, "predictions must be integers"),
        ([0.0], [1], 2, "labels must be integers"),
        ([0, 1], [1], 2, r"labels \(2,\) and predictions \(1,\)"),  # broadcast
        ([[0]], [[1]], 2, "two rows"),
        ([0], [1], 0, "classes must be an integer of at least 1"),
        ([0], [1], 2.0, "classes must be an integer"),
    ],
)
def test_a_confusion_matrix_counts_nothing_that_is_not_there(labels, predictions, classes, message):
    with pytest.raises(ValueError, match=message):
        confusion_matrix(labels, predictions, classes)


def test_an_empty_confusion_matrix_is_zero():
    assert not confusion_matrix([], [], 3).any()


@pytest.mark.parametrize("name", ["shuffle", "drop_last"])
def test_the_loader_takes_true_or_false_for_its_switches(digits, name):
    for wrong in ("no", 1, None, np.ones(2)):
        with pytest.raises(DataError, match=f"{name} must be True or False"):
            tge.data.DataLoader(digits, 4, **{name: wrong})
