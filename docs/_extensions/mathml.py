"""Formulas as MathML, made while the pages are built: browsers draw it themselves, with no script or font to load."""

import re
from html import unescape

from docutils.nodes import SkipNode
from latex2mathml.converter import convert
from sphinx.errors import ExtensionError


def mathml(latex, display):
    """Return a formula as MathML.

    Raises:
        ExtensionError: a command that is not known; it would stand in the page as it was typed.

    >>> mathml("x^2", "inline").partition("<mrow>")[2]
    '<msup><mi>x</mi><mn>2</mn></msup></mrow></math>'
    """
    made = convert(latex.strip(), display=display)
    if unknown := re.search(r"\\\w+", unescape(made)):
        raise ExtensionError(f"no MathML for {unknown[0]} in the formula {latex.strip()}")
    return made


def inline(translator, node):
    """Write a formula within a line."""
    translator.body.append(mathml(node.astext(), "inline"))
    skip(node)


def block(translator, node):
    """Write a formula that stands alone; one that is too wide for the screen is scrolled within its own box."""
    translator.body.append(f'<div class="formula" tabindex="0">{mathml(node.astext(), "block")}</div>\n')
    skip(node)


def skip(node):
    """Leave out the LaTeX that stands in the node."""
    raise SkipNode


def setup(app):
    """Register with Sphinx."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
