"""The labels of gradients: steps and their rules, sums, what has arrived, and what nobody asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...autograd.graph import is_value
from ...autograd.summary import number, summarize
from ...autograd.trace import CONSTANT, NO_GRADIENT, NOT_ASKED_FOR, SENT, ZERO
from ..styles import FAINT, GRADIENT, STEP_FILL
from .details import closed_by, closed_text, detail_rows
from .markup import LEFT, beside, bold, column, escape, numeral, row, small, stacked, strip, table, warned, wrapped
from .words import argument_text, parameter_text, shape_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...autograd.graph import Graph
    from ...autograd.trace import Contribution, Step
    from ..canvas import Canvas
    from ..modules import ModuleCall

_WHY_NOTHING = {
    NOT_ASKED_FOR: "not computed:<BR/>not asked for",
    NO_GRADIENT: "integers have<BR/>no gradient",
    CONSTANT: "-",
    ZERO: "= 0",
}


def step_label(canvas: Canvas, name: str, graph: Graph, step: Step, bad: bool = False, falling: bool = False) -> str:
    """Return the box of the rules of one result firing; `falling`: upside down, for gradients that come from above."""
    exits = strip([_exit(step, i, c) for i, c in enumerate(step.contributions)])
    rules = []
    if canvas.style.formulas:
        fired = [(i, c) for i, c in enumerate(step.contributions) if c.status == SENT]
        for i, c in fired:
            numbered = f"{step.rule_number(i)}: " if len(fired) > 1 else ""
            rules.append(row(small(wrapped(numbered + (c.rule.formula if c.rule else ""))), LEFT))
    closed = closed_by(step.node)
    if closed is not None:
        rules += _closed_rows(canvas, name, step, closed)
    parts = ([_reads(graph, step)] if step.reads else []) + ([stacked(rules)] if rules else [])
    rows = [_heading(step), *([beside(parts)] if parts else [])]
    entry, upstream = _entry(graph, step), detail_rows(canvas, name, step.gradient)
    rows = [entry, *upstream, *rows, exits] if falling else [exits, *rows, *upstream, entry]
    return warned(rows, _warning(bad), 1, GRADIENT, STEP_FILL)


def heading_label(canvas: Canvas, graph: Graph, step: Step) -> str:
    """Return the heading of a step whose primitives are drawn: its rules, and what they read on both sides."""
    rules = []
    for i, c in enumerate(step.contributions):
        text = f"dL/d{argument_text(step.primitive, i)}"
        if c.status == SENT:
            formula = c.rule.formula if c.rule and canvas.style.formulas else text
            rules.append(row(small(wrapped(f"{step.rule_number(i)}: {formula}")), LEFT))
        else:
            rules.append(row(small(f"{text} {_why_nothing(c).replace('<BR/>', ' ')}", FAINT), ' ALIGN="LEFT"'))
    parts = [stacked(rules)]
    if step.reads:
        passed = column("", [(f"q_{name}", escape(name)) for name in step.reads])
        parts = [_reads(graph, step), *parts, passed]
    return table([_heading(step), beside(parts), _entry(graph, step, port="")], GRADIENT, "white", border=0)


def _heading(step: Step) -> str:
    return row(f"{numeral(step.number)}&#160; {bold(step.primitive.name)} backward", ' PORT="t"')


def _entry(graph: Graph, step: Step, port: str = ' PORT="g"') -> str:
    return row(f"g = dL/d {bold(graph.label(step.node))}&#160; {small(shape_text(step.gradient))}", port)


def _warning(bad: bool) -> str:
    return "the first gradient that is not finite" if bad else ""


def _exit(step: Step, position: int, c: Contribution) -> str:
    name = escape(argument_text(step.primitive, position))
    if c.status == SENT:
        return f'<TD PORT="o{position}">{small(f"{step.rule_number(position)}: dL/d{name}")}</TD>'
    port = "" if c.status == NO_GRADIENT and c.input.dtype.kind == "b" else f' PORT="o{position}"'
    return f"<TD{port}>{small(f'dL/d{name} {_why_nothing(c)}', FAINT)}</TD>"


def _why_nothing(c: Contribution) -> str:
    boolean = c.status == NO_GRADIENT and c.input.dtype.kind == "b"
    return "booleans have<BR/>no gradient" if boolean else _WHY_NOTHING[c.status]


def _closed_rows(canvas: Canvas, name: str, step: Step, closed: np.ndarray) -> list[str]:
    """Show where the gradient was stopped: what passed on, with the closed elements in grey."""
    passed = step.contributions[0].gradient
    if canvas.style.thumbnails and passed is not None:
        rows, said = canvas.thumbnail(f"{name}_passed", passed, closed), "passed on; grey: closed. "
    else:
        rows, said = canvas.mask(f"{name}_mask", closed), "grey: closed. "
    return [*rows, row(small(f"{said if rows else ''}{closed_text(closed)}"))]


def _reads(graph: Graph, step: Step) -> str:
    """Return the column of what a step's rules read, by argument and by the value's own name."""
    cells = []
    for name in step.reads:
        said = [_value_text(graph, value) for n, value in step.values_read() if n == name]
        known = name in ("y", said[0]) or said[0].startswith(f"{name} of ")
        text = name if known else f"{name} = {said[0] if len(said) == 1 else '...'}"
        cells.append((f"r_{name}", escape(text)))
    return column("reads", cells)


def _value_text(graph: Graph, value: Any) -> str:
    return graph.label(value) if is_value(value) else parameter_text(value)


def module_steps_label(
    call: ModuleCall, graph: Graph, steps: Sequence[Step], gradients: dict[Any, np.ndarray], bad: bool
) -> str:
    """Return the box that stands for all steps of a module's call: the gradients of its parameters, and its own."""
    numbers = f"step{'s' if len(steps) > 1 else ''} {_ranges([step.number for step in steps])}"
    rows = [row(f"{numeral(numbers)}&#160; {bold(call.label)} backward")]
    for t, g in gradients.items():
        size = number(summarize(g).norm)
        rows.append(row(small(f"dL/d {escape(graph.label(t))} {g.shape}, norm {size}")))
    rows.append(_entry(graph, steps[0], port=""))
    return warned(rows, _warning(bad), 0, GRADIENT, STEP_FILL, style="ROUNDED")


