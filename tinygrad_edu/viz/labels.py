"""What stands in the boxes: HTML-like labels for Graphviz.

A forward box has its operands along the top, in order, where their values enter. A backward box has the same strip,
where their gradients leave; the upstream gradient enters from below. What the rules read is kept on the right of the
forward box and enters the backward box, which stands on the same level, on its left.
"""

from __future__ import annotations

import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.graph import is_value
from ..autograd.summary import Summary, is_finite, number, summarize
from ..autograd.tensor import Tensor
from ..autograd.trace import CONSTANT, NO_GRADIENT, NOT_ASKED_FOR, SENT, ZERO, as_array
from ..autograd.trace_json import shown_file
from .canvas import GRADIENTS, VALUES, Canvas
from .render import escape
from .styles import (
    BAD,
    BAD_FILL,
    CONSTANT_FILL,
    FAINT,
    GRADIENT,
    PARAMETER_FILL,
    RESULT_FILL,
    STEP_FILL,
    VALUE,
)

if TYPE_CHECKING:
    from ..autograd.graph import Graph
    from ..autograd.primitive import Primitive, Rule
    from ..autograd.trace import BackwardTrace, Contribution, Step

WIDTH = 52  # characters to a line


# -- pieces ----------------------------------------------------------------------------------------------------


def table(rows: list[str], colour: str, fill: str, border: int = 1) -> str:
    """Return a box of rows."""
    return (
        f'<TABLE BORDER="{border}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" COLOR="{colour}" BGCOLOR="{fill}">'
        f"{''.join(rows)}</TABLE>"
    )


def row(content: str, attributes: str = "") -> str:
    """Return a row of one cell."""
    return f"<TR><TD{attributes}>{content}</TD></TR>"


def small(text: str, colour: str = "black") -> str:
    """Return text in the small size."""
    return f'<FONT POINT-SIZE="9" COLOR="{colour}">{text or "&#160;"}</FONT>'


def numeral(number: int | str) -> str:
    """Return a step's number as it stands on both boxes that belong together."""
    return f'<FONT COLOR="{GRADIENT}" POINT-SIZE="14"><B>{number}</B></FONT>'


def strip(cells: list[str]) -> str:
    """Return a row of bordered cells side by side."""
    inner = "".join(cells)
    return row(
        f'<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="2"><TR>{inner}</TR></TABLE>',
        ' CELLPADDING="0"',
    )


@lru_cache(maxsize=1024)
def wrapped(text: str, width: int = WIDTH) -> str:
    """Return text in lines aligned to the left, escaped."""
    return "".join(f'{escape(line)}<BR ALIGN="LEFT"/>' for line in textwrap.wrap(text, width))


def shape_text(array: Any) -> str:
    """Return shape and dtype."""
    return f"{array.shape} {_dtype_text(array.dtype)}"


@lru_cache(maxsize=64)
def _dtype_text(dtype: np.dtype) -> str:
    return str(dtype)


def parameters_text(params: dict[str, Any]) -> str:
    """Return the parameters of a call as `stride=1, padding=0`."""
    return ", ".join(f"{name}={parameter_text(value)}" for name, value in params.items())


def parameter_text(value: Any) -> str:
    """Return a parameter's value, short: a large array by its shape."""
    if isinstance(value, (Tensor, np.ndarray)) and value.size > 8:
        return f"array{value.shape}"
    if isinstance(value, slice):
        parts = ["" if v is None else str(v) for v in (value.start, value.stop)]
        return ":".join(parts if value.step is None else [*parts, str(value.step)])
    if isinstance(value, tuple):
        return f"({', '.join(map(parameter_text, value))}{',' if len(value) == 1 else ''})"
    text = repr(value.tolist() if isinstance(value, np.ndarray) else value)
    return text if len(text) <= 30 else f"{text[:27]}..."


def detail_rows(canvas: Canvas, name: str, array: np.ndarray, kind: str, closed: np.ndarray | None = None) -> list[str]:
    """Return the rows that the style asks for: thumbnail, summary, whole small array; and always what is not finite."""
    rows = []
    style = canvas.style
    file, note = canvas.thumbnail(name, array, kind, closed)
    if file:
        rows.append(row(f'<IMG SRC="{file}"/>'))
        if note:
            rows.append(row(small(note, FAINT)))
    if array.size and array.size <= style.values:
        rows.append(row(_values(array)))
    elif style.summaries:
        rows.append(row(small(summary_text(summarize(array)))))
    if not is_finite(array):
        rows.append(row(f'<FONT COLOR="{BAD}"><B>{summarize(array).bad}</B></FONT>'))
    return rows


