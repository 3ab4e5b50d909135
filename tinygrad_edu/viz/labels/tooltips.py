"""The tooltips: the full detail of what a box shows, as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...autograd.summary import number, summarize
from ...autograd.trace import SENT, as_array
from .words import parameters_text, place_of, shape_text, summary_text

if TYPE_CHECKING:
    from ...autograd.graph import Graph
    from ...autograd.tensor import Tensor
    from ...autograd.trace import BackwardTrace, Step
    from ..modules import ModuleCall


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


def gradient_tooltip(of: str, gradient: np.ndarray) -> str:
    """Return the full detail of a gradient that has arrived at its leaf."""
    return f"dL/d {of}\n{shape_text(gradient)}\n{summary_text(summarize(gradient))}"


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


def module_tooltip(call: ModuleCall, graph: Graph, contents: list[Any]) -> str:
    """Return what a module's call computed and read."""
    return "\n".join([call.label, *(f"{graph.label(v)} {shape_text(v)}" for v in contents[:30])])


def _array_lines(array: np.ndarray) -> list[str]:
    """Shape, dtype and values.  Large arrays are left unread: a tooltip is not worth a pass over them."""
    lines = [shape_text(array)]
    if array.size <= 8:
        lines.append(", ".join(number(float(v)) for v in array.ravel()))
    elif array.size <= 1_000_000:
        lines.append(summary_text(summarize(array)))
    return lines
