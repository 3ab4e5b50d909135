"""Formulas are MathML when the page is built; what has none fails the build."""

from pathlib import Path

import pytest

pytest.importorskip("latex2mathml")


@pytest.fixture
def mathml(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "docs" / "_extensions"))
    from mathml import mathml

    return mathml


def test_a_formula_becomes_mathml(mathml):
    made = mathml(r"\frac{\partial L}{\partial w_{uv}} = \sum_{i,j} g_{ij}\, x_{i+u,\,j+v}", "block")
    assert 'display="block"' in made
    assert made.count("<msub>") >= 3
    assert "<mfrac>" in made


def test_what_is_not_known_is_an_error(mathml):
    from sphinx.errors import ExtensionError

    with pytest.raises(ExtensionError, match=r"\\nosuch"):
        mathml(r"x + \nosuch{y}", "inline")