def _values(array: np.ndarray) -> str:
    if array.ndim == 0:
        return f"<B>{number(float(array)) if array.dtype.kind == 'f' else array.item()}</B>"
    if array.size == 1 and array.ndim == 1:
        return f"[{number(float(array[0]))}]"
    text = np.array2string(array, precision=3, suppress_small=True, max_line_width=44, separator="  ")
    lines = [escape(line).replace(" ", "&#160;") for line in text.split("\n")]
    return f'<FONT FACE="Courier" POINT-SIZE="9">{"<BR/>".join(lines)}</FONT>'


def summary_text(summary: Summary) -> str:
    """Return min, mean, max and norm on one line."""
    parts = ((k, getattr(summary, k)) for k in ("min", "mean", "max", "norm"))
    return ", ".join(f"{k} {number(v)}" for k, v in parts)


def closed_by(node: Tensor) -> np.ndarray | None:
    """Return where a result lets no gradient pass, as the gate of its primitive says."""
    if node.primitive is None or node.primitive.gate is None:
        return None
    opened = node.primitive.gate(*(as_array(x) for x in node.inputs), **node.params)
    return ~np.broadcast_to(np.asarray(opened, bool), node.shape)


def closed_text(closed: np.ndarray) -> str:
    """Return how many elements are closed."""
    count = int(closed.sum())
    return f"closed: {count:,} of {closed.size:,} ({count / max(closed.size, 1):.0%})"


def column(heading: str, cells: list[tuple[str, str]]) -> str:
    """Return a narrow table: a heading over bordered cells of (port, text)."""
    rows = "".join(f'<TR><TD PORT="{port}">{small(text)}</TD></TR>' for port, text in cells)
    return (
        '<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="2">'
        f'<TR><TD BORDER="0">{small(heading, FAINT)}</TD></TR>{rows}</TABLE>'
    )


def beside(parts: list[str]) -> str:
    """Return tables side by side."""
    cells = "".join(f"<TD>{part}</TD>" for part in parts)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>{cells}</TR></TABLE>'


def _rows(rows: list[str]) -> str:
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">{"".join(rows)}</TABLE>'


# -- forward ---------------------------------------------------------------------------------------------------


def leaf_label(canvas: Canvas, name: str, title: str, value: Any, bad: bool = False, kind: str = VALUES) -> str:
    """Return the box of a leaf or a constant."""
    array = as_array(value)
    trained = isinstance(value, Tensor) and value.requires_grad
    rows = [row(f"<B>{escape(title)}</B>"), *detail_rows(canvas, name, array, kind), row(small(shape_text(array)))]
    if array.dtype.kind == "b":
        file, _ = canvas.mask(name, ~array)
        rows[1:1] = [row(f'<IMG SRC="{file}"/>'), row(small("grey: False"))] if file else []
    grad = value.grad if isinstance(value, Tensor) else None
    if grad is not None and canvas.style.summaries:
        rows.append(row(small(f".grad: norm {number(summarize(grad.data).norm)}", GRADIENT)))
    return _boxed(rows, PARAMETER_FILL if trained else CONSTANT_FILL, bad)


def result_label(
    canvas: Canvas,
    name: str,
    title: str | None,
    node: Tensor,
    step: Step | None,
    bad: bool = False,
    rising: bool = False,
) -> str:
    """Return the box of a recorded result: operands, primitive, parameters, and the value.

    With a `step`, its number and the values that its rules read are shown. A result of the backward pass is
    `rising`: its operands come from below.
    """
    primitive = node.primitive
    assert primitive is not None
    operands = [strip([_operand(primitive, i, x) for i, x in enumerate(node.inputs)])]
    badge = f"&#160;&#160;{numeral(step.number)}" if step else ""
    heading = row(f"<B>{escape(primitive.name)}</B>{badge}", ' PORT="t"')
    rows = []
    if node.params:
        rows.append(row(small(wrapped(parameters_text(node.params)), FAINT), ' ALIGN="LEFT" BALIGN="LEFT"'))
    if canvas.style.formulas:
        rows.append(row(small(wrapped(primitive.formula)), ' ALIGN="LEFT" BALIGN="LEFT"'))
    array = as_array(node)
    closed = closed_by(node)
    rows += detail_rows(canvas, name, array, GRADIENTS if rising else VALUES, closed)
    if closed is not None:
        rows.append(row(small(closed_text(closed))))
    shown = f"<B>{escape(title)}</B>&#160; " if title else ""
    rows.append(row(f"{shown}{small(shape_text(array))}"))
    if rising:
        return table([heading, *rows, *operands], GRADIENT, STEP_FILL)
    if step and step.reads:
        kept = column("kept", [(f"k_{name}", escape(name)) for name in step.reads])
        rows = [row(beside([_rows(rows), kept]), ' CELLPADDING="0"')]
    return _boxed([*operands, heading, *rows], RESULT_FILL, bad)


