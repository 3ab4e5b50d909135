import contextlib
import functools
import io
import os
import subprocess
import sys
import traceback

import pytest

from tinygrad_edu.cli import main


@contextlib.contextmanager
def put_back(folder):
    """Forget the user's modules that were imported from a folder, and that it was looked in."""
    path = sys.path.copy()
    try:
        yield
    finally:
        sys.path[:] = path
        for name, module in list(sys.modules.items()):
            if (getattr(module, "__file__", None) or "").startswith(str(folder)):
                del sys.modules[name]


def run_in(folder, *arguments):
    """Run the command line in this process, inside a folder; return what it said and with what it exited.

    Starting Python and importing all anew would take most of the time of most tests. Where the process is what is
    tested (signals, pipes, what is imported), `start`, or a process of the test's own, is.
    """
    arguments = [*map(str, arguments)]
    out, err = io.StringIO(), io.StringIO()
    with put_back(folder), contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as ended:
            code = ended.code
        except Exception:  # with --debug
            traceback.print_exc()
            code = 1
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def command_in():
    return run_in


@pytest.fixture
def command(tmp_path):
    return functools.partial(run_in, tmp_path)


@pytest.fixture
def start(tmp_path):
    """Start the command line in a process of its own, inside tmp_path, to be interrupted."""
    processes = []

    def run(*arguments):
        processes.append(
            subprocess.Popen(
                [sys.executable, "-m", "tinygrad_edu", *map(str, arguments)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=tmp_path,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        )
        return processes[-1]

    yield run
    for process in processes:
        process.kill()
        process.communicate()
