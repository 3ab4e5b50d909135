"""Every page with Python on it, as a notebook too: the same text and code, cell by cell, to download and run."""

import base64
import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

FRONT_MATTER = re.compile(r"\A---\n.*?^---\n", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"^```(?:python|\{code-cell\}[^\n]*)\n((?::[^\n]*\n)*)(.*?)^```$\n?", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(?P<picture>!?)\[(?P<label>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<target>[^)\s]+)\)")
COMMENT = re.compile(r"^<!--.*?-->\n", re.DOTALL | re.MULTILINE)


def has_code(page):
    """Tell whether a page has anything to run."""
    return page.suffix == ".md" and CODE.search(page.read_text(encoding="utf-8")) is not None


def notebook(page):
    """Return a page as a notebook: each block of Python is a cell, and so is the text between two of them."""
    text = FRONT_MATTER.sub("", page.read_text(encoding="utf-8"))
    cells, start = [], 0
    for code in CODE.finditer(text):
        cells += prose(page, text[start : code.start()])
        cells.append(new_code_cell(code[2].strip("\n")))
        start = code.end()
    cells += prose(page, text[start:])
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"  # the same in every build
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def prose(page, text):
    """Return text as a cell, or as none where there is nothing; its pictures travel inside it."""
    text = COMMENT.sub("", text).strip()
    if not text:
        return []
    pictures = {}

    def rewritten(link):
        target, _, _ = link["target"].partition("#")
        file = page.parent / target
        if link["picture"]:
            data = base64.b64encode(file.read_bytes()).decode()
            pictures[file.name] = {"image/svg+xml" if file.suffix == ".svg" else f"image/{file.suffix[1:]}": data}
            return f"![{link['label']}](attachment:{file.name})"
        if target.startswith(("http:", "https:")) or not target:
            return link[0]
        leads_on = file.parent == page.parent and file.suffix == ".md" and has_code(file)
        return f"[{link['label']}]({file.stem}.ipynb)" if leads_on else link["label"]

    cell = new_markdown_cell(LINK.sub(rewritten, text))
    if pictures:
        cell.attachments = pictures
    return [cell]


def page_of(app, docname):
    """Return the file that a document is made from."""
    return Path(app.env.doc2path(docname))


def write_all(app, error):
    """Write the notebooks into their folder beside the pages."""
    if error is None and app.builder.format == "html":
        folder = Path(app.outdir) / "notebooks"
        folder.mkdir(exist_ok=True)
        for page in filter(has_code, (page_of(app, name) for name in app.env.found_docs)):
            nbformat.write(notebook(page), folder / f"{page.stem}.ipynb")


def offer(app, docname, template, context, doctree):
    """Tell a page's template where its notebook is."""
    if docname in app.env.found_docs and has_code(page_of(app, docname)):
        up = "../" * docname.count("/")
        context["notebook"] = f"{up}notebooks/{page_of(app, docname).stem}.ipynb"


def setup(app):
    """Register with Sphinx."""
    app.connect("html-page-context", offer)
    app.connect("build-finished", write_all)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