def _boxed(rows: list[str], fill: str, bad: bool) -> str:
    if bad:
        rows = [*rows, row(f'<FONT COLOR="{BAD}"><B>the first value that is not finite</B></FONT>')]
    return table(rows, BAD if bad else VALUE, BAD_FILL if bad else fill, border=3 if bad else 1)


def _operand(primitive: Primitive, position: int, x: Any) -> str:
    name = argument_text(primitive, position)
    if x is None:
        return f"<TD>{small(f'no {name}', FAINT)}</TD>"
    if is_value(x):
        return f'<TD PORT="i{position}">{small(name)}</TD>'
    return f"<TD>{small(f'{name} = {number(float(x))}')}</TD>"


def argument_text(primitive: Primitive, position: int) -> str:
    """Return the name of an argument; one of a variadic primitive with its number."""
    name = primitive.argument_at(position)
    return f"{name}[{position}]" if primitive.variadic else name


# -- backward --------------------------------------------------------------------------------------------------


def step_label(canvas: Canvas, name: str, graph: Graph, step: Step, bad: bool = False, falling: bool = False) -> str:
    """Return the box of the rules of one result firing; `falling`: upside down, for gradients that come from above."""
    of = graph.label(step.node)
    exits = strip([_exit(step, i, c) for i, c in enumerate(step.contributions)])
    rows = []
    title = f"{numeral(step.number)}&#160; <B>{escape(step.primitive.name)}</B> backward"
    rows.append(row(title, ' PORT="t"'))
    main = []
    closed = closed_by(step.node)
    fired = [(i, c) for i, c in enumerate(step.contributions) if c.status == SENT]
    if canvas.style.formulas:
        for i, c in fired:
            number_ = f"{step.rule_number(i)}: " if len(fired) > 1 else ""
            formula = c.rule.formula if c.rule else ""
            main.append(row(small(wrapped(number_ + formula)), ' ALIGN="LEFT" BALIGN="LEFT"'))
    if closed is not None:
        main += _mask_rows(canvas, name, step, closed)
    parts = ([reads_column(graph, step)] if step.reads else []) + ([_rows(main)] if main else [])
    if parts:
        rows.append(row(beside(parts), ' CELLPADDING="0"'))
    g = step.gradient
    entry = row(f"g = dL/d <B>{escape(of)}</B>&#160; {small(shape_text(g))}", ' PORT="g"')
    upstream = detail_rows(canvas, name, g, GRADIENTS)
    rows = [entry, *upstream, *rows, exits] if falling else [exits, *rows, *upstream, entry]
    if bad:
        rows.insert(1, row(f'<FONT COLOR="{BAD}"><B>the first gradient that is not finite</B></FONT>'))
    return table(rows, BAD if bad else GRADIENT, BAD_FILL if bad else STEP_FILL, border=3 if bad else 1)


def heading_label(canvas: Canvas, graph: Graph, step: Step) -> str:
    """Return the heading of a step whose primitives are drawn: its rules, and what they read on both sides."""
    rows = [row(f"{numeral(step.number)}&#160; <B>{escape(step.primitive.name)}</B> backward", ' PORT="t"')]
    main = []
    for i, c in enumerate(step.contributions):
        text = f"dL/d{argument_text(step.primitive, i)}"
        if c.status == SENT:
            formula = c.rule.formula if c.rule and canvas.style.formulas else text
            main.append(row(small(wrapped(f"{step.rule_number(i)}: {formula}")), ' ALIGN="LEFT" BALIGN="LEFT"'))
        else:
            main.append(row(small(f"{text} {_WHY_NOTHING[c.status].replace('<BR/>', ' ')}", FAINT), ' ALIGN="LEFT"'))
    parts = [_rows(main)]
    if step.reads:
        passed = column("", [(f"q_{name}", escape(name)) for name in step.reads])
        parts = [reads_column(graph, step), *parts, passed]
    rows.append(row(beside(parts), ' CELLPADDING="0"'))
    rows.append(row(f"g = dL/d <B>{escape(graph.label(step.node))}</B>&#160; {small(shape_text(step.gradient))}"))
    return table(rows, GRADIENT, "white", border=0)


def _mask_rows(canvas: Canvas, name: str, step: Step, closed: np.ndarray) -> list[str]:
    """Show where the gradient was stopped: what passed on, with the closed elements in grey."""
    passed = step.contributions[0].gradient
    if canvas.style.thumbnails and passed is not None:
        file, _ = canvas.thumbnail(f"{name}_passed", passed, GRADIENTS, closed)
    else:
        file, _ = canvas.mask(f"{name}_mask", closed)
    rows = [row(f'<IMG SRC="{file}"/>')] if file else []
    said = "passed on; grey: closed" if canvas.style.thumbnails else "grey: closed"
    return [*rows, row(small(f"{f'{said}. ' if file else ''}{closed_text(closed)}"))]


