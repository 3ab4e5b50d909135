"""A run that is stopped, killed or out of room goes on to the very same weights."""

import errno
import json
import os
import random
import re
import signal
import subprocess
import sys
import time

import pytest
from PIL import Image, ImageDraw

# Dropout would need the large network; momentum, a schedule and mid-epoch positions are in this one.
RUN = (
    "train", "--filters", 4, "--limit", 600, "--epochs", 3, "--batch-size", 2, "--optimizer", "sgd", "--momentum", 0.9,
    "--lr", 0.005, "--schedule", "cosine", "--clip-norm", 5, "--no-pictures", "--checkpoint-every",
)  # fmt: skip

KILLED_RUNS = int(os.environ.get("KILLED_RUNS", "3"))  # each is killed twice; KILLED_RUNS=20 for a thorough test

unix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")


@pytest.fixture(scope="module")
def whole(tmp_path_factory, command_in):
    """The weights of the run when nothing disturbs it."""
    folder = tmp_path_factory.mktemp("whole")
    command_in(folder, *RUN, 50, "--out", "run").check_returncode()
    return (folder / "run" / "model.safetensors").read_bytes()


def wait_for(path, process):
    until = time.monotonic() + 60
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.005)


def finish(command, run):
    """Resume until the end, or start anew if the run had no folder yet."""
    result = command("train", "--resume", run, "--no-pictures") if run.exists() else command(*RUN, 5, "--out", run)
    assert result.returncode == 0, result.stderr
    return (run / "model.safetensors").read_bytes()


@unix_only
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_saves_says_how_to_go_on_and_exits_with_130(start, command, tmp_path, whole, number):
    run = tmp_path / "a run"
    process = start(*RUN, 100000, "--out", run)  # no save but the first and the one that the signal brings
    wait_for(run / "checkpoint.safetensors", process)
    first = (run / "checkpoint.safetensors").read_bytes()
    time.sleep(0.15)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert re.fullmatch(r"\nStopped and saved\. To go on: tinygrad-edu train --resume '.*/a run'\n", errors)
    assert (run / "checkpoint.safetensors").read_bytes() != first
    assert not (run / "model.safetensors").exists()
    assert finish(command, run) == whole


def kill_once(start, run, delay):
    process = start(*RUN, 5, "--out", run) if not run.exists() else start("train", "--resume", run, "--no-pictures",
                                                                             "--checkpoint-every", 5)  # fmt: skip
    try:
        process.wait(timeout=delay)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.mark.parametrize("seed", range(KILLED_RUNS))
def test_a_killed_run_goes_on_to_the_same_weights(start, command, tmp_path, whole, seed):
    random.seed(seed)
    run = tmp_path / "run"
    kill_once(start, run, random.uniform(0.3, 1.5))
    kill_once(start, run, random.uniform(0.3, 1.5))
    assert finish(command, run) == whole


def test_a_run_killed_before_its_first_checkpoint_starts_from_the_beginning(command, tmp_path, whole):
    run = tmp_path / "run"
    assert command(*RUN, 50, "--out", run).returncode == 0
    for name in ("checkpoint", "initial", "model"):
        (run / f"{name}.safetensors").unlink()
    assert finish(command, run) == whole


def test_a_finished_run_stays_as_it_is(command, tmp_path, whole):
    run = tmp_path / "run"
    assert command(*RUN, 50, "--out", run).returncode == 0
    history = (run / "history.csv").read_bytes()
    assert finish(command, run) == whole
    assert (run / "history.csv").read_bytes() == history


def test_a_longer_run_is_the_same_as_one_planned_so(command, tmp_path):
    plain = ("train", "--filters", 2, "--limit", 60, "--optimizer", "sgd", "--no-pictures")
    assert command(*plain, "--epochs", 4, "--out", "whole").returncode == 0
    assert command(*plain, "--epochs", 2, "--out", "parts").returncode == 0
    assert command("train", "--resume", "parts", "--epochs", 4, "--no-pictures").returncode == 0
    whole, parts = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "parts"))
    assert parts == whole


def test_dropout_goes_on_with_the_same_random_numbers(start, command, tmp_path):
    arguments = ("train", "--model", "mnist-example", "--limit", 96, "--epochs", 2, "--no-pictures")
    assert command(*arguments, "--out", "whole").returncode == 0
    process = start(*arguments, "--checkpoint-every", 1, "--out", "parts")
    wait_for(tmp_path / "parts" / "checkpoint.safetensors", process)
    time.sleep(0.3)
    process.kill()
    process.wait()
    assert command("train", "--resume", "parts", "--no-pictures").returncode == 0
    whole, parts = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "parts"))
    assert parts == whole


def test_augmented_images_are_the_same_after_a_kill(start, command, tmp_path):
    arguments = ("train", "--augment", "--limit", 300, "--epochs", 3, "--batch-size", 4, "--no-pictures")
    assert command(*arguments, "--out", "whole").returncode == 0
    assert command(*arguments, "--no-augment", "--out", "plain").returncode == 0
    process = start(*arguments, "--checkpoint-every", 1, "--out", "parts")
    wait_for(tmp_path / "parts" / "checkpoint.safetensors", process)
    time.sleep(0.3)
    process.kill()
    process.wait()
    assert command("train", "--resume", "parts", "--no-pictures").returncode == 0
    weights = {n: (tmp_path / n / "model.safetensors").read_bytes() for n in ("whole", "parts", "plain")}
    assert weights["parts"] == weights["whole"] != weights["plain"]


