import json
import os
import re
import struct
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import tinygrad_edu as tge

SMALL = ("train", "--filters", "2", "--limit", "60", "--epochs", "2")


def one_line(result, code=1):
    """Check that a command failed with one line on stderr, and return it."""
    assert result.returncode == code, result
    assert re.fullmatch(r"tinygrad-edu: error: [^\n]+\n", result.stderr), result.stderr
    return result.stderr


def test_the_plain_command_learns_and_leaves_a_run_folder(command, tmp_path):
    result = command("train")
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    accuracy = float(re.search(r"Test accuracy: ([\d.]+)%", result.stdout)[1])
    assert accuracy >= 95
    run = tmp_path / "runs" / "minimal-digits-1"
    assert sorted(p.name for p in run.iterdir()) == [
        "calibration.safetensors",
        "checkpoint.safetensors", "confusion.png", "curves.png", "feature_maps.png", "filters.png", "history.csv",
        "initial.safetensors", "mistakes.png", "model.safetensors", "settings.json",
    ]  # fmt: skip
    for picture in run.glob("*.png"):
        with Image.open(picture) as image:
            image.load()
            assert image.width >= 600
    last = (run / "history.csv").read_text().splitlines()[-1].split(",")
    assert float(last[4]) * 100 == pytest.approx(accuracy, abs=0.01)

    measured = json.loads(command("evaluate", run, "--json").stdout)
    assert measured["accuracy"] * 100 == pytest.approx(accuracy, abs=0.01)
    assert f"accuracy {accuracy:.2f}%" in command("evaluate", run).stdout


def test_without_a_terminal_there_is_a_line_for_each_epoch(command):
    result = command(*SMALL, "--no-pictures")
    assert len(re.findall(r"^epoch \d/2: train loss .* images/s$", result.stdout, re.M)) == 2
    assert "\x1b" not in result.stdout
    assert "Test accuracy" in result.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_on_a_terminal_there_is_a_bar(tmp_path):
    import pty

    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tinygrad_edu", *SMALL, "--no-pictures"],
        stdout=slave, stderr=subprocess.PIPE, cwd=tmp_path, env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    )  # fmt: skip
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 1 << 16)
        except OSError:  # Linux reports the end of a pseudo-terminal like this
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    assert process.wait() == 0, process.stderr.read()
    process.stderr.close()
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    assert re.search(r"epoch 2/2 .*100% loss [\d.]+  accuracy [\d.]+%  test [\d.]+%  [\d,]+ images/s", text)
    assert "left" in text
    assert "epoch 1/2: train loss" not in text


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(command, tmp_path):
    for out, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert command(*SMALL, "--no-pictures", "--seed", seed, "--out", out).returncode == 0
    weights = [(tmp_path / out / "model.safetensors").read_bytes() for out in "abc"]
    assert weights[0] == weights[1] != weights[2]


@pytest.fixture
def idx(tmp_path):
    """A folder with a few images in MNIST's files."""
    folder = tmp_path / "idx"
    folder.mkdir()
    for name, part in zip(("train", "t10k"), tge.data.load_digits(), strict=True):
        images, labels = (part.images[:8, 0] * 255).astype(np.uint8), part.labels[:8].astype(np.uint8)
        (folder / f"{name}-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 2051, 8, 28, 28) + images.tobytes())
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 2049, 8) + labels.tobytes())
    return folder


def test_loops_and_fast_kernels_learn_the_same(command, tmp_path, idx):
    arguments = ("train", "--filters", 1, "--kernel-size", 25, "--data", "mnist", "--data-dir", idx, "--epochs", 1)
    for kernels in ("fast", "loops"):
        result = command(*arguments, "--batch-size", 4, "--no-pictures", "--kernels", kernels, "--out", kernels)
        assert result.returncode == 0, result.stderr
    fast, loops = (tge.training.load_weights(tmp_path / k / "model.safetensors") for k in ("fast", "loops"))
    for name, array in fast.items():
        np.testing.assert_allclose(array, loops[name], atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--lr", "0"], "--lr"),
        (["--lr", "nan"], "--lr"),
        (["--epochs", "many"], "--epochs"),
        (["--model", "alexnet"], "minimal"),
        (["--model", "lenet5", "--filters", "3"], "--filters goes with --model minimal"),
        (["--momentum", "0.5"], "--momentum goes with --optimizer sgd, not adam"),
        (["--optimizer", "sgd", "--nesterov"], "--nesterov needs --momentum"),
        (["--checkpoint-every", "soon"], "--checkpoint-every"),
        (["--data", "nowhere"], "'fashion-mnist', 'cifar10', or a folder"),
        (["--data-dir", "x"], "--data-dir goes with --data mnist"),
        (["--no-such-option"], "--no-such-option"),
        (["surplus"], "surplus"),
    ],
)
def test_wrong_usage_is_one_line_and_leaves_nothing(command, tmp_path, arguments, part):
    assert part in one_line(command("train", *arguments), code=2)
    assert not list(tmp_path.iterdir())


