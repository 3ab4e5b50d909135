"""The examples run, say what they promise, and are as short as they promise."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
LONGEST = {"minimal_cnn.py": 40, "own_op.py": 20}


def run(name: str) -> str:
    done = subprocess.run([sys.executable, EXAMPLES / name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", sorted(LONGEST))
def test_an_example_is_short(name):
    assert len((EXAMPLES / name).read_text().splitlines()) < LONGEST[name]


def test_the_minimal_cnn_learns_the_digits():
    accuracies = [float(a) for a in re.findall(r"test accuracy ([\d.]+)%", run("minimal_cnn.py"))]
    assert len(accuracies) == 10
    assert accuracies[-1] >= 94


def test_an_operation_of_ones_own_is_proven():
    assert run("own_op.py").strip()
