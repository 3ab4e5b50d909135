"""The reference: every public name, written from the code itself each time the pages are built.

names.py        which names are public, and where each is defined
docstrings.py   a docstring as reStructuredText
entries.py      one name: signature, docstring, rules, loops, source
pages.py        the entries put together into pages
"""

from .pages import write_pages


def setup(app):
    """Register with Sphinx."""
    app.connect("builder-inited", lambda app: write_pages(app.srcdir / "reference"))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
