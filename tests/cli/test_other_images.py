"""Runs on images other than digits: from files to a finished run, stopped in between, and what does not fit."""

import json
import re

import numpy as np
import pytest
from PIL import Image, ImageDraw
from small_images import cifar_contents, clothes

from tinygrad_edu import data
from tinygrad_edu.cli import data_options, main
from tinygrad_edu.training import Calibration, RunFolder

RUN = ("--epochs", "2", "--batch-size", "10", "--optimizer", "adam", "--lr", "0.01")


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cifar")
    for name, content in cifar_contents(10).items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def run_on_photographs(photographs, tmp_path_factory):
    """The command of the documentation, on few and small images."""
    run = tmp_path_factory.mktemp("runs") / "cifar"
    end(["train", "--model", "resnet", "--data", "cifar10", "--data-dir", str(photographs), "--augment", *RUN,
         "--epochs", "4", "--out", str(run)])  # fmt: skip
    return run


def end(arguments):
    """Run a command in this process, to its end."""
    with pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
    return ended.value.code


def test_a_residual_network_learns_photographs(run_on_photographs, capsys):
    assert sorted(p.name for p in run_on_photographs.iterdir()) == [
        "calibration.safetensors", "checkpoint.safetensors", "confusion.png", "curves.png", "history.csv",
        "initial.safetensors", "mistakes.png", "model.safetensors", "settings.json",
    ]  # fmt: skip
    history = [row.split(",") for row in (run_on_photographs / "history.csv").read_text().splitlines()[1:]]
    assert float(history[-1][1]) < float(history[0][1])  # the loss
    with Image.open(run_on_photographs / "mistakes.png") as picture:
        picture.load()
    assert end(["evaluate", run_on_photographs]) == 0
    said = capsys.readouterr().out
    assert "airplane" in said
    assert re.search(r"class\b.*images\b.*right", said)
    assert end(["evaluate", run_on_photographs, "--json"]) == 0
    assert np.array(json.loads(capsys.readouterr().out)["confusion"]).shape == (10, 10)


@pytest.mark.parametrize("command", [["predict", "RUN", "x.png"], ["why", "loss", "--weights", "RUN"],
                                     ["graph", "--weights", "RUN", "--out", "x.dot"],
                                     ["evaluate", "RUN", "--data", "digits"]], ids=lambda c: c[0])  # fmt: skip
def test_a_network_of_photographs_is_not_shown_digits(run_on_photographs, command, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.new("L", (30, 30), "white").save("x.png")
    arguments = [str(run_on_photographs) if word == "RUN" else word for word in command]
    assert end(arguments) == 2
    said = capsys.readouterr().err
    assert "this network takes images (3, 32, 32)" in said
    assert len(said.splitlines()) == 1


def test_an_augmented_run_that_was_stopped_goes_on_to_the_same_weights(photographs, tmp_path, monkeypatch):
    arguments = ["train", "--model", "vgg", "--data", "cifar10", "--data-dir", photographs, "--augment", *RUN,
                 "--limit", "40", "--no-pictures", "--checkpoint-every", "3"]  # fmt: skip
    end([*arguments, "--out", tmp_path / "whole"])

    class Killed(BaseException):
        pass

    batch, dealt = data.Dataset.batch, []

    def dies(self, indices):
        if self.name.endswith("train"):
            dealt.append(1)
            if len(dealt) == 6:  # in the second epoch; the last save was after step 3
                raise Killed
        return batch(self, indices)

    monkeypatch.setattr(data.Dataset, "batch", dies)
    with pytest.raises(Killed):
        main([str(a) for a in [*arguments, "--out", tmp_path / "parts"]])
    monkeypatch.undo()
    assert not (tmp_path / "parts" / "model.safetensors").exists()
    end(["train", "--resume", tmp_path / "parts", "--no-pictures"])
    whole, parts = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "parts"))
    assert parts == whole
    settings = json.loads((tmp_path / "parts" / "settings.json").read_text())
    assert settings["augment"] is True


@pytest.mark.parametrize("model", ["minimal", "lenet5"])
def test_clothes(model, tmp_path, capsys):
    for name, content in clothes().items():
        (tmp_path / f"{name}.gz").write_bytes(content)
    run = tmp_path / "run"
    end(["train", "--model", model, "--data", "fashion-mnist", "--data-dir", tmp_path, "--augment", *RUN,
         "--no-pictures", "--out", run])  # fmt: skip
    assert end(["evaluate", run]) == 0
    assert "ankle boot" in capsys.readouterr().out


def test_shifted_digits_and_the_other_rules_and_schedules(tmp_path):
    for optimizer, schedule in (("rmsprop", "plateau"), ("adagrad", "warmup-cosine")):
        run = tmp_path / optimizer
        arguments = ["train", "--data", "digits-shifted", "--filters", "2", "--limit", "60", "--no-pictures",
                     "--optimizer", optimizer, "--schedule", schedule, "--epochs"]  # fmt: skip
        assert end([*arguments, "3", "--out", run]) == 0
        settings = json.loads((run / "settings.json").read_text())
        assert (settings["augment"], settings["data"], settings["batch_size"]) == (False, "digits-shifted", 64)
        longer = end(["train", "--resume", run, "--epochs", "4", "--no-pictures"])
        assert longer == (0 if schedule == "plateau" else 2)


def test_data_that_is_not_there_is_named(capsys):
    assert end(["train", "--data", "cifar100"]) == 2
    said = capsys.readouterr().err
    assert "'digits', 'digits-shifted', 'mnist', 'fashion-mnist', 'cifar10'" in said
    assert end(["train", "--data", "digits-shifted", "--data-dir", "x"]) == 2
    assert "--data-dir goes with --data mnist, fashion-mnist, cifar10" in capsys.readouterr().err
    assert end(["train", "--data", "cifar10", "--data-dir", "/nowhere"]) == 1
    assert "there is no such folder" in capsys.readouterr().err


def test_a_calibration_of_other_images_is_named(run_on_photographs, tmp_path, monkeypatch, capsys):
    end(["train", "--filters", "2", "--limit", "30", "--epochs", "1", "--no-pictures", "--out", tmp_path / "run"])
    other = Calibration.load(RunFolder(run_on_photographs).calibration)
    assert other.images.shape[1:] == (3, 32, 32)
    other.save(RunFolder(tmp_path / "run").calibration)
    picture = Image.new("L", (30, 30), "white")
    ImageDraw.Draw(picture).line([(12, 5), (16, 25)], fill="black", width=3)
    picture.save(tmp_path / "x.png")
    capsys.readouterr()
    assert end(["predict", tmp_path / "run", tmp_path / "x.png"]) == 1
    assert "calibration.safetensors: measured on images of another shape" in capsys.readouterr().err


@pytest.mark.parametrize("live", [True, False])
def test_what_takes_long_says_how_far_it_is(live, monkeypatch, capsys):
    monkeypatch.setattr(data_options.sys.stderr, "isatty", lambda: live, raising=False)
    monkeypatch.setattr(data_options, "REFRESH", 0)
    listener = data_options._progress()
    for done in (0, 5_000_000, 10_000_000, 10_000_000):
        listener("a.gz", done, 10_000_000)
    listener("reading a.gz", 3, 3)
    said = capsys.readouterr().err
    if live:
        assert "\rdownloading a.gz: 5.0 of 10.0 MB (50%)" in said
        assert said.count("(100%)\n") == 2
    else:
        assert said == "downloading a.gz (10.0 MB)\n"
