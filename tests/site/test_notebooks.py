"""A page as a notebook: the same code in the same order, and nothing that must be fetched to read it."""

import re
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

ROOT = Path(__file__).parents[2]


@pytest.fixture
def notebooks(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "_extensions"))
    import notebooks

    return notebooks


def test_every_page_with_code_offers_its_notebook(site, notebooks):
    for page in (ROOT / "docs").rglob("*.md"):
        name = page.relative_to(ROOT / "docs").with_suffix("")
        html = (site / name.with_suffix(".html")).read_text(encoding="utf-8")
        assert (f"notebooks/{page.stem}.ipynb" in html) == notebooks.has_code(page), name
        if notebooks.has_code(page):
            nbformat.validate(nbformat.read(site / "notebooks" / f"{page.stem}.ipynb", as_version=4))


def test_a_notebook_holds_the_page(tmp_path, notebooks):
    (tmp_path / "dot.svg").write_text("<svg/>")
    (tmp_path / "other.md").write_text("```python\n2\n```\n")
    page = tmp_path / "page.md"
    page.write_text(
        "---\nfile_format: mystnb\n---\n# Title\n\nSee [other](other.md), [a file](x.py), [far](https://e.org).\n\n"
        "```python\na = 1\n```\n\n```text\n1\n```\n\n```{code-cell}\n:tags: [x]\n\nprint(a)\n```\n"
        "![a dot[3,0]](dot.svg)\n"
    )
    text, first, shown, second, picture = notebooks.notebook(page).cells
    assert text.source == "# Title\n\nSee [other](other.ipynb), a file, [far](https://e.org)."
    assert (first.source, second.source) == ("a = 1", "print(a)")
    assert shown.source == "```text\n1\n```"
    assert picture.source == "![a dot[3,0]](attachment:dot.svg)"
    assert list(picture.attachments["dot.svg"]) == ["image/svg+xml"]


def test_the_pages_that_a_notebook_names_are_beside_it(site):
    for file in (site / "notebooks").glob("*.ipynb"):
        for target in re.findall(r"\]\((?!attachment:|https?:|#)([^)]*)\)", file.read_text(encoding="utf-8")):
            assert (file.parent / target).exists(), f"{file.name}: {target}"


def test_a_notebook_runs(site, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    made = nbformat.read(site / "notebooks" / "convolution.ipynb", as_version=4)
    made.metadata.kernelspec.name = "python3"
    nbclient.NotebookClient(made, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert all(cell.execution_count for cell in made.cells if cell.cell_type == "code")
