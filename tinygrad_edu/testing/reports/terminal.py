"""Reports for the terminal: what is wrong, the smallest example, expected and given side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.table import Table

    from .findings import Finding, PrimitiveReport

MOST_ROWS = 24  # of the table of elements
NUMBERS = {"inf": np.inf, "-inf": -np.inf, "nan": np.nan}


def print_reports(reports: Sequence[PrimitiveReport], console: Console | None = None) -> None:
    """Print one line for each primitive, and for each wrong rule what is wrong, with its example."""
    from rich.console import Console
    from rich.markup import escape

    console = console or Console()
    for report in reports:
        name = f"[bold]{escape(report.name)}[/]({escape(', '.join(report.arguments))})"
        if report.ok:
            guessed = " guessed from its arguments; CASES in the file can give others" if report.guessed else ""
            text = f"[green]right[/]  {name}: every rule, at {report.calls} calls{guessed}"
            console.print(text, highlight=False, soft_wrap=True)
        elif report.problem:
            console.print(f"[yellow]not checked[/]  {name}: {escape(report.problem)}", highlight=False, soft_wrap=True)
        for finding in report.findings:
            console.print(f"[red]wrong[/]  {name}", highlight=False)
            _print_finding(finding, report.guessed, console)
    wrong = sum(1 for r in reports if r.findings)
    checked = sum(1 for r in reports if r.calls)
    console.print(f"{checked} checked, {wrong} wrong, {len(reports) - checked} not checked", highlight=False)


def _print_finding(finding: Finding, guessed: bool, console: Console) -> None:
    from rich.markup import escape

    def line(label: str, text: str, style: str = "") -> None:
        styled = f"[{style}]{escape(text)}[/]" if style else escape(text)
        console.print(f"  {label + ':':<12} {styled}", highlight=False, soft_wrap=True)

    place = f"{finding.file}:{finding.line}"
    if finding.argument:
        line("rule", f"{finding.rule or '(none)'} for {finding.argument}, {place}")
    else:
        line("forward", f"{finding.rule}, {place}")
    if finding.formula:
        line("formula", finding.formula)
    line("diagnosis", finding.diagnosis, "bold red")
    example = finding.example
    console.print("  smallest example that was found:", highlight=False)
    for name, value in [*example.inputs.items(), *example.params.items(), ("y", example.y), ("g = dL/dy", example.g)]:
        line("  " + name, _written(value))
    if guessed:
        line("call", "guessed; if it is not meant to be called like this, give calls in the file's CASES")
    if example.given is not None and _differ(finding):
        console.print(_table(finding))


def _array(value: Any) -> np.ndarray:
    """Make an array of nested lists in which "nan" and "inf" may stand for numbers."""

    def number(v: Any) -> Any:
        return [number(w) for w in v] if isinstance(v, list) else NUMBERS.get(v, v) if isinstance(v, str) else v

    return np.array(number(value))


def _written(value: Any) -> str:
    """Write an array in one line, as long as that can be read."""
    if isinstance(value, str) or value is None:
        return str(value)
    array = _array(value)
    text = np.array2string(array, separator=", ", threshold=60, max_line_width=10**6).replace("\n", "")
    return " ".join(text.split()) + (f"   shape {array.shape}" if array.ndim != 1 or array.size > 6 else "")


def _differ(finding: Finding) -> bool:
    """Tell whether there is anything to see: another shape, or a number that is not as expected."""
    given, expected = _array(finding.example.given), _array(finding.example.expected)
    return given.shape != expected.shape or not all(_alike(given[i], expected[i]) for i in np.ndindex(given.shape))


def _table(finding: Finding) -> Table:
    """Put expected and given side by side, one element a row."""
    from rich import box
    from rich.table import Table

    given = _array(finding.example.given)
    expected = _array(finding.example.expected)
    what = f"dL/d{finding.argument}" if finding.argument else "y"
    table = Table(box=box.SIMPLE, title=None, pad_edge=False)
    if given.shape != expected.shape:
        table.add_column("")
        table.add_column("shape")
        table.add_column("values")
        table.add_row(f"expected {what}", str(expected.shape), _written(finding.example.expected))
        table.add_row(f"given {what}", str(given.shape), _written(finding.example.given))
        return table
    table.add_column("index")
    table.add_column(f"expected {what}", justify="right")
    table.add_column("given", justify="right")
    table.add_column("")
    wrong_first = sorted(np.ndindex(given.shape), key=lambda i: bool(_alike(given[i], expected[i])))
    for index in sorted(wrong_first[:MOST_ROWS]):
        right = _alike(given[index], expected[index])
        style = None if right else "red"
        shown = "kink" if np.isnan(expected[index]) else f"{expected[index]:.6g}"
        table.add_row(str(list(index)), shown, f"{given[index]:.6g}", "" if right else "<- wrong", style=style)
    if given.size > MOST_ROWS:
        table.add_row("...", "", "", f"{given.size - MOST_ROWS} more")
    return table


def _alike(given: Any, expected: Any) -> bool:
    return bool(np.isnan(expected) or np.isclose(given, expected, rtol=1e-4, atol=1e-6))
