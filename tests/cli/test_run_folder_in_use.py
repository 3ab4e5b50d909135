"""Two processes never train in one folder, and a process that is gone keeps nobody out."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

import pytest

import tinygrad_edu as tge
from tinygrad_edu.errors import RunFolderError
from tinygrad_edu.training import RunFolder, fit

LONG = ("train", "--filters", 2, "--batch-size", 1, "--epochs", 1000, "--optimizer", "sgd", "--no-pictures",
        "--checkpoint-every", 5, "--out", "run")  # fmt: skip
SHORT = ("train", "--filters", 2, "--limit", 40, "--epochs", 1, "--optimizer", "sgd", "--no-pictures", "--out", "run")

unix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")


@pytest.fixture
def running(start, tmp_path):
    process = start(*LONG)
    until = time.monotonic() + 60
    while not (tmp_path / "run" / "checkpoint.safetensors").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.01)
    return process


@unix_only
def test_a_second_process_is_told_who_trains_there_and_touches_nothing(running, command, tmp_path):
    half_written = tmp_path / "run" / ".model.safetensors.0123.tmp"
    half_written.write_bytes(b"half")
    settings = (tmp_path / "run" / "settings.json").read_bytes()
    for arguments in (("train", "--resume", "run"), ("train", "--resume", "run", "--epochs", 2000)):
        result = command(*arguments)
        assert result.returncode == 1
        assert re.fullmatch(
            rf"tinygrad-edu: error: run: process {running.pid} on \S* is training there; [^\n]+\n", result.stderr
        )
    assert "run: is there already" in command(*LONG).stderr
    assert half_written.exists()
    assert (tmp_path / "run" / "settings.json").read_bytes() == settings
    assert command("evaluate", "run", "--json").returncode == 0  # reading is free
    assert running.poll() is None
    running.send_signal(signal.SIGINT)
    assert "Stopped and saved" in running.communicate(timeout=60)[1]
    assert running.returncode == 130
    assert not (tmp_path / "run" / ".lock").exists()


@unix_only
def test_python_is_told_the_same(running, tmp_path):
    train, _ = tge.data.load_digits()
    with pytest.raises(RunFolderError, match=f"process {running.pid} on .* is training there"):
        fit(tge.models.MinimalCNN(filters=2), train, run=tmp_path / "run", resume=True, show=False)


@unix_only
def test_a_killed_process_keeps_nobody_out(running, command, tmp_path):
    running.kill()
    running.wait()
    lock = tmp_path / "run" / ".lock"
    assert lock.read_text().startswith(f"process {running.pid} on ")
    lock.write_text(f"process {os.getpid()} on here\n")  # its number is another process's by now
    (tmp_path / "run" / ".checkpoint.safetensors.0123.tmp").write_bytes(b"half")
    settings = json.loads((tmp_path / "run" / "settings.json").read_text())
    (tmp_path / "run" / "settings.json").write_text(json.dumps({**settings, "epochs": 1}))
    result = command("train", "--resume", "run", "--no-pictures")
    assert result.returncode == 0, result.stderr
    assert not list((tmp_path / "run").glob(".*"))


def test_of_two_threads_one_trains(tmp_path):
    train, _ = tge.data.load_digits()
    run = RunFolder.create(tmp_path / "run", {"program": "test"})
    inside, leave = threading.Event(), threading.Event()

    def hold():
        with run.hold():
            inside.set()
            leave.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait(60)
    try:
        for asked in (run, RunFolder(tmp_path / "run")):
            with pytest.raises(RunFolderError, match=f"process {os.getpid()} on .* is training there"):
                fit(tge.models.MinimalCNN(filters=1), train.first(8), run=asked, epochs=1, show=False)
    finally:
        leave.set()
        thread.join()
    assert len(fit(tge.models.MinimalCNN(filters=1), train.first(8), run=run, epochs=1, show=False)) == 1
    assert not (run.path / ".lock").exists()


def test_a_folder_may_be_held_again_by_who_holds_it_and_is_let_go_after_an_error(tmp_path):
    run = RunFolder.create(tmp_path / "run", {})
    with pytest.raises(ZeroDivisionError), run.hold(), run.hold():
        _ = 1 / 0
    with run.hold(), pytest.raises(RunFolderError, match="is training there"), RunFolder(run.path).hold():
        pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_holds_nothing_and_keeps_nobody_out(tmp_path):
    code = (
        "import os, sys, time\n"
        "from tinygrad_edu.errors import RunFolderError\n"
        "from tinygrad_edu.training import RunFolder\n"
        "run = RunFolder.create('run', {})\n"
        "with run.hold():\n"
        "    if os.fork() == 0:\n"
        "        try:\n"
        "            with run.hold():\n"
        "                print('held twice', flush=True)\n"
        "        except RunFolderError as error:\n"
        "            print(error, flush=True)\n"
        "        raise SystemExit  # through the parent's block\n"
        "    os.wait()\n"
        "    print(os.path.exists('run/.lock'), flush=True)\n"
        "    if os.fork() == 0:\n"
        "        print('alive', flush=True)\n"
        "        sys.stdin.read()\n"
        "        os._exit(0)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    said = [process.stdout.readline() for _ in range(3)]  # the last by the second child, which lives on
    assert process.wait(60) == -signal.SIGKILL
    assert re.match(rf"run: process {process.pid} on \S* is training there", said[0])
    assert said[1:] == ["True\n", "alive\n"]
    with RunFolder(tmp_path / "run").hold():
        pass
    process.communicate()


RACE = (
    "import sys, time\n"
    "from tinygrad_edu.errors import RunFolderError\n"
    "from tinygrad_edu.training import RunFolder\n"
    "print('ready', flush=True); sys.stdin.readline()\n"
    "try:\n    RunFolder.create('empty', {'mine': sys.argv[1]}); print('made')\n"
    "except RunFolderError as error:\n    print(error)\n"
)


@pytest.mark.parametrize("there", [True, False])
def test_of_many_processes_one_makes_the_folder(tmp_path, there):
    if there:
        (tmp_path / "empty").mkdir()
    processes = [
        subprocess.Popen([sys.executable, "-c", RACE, str(i)], cwd=tmp_path, text=True,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for i in range(6)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert said.count("made") == 1
    assert all(s == "made" or "is there already" in s or "is training there" in s for s in said)
    assert RunFolder.open(tmp_path / "empty").settings == {"mine": str(said.index("made"))}
    assert [p.name for p in tmp_path.iterdir()] == ["empty"]
