"""settings.json, edited by hand: on --resume each setting is used, or refused by name; none is ignored."""

import json
import re
import shutil

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu.errors import CheckpointError
from tinygrad_edu.training import fit

RUN = ("train", "--filters", 2, "--limit", 40, "--epochs", 2, "--no-pictures")
SGD = ("--optimizer", "sgd", "--momentum", 0.5, "--nesterov", "--schedule", "cosine", "--clip-norm", 2)


@pytest.fixture(scope="module")
def runs(tmp_path_factory, command_in):
    """A run with each optimizer, and one of another model."""
    folder = tmp_path_factory.mktemp("runs")
    for name, arguments in {
        "adam": RUN,
        "sgd": (*RUN, *SGD),
        "plain": (*RUN, "--optimizer", "sgd"),
        "lenet5": ("train", "--model", "lenet5", "--limit", 40, "--epochs", 2, "--no-pictures"),
    }.items():
        command_in(folder, *arguments, "--out", name).check_returncode()
    return folder


EDITS = [
    ("adam", "lr", 0.02), ("adam", "weight_decay", 0.1), ("adam", "optimizer", "adamw"), ("adam", "schedule", "cosine"),
    ("adam", "schedule", "none"), ("adam", "filters", 3), ("adam", "kernel_size", 5), ("adam", "epochs", 3),
    ("adam", "batch_size", 8), ("adam", "limit", 39), ("adam", "seed", 1), ("adam", "clip_norm", 1.0),
    ("adam", "model", "mnist-example"), ("adam", "data", "mnist"), ("adam", "data_dir", "/nowhere"),
    ("adam", "augment", False), ("plain", "augment", False), ("adam", "form", "UCI's 8x8"), ("adam", "momentum", 0.5),
    ("adam", "nesterov", True),
    ("sgd", "lr", 0.01), ("sgd", "momentum", 0.9), ("sgd", "nesterov", False), ("sgd", "weight_decay", 0.1),
    ("sgd", "schedule", "onecycle"), ("sgd", "clip_norm", None), ("sgd", "clip_norm", 3.0), ("sgd", "epochs", 4),
    ("plain", "lr", 0.2), ("plain", "schedule", "step"), ("plain", "epochs", 1),
    ("lenet5", "filters", 3), ("lenet5", "kernel_size", 5),
]  # fmt: skip


@pytest.mark.parametrize(("run", "name", "value"), EDITS)
def test_what_cannot_be_used_is_refused_by_name(resumed, run, name, value):
    message = resumed(run, {name: value})
    spoken = {"data": "(data|mnist)", "data_dir": "data-dir", "epochs": "(epochs|total_steps|T_max)",
              "schedule": "schedule", "limit": "data", "kernel_size": "kernel.size"}  # fmt: skip
    assert re.search(spoken.get(name, name.replace("_", ".")), message), message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 2.5), ("epochs", "3"), ("epochs", True), ("epochs", None), ("epochs", [2]), ("epochs", -1),
        ("lr", None), ("lr", "fast"), ("lr", False), ("lr", {}), ("lr", 0), ("filters", 3_000_000), ("filters", 2.0),
        ("batch_size", 10**30), ("seed", 10**30), ("model", None), ("model", 5), ("data", ""), ("data", 5),
        ("data", "a\0b"), ("nesterov", "no"), ("kernels", None), ("optimizer", None), ("schedule", None),
        ("no_such_setting", 1), ("learning_rate", 0.1), ("checkpoint_every", "1s"), ("out", "elsewhere"),
    ],
)  # fmt: skip
def test_what_is_no_such_setting_is_refused_by_name(resumed, name, value):
    message = resumed("plain", {name: value})
    assert name in message
    assert "settings.json" in message


def test_what_stands_there_twice_or_is_no_number_is_refused(runs, command, tmp_path):
    for old, new, said in (
        ('"seed": 0', '"seed": 1, "seed": 0', "'seed' stands there twice"),
        ('"lr": 0.1', '"lr": NaN', "NaN is no number"),
        ('"lr": 0.1', '"lr": ' + "[" * 100_000, "settings.json: damaged, or not the settings of a run"),
        ('"lr": 0.1', '"lr": 0.1, "x": "' + "x" * 2_000_000 + '"', "settings.json: damaged, or not the settings"),
    ):
        shutil.rmtree(tmp_path / "run", ignore_errors=True)
        shutil.copytree(runs / "plain", tmp_path / "run")
        file = tmp_path / "run" / "settings.json"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
        result = command("train", "--resume", "run")
        assert result.returncode == 1
        assert said in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_what_may_change_is_used(runs, command, tmp_path):
    shutil.copytree(runs / "plain", tmp_path / "run")
    edit(tmp_path / "run", {"epochs": 3, "kernels": "fast"})
    assert command("train", "--resume", "run", "--no-pictures").returncode == 0
    assert len((tmp_path / "run" / "history.csv").read_text().splitlines()) == 4


