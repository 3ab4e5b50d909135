import os
import subprocess
import sys

import pytest


@pytest.fixture
def command(tmp_path):
    """Run the command line in a process of its own, inside tmp_path."""

    def run(*arguments, **options):
        return subprocess.run(
            [sys.executable, "-m", "tinygrad_edu", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=300,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            **options,
        )

    return run


@pytest.fixture
def start(tmp_path):
    """Start the command line, to be interrupted."""
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
