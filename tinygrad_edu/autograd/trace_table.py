"""A BackwardTrace as a table of plain text, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .graph import is_value
from .summary import number, summarize
from .trace import NOT_ASKED_FOR, SENT, as_array

if TYPE_CHECKING:
    from .trace import BackwardTrace, Contribution, Step

WIDEST_FORMULA = 72


def trace_table(trace: BackwardTrace) -> str:
    """Return the steps as lines: what arrived, which rules fired, what each sent to whom; then the gradients."""
    graph = trace.graph
    rows: list[tuple[str, ...]] = [("step", "rule of", "g: shape", "|g|", "gradient of", "shape", "norm", "rule")]
    notes: list[str] = []
    for step in trace.steps:
        rows += _rows(trace, step)
        if len(step.arrived) > 1:
            parts = trace.sum_of(step.arrived)
            notes.append(
                f"step {step.number}: g is the sum of {parts}, since {graph.label(step.node)} was used more than once"
            )
        notes += [
            f"step {step.number}: dL/d {_called(trace, c)} was not computed: not asked for (requires_grad=False)"
            for c in step.contributions
            if c.status == NOT_ASKED_FOR
        ]
    ends: list[tuple[str, ...]] = [("gradient of", "shape", "norm", "is")]
    for t, g in sorted(trace.gradients.items(), key=lambda item: graph.number(item[0])):
        ends.append((graph.label(t), str(t.shape), _norm(g), trace.sum_of(trace.arrivals[t])))
    title = f"backward pass from {graph.label(trace.loss)} {trace.loss.shape}: {len(trace.steps)} steps"
    return "\n".join([title, "", *_aligned(rows), *notes, "", *_aligned(ends)])


def _rows(trace: BackwardTrace, step: Step) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    fired: list[tuple[int, Contribution | None]] = [
        (i, c) for i, c in enumerate(step.contributions) if c.status == SENT
    ]
    for i, c in fired or [(0, None)]:
        first = not rows
        left = (_node_label(trace, step), str(step.gradient.shape), _norm(step.gradient)) if first else ("", "", "")
        right = ("nothing", "", "", "") if c is None else _sent(trace, c)
        rows.append((step.rule_number(i), *left, *right))
    return rows


def _node_label(trace: BackwardTrace, step: Step) -> str:
    label, primitive = trace.graph.label(step.node), step.primitive.name
    return primitive if trace.graph.name(step.node) is None else f"{primitive} ({label})"


def _sent(trace: BackwardTrace, c: Contribution) -> tuple[str, str, str, str]:
    formula = c.rule.formula if c.rule else ""
    if len(formula) > WIDEST_FORMULA:
        formula = formula[: WIDEST_FORMULA - 3] + "..."
    array = as_array(c.sent)
    return _called(trace, c), str(array.shape), _norm(array), formula


def _called(trace: BackwardTrace, c: Contribution) -> str:
    return trace.graph.label(c.input) if is_value(c.input) else c.argument


def _norm(array: Any) -> str:
    summary = summarize(array)
    return number(summary.norm) if summary.finite else summary.bad


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * w for w in widths))
    return lines