@pytest.mark.parametrize("command_name", ["train --resume", "evaluate"])
def test_a_run_on_the_digits_of_an_earlier_version_is_refused(command, tmp_path, command_name):
    """Its network learnt from other digits, in another form; it would misread what is prepared now."""
    command("train", "--limit", 20, "--epochs", 1, "--no-pictures", "--out", "run")
    file = tmp_path / "run" / "settings.json"
    settings = json.loads(file.read_text())
    assert settings.pop("form") == "MNIST"
    del settings["augment"]
    file.write_text(json.dumps(settings))
    result = command(*command_name.split(), "run")
    assert result.returncode == 1
    said = r"tinygrad-edu: error: run.settings\.json: this network learnt .* train it again\n"
    assert re.fullmatch(said, result.stderr)


def test_a_run_on_other_data_of_an_earlier_version_goes_on(command, tmp_path):
    for label in "01":
        (tmp_path / "mine" / label).mkdir(parents=True)
        for number in range(4):
            picture = Image.new("L", (40, 40), "white")
            ImageDraw.Draw(picture).line([(10, 5), (10 + 5 * number, 35)], fill="black", width=3)
            picture.save(tmp_path / "mine" / label / f"{number}.png")
    command("train", "--data", "mine", "--epochs", 1, "--no-pictures", "--out", "run")
    file = tmp_path / "run" / "settings.json"
    settings = json.loads(file.read_text())
    assert settings.pop("form") == "MNIST"
    assert settings.pop("augment") is False
    file.write_text(json.dumps(settings))
    assert command("evaluate", "run").returncode == 0
    result = command("train", "--resume", "run", "--epochs", 2, "--no-pictures")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "option", [("--lr", "1"), ("--batch-size", "3"), ("--seed", "2"), ("--out", "x"), ("--epochs", "9")]
)
def test_what_would_make_another_run_of_it_is_refused(command, tmp_path, option):
    command("train", "--limit", 20, "--epochs", 1, "--no-pictures", "--out", "run")  # with Adam's onecycle
    result = command("train", "--resume", "run", *option)
    assert result.returncode == 2
    assert f"{option[0]} cannot be changed with --resume" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("damage", ["truncated", "foreign", "settings", "other"])
def test_damage_is_one_line_that_names_the_file(command, tmp_path, damage):
    command("train", "--limit", 20, "--epochs", 1, "--no-pictures", "--out", "run")
    checkpoint, settings = tmp_path / "run" / "checkpoint.safetensors", tmp_path / "run" / "settings.json"
    if damage == "truncated":
        checkpoint.write_bytes(checkpoint.read_bytes()[:-100])
    elif damage == "foreign":
        checkpoint.write_bytes(b"\x80\x04not a checkpoint")
    elif damage == "settings":
        settings.write_text(settings.read_text().replace('"lr": 0.01', '"lr": "fast"'))
    else:
        settings.write_text(settings.read_text().replace('"filters": 8', '"filters": 9'))
    result = command("train", "--resume", "run")
    assert result.returncode == 1
    assert re.fullmatch(r"tinygrad-edu: error: run.(checkpoint\.safetensors|settings\.json): [^\n]+\n", result.stderr)


@unix_only
def test_a_full_disk_keeps_the_last_checkpoint(command, tmp_path, whole):
    """A limit on the size of files stands in for the disk: writing past it fails as on a full one."""
    run = tmp_path / "run"
    code = (
        "import resource, signal, sys\n"
        "import tinygrad_edu.training.saving as saving\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)\n"
        "saves = []\n"
        "save = saving.Saver.save\n"
        "def limited(self):\n"
        "    saves.append(1)\n"
        "    if len(saves) == 4:\n"
        "        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, unlimited[1]))\n"
        "    save(self)\n"
        "saving.Saver.save = limited\n"
        "from tinygrad_edu.cli import main\n"
        "try:\n"
        "    main(sys.argv[1:])\n"
        "finally:\n"  # so that what measures the tests' coverage can write its file
        "    resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, *map(str, RUN), "50", "--out", str(run)], capture_output=True, text=True
    )
    assert result.returncode == 1
    assert os.strerror(errno.EFBIG) in result.stderr
    assert re.fullmatch(r"tinygrad-edu: error: .*checkpoint\.safetensors: no room .* is kept\. [^\n]*\n", result.stderr)
    assert not list(run.glob(".*"))
    assert finish(command, run) == whole


@pytest.fixture
def tiny_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(folder)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small file system is not permitted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_really_full_disk(command, tmp_path, tiny_disk):
    arguments = ("train", "--limit", 200, "--epochs", 2, "--optimizer", "sgd", "--no-pictures", "--checkpoint-every", 3)
    result = command(*arguments, "--out", tiny_disk)  # initial weights and a checkpoint fit, a second one does not
    assert result.returncode == 1
    assert "no room on the disk (No space left on device); the previous one is kept" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    resumed = tmp_path / "elsewhere"
    assert command("evaluate", tiny_disk).returncode == 0
    subprocess.run(["cp", "-r", str(tiny_disk), str(resumed)], check=True)
    assert command("train", "--resume", resumed, "--no-pictures").returncode == 0
    assert command(*arguments, "--out", "undisturbed").returncode == 0
    weights = [(folder / "model.safetensors").read_bytes() for folder in (resumed, tmp_path / "undisturbed")]
    assert weights[0] == weights[1]