def _ranges(numbers: Sequence[int]) -> str:
    """Return growing numbers as "3 to 5, 8"."""
    starts = [n for i, n in enumerate(numbers) if i == 0 or numbers[i - 1] != n - 1]
    ends = [n for i, n in enumerate(numbers) if i + 1 == len(numbers) or numbers[i + 1] != n + 1]
    return ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in zip(starts, ends, strict=True))


def seed_label(canvas: Canvas, seed: np.ndarray) -> str:
    """Return the box of what a pass starts with."""
    if seed.size == 1:
        rows = [row(f"dL/dL = {number(float(seed.item()))}"), row(small("start"))]
    else:
        rows = [row("dL/dL"), *detail_rows(canvas, "seed", seed)]
    return table(rows, GRADIENT, "white")


def sum_label(lines: Sequence[str] = ()) -> str:
    """Return the sign under which contributions meet, with a line about each."""
    said = "".join(row(small(line)) for line in lines)
    return (
        f'<TABLE BORDER="1" CELLBORDER="0" CELLPADDING="1" STYLE="ROUNDED" COLOR="{GRADIENT}" BGCOLOR="white">'
        f'<TR><TD><FONT POINT-SIZE="14" COLOR="{GRADIENT}"><B>+</B></FONT></TD></TR>{said}</TABLE>'
    )


def gradient_label(canvas: Canvas, name: str, of: str, array: np.ndarray) -> str:
    """Return the box of a gradient that has arrived at its leaf."""
    rows = [row(f"dL/d {bold(of)}"), *detail_rows(canvas, name, array), row(small(shape_text(array)))]
    return table(rows, GRADIENT, "white", border=2)


def absent_label(of: str) -> str:
    """Return the box of a gradient that nobody asked for."""
    lines = [f"dL/d {bold(of)}", "not computed: not asked for", "(requires_grad=False)"]
    return table([row(small(line, FAINT)) for line in lines], FAINT, "white", style="DASHED")
