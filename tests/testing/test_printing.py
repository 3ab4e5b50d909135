"""What a report looks like in the terminal."""

import io

import numpy as np
import pytest
from rich.console import Console

import tinygrad_edu as tge
from tinygrad_edu.testing.check_primitive import check_primitive
from tinygrad_edu.testing.reports.terminal import print_reports


def printed(*reports):
    console = Console(file=io.StringIO(), width=100, color_system=None)
    print_reports(reports, console)
    return console.file.getvalue()


def double(x):
    """y = 2 x"""
    return 2 * x


def wrong_double(rule):
    p = tge.Primitive(double)
    p.backward("x")(rule)
    return p


def test_expected_and_given_stand_side_by_side():
    text = printed(check_primitive(wrong_double(lambda g, y, x: -2 * g)))
    row = next(line for line in text.splitlines() if line.strip().startswith("[0]"))
    assert row.split() == ["[0]", "2", "-2", "<-", "wrong"]
    assert "diagnosis:   its sign is flipped" in text
    assert "1 checked, 1 wrong, 0 not checked" in text


def test_shapes_stand_side_by_side_if_they_differ():
    text = printed(check_primitive(wrong_double(lambda g, y, x: g[None] * 2)))
    assert "expected dL/dx" in text
    assert "given dL/dx" in text
    assert "(1, " in text


def test_nan_and_right_elements_are_told_apart():
    def last_is_nan(g, y, x):
        return np.where(np.arange(x.size).reshape(x.shape) == x.size - 1, np.nan, 2 * g)

    report = check_primitive(wrong_double(last_is_nan), case=lambda rng: ((rng.random(30),), {}))
    text = printed(report)
    assert "nan   <- wrong" in text
    assert "6 more" in text
    assert text.count("<- wrong") == 1


def test_an_argument_that_was_left_out_and_a_gradient_that_is_not_known():
    def scale(x, factor=None):
        """y = x or factor x"""
        return x * (1.0 if factor is None else factor)

    p = tge.Primitive(scale)
    p.backward("x")(lambda g, y, x, factor: -g * (1.0 if factor is None else factor))
    text = printed(check_primitive(p, case=lambda rng: ((rng.random(2), None), {}), order=1))
    assert any(line.split() == ["factor:", "None"] for line in text.splitlines())


def test_what_could_not_be_checked_says_why():
    def picky(x):
        raise ValueError("[no] markup in here")

    text = printed(check_primitive(tge.Primitive(picky)))
    assert "not checked  picky(x)" in text
    assert "[no] markup in here" in text
    assert "0 checked, 0 wrong, 1 not checked" in text


@pytest.mark.parametrize("name", ["relu", "conv2d"])
def test_right_rules_get_one_line(name):
    text = printed(check_primitive(tge.primitives()[name], examples=5))
    assert text.splitlines()[0].startswith("right")
    assert len(text.splitlines()) == 2
