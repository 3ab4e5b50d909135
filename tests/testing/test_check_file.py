"""check_file from Python: nothing of the file reaches this process, and the limits hold."""

import os
import subprocess
import sys

import pytest

import tinygrad_edu as tge
from tinygrad_edu.testing import check_file
from tinygrad_edu.testing.check_file import CheckError, _kill

TEXT = """
import tinygrad_edu as tge

@tge.primitive
def relu(x):
    '''y = max(x, 0), with a rule of its own'''
    return tge.relu.forward(x)

@relu.backward("x")
def relu_dx(g, y, x):
    return g * (g > 0)

unregistered = tge.Primitive(lambda x: 2 * x, "double")

@unregistered.backward("x")
def double_dx(g, y, x):
    return g
"""


def test_the_file_leaves_this_process_alone(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(TEXT)
    before, modules = tge.primitives(), set(sys.modules)
    report = check_file(path, smallest=False)
    assert tge.primitives() == before
    assert "mine" not in set(sys.modules) - modules
    assert [(p.name, p.findings[0].kind) for p in report.primitives] == [
        ("relu", "mask from upstream"),
        ("double", "factor"),
    ]
    assert not report.ok
    assert report.to_dict()["primitives"][0]["findings"][0]["file"] == str(path)


def test_where_there_are_no_process_groups_the_process_itself_is_ended(monkeypatch):
    monkeypatch.delattr(os, "killpg", raising=False)  # as on Windows
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        _kill(process)
        assert process.wait(60) != 0
    finally:
        process.kill()


ENDS = """
import sys
import tinygrad_edu as tge

@tge.primitive
def double(x):
    return 2 * x

@double.backward("x")
def double_dx(g, y, x):
    sys.exit("enough")
"""

EDGE = """
import tinygrad_edu as tge

@tge.primitive
def up_to_one(x):
    if x.max() > 1:
        raise ValueError("at most 1")
    return 2 * x

@up_to_one.backward("x")
def up_to_one_dx(g, y, x):
    return 2 * g

CASES = {"up_to_one": lambda rng: (([1.0, 0.5],), {})}
"""


def test_a_rule_that_ends_the_program(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(ENDS)
    with pytest.raises(CheckError, match=r"mine\.py: double ends the program: sys.exit\('enough'\)"):
        check_file(path)


def test_what_a_check_raises_is_said_with_its_line(tmp_path):
    """A finite difference steps over the edge of the function's domain."""
    path = tmp_path / "mine.py"
    path.write_text(EDGE)
    (report,) = check_file(path).primitives
    assert not report.ok
    assert report.problem == "checking it raised ValueError: at most 1 (line 7)"


def test_errors_name_the_file_as_it_was_given(tmp_path):
    with pytest.raises(CheckError, match=r"nothing\.py: there is no such file"):
        check_file(tmp_path / "nothing.py")
    empty = tmp_path / "empty.py"
    empty.write_text("")
    with pytest.raises(ValueError, match=r"empty\.py: it defines no primitive"):
        check_file(empty)