def test_a_run_is_not_overwritten(command, tmp_path):
    command(*SMALL, "--no-pictures", "--out", "run")
    before = (tmp_path / "run" / "model.safetensors").read_bytes()
    assert "--resume run" in one_line(command(*SMALL, "--no-pictures", "--out", "run", "--seed", "9"))
    assert (tmp_path / "run" / "model.safetensors").read_bytes() == before


def test_a_place_that_cannot_be_written_is_named(command, tmp_path):
    (tmp_path / "file").write_text("")
    assert "file/run: cannot be written" in one_line(command(*SMALL, "--out", "file/run"))


def test_an_infinite_loss_stops_with_one_line(command, tmp_path):
    message = one_line(command(*SMALL, "--batch-size", 32, "--optimizer", "sgd", "--lr", "1e30", "--out", "run"))
    assert re.search(r"the loss became (nan|inf) in step 2 \(epoch 1, batch 2\)\. The first tensor to go bad", message)
    weights = tge.training.load_weights(tmp_path / "run" / "checkpoint.safetensors")
    assert all(np.isfinite(array).all() for array in weights.values())


def test_debug_shows_the_traceback(command):
    result = command(*SMALL, "--optimizer", "sgd", "--lr", "1e30", "--debug")
    assert result.returncode == 1
    assert "Traceback" in result.stderr
    assert "TrainingError" in result.stderr


def test_a_folder_of_images_is_learnt_and_read(command, tmp_path):
    train, _ = tge.data.load_digits()
    for label in (3, 7):
        (tmp_path / "mine" / str(label)).mkdir(parents=True)
        for i in np.flatnonzero(train.labels == label)[:20]:
            pixels = (train.images[i, 0] * 255).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / "mine" / str(label) / f"{i}.png")
    assert command("train", "--data", "mine", "--no-pictures", "--out", "run").returncode == 0
    assert json.loads(command("evaluate", "run", "--json").stdout)["images"] == 8
    answers = json.loads(command("predict", "run", "mine/7", "--json").stdout)
    assert len(answers) == 20
    assert [a["digit"] for a in answers].count(7) >= 18
    for answer in answers:
        assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-4)
        assert int(np.argmax(answer["probabilities"])) == answer["digit"]
    table = command("predict", "run", "mine/7").stdout
    assert all(answer["file"] in table for answer in answers)


def test_mnist_in_a_folder_of_idx_files(command, tmp_path, idx):
    arguments = ("train", "--data", "mnist", "--data-dir", "idx", "--epochs", 1, "--no-pictures", "--out", "run")
    result = command(*arguments)
    assert result.returncode == 0, result.stderr
    settings = json.loads((tmp_path / "run" / "settings.json").read_text())
    assert (settings["optimizer"], settings["lr"], settings["batch_size"]) == ("sgd", 0.1, 64)
    whole = (idx / "train-images-idx3-ubyte").read_bytes()
    (idx / "train-images-idx3-ubyte").write_bytes(whole[:-1])
    assert "train-images-idx3-ubyte" in one_line(command(*arguments[:-1], "other"))


@pytest.mark.parametrize("name", ["evaluate", "predict"])
def test_what_is_no_weights_file_is_named(command, tmp_path, name):
    rest = ["x.png"] if name == "predict" else []
    assert "nothing: there is no such file" in one_line(command(name, "nothing", *rest))
    (tmp_path / "notes.txt").write_text("hello")
    assert "notes.txt: damaged, or no safetensors file" in one_line(command(name, "notes.txt", *rest))
    (tmp_path / "empty").mkdir()
    assert "model.safetensors: there is no such file" in one_line(command(name, "empty", *rest))


def test_a_reader_that_leaves_is_no_error(start, command):
    command(*SMALL, "--no-pictures", "--out", "run")
    process = start("evaluate", "run")
    process.stdout.close()
    errors = process.stderr.read()
    process.wait(timeout=60)
    assert errors == ""


def test_help_and_version(command):
    assert command("--version").stdout == f"tinygrad-edu, version {tge.__version__}\n"
    assert "Examples:" in command("train", "--help").stdout
    overview = command("--help").stdout
    for name in ("train", "evaluate", "predict", "graph", "check"):
        assert re.search(rf"^  {name} ", overview, re.M)


def test_help_imports_no_more_than_the_engine():
    code = (
        "import sys\nfrom tinygrad_edu.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('matplotlib', 'rich', 'safetensors', 'PIL', 'pooch', 'hypothesis', 'tinygrad_edu.nn') "
        "if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.splitlines()[-1] == "[]"
