"""A backward pass: each step beside the operation whose rules it fires, gradients rising."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..autograd.summary import is_finite, number, summarize
from ..autograd.trace import NOT_ASKED_FOR, as_array
from .labels.backward import absent_label, gradient_label, module_steps_label, seed_label, step_label, sum_label
from .labels.tooltips import gradient_tooltip, step_tooltip
from .labels.words import shape_text
from .sketch import Box, Kind, Sketch
from .styles import FAINT, GRADIENT, READ, TIE, TIE_LINE

if TYPE_CHECKING:
    from ..autograd.tensor import Tensor
    from ..autograd.trace import Arrival, BackwardTrace, Step
    from .canvas import Canvas
    from .forward import Forward
    from .modules import ModuleCall


def draw_seed(canvas: Canvas, trace: BackwardTrace, side: str = "backward", prefix: str = "") -> Box:
    """Draw what a pass starts with."""
    html = seed_label(canvas, as_array(trace.seed))
    return canvas.sketch.box(Kind.SEED, "", html, (side,), tooltip="where the backward pass starts", prefix=prefix)


def draw_module_steps(
    canvas: Canvas,
    forward: Forward,
    trace: BackwardTrace,
    call: ModuleCall,
    side: str = "backward",
    prefix: str = "",
    bad: Step | None = None,
) -> Box:
    """Draw the box that stands for all steps of a collapsed module; `bad` is the first that is not finite."""
    steps = [s for s in trace.steps if forward.where[id(s.node)].collapsed is call]
    inside = {t: as_array(g) for t, g in trace.gradients.items() if forward.where[id(t)].collapsed is call}
    html = module_steps_label(call, trace.graph, steps, inside, bad in steps)
    tip = "\n".join(f"{s.number}: {s.primitive.name}" for s in steps[:40])
    path = canvas.frame(side, forward.where[id(steps[0].node)])
    return canvas.sketch.box(Kind.MODULE_STEPS, f"{prefix}{call.key}", html, path, tooltip=tip)


def draw_links(sketch: Sketch, step: Step, home: Box, box: Box, later: bool = False) -> None:
    """Tie a step to its operation, and bring it the values that its rules read.

    They are read where the operation stands: it was given them, or they are its result. In a `later` pass, a
    derivative of a derivative, the lines are thin and leave the order of the boxes alone.
    """
    sketch.row(home.name, box.name)
    if later:
        sketch.edge(home.name, box.name, dir="none", color=TIE, constraint="false", tooltip="its rules")
    else:
        sketch.edge(home.at("t", "e"), box.at("t", "w"), **TIE_LINE)
    if not (box.collapsed or home.collapsed):
        for name in step.reads:
            kept, tip = home.name if later else home.at(f"k_{name}", "e"), f"step {step.number} reads {name}"
            sketch.edge(kept, box.at(f"r_{name}", "w"), style="dashed", color=READ, weight="0", tooltip=tip)


class Backward:
    """Draws the steps of a trace: those of a first derivative each beside the box of its operation."""

    def __init__(
        self, canvas: Canvas, forward: Forward, trace: BackwardTrace, side: str = "backward", prefix: str = ""
    ):
        self.canvas = canvas
        self.sketch = canvas.sketch
        self.forward = forward
        self.trace = trace
        self.graph = trace.graph
        self.side = side
        self.prefix = prefix
        self._boxes: dict[int, Box] = {}  # step number -> its box
        self._seed: Box

    def draw(self) -> None:
        """Draw everything, from the loss to the gradients of the leaves."""
        trace = self.trace
        self._steps()
        self._seed = draw_seed(self.canvas, trace, self.side, self.prefix)
        for t, arrivals in trace.arrivals.items():
            self._flow(t, arrivals)
        for step in trace.steps:
            home = self.forward.boxes[id(step.node)]
            draw_links(self.sketch, step, home, self._boxes[step.number], later=bool(self.prefix))
        for step in trace.steps:
            self._not_asked_for(step)

    # -- boxes -----------------------------------------------------------------------------------------------

    def _steps(self) -> None:
        """Draw a box for each step, or one for all steps of a collapsed module."""
        bad = next((s for s in self.trace.steps if not is_finite(s.gradient)), None)
        modules: dict[ModuleCall, Box] = {}
        for step in self.trace.steps:
            call = self.forward.where[id(step.node)].collapsed
            if call is None:
                self._boxes[step.number] = self._step(step, step is bad)
                continue
            if call not in modules:
                modules[call] = draw_module_steps(
                    self.canvas, self.forward, self.trace, call, self.side, self.prefix, bad
                )
            self._boxes[step.number] = modules[call]

    def _box(self, kind: Kind, which: object, html: str, path: tuple[str, ...], tooltip: str) -> Box:
        return self.sketch.box(kind, which, html, path, tooltip=tooltip, prefix=self.prefix)

    def _step(self, step: Step, bad: bool) -> Box:
        name = f"{self.prefix}s{step.number}"
        html = step_label(self.canvas, name, self.graph, step, bad, self._falls(step.node))
        path = self.canvas.frame(self.side, self.forward.where[id(step.node)])
        return self._box(Kind.STEP, step.number, html, path, step_tooltip(self.trace, step))

    # -- gradients -------------------------------------------------------------------------------------------

    def _flow(self, t: Tensor, arrivals: list[Arrival]) -> None:
        """Draw how a Tensor's gradient arrives: from one rule, or from several through a "+"."""
        target = self._target(t)
        if target is None:
            return
        senders = list(dict.fromkeys(self._sender(a) for a in arrivals))
        outside = [s for s in senders if s != target.split(":")[0]]
        if not outside:
            return
        if len(senders) == 1:
            self._rise(outside[0], target, shape_text(self.trace.contribution(arrivals[0])))
            return
        tip = f"dL/d {self.graph.label(t)} = {self.trace.sum_of(arrivals)}"
        path = self.canvas.frame(self.side, self.forward.where[id(t)])
        plus = self._box(Kind.SUM, self.graph.number(t), sum_label(self._terms(arrivals)), path, tip)
        for arrival in arrivals:
            self._rise(self._sender(arrival), plus.name, shape_text(self.trace.contribution(arrival)))
        self._rise(plus.name, target, "the sum")

    def _rise(self, sender: str, target: str, tip: str) -> None:
        attributes = {"color": GRADIENT, "penwidth": "1.5", "tooltip": tip}
        if self.prefix:
            self.sketch.edge(sender, target, constraint="false", **attributes)
        else:
            # Declared downwards and drawn backwards: so each rule stands on the level of its operation.
            self.sketch.edge(target, sender, dir="back", **attributes)

    def _terms(self, arrivals: list[Arrival]) -> list[str]:
        """Return a line about each contribution to a sum, if the style asks for numbers."""
        if not self.canvas.style.summaries:
            return []
        lines = []
        for arrival in arrivals:
            array = as_array(self.trace.contribution(arrival))
            size = number(float(array.item())) if array.size == 1 else f"norm {number(summarize(array).norm)}"
            lines.append(f"{self.trace.rule_number(arrival)}: {size}")
        return lines

    def _sender(self, arrival: Arrival) -> str:
        if arrival.step == 0:
            return self._seed.name
        side = "s" if self._falls(self.trace.steps[arrival.step - 1].node) else "n"
        return self._boxes[arrival.step].at(f"o{arrival.position}", side)

    def _target(self, t: Tensor) -> str | None:
        """Return where a Tensor's gradient goes: to its step, to its own box, or None inside a collapsed module."""
        step = self.trace.step_of(t)
        if step is not None:
            return self._boxes[step.number].at("g", "n" if self._falls(t) else "s")
        home = self.forward.boxes[id(t)]
        if home.collapsed:
            return None
        label, gradient = self.graph.label(t), as_array(self.trace.gradients[t])
        name = f"{self.prefix}g{self.graph.number(t)}"
        path = self.canvas.frame(self.side, self.forward.where[id(t)])
        html = gradient_label(self.canvas, name, label, gradient)
        box = self._box(Kind.GRADIENT, self.graph.number(t), html, path, gradient_tooltip(label, gradient))
        self.sketch.row(home.name, box.name)
        return f"{box.name}:s"

    def _falls(self, node: Tensor) -> bool:
        """Tell whether a node's gradient comes from above: it was drawn rising, as part of an earlier backward pass."""
        return self.forward.boxes[id(node)].rises

    def _not_asked_for(self, step: Step) -> None:
        """Say in the picture that an input's gradient was not computed."""
        for position, c in enumerate(step.contributions):
            if c.status != NOT_ASKED_FOR or as_array(c.input).size <= 2:
                continue
            home = self.forward.boxes[id(c.input)]
            if home.collapsed:
                continue
            name = f"{self.prefix}n{self.graph.number(c.input)}"
            if name not in self.sketch.boxes:
                path = self.canvas.frame(self.side, self.forward.where[id(c.input)])
                label = absent_label(self.graph.label(c.input))
                self._box(Kind.ABSENT, self.graph.number(c.input), label, path, "not computed")
                self.sketch.row(home.name, name)
            head = self._boxes[step.number].at(f"o{position}")
            self.sketch.edge(name, head, dir="none", style="dotted", color=FAINT, tooltip="not computed: not asked for")
