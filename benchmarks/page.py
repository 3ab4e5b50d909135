"""Writes the tables into a page of Markdown, between markers; what stands outside them is left as it is.

    <!-- benchmarks:begin train -->      generated
    <!-- benchmarks:end train -->

A table that the page has no markers for is left out.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tinygrad_edu.files import write_atomically

from . import tables


def write(path: Path, run: dict[str, Any]) -> None:
    """Put the tables of a run into the page."""
    write_atomically(path, filled(path.read_text(encoding="utf-8"), run))


def filled(page: str, run: dict[str, Any]) -> str:
    """The page with the tables of a run between its markers."""
    texts = {table.name: tables.markdown(table) for table in tables.tables(run)}

    def block(found: re.Match[str]) -> str:
        begin, name, _, end = found.groups()
        return f"{begin}\n{texts[name]}\n{end}" if name in texts else found[0]

    return re.sub(r"(<!-- benchmarks:begin (\w+) -->)(.*?)(<!-- benchmarks:end \2 -->)", block, page, flags=re.DOTALL)
