"""check_file from Python: nothing of the file reaches this process, and the limits hold."""

import sys

import pytest

import tinygrad_edu as tge
from tinygrad_edu.testing import check_file
from tinygrad_edu.testing.files import CheckError

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


def test_errors_name_the_file_as_it_was_given(tmp_path):
    with pytest.raises(CheckError, match=r"nothing\.py: there is no such file"):
        check_file(tmp_path / "nothing.py")
    empty = tmp_path / "empty.py"
    empty.write_text("")
    with pytest.raises(ValueError, match=r"empty\.py: it defines no primitive"):
        check_file(empty)
