"""A backward pass that was recorded itself: the primitives that its rules consist of, and what follows from them.

With create_graph=True every rule computes with Tensors, so each step leaves behind a small graph of its own. It is
drawn in a frame beside the operation whose rules fired. A second backward pass, of something computed from the
gradients, runs through all of it; its steps are drawn in a cluster of their own.
"""

from __future__ import annotations

from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..autograd.graph import is_value
from ..autograd.tensor import Tensor
from ..autograd.trace import Arrival, BackwardTrace, Step, as_array
from . import labels
from .backward_graph import TIE_LINE, Backward, plus_label
from .canvas import GRADIENTS, VALUES
from .modules import Place
from .render import tooltip
from .styles import FORWARD_FILL, GRADIENT, READ, SECOND_FILL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .canvas import Canvas
    from .forward_graph import Forward


class Recorded:
    """Draws a trace made with create_graph=True, primitive by primitive.

    Args:
        canvas, forward: where to draw, and what was drawn already.
        trace: the recorded pass.
        spread: give every primitive a level of its own, so that a second pass's steps find room beside it.
    """

    def __init__(self, canvas: Canvas, forward: Forward, trace: BackwardTrace, spread: bool = False):
        self.canvas = canvas
        self.sketch = canvas.sketch
        self.forward = forward
        self.trace = trace
        self.spread = spread
        self.boxes: dict[int, str] = {}  # id(gradient) -> its box
        self._leaves: dict[int, str] = {}  # id(gradient of a leaf) -> the box at its end
        self._count = 0

    def draw(self) -> None:
        """Draw everything, from the start to the gradients of the leaves."""
        Backward(self.canvas, self.forward, self.trace).seed()
        self.boxes[id(self.trace.seed)] = "seed"
        below = "seed"
        for step in self.trace.steps:
            self._sum(step.node, step.upstream, step.arrived)
            below = self._step(step, below)
        for t, gradient in self.trace.gradients.items():
            self._sum(t, gradient, self.trace.arrivals[t])
            self._leaf(t, gradient)

    # -- steps -----------------------------------------------------------------------------------------------

    def _step(self, step: Step, below: str) -> str:
        """Draw a step above the one before it: a heading beside its operation, and its primitives in a frame."""
        path = ("backward", f"step{step.number}")
        self.sketch.cluster(path, "", style="rounded", color=GRADIENT)
        heading, home = f"s{step.number}", self.forward.boxes[id(step.node)]
        tip = labels.step_tooltip(self.trace, step)
        self.sketch.box(heading, labels.heading_label(self.canvas, self.trace.graph, step), path, tooltip=tooltip(tip))
        self.sketch.row(home, heading)
        self.sketch.edge(f"{home}:t:e", f"{heading}:t:w", **TIE_LINE)
        for name in step.reads:
            tip = f"step {step.number} reads {name}"
            self.sketch.edge(
                f"{home}:k_{name}:e", f"{heading}:r_{name}:w", style="dashed", color=READ, weight="0", tooltip=tip
            )
        first = self._count
        for result in step.primitives:
            self._primitive(result, path, {id(v): name for name, v in reversed(step.values_read())}, heading)
        for c in step.contributions:
            if c.sent is not None and id(c.sent) not in self.boxes and id(c.sent) not in self.forward.boxes:
                # Computed from constants alone, such as the 1 that the pass starts with: nothing to record.
                self._constant(c.sent, f"dL/d{c.argument}", path, GRADIENTS)
                self._rise(step.upstream, self.boxes[id(c.sent)])
        inside = [f"d{i}" for i in range(first, self._count)]
        for lower, upper in pairwise(inside):
            if self.spread:
                self._above(upper, lower)
        for name in inside:
            self._above(heading, name)
            self._above(name, below)
        self._above(heading, below)
        return heading

    def _above(self, upper: str, lower: str) -> None:
        self.sketch.edge(upper, lower, style="invis", weight="0")

    def _primitive(
        self, result: Tensor, path: tuple[str, ...], read: Mapping[int, str] = MappingProxyType({}), heading: str = ""
    ) -> None:
        """Draw a primitive of the backward pass, with its operands below it; values come from the step's heading."""
        operands = []
        for position, x in enumerate(result.inputs):
            if is_value(x):
                if id(x) not in self.boxes and id(x) not in self.forward.boxes:
                    primitive = result.primitive.name  # type: ignore[union-attr]
                    self._constant(x, f"{result.primitive.argument_at(position)} of {primitive}", path, VALUES)  # type: ignore[union-attr]
                operands.append((position, x))
        name = self._new(result)
        html = labels.result_label(self.canvas, name, None, result, None, rising=True)
        self.sketch.box(name, html, path, tooltip=tooltip(labels.result_tooltip("gradient", result)))
        for position, x in operands:
            head = f"{name}:i{position}:s"
            if id(x) in self.boxes:
                self._rise(x, head)
            else:
                source = f"{heading}:q_{read[id(x)]}" if id(x) in read else self.forward.boxes[id(x)]
                tip = f"reads {self.trace.graph.label(x)}"
                self.sketch.edge(source, head, style="dashed", color=READ, constraint="false", tooltip=tooltip(tip))

    def _new(self, value: Any) -> str:
        name = self.boxes[id(value)] = f"d{self._count}"
        self._count += 1
        return name

    def _constant(self, x: Any, title: str, path: tuple[str, ...], kind: str) -> None:
        name = self._new(x)
        html = labels.leaf_label(self.canvas, name, title, x, kind=kind)
        self.sketch.box(name, html, path, tooltip=tooltip(labels.leaf_tooltip(title, x)))

    # -- sums and ends ---------------------------------------------------------------------------------------

    def _sum(self, t: Tensor, total: Any, arrived: Sequence[Arrival]) -> None:
        """Draw the "+" under which a Tensor's contributions met; the `add`s that were recorded for it are this sum."""
        if len(arrived) < 2:
            return
        name = f"p{self.trace.graph.number(t)}"
        tip = f"dL/d {self.trace.graph.label(t)} = {self.trace.sum_of(arrived)}"
        self.sketch.box(name, plus_label(), ("backward",), tooltip=tooltip(tip))
        for arrival in arrived:
            self._rise(self.trace.contribution(arrival), name)
        for _ in arrived[1:]:
            self.boxes[id(total)] = name
            total = total.inputs[0] if total.inputs else total

    def _leaf(self, t: Tensor, gradient: Any) -> None:
        name = f"g{self.trace.graph.number(t)}"
        label = self.trace.graph.label(t)
        html = labels.gradient_label(self.canvas, name, label, as_array(gradient))
        self.sketch.box(name, html, ("backward",), tooltip=tooltip(f"dL/d {label}"))
        self.sketch.row(self.forward.boxes[id(t)], name)
        self._rise(gradient, f"{name}:s")
        self._leaves[id(gradient)] = name

    def _rise(self, gradient: Any, target: str) -> None:
        sender = self.boxes.get(id(gradient)) or self.forward.boxes[id(gradient)]
        tip = labels.shape_text(as_array(gradient))
        self.sketch.edge(target, sender, dir="back", color=GRADIENT, penwidth="1.5", tooltip=tip)

    # -- what follows ----------------------------------------------------------------------------------------

    def draw_next(self, trace: BackwardTrace, order: int) -> None:
        """Draw what was computed from the gradients, and its backward pass: the derivative of that order."""
        frame = {"style": "rounded,filled", "color": "#BBBBBB"}
        side = f"from{order - 1}"
        self.sketch.cluster((side,), "computed from the gradients", fillcolor=FORWARD_FILL, **frame)
        self.boxes.update(self._leaves)
        for v in trace.graph:
            if id(v) not in self.boxes and id(v) not in self.forward.boxes:
                if getattr(v, "primitive", None) is None:
                    self._constant(v, trace.graph.label(v), (side,), VALUES)
                else:
                    self._primitive(v, (side,))
        known = self.forward
        known.boxes.update(self.boxes)
        for v in trace.graph:
            known.where.setdefault(id(v), Place((), None))
        side = f"backward{order}"
        self.sketch.cluster((side,), f"derivative of order {order}", fillcolor=SECOND_FILL, **frame)
        Backward(self.canvas, known, trace, side=side, prefix=f"o{order}").draw()