_WHY_NOTHING = {
    NOT_ASKED_FOR: "not computed:<BR/>not asked for",
    NO_GRADIENT: "integers have<BR/>no gradient",
    CONSTANT: "-",
    ZERO: "= 0",
}


def _exit(step: Step, position: int, c: Contribution) -> str:
    name = escape(argument_text(step.primitive, position))
    if c.status == SENT:
        return f'<TD PORT="o{position}">{small(f"{step.rule_number(position)}: dL/d{name}")}</TD>'
    if c.status == NO_GRADIENT and c.input.dtype.kind == "b":
        return f"<TD>{small(f'dL/d{name}<BR/>booleans have<BR/>no gradient', FAINT)}</TD>"
    why = _WHY_NOTHING[c.status]
    return f'<TD PORT="o{position}">{small(f"dL/d{name} {why}", FAINT)}</TD>'


def reads_column(graph: Graph, step: Step) -> str:
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


def gradient_label(canvas: Canvas, name: str, of: str, array: np.ndarray) -> str:
    """Return the box of a gradient that has arrived at its leaf."""
    rows = [
        row(f"dL/d <B>{escape(of)}</B>"),
        *detail_rows(canvas, name, array, GRADIENTS),
        row(small(shape_text(array))),
    ]
    return table(rows, GRADIENT, "white", border=2)


def absent_label(of: str) -> str:
    """Return the box of a gradient that nobody asked for."""
    rows = [row(small(f"dL/d <B>{escape(of)}</B>", FAINT)), row(small("not computed: not asked for", FAINT))]
    rows.append(row(small("(requires_grad=False)", FAINT)))
    return table(rows, FAINT, "white").replace("<TABLE ", '<TABLE STYLE="DASHED" ', 1)


# -- tooltips --------------------------------------------------------------------------------------------------


def result_tooltip(title: str, node: Tensor) -> str:
    """Return the full detail of a recorded result."""
    primitive = node.primitive
    assert primitive is not None
    lines = [f"{title} = {primitive.name}({', '.join(primitive.arguments)})", primitive.formula]
    if node.params:
        lines.append(parameters_text(node.params))
    return "\n".join([*lines, *_array_lines(as_array(node)), place_of(primitive)])


def leaf_tooltip(title: str, value: Any) -> str:
    """Return the full detail of a leaf."""
    return "\n".join([title, *_array_lines(as_array(value))])


def step_tooltip(trace: BackwardTrace, step: Step) -> str:
    """Return the full detail of a step."""
    lines = [f"step {step.number}: the rules of {trace.graph.label(step.node)} = {step.primitive.name}(...)"]
    for i, c in enumerate(step.contributions):
        if c.rule and c.status == SENT:
            lines.append(f"{step.rule_number(i)}: {c.rule.formula}   [{place_of(c.rule)}]")
        else:
            lines.append(f"dL/d{c.argument}: {c.status}")
    if len(step.arrived) > 1:
        lines.append(f"g is the sum of {trace.sum_of(step.arrived)}")
    return "\n".join([*lines, "g:", *_array_lines(step.gradient)])


def _array_lines(array: np.ndarray) -> list[str]:
    """Shape, dtype and values.  Large arrays are left unread: a tooltip is not worth a pass over them."""
    lines = [shape_text(array)]
    if array.size <= 8:
        lines.append(", ".join(number(float(v)) for v in array.ravel()))
    elif array.size <= 1_000_000:
        lines.append(summary_text(summarize(array)))
    return lines


@lru_cache(maxsize=1024)
def place_of(written: Primitive | Rule) -> str:
    """Return file and line of a primitive or a rule."""
    source = written.source
    return f"{shown_file(source)}:{source.line}"


# -- collapsed modules -----------------------------------------------------------------------------------------


def module_label(lines: list[str], bad: bool) -> str:
    """Return the box that stands for all that a module's call computed."""
    return _boxed([row(line) for line in lines], RESULT_FILL, bad).replace("<TABLE ", '<TABLE STYLE="ROUNDED" ', 1)


def module_step_label(lines: list[str], bad: bool) -> str:
    """Return the box that stands for all steps of a module's call."""
    rows = [row(line) for line in lines]
    if bad:
        rows.insert(0, row(f'<FONT COLOR="{BAD}"><B>the first gradient that is not finite</B></FONT>'))
    colour, fill = (BAD, BAD_FILL) if bad else (GRADIENT, STEP_FILL)
    return table(rows, colour, fill).replace("<TABLE ", '<TABLE STYLE="ROUNDED" ', 1)
