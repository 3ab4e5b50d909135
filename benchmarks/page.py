"""Writes the tables into a page of Markdown, between markers; what stands outside them is left as it is.

    <!-- benchmarks:begin train -->      generated
    <!-- benchmarks:end train -->

A table without its markers is added at the end under a heading; move the pair to where it should stand.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from . import tables
from .results import write_text

TITLE = "# Performance\n\nThe tables on this page are written by `python -m benchmarks --write docs/performance.md`.\n"


def write(path: Path, run: dict[str, Any], before: dict[str, Any] | None = None) -> None:
    """Put the tables of a run, and of before and after if there are two, into the page."""
    page = path.read_text() if path.exists() else TITLE
    page = put(page, "machine", "The machine", "\n".join(f"- {line}" for line in tables.machine_lines(run)))
    if before:
        table = tables.comparison(before, run)
        page = put(page, table.name, table.title, markdown(table))
    for table in tables.tables(run):
        page = put(page, table.name, table.title, markdown(table))
    write_text(path, page)


def write_table(path: Path, table: tables.Table) -> None:
    """Put one table into the page."""
    write_text(path, put(path.read_text() if path.exists() else TITLE, table.name, table.title, markdown(table)))


def put(page: str, name: str, title: str, text: str) -> str:
    """Replace what stands between a section's markers; add the section where there are none."""
    begin, end = (f"<!-- benchmarks:{edge} {name} -->" for edge in ("begin", "end"))
    block = f"{begin}\n{text}\n{end}"
    if begin in page:
        if end not in page:
            raise ValueError(f"the page has {begin} but not {end}")
        return re.sub(re.escape(begin) + ".*?" + re.escape(end), lambda _: block, page, flags=re.DOTALL)
    return f"{page.rstrip()}\n\n## {title}\n\n{block}\n"


def markdown(table: tables.Table) -> str:
    """A table in Markdown with its notes below."""
    lines = [table.columns, ["---"] + ["---:"] * (len(table.columns) - 1), *table.rows]
    rows = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
    return "\n".join([rows, "", *(f"- {note}" for note in table.notes)]).rstrip()
