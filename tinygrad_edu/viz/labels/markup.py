"""The pieces of Graphviz's HTML-like labels: tables, rows, strips of cells, small print."""

from __future__ import annotations

import html
import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ...autograd.summary import printable
from ..styles import BAD, BAD_FILL, FAINT, GRADIENT

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 52  # characters to a line
LEFT = ' ALIGN="LEFT" BALIGN="LEFT"'


def escape(text: Any) -> str:
    """Escape text for a label, where backslashes have a meaning, too.

    >>> escape(r"a<b & \\N")
    'a&lt;b &amp; \\\\\\\\N'
    """
    return html.escape(printable(str(text)), quote=False).replace("\\", "\\\\")


def bold(text: Any, colour: str = "") -> str:
    """Return text in bold, escaped."""
    strong = f"<B>{escape(text)}</B>"
    return f'<FONT COLOR="{colour}">{strong}</FONT>' if colour else strong


def small(text: str, colour: str = "black") -> str:
    """Return text in the small size."""
    return f'<FONT POINT-SIZE="9" COLOR="{colour}">{text or "&#160;"}</FONT>'


def numeral(number: int | str) -> str:
    """Return a step's number as it stands on both boxes that belong together."""
    return f'<FONT COLOR="{GRADIENT}" POINT-SIZE="14"><B>{number}</B></FONT>'


@lru_cache(maxsize=1024)
def wrapped(text: str, width: int = WIDTH) -> str:
    """Return text in lines aligned to the left, escaped."""
    return "".join(f'{escape(line)}<BR ALIGN="LEFT"/>' for line in textwrap.wrap(text, width))


def row(content: str, attributes: str = "") -> str:
    """Return a row of one cell."""
    return f"<TR><TD{attributes}>{content}</TD></TR>"


def table(rows: Iterable[str], colour: str, fill: str, border: int = 1, style: str = "") -> str:
    """Return a box of rows."""
    shape = f'STYLE="{style}" ' if style else ""
    return (
        f'<TABLE {shape}BORDER="{border}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" COLOR="{colour}" '
        f'BGCOLOR="{fill}">{"".join(rows)}</TABLE>'
    )


def warned(rows: list[str], warning: str, at: int, colour: str, fill: str, style: str = "") -> str:
    """Return a box of rows; with a warning, as a row at this position, it is red."""
    if not warning:
        return table(rows, colour, fill, style=style)
    return table([*rows[:at], row(bold(warning, BAD)), *rows[at:]], BAD, BAD_FILL, border=3, style=style)


def strip(cells: list[str]) -> str:
    """Return a row of bordered cells side by side."""
    inner = "".join(cells)
    return row(
        f'<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="2"><TR>{inner}</TR></TABLE>',
        ' CELLPADDING="0"',
    )


def column(heading: str, cells: list[tuple[str, str]]) -> str:
    """Return a narrow table: a heading over bordered cells of (port, text)."""
    rows = "".join(f'<TR><TD PORT="{port}">{small(text)}</TD></TR>' for port, text in cells)
    return (
        '<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="2">'
        f'<TR><TD BORDER="0">{small(heading, FAINT)}</TD></TR>{rows}</TABLE>'
    )


def stacked(rows: list[str]) -> str:
    """Return rows as a table without a border."""
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">{"".join(rows)}</TABLE>'


def beside(parts: list[str]) -> str:
    """Return a row of tables side by side."""
    cells = "".join(f"<TD>{part}</TD>" for part in parts)
    return row(
        f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2"><TR>{cells}</TR></TABLE>',
        ' CELLPADDING="0"',
    )
