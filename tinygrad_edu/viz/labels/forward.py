"""The labels of values: leaves, constants, results, and modules that stand for all they computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...autograd.graph import is_result, is_value
from ...autograd.summary import number, summarize
from ...autograd.tensor import Tensor
from ...autograd.trace import as_array
from ..styles import CONSTANT_FILL, FAINT, GRADIENT, PARAMETER_FILL, RESULT_FILL, STEP_FILL, VALUE
from .details import closed_by, closed_text, detail_rows
from .markup import LEFT, beside, bold, column, escape, numeral, row, small, stacked, strip, table, warned, wrapped
from .words import argument_text, parameters_text, shape_text

if TYPE_CHECKING:
    from ...autograd.graph import Graph
    from ...autograd.primitive import Primitive
    from ...autograd.trace import Step
    from ..canvas import Canvas
    from ..modules import ModuleCall

MOST_LEAVES, MOST_RESULTS = 4, 6


def leaf_label(canvas: Canvas, name: str, title: str, value: Any, bad: bool = False) -> str:
    """Return the box of a leaf or a constant."""
    array = as_array(value)
    trained = isinstance(value, Tensor) and value.requires_grad
    rows = [row(bold(title))]
    if array.dtype.kind == "b" and (mask := canvas.mask(name, ~array)):
        rows += [*mask, row(small("grey: False"))]
    rows += [*detail_rows(canvas, name, array), row(small(shape_text(array)))]
    grad = value.grad if isinstance(value, Tensor) else None
    if grad is not None and canvas.style.summaries:
        rows.append(row(small(f".grad: norm {number(summarize(grad.data).norm)}", GRADIENT)))
    return _boxed(rows, PARAMETER_FILL if trained else CONSTANT_FILL, bad)


def result_label(
    canvas: Canvas, name: str, title: str | None, node: Tensor, step: Step | None, bad: bool = False
) -> str:
    """Return the box of a recorded result: operands, primitive, parameters, and the value.

    With a `step`, its number and the values that its rules read are shown.
    """
    operands, heading, rows = _result_rows(canvas, name, title, node, step)
    if step and step.reads:
        kept = column("kept", [(f"k_{name}", escape(name)) for name in step.reads])
        rows = [beside([stacked(rows), kept])]
    return _boxed([operands, heading, *rows], RESULT_FILL, bad)


def rising_label(canvas: Canvas, name: str, node: Tensor) -> str:
    """Return the box of a result of a backward pass: its operands come from below."""
    operands, heading, rows = _result_rows(canvas, name, None, node, None)
    return table([heading, *rows, operands], GRADIENT, STEP_FILL)


def _result_rows(
    canvas: Canvas, name: str, title: str | None, node: Tensor, step: Step | None
) -> tuple[str, str, list[str]]:
    """Return the strip of the operands, the heading, and the rows that say what was computed."""
    primitive = node.primitive
    assert primitive is not None
    operands = strip([_operand(primitive, i, x) for i, x in enumerate(node.inputs)])
    badge = f"&#160;&#160;{numeral(step.number)}" if step else ""
    heading = row(f"{bold(primitive.name)}{badge}", ' PORT="t"')
    rows = []
    if node.params:
        rows.append(row(small(wrapped(parameters_text(node.params)), FAINT), LEFT))
    if canvas.style.formulas:
        rows.append(row(small(wrapped(primitive.formula)), LEFT))
    closed = closed_by(node)
    rows += detail_rows(canvas, name, as_array(node), closed)
    if closed is not None:
        rows.append(row(small(closed_text(closed))))
    shown = f"{bold(title)}&#160; " if title else ""
    return operands, heading, [*rows, row(f"{shown}{small(shape_text(node))}")]


def _operand(primitive: Primitive, position: int, x: Any) -> str:
    name = argument_text(primitive, position)
    if x is None:
        return f"<TD>{small(f'no {name}', FAINT)}</TD>"
    if is_value(x):
        return f'<TD PORT="i{position}">{small(name)}</TD>'
    return f"<TD>{small(f'{name} = {number(float(x))}')}</TD>"


def module_label(call: ModuleCall, graph: Graph, contents: list[Any], bad: bool) -> str:
    """Return the box that stands for all that a module's call computed: its results, its parameters."""
    results = [v for v in contents if is_result(v)]
    leaves = [v for v in contents if not is_result(v)]
    chain = " → ".join(v.primitive.name for v in results[:MOST_RESULTS])
    lines = [bold(call.label), small(wrapped(chain + (" → ..." if len(results) > MOST_RESULTS else ""), 36))]
    lines += [small(f"{escape(graph.label(v))} {shape_text(v)}") for v in leaves[:MOST_LEAVES]]
    if len(leaves) > MOST_LEAVES:
        lines.append(small(f"and {len(leaves) - MOST_LEAVES} more"))
    lines.append(small(shape_text((results or leaves)[-1])))
    return _boxed([row(line) for line in lines], RESULT_FILL, bad, style="ROUNDED")


def _boxed(rows: list[str], fill: str, bad: bool, style: str = "") -> str:
    warning = "the first value that is not finite" if bad else ""
    return warned(rows, warning, len(rows), VALUE, fill, style)
