"""The process that checks a user's file does not outlive the one that asked for it."""

import os
import subprocess
import sys
import time

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="asks whether a process lives by signal 0")
def test_an_endless_file_ends_when_the_checker_is_killed(tmp_path):
    (tmp_path / "my_ops.py").write_text(
        "import os\nfrom pathlib import Path\n"
        f"Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "while True:\n    pass\n"
    )
    checker = subprocess.Popen([sys.executable, "-m", "tinygrad_edu", "check", str(tmp_path / "my_ops.py")])
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert checker.poll() is None
        time.sleep(0.05)
    checker.kill()
    checker.wait()

    worker = int((tmp_path / "pid").read_text())
    for _ in range(600):
        if not lives(worker):
            return
        time.sleep(0.05)
    os.kill(worker, 9)
    pytest.fail("the worker went on without the checker")


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") if os.path.exists(f"/proc/{pid}/stat") else open(os.devnull) as stat:
        return " Z " not in stat.read()  # a zombie waits only for somebody to take note
