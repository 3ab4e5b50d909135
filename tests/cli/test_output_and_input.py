"""What surrounds the command line: its output, Ctrl-C, the environment, odd names. A sentence, never a traceback."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu.cli.values import shortened

SMALL = ("train", "--filters", "2", "--limit", "40", "--epochs", "2", "--no-pictures")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a Unix shell")


@pytest.fixture
def shell(tmp_path):
    """Run a line of shell; `$T` is the command line."""

    def run(line, **environment):
        environment = {**os.environ, "PYTHONPATH": str(Path(tge.__file__).parents[1]), **environment}
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", f'T="{sys.executable} -m tinygrad_edu"; {line}'],
            cwd=tmp_path, capture_output=True, text=True, timeout=300, env=environment,
        )  # fmt: skip

    return run


def one_line(done, code):
    assert done.returncode == code, done
    assert re.fullmatch(r"tinygrad-edu: error: [^\n]+\n", done.stderr), done.stderr
    assert len(done.stderr) < 1500
    return done.stderr


@pytest.mark.parametrize("closed", [">&-", "<&- >&-", "<&- >&- 2>&-"])
def test_a_run_goes_on_when_standard_output_is_closed(shell, tmp_path, closed):
    done = shell(f"$T {' '.join(SMALL)} --out run {closed}")
    assert (done.returncode, done.stderr) == (0, "")
    tge.training.load_model(tmp_path / "run" / "model.safetensors")  # whole: no line of text went into a file


full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")


@full
@pytest.mark.parametrize("arguments", ["--help", "--version", "train --help", "graph --out x.dot", "evaluate w --json"])
def test_a_full_disk_behind_standard_output_is_named(shell, tmp_path, arguments):
    tge.training.save_weights(tmp_path / "w", tge.models.MinimalCNN(filters=1))
    done = shell(f"$T {arguments} > /dev/full")
    assert "standard output cannot be written: No space left on device" in one_line(done, 1)


@full
def test_a_run_whose_output_is_full_ends_with_the_reason(shell):
    done = shell(f"$T {' '.join(SMALL)} --out run > /dev/full")
    assert "standard output cannot be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize("arguments", ["--help", "evaluate w --json", "evaluate w", "graph --out x.dot"])
def test_a_reader_that_leaves_ends_a_command_as_any_other(shell, tmp_path, arguments):
    tge.training.save_weights(tmp_path / "w", tge.models.MinimalCNN(filters=1))
    done = shell(f"$T {arguments} | true")
    assert done.returncode in (0, 141)  # 0 if all was written before the reader left
    assert done.stderr == ""
    done = shell(f"(sleep 0.2; $T {arguments}) | true")
    assert (done.returncode, done.stderr) == (141, "")


def test_a_run_is_saved_when_the_reader_leaves(shell, tmp_path):
    done = shell("$T train --filters 2 --epochs 500 --no-pictures --checkpoint-every 1000000 --out run | head -n 3")
    assert done.returncode == 141
    assert done.stdout.count("\n") == 3
    assert done.stderr == (
        "standard output cannot be written: Broken pipe. Stopped and saved. "
        "To go on: tinygrad-edu train --resume run\n"
    )
    state = tge.training.array_file.load_arrays(tmp_path / "run" / "checkpoint.safetensors")[1]
    assert state["position"]["epoch"] >= 2
    assert not list((tmp_path / "run").glob(".*"))


def test_what_standard_outputs_encoding_lacks_is_written_otherwise(shell, tmp_path):
    folder = tmp_path / os.fsdecode(b"run \xff \xc3\xbc")
    done = shell(f"$T {' '.join(SMALL)} --out $'run \\xff \\xc3\\xbc'", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "run folder run \\udcff \\xfc" in done.stdout
    assert (folder / "model.safetensors").exists()


def test_errors_need_no_standard_error(shell):
    for where in ("2>&-", "2>/dev/full" if os.path.exists("/dev/full") else "2>&-"):
        assert shell(f"$T evaluate nothing {where}").returncode == 1


INTERRUPT = """
import os, signal, sys
class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == os.environ["INTERRUPT_AT"]:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupt())
"""
MODULES = ["numpy", "numpy.linalg", "numpy.random", "tinygrad_edu.autograd", "click", "tinygrad_edu.cli.evaluate",
           "tinygrad_edu.training", "rich.console", "safetensors"]  # fmt: skip


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("program", ["-m", "script"])
def test_ctrl_c_while_something_is_imported(shell, tmp_path, module, program):
    """The process interrupts itself at the very moment when the import begins."""
    tge.training.save_weights(tmp_path / "w", tge.models.MinimalCNN(filters=1))
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(INTERRUPT)
    (tmp_path / "tinygrad-edu").write_text("import sys\nfrom tinygrad_edu.cli import main\nsys.exit(main())\n")
    path = os.pathsep.join([str(tmp_path / "site"), str(Path(tge.__file__).parents[1])])
    command = "$T" if program == "-m" else f"{sys.executable} tinygrad-edu"
    done = shell(f"{command} evaluate w", PYTHONPATH=path, INTERRUPT_AT=module)
    assert done.returncode in (130, -2)
    assert "Traceback" not in done.stderr
    assert "KeyboardInterrupt" not in done.stderr
    assert done.stdout == ""


def test_a_program_of_ones_own_gets_its_keyboard_interrupt(tmp_path):
    code = "import signal, tinygrad_edu; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"


@pytest.mark.parametrize("name", ["TINYGRAD_EDU_THREADS", "TINYGRAD_EDU_KEEP_MEMORY"])
def test_nonsense_in_the_environment_is_a_sentence(shell, name):
    for value in ("\u00b2", "many", "-1", "1e3", "9" * 5000):
        assert f"the environment variable {name} is " in one_line(shell("$T --help", **{name: value}), 2)


@pytest.mark.parametrize("cache", ["/dev/null/x", "~nobody-at-all/x\n", "x" * 20_000])
def test_a_cache_that_cannot_be_is_a_sentence(shell, cache):
    done = shell("$T train --data mnist", TINYGRAD_EDU_CACHE=cache, HTTPS_PROXY="http://127.0.0.1:9", NO_PROXY="")
    one_line(done, 1)


LONG = "x" * 20_000
MISTAKES = [
    (["graph", ".:f"], "not of the form MODULE:FUNCTION"), (["graph", "a..b:f"], "not of the form MODULE:FUNCTION"),
    (["graph", "mine.py:f"], "write mine:f"), (["graph", "broken:f"], "SyntaxError"),
    (["graph", "leaves:f"], "leaves cannot be imported: SystemExit: 3"),
    (["graph", "mine:fails"], "mine:fails failed: ZeroDivisionError"), (["graph", f"{LONG}:f"], "no module"),
    (["graph", "--out", ""], "--out"), (["graph", "--out", " "], "--out"),
    (["graph", "--out", "nodir/x.svg"], "there is no folder 'nodir'"),
    (["graph", "--out", "folder.svg"], "is a folder"),
    (["graph", "--out", f"{LONG}.svg"], "File name too long"), (["graph", "--out", "mine.py/x.svg"], "no folder"),
    (["graph", "--weights", ""], "--weights"), (["graph", "--weights", LONG], "File name too long"),
    (["graph", "--index", "1000"], "there are 1000 test images"), (["graph", "--index", "-1"], "--index"),
    (["graph", "--digit", "3", "--index", "999"], "test images of the digit 3"),
    (["graph", "mine:fails", "--index", "1"], "--digit and --index"), (["graph", "--seed", "1" * 30], "--seed"),
    (["graph", "--depth", "1" * 5000], "--depth"), (["graph", "--weights", "w", "--seed", "1"], "--seed"),
    (["graph", "--forward", "--create-graph"], "--create-graph"),
    (["why", "loss", "--weights", "w", "--seed", "1"], "--seed"),
    (["train", "--out", ""], "--out"), (["train", "--out", LONG], "File name too long"),
    (["train", "--out", "mine.py/run"], "cannot be written"), (["train", "--resume", ""], "--resume"),
    (["train", "--resume", LONG], "File name too long"), (["train", "--resume", "mine.py"], "Not a directory"),
    (["train", "--data", ""], "--data"), (["train", "--data", LONG], "--data"),
    (["train", "--data", "mine.py"], "--data"),
    (["train", "--data", "mnist", "--data-dir", ""], "--data-dir"),
    (["train", "--data", "mnist", "--data-dir", LONG], "no such folder"),
    (["train", "--data", "mnist", "--data-dir", "~nobody-at-all"], "no such folder"),
    (["train", "--filters", "3000000"], "--filters"), (["train", "--filters", "1e3"], "--filters"),
    (["train", "--epochs", "1" * 5000], "--epochs"), (["train", "--epochs", "1" * 30], "--epochs"),
    (["train", "--batch-size", "1" * 30], "--batch-size"), (["train", "--limit", "0"], "--limit"),
    (["train", "--limit", "1" * 30], "--limit"), (["train", "--seed", "-1"], "--seed"),
    (["train", "--seed", "1" * 30], "--seed"), (["train", "--lr", "1e400"], "--lr"),
    (["train", "--lr", "1e-400"], "--lr"),
    (["train", "--clip-norm", "nan"], "--clip-norm"), (["train", "--weight-decay", "inf"], "--weight-decay"),
    (["train", "--momentum", "nan"], "--momentum"), (["train", "--checkpoint-every", "\u00b2"], "--checkpoint-every"),
    (["train", "--checkpoint-every", "1" * 5000], "--checkpoint-every"),
    (["why", "w", "--seed", "x"], "--seed"), (["why", ""], ""), (["why", "[]"], ""), (["why", "nowhere[0]"], "nowhere"),
    (["why", "conv.weight[9,9,9,9]"], "conv.weight"), (["why", "conv.weight[\u00b2]"], "conv.weight"),
    (["why", "conv.weight[" + "9" * 5000 + "]"], ""), (["why", LONG], ""),
    (["why", "loss", "--what-if", "nan"], "--what-if"),
    (["why", "loss", "--weights", ""], "--weights"), (["why", "loss", "--index", "1000"], "1000 test images"),
    (["predict", "", "x.png"], "RUN_OR_WEIGHTS"), (["predict", "w", ""], "IMAGE_OR_FOLDER"),
    (["predict", "w", LONG], "File name too long"), (["predict", "w", "folder.svg"], "no image files there"),
    (["predict", "w", "mine.py"], "not an image"), (["predict", "mine.py", "mine.py"], "no safetensors file"),
    (["evaluate", ""], "RUN_OR_WEIGHTS"), (["evaluate", LONG], "File name too long"),
    (["evaluate", "w", "--data", ""], "--data"), (["evaluate", "folder.svg"], "there is no such file"),
    (["evaluate", "w", "--data-dir", "x"], "--data-dir goes with"), ([LONG], "No such command"),
    ([""], "No such command"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), MISTAKES, ids=[" ".join(a)[:40] for a, _ in MISTAKES])
def test_a_mistake_is_one_line_that_names_it_and_leaves_nothing(tmp_path, monkeypatch, capsys, arguments, said):
    from tinygrad_edu.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    (tmp_path / "mine.py").write_text("def fails():\n    return 1 / 0\n")
    (tmp_path / "broken.py").write_text("def f(:\n")
    (tmp_path / "leaves.py").write_text("import sys; sys.exit(3)\n")
    (tmp_path / "folder.svg").mkdir()
    tge.training.save_weights(tmp_path / "w", tge.models.MinimalCNN(filters=1))
    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    error = capsys.readouterr().err
    assert ended.value.code in (1, 2)
    assert re.fullmatch(r"tinygrad-edu: error: [^\n]+\n", error), error
    assert said in error
    assert len(error) < 1000
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "__pycache__") == before
    for name in ("mine", "broken", "leaves"):
        sys.modules.pop(name, None)


def test_digit_and_index_choose_the_image_that_is_shown():
    from tinygrad_edu.cli.shown import shown_digit

    _, test = tge.data.load_digits()
    model = tge.models.MinimalCNN(filters=1)
    threes = np.flatnonzero(test.labels == 3)
    for digit, index, at in ((None, None, threes[0]), (3, None, threes[0]), (3, 4, threes[4]), (None, 42, 42)):
        image, label = shown_digit(model, digit, index)
        np.testing.assert_array_equal(image.data[0], test.images[at])
        assert label.tolist() == [test.labels[at]]


def test_a_picture_of_another_image_is_another_picture(shell, tmp_path):
    for name, options in (("a", ""), ("b", "--digit 3"), ("c", "--index 5"), ("d", "--digit 3 --index 1")):
        done = shell(f"$T graph --style values --out {name}.dot {options}")
        assert (done.returncode, done.stderr) == (0, "")
    a, b, c, d = ((tmp_path / f"{n}.dot").read_text().replace(f"{n}_thumb", "thumb") for n in "abcd")
    assert a == b
    assert len({b, c, d}) == 3


def test_a_full_disk_under_the_picture_names_the_picture(tmp_path, monkeypatch, capsys):
    from tinygrad_edu.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(SystemExit):
        main(["graph", "--forward", "--no-thumbnails", "--out", "x.dot"])
    assert capsys.readouterr().err == "tinygrad-edu: error: x.dot: No space left on device\n"


def test_the_command_line_knows_the_models_without_importing_them():
    from tinygrad_edu.cli.shown import MODELS

    assert set(MODELS) == set(tge.models.MODELS)


def test_a_message_keeps_its_ends():
    assert shortened("a " + "b" * 1000 + " c") == "a " + "b" * 100 + "..." + "b" * 100 + " c"
