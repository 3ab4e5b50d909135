"""What an explanation calls things, and where each leads: the pass, its graph, and what was recorded on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import ops
from ..autograd import Tensor, grad
from ..autograd.graph import Graph
from ..autograd.trace import as_array
from .formula import LEVELS, bracketed

if TYPE_CHECKING:
    from ..autograd import BackwardTrace
    from ..autograd.trace import Step

VALUE, GRADIENT, NUMBER = "value", "gradient", "number"

INFIX = {ops.add: "+", ops.subtract: "-", ops.multiply: "*", ops.divide: "/", ops.power: "**", ops.matmul: "@"}
LONGEST = 40  # an expression with more characters is called by its outermost operation


class Scope:
    """A recorded graph, with or without its backward pass, and the names of what is in it."""

    def __init__(self, graph: Graph, trace: BackwardTrace | None = None):
        self.graph = graph
        self.trace = trace
        self._stands_for: dict[int, tuple[str, Any, Any]] = {}  # id -> VALUE or GRADIENT, of what, the stand-in
        self._readings: dict[tuple[int, int], tuple[Tensor, Any]] = {}

    def stand_in(self, real: Any) -> Any:
        """Return a leaf with the same values, so that what a rule computes from them is recorded from there on."""
        if not isinstance(real, Tensor):
            return real
        return self._enter(Tensor(real, requires_grad=real.dtype.kind == "f"), VALUE, real)

    def reading(self, step: Step, position: int) -> tuple[Tensor, Any]:
        """Return g, and what the step's rule for an input computes from it: recorded, if the rule can be."""
        if (step.number, position) not in self._readings:
            y = step.node
            grad(y, y.inputs[position], step.gradient)  # raises if a value that the rule reads was changed since
            g = self._enter(Tensor(step.gradient, requires_grad=True), GRADIENT, y)
            rule: Any = step.primitive.rule_for(position)
            try:
                sent = rule(g, self.stand_in(y), *map(self.stand_in, y.inputs), **y.params)
            except Exception:  # a user's rule that can be read with arrays only
                sent = None
            self._readings[step.number, position] = g, sent
        return self._readings[step.number, position]

    def _enter(self, leaf: Tensor, kind: str, real: Any) -> Tensor:
        self._stands_for[id(leaf)] = kind, real, leaf
        return leaf

    def origin(self, source: Any) -> tuple[str, Any]:
        """Return what kind of thing a factor's source is, and the thing itself: for a g, the value it belongs to."""
        kind, real, _ = self._stands_for.get(id(source), (VALUE, source, None))
        return (NUMBER, real) if not isinstance(real, Tensor) and np.ndim(real) == 0 else (kind, real)

    def label(self, source: Any) -> str:
        """Return what to call an array: its name, `g`, or the expression it was computed by."""
        kind, real = self.origin(source)
        if kind == GRADIENT:
            return "g"
        if kind == NUMBER:
            return f"{float(real):.6g}"
        if real in self.graph:
            return self.graph.label(real)
        if not isinstance(real, Tensor) or real.primitive is None:
            return getattr(real, "name", None) or ("gate" if as_array(real).dtype == bool else "constant")
        return real.name or self.expression(real)

    def expression(self, y: Tensor) -> str:
        """Write a recorded result as the expression it was computed by: `exp(x - max(x))`."""
        primitive: Any = y.primitive
        if primitive in INFIX:
            sign, (a, b) = INFIX[primitive], map(self.label, y.inputs)
            text = f"{bracketed(a, LEVELS[sign])} {sign} {bracketed(b, LEVELS[sign] + 1)}"
        elif primitive is ops.negative:
            text = f"-{bracketed(self.label(y.inputs[0]))}"
        else:
            text = f"{primitive.name}({', '.join(self.label(x) for x in y.inputs if x is not None)})"
        return text if len(text) <= LONGEST else f"{primitive.name}(...)"