def edit(run, changes):
    file = run / "settings.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


@pytest.fixture
def resumed(runs, tmp_path, command):
    """Edit and resume a run, and return what is said, which has to be an error in one line."""

    def resumed(run, changes):
        shutil.copytree(runs / run, tmp_path / "run")
        edit(tmp_path / "run", changes)
        before = (tmp_path / "run" / "checkpoint.safetensors").read_bytes()
        said = command("train", "--resume", "run", "--no-pictures")
        assert said.returncode in (1, 2), said.stdout
        assert len(said.stderr.splitlines()) == 1, said.stderr
        assert (tmp_path / "run" / "checkpoint.safetensors").read_bytes() == before
        return said.stderr

    return resumed


# -- from Python --


def trained(folder, **changes):
    train, _ = tge.data.load_digits()
    model = tge.models.MinimalCNN(filters=2)
    lr, momentum = changes.pop("lr", 0.1), changes.pop("momentum", 0.0)
    arguments = {"epochs": 2, "batch_size": 20, "seed": 3, "clip_norm": None, **changes}
    optimizer = tge.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
    return fit(model, train.first(40), optimizer=optimizer, run=folder, show=False, **arguments)


@pytest.mark.parametrize(
    "change", [{"lr": 0.2}, {"momentum": 0.5}, {"batch_size": 10}, {"seed": 4}, {"clip_norm": 1.0}, {"epochs": 1}]
)
def test_fit_refuses_to_go_on_with_other_arguments(tmp_path, change):
    trained(tmp_path / "run")
    with pytest.raises(CheckpointError, match=next(iter(change))):
        trained(tmp_path / "run", resume=True, **change)


@pytest.mark.parametrize("change", [{"seed": 4}, {"optimizer": {"lr": 7}}, {"model": {}}, {"new": 1}, {"data": "x"}])
def test_fit_refuses_settings_that_it_was_not_given(tmp_path, change):
    trained(tmp_path / "run")
    edit(tmp_path / "run", change)
    with pytest.raises(CheckpointError, match=rf"settings\.json: belongs to a run with {next(iter(change))}"):
        trained(tmp_path / "run", resume=True)


def test_fit_goes_on_for_more_epochs_and_keeps_how_many(tmp_path):
    trained(tmp_path / "run")
    assert len(trained(tmp_path / "run", resume=True, epochs=4)) == 4
    assert json.loads((tmp_path / "run" / "settings.json").read_text())["epochs"] == 4


def test_numbers_of_numpy_are_settings_as_any_others(tmp_path):
    whole, part = np.int64, np.float32
    trained(tmp_path / "run", batch_size=whole(20), seed=whole(3), epochs=whole(2), lr=part(0.5), clip_norm=part(2))
    assert len(trained(tmp_path / "run", resume=True, epochs=3, lr=part(0.5), clip_norm=part(2))) == 3


def test_settings_of_a_model_of_ones_own_are_its_own_business(tmp_path):
    class Mine(tge.nn.Module):
        def __init__(self):
            self.settings = {"a hook": print}
            self.flatten, self.dense = tge.nn.Flatten(), tge.nn.Linear(784, 10)

        def forward(self, x):
            return self.dense(self.flatten(x))

    train, _ = tge.data.load_digits()
    fit(Mine(), train.first(4), epochs=1, run=tmp_path / "run", show=False)
    with pytest.raises(CheckpointError, match="there is no model 'Mine'"):
        tge.training.load_model(tmp_path / "run")


def test_the_command_line_names_a_run_of_fit(command, tmp_path):
    trained(tmp_path / "run")
    assert "of a run of 'training.fit'" in command("train", "--resume", "run").stderr
    assert "say with --data what to measure it on" in command("evaluate", "run").stderr
    assert command("evaluate", "run", "--data", "digits").returncode == 0
