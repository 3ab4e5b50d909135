"""The table of contents: the groups of the sidebar, and each one's pages in reading order.

Sphinx wants it on the start page, as directives; there it would be read as blocks of code in the repository.
"""

CONTENTS = {
    "Start": ["index", "coming_from"],
    "How it works": ["engine", "convolution", "graphs", "explain", "explorer"],
    "Make your own": ["own-op"],
    "Look up": ["training", "reference/index", "architecture", "performance"],
}


def toctrees():
    """Return the groups as Sphinx's directives; the start page stands first, and is not its own child."""
    for caption, pages in CONTENTS.items():
        entries = ["self" if page == "index" else page for page in pages]
        yield "\n".join(["", "", "```{toctree}", ":hidden:", f":caption: {caption}", "", *entries, "```"])


def add_contents(app, docname, source):
    """Append the toctrees to the start page."""
    if docname == app.config.root_doc:
        source[0] += "".join(toctrees())


def setup(app):
    """Register with Sphinx."""
    app.connect("source-read", add_contents)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
