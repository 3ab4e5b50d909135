"""The package's files as pages, an anchor at each line: a link to a file can be followed without a repository."""

from pathlib import Path

from docutils import nodes
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

ROOT = Path(__file__).resolve().parents[2]
SHOWN = ("tinygrad_edu", "examples")


def page_of(file):
    """Return the name of the page that shows a file of the package, or None for another file."""
    file = Path(file).resolve()
    if file.suffix != ".py" or not file.is_relative_to(ROOT):
        return None
    path = file.relative_to(ROOT)
    return f"source/{path.with_suffix('').as_posix()}" if path.parts[0] in SHOWN and file.exists() else None


def address(app, docname, file, line=None):
    """Return the address of a file's page, or of one of its lines, seen from another page."""
    uri = app.builder.get_relative_uri(docname, page_of(file))
    return f"{uri}#L-{line}" if line else uri


class LinksToFiles(SphinxTransform):
    """Lead a link to one of the package's files, as it works in the repository, to that file's page."""

    default_priority = 500

    def apply(self):
        """Replace the links of one page, before Sphinx makes downloads of them."""
        docname = self.env.docname
        here = Path(self.env.doc2path(docname)).parent
        for link in list(self.document.findall(addnodes.download_reference)):
            file = here / link["reftarget"]
            if page_of(file):
                uri = address(self.app, docname, file)
                link.replace_self(nodes.reference("", "", *link.children, refuri=uri, internal=True))


def pages(app):
    """Yield the page of every file."""
    formatter = HtmlFormatter(linespans="L")
    for folder in SHOWN:
        for file in sorted((ROOT / folder).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            code = highlight(file.read_text(encoding="utf-8"), PythonLexer(), formatter)
            body = f'<h1>{name}</h1>\n<div class="highlight-python source">{code}</div>'
            yield page_of(file), {"title": name, "body": body}, "page.html"


def setup(app):
    """Register with Sphinx."""
    app.add_transform(LinksToFiles)
    app.connect("html-collect-pages", pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
