"""The tables in the terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table as RichTable

from . import tables


def show(run: dict[str, Any], console: Console | None = None) -> None:
    console = console or _console()
    for line in tables.machine_lines(run):
        console.print(line, style="dim", markup=False)
    for table in reversed(tables.tables(run)):  # the goals last: that is where the eye rests
        show_table(table, console)


def show_comparison(before: dict[str, Any], after: dict[str, Any]) -> None:
    show_table(tables.comparison(before, after))


def _console() -> Console:
    """Wide where nobody looks: in a file there is no edge to break at."""
    console = Console()
    return console if console.is_terminal else Console(width=220)


def show_table(table: tables.Table, console: Console | None = None) -> None:
    """As rich draws it; beyond a narrow terminal each cell breaks before its ratio."""
    console = console or _console()
    drawn = RichTable(title=f"{table.name}: {table.title}", title_justify="left", show_lines=False)
    for i, column in enumerate(table.columns):
        drawn.add_column(column, justify="left" if i == 0 else "right")
    for row in table.rows:
        drawn.add_row(*(cell.replace(", ", "\n") if i else cell for i, cell in enumerate(row)))
    console.print(drawn)
    for note in table.notes:
        console.print(note, style="dim", markup=False, highlight=False)
