"""A backward pass that was recorded itself: the primitives that its rules consist of, and what follows from them.

With create_graph=True every rule computes with Tensors, so each step leaves behind a small graph of its own. It is
drawn in a frame beside the operation whose rules fired. A second backward pass, of something computed from the
gradients, runs through all of it; its steps are drawn in a cluster of their own.
"""

from __future__ import annotations

from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..autograd.graph import is_result, is_value
from ..autograd.trace import as_array
from .backward import draw_links, draw_module_steps, draw_seed
from .labels.backward import gradient_label, heading_label, sum_label
from .labels.forward import leaf_label, rising_label
from .labels.tooltips import leaf_tooltip, result_tooltip, step_tooltip
from .labels.words import shape_text
from .modules import Place
from .sketch import Box, Kind
from .styles import GRADIENT, READ

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..autograd.graph import Graph
    from ..autograd.tensor import Tensor
    from ..autograd.trace import Arrival, BackwardTrace, Step
    from .canvas import Canvas
    from .forward import Forward
    from .modules import ModuleCall


class Recorded:
    """Draws a trace made with create_graph=True, primitive by primitive; the steps of a collapsed module in one box.

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
        self.boxes: dict[int, Box] = {}  # id(gradient) -> its box
        self._leaves: dict[int, Box] = {}  # id(gradient of a leaf) -> the box at its end
        self._modules: dict[ModuleCall, Box] = {}  # collapsed -> the box of its steps
        self._count = 0

    def draw(self) -> None:
        """Draw everything, from the start to the gradients of the leaves."""
        seed = self.boxes[id(self.trace.seed)] = draw_seed(self.canvas, self.trace)
        below = seed.name
        for step in self.trace.steps:
            self._sum(step.node, step.upstream, step.arrived)
            call = self.forward.where[id(step.node)].collapsed
            below = self._step(step, below) if call is None else self._folded(step, call, below)
        for t, gradient in self.trace.gradients.items():
            self._sum(t, gradient, self.trace.arrivals[t])
            self._leaf(t, gradient)

    def draw_results(self, graph: Graph, side: str) -> None:
        """Draw in the cluster `side` what was computed from the gradients, for a further pass to run through."""
        self.boxes.update(self._leaves)
        for v in graph:
            if not self._drawn(v):
                if is_result(v):
                    self._primitive(v, (side,))
                else:
                    self._constant(v, graph.label(v), (side,))
        self.forward.boxes.update(self.boxes)
        for v in graph:
            self.forward.where.setdefault(id(v), Place((), None))

    def _drawn(self, value: Any) -> bool:
        return id(value) in self.boxes or id(value) in self.forward.boxes

    # -- steps -----------------------------------------------------------------------------------------------

    def _step(self, step: Step, below: str) -> str:
        """Draw a step above the one before it: a heading beside its operation, and its primitives in a frame."""
        path = ("backward", f"step{step.number}")
        self.sketch.cluster(path, "", style="rounded", color=GRADIENT)
        home = self.forward.boxes[id(step.node)]
        html = heading_label(self.canvas, self.trace.graph, step)
        heading = self.sketch.box(Kind.STEP, step.number, html, path, tooltip=step_tooltip(self.trace, step))
        draw_links(self.sketch, step, home, heading)
        first = self._count
        read = {id(v): heading.at(f"q_{name}") for name, v in reversed(step.values_read())}
        for result in step.primitives:
            self._primitive(result, path, read)
        for c in step.contributions:
            if c.sent is not None and not self._drawn(c.sent):
                # Computed from constants alone, such as the 1 that the pass starts with: nothing to record.
                self._constant(c.sent, f"dL/d{c.argument}", path)
                self._rise(step.upstream, self.boxes[id(c.sent)].name)
        inside = [f"{Kind.RECORDED.value}{i}" for i in range(first, self._count)]
        for lower, upper in pairwise(inside):
            if self.spread:
                self._above(upper, lower)
        for name in inside:
            self._above(heading.name, name)
            self._above(name, below)
        self._above(heading.name, below)
        return heading.name

    def _folded(self, step: Step, call: ModuleCall, below: str) -> str:
        """Let the box of its module stand for a step and for all that it computes."""
        home = self.forward.boxes[id(step.node)]
        if call not in self._modules:
            box = self._modules[call] = draw_module_steps(self.canvas, self.forward, self.trace, call)
            draw_links(self.sketch, step, home, box)
            self._above(box.name, below)
            below = box.name
        box = self._modules[call]
        if self._box_of(step.upstream) != box:
            self._rise(step.upstream, box.name)
        for value in (*step.primitives, *(c.sent for c in step.contributions if c.sent is not None)):
            if not self._drawn(value):
                self.boxes[id(value)] = box
                self.forward.where[id(value)] = Place((), call)
        return below

    def _above(self, upper: str, lower: str) -> None:
        self.sketch.edge(upper, lower, style="invis", weight="0")

    def _primitive(self, result: Tensor, path: tuple[str, ...], read: Mapping[int, str] = MappingProxyType({})) -> None:
        """Draw a primitive of the backward pass, with its operands below it; `read` says where values come in."""
        assert result.primitive is not None
        operands = [(position, x) for position, x in enumerate(result.inputs) if is_value(x)]
        for position, x in operands:
            if not self._drawn(x):
                self._constant(x, f"{result.primitive.argument_at(position)} of {result.primitive.name}", path)
        html = rising_label(self.canvas, f"{Kind.RECORDED.value}{self._count}", result)
        box = self._new(result, html, path, result_tooltip("gradient", result))
        for position, x in operands:
            if id(x) in self.boxes:
                self._rise(x, box.at(f"i{position}", "s"))
            else:
                source = read.get(id(x)) or self.forward.boxes[id(x)].name
                tip = f"reads {self.trace.graph.label(x)}"
                head = box.at(f"i{position}", "s")
                self.sketch.edge(source, head, style="dashed", color=READ, constraint="false", tooltip=tip)

    def _constant(self, x: Any, title: str, path: tuple[str, ...]) -> None:
        html = leaf_label(self.canvas, f"{Kind.RECORDED.value}{self._count}", title, x)
        self._new(x, html, path, leaf_tooltip(title, x))

    def _new(self, value: Any, html: str, path: tuple[str, ...], tooltip: str) -> Box:
        box = self.boxes[id(value)] = self.sketch.box(Kind.RECORDED, self._count, html, path, tooltip=tooltip)
        self._count += 1
        return box

    # -- sums and ends ---------------------------------------------------------------------------------------

    def _sum(self, t: Tensor, total: Any, arrived: Sequence[Arrival]) -> None:
        """Draw the "+" under which a Tensor's contributions met; the `add`s that were recorded for it are this sum."""
        if len(arrived) < 2:
            return
        senders = {self._box_of(self.trace.contribution(a)) for a in arrived}
        if len(senders) == 1 and next(iter(senders)).collapsed:
            self._is_sum(total, len(arrived), senders.pop())
            return
        tip = f"dL/d {self.trace.graph.label(t)} = {self.trace.sum_of(arrived)}"
        plus = self.sketch.box(Kind.SUM, self.trace.graph.number(t), sum_label(), ("backward",), tooltip=tip)
        for arrival in arrived:
            self._rise(self.trace.contribution(arrival), plus.name)
        self._is_sum(total, len(arrived), plus)

    def _is_sum(self, total: Any, count: int, box: Box) -> None:
        """Note which box a sum comes from, and each sum on the way to it."""
        for _ in range(count - 1):
            self.boxes[id(total)] = box
            total = total.inputs[0] if total.inputs else total

    def _leaf(self, t: Tensor, gradient: Any) -> None:
        if self.forward.boxes[id(t)].collapsed:
            return
        label, number = self.trace.graph.label(t), self.trace.graph.number(t)
        html = gradient_label(self.canvas, f"{Kind.GRADIENT.value}{number}", label, as_array(gradient))
        box = self.sketch.box(Kind.GRADIENT, number, html, ("backward",), tooltip=f"dL/d {label}")
        self.sketch.row(self.forward.boxes[id(t)].name, box.name)
        self._rise(gradient, f"{box.name}:s")
        self._leaves[id(gradient)] = box

    def _rise(self, gradient: Any, target: str) -> None:
        tip, sender = shape_text(gradient), self._box_of(gradient).name
        self.sketch.edge(target, sender, dir="back", color=GRADIENT, penwidth="1.5", tooltip=tip)

    def _box_of(self, value: Any) -> Box:
        return self.boxes.get(id(value)) or self.forward.boxes[id(value)]
