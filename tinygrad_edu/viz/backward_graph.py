"""Forward and backward side by side: values flow down on the left, gradients rise on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..autograd.graph import collect_names
from ..autograd.summary import is_finite, number
from ..autograd.tensor import Tensor
from ..autograd.trace import NOT_ASKED_FOR, Arrival, BackwardTrace, Step, as_array, trace_backward
from . import labels
from .canvas import BACKWARD_LINES, Canvas
from .forward_graph import Forward, style_for
from .modules import ModuleCalls, Place, Places
from .render import Picture, tooltip
from .styles import BACKWARD_FILL, FAINT, FORWARD_FILL, GRADIENT, READ, TIE, Style

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

# dir=none alone is not enough: dot draws an arrowhead where another edge on the same level has one.
TIE_LINE = {"dir": "none", "arrowhead": "none", "color": TIE, "penwidth": "4", "tooltip": "its rules"}


def draw_backward(
    loss: Tensor | BackwardTrace | Sequence[BackwardTrace],
    *,
    gradient: Any = None,
    create_graph: bool = False,
    names: Mapping[str, Any] | None = None,
    model: Any = None,
    modules: ModuleCalls | None = None,
    depth: int | None = None,
    collapse: Collection[str] = (),
    style: str | Style = "formulas",
    thumbnails: bool | None = None,
) -> Picture:
    """Draw a backward pass beside the forward pass it belongs to.

    Every backward box stands beside the operation whose rules it fires, numbered in the order of firing. Gradients
    rise along solid lines and meet in a "+" where a value was used more than once; dashed lines bring the values that
    rules read. With `create_graph` the primitives that the rules consist of are drawn too.

    Args:
        loss: the Tensor to differentiate, or a trace of `trace_backward`. Or several traces: the first recorded with
            create_graph=True, each further one of something computed from the gradients of the one before.
        gradient, create_graph: as for `trace_backward`, where a Tensor is given.
        names, model, modules, depth, collapse, style, thumbnails: as for `draw_graph`.

    Returns: a graphviz.Digraph, which Jupyter shows and `.write("backward.svg")` saves.

    Raises:
        ValueError: the loss depends on nothing that requires a gradient.

    >>> import tinygrad_edu as tge
    >>> w = tge.named("w", tge.tensor([1.0, 2.0], requires_grad=True))
    >>> picture = draw_backward((w * w).sum())
    >>> "dL/d <B>w</B>" in picture.source
    True
    """
    model = model or getattr(modules, "model", None)
    if isinstance(loss, Tensor):
        traces = [trace_backward(loss, gradient, create_graph, names=names, model=model)]
    else:
        traces = [loss] if isinstance(loss, BackwardTrace) else list(loss)
        for trace in traces:
            trace.rename(collect_names(names, model))
    first = traces[0]
    canvas = Canvas(style_for(first.graph, style, thumbnails))
    places = Places(modules, depth, collapse)
    sketch = canvas.sketch
    sketch.cluster(
        ("forward",), "forward: values flow down", style="rounded,filled", fillcolor=FORWARD_FILL, color="#BBBBBB"
    )
    sketch.cluster(
        ("backward",), "backward: gradients rise", style="rounded,filled", fillcolor=BACKWARD_FILL, color="#BBBBBB"
    )
    forward = Forward(canvas, places)
    forward.draw(first.graph, first.graph.values, first.steps)
    if first.create_graph:
        from .recorded_graph import Recorded

        forward.ladder(first.graph.values)
        recorded = Recorded(canvas, forward, first, spread=len(traces) > 1)
        recorded.draw()
        for k, trace in enumerate(traces[1:], 2):
            recorded.draw_next(trace, k)
    elif len(traces) > 1:
        raise ValueError("the first of several traces must have been recorded with create_graph=True")
    else:
        forward.ladder(first.graph.values)
        Backward(canvas, forward, first).draw()
    canvas.finish(*BACKWARD_LINES)
    return sketch.picture(nodesep="0.3", ranksep="0.35")


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
        self._boxes: dict[int, str] = {}  # step number -> box
        self._in_module: dict[str, list[Step]] = {}

    def draw(self) -> None:
        """Draw everything, from the loss to the gradients of the leaves."""
        trace = self.trace
        bad = next((s for s in trace.steps if not is_finite(s.gradient)), None)
        for step in trace.steps:
            self._place(step, step is bad)
        for name, steps in self._in_module.items():
            self._module(name, steps, bad in steps)
        self.seed()
        for t, arrivals in trace.arrivals.items():
            self._flow(t, arrivals)
        for step in trace.steps:
            self._links(step)
        for step in trace.steps:
            self._not_asked_for(step)

    # -- boxes -----------------------------------------------------------------------------------------------

    def _place(self, step: Step, bad: bool) -> None:
        place = self.forward.places.of(step.node)
        path = self.canvas.frame(self.side, place)
        if place.collapsed is not None:
            name = f"b_{self.prefix}{place.collapsed.key}"
            if name not in self._in_module:
                self.sketch.box(name, "", path)
            self._in_module.setdefault(name, []).append(step)
        else:
            name = f"{self.prefix}s{step.number}"
            html = labels.step_label(self.canvas, name, self.graph, step, bad, self._falls(step.node))
            self.sketch.box(name, html, path, tooltip=tooltip(labels.step_tooltip(self.trace, step)))
        self._boxes[step.number] = name

    def _module(self, name: str, steps: list[Step], bad: bool) -> None:
        call = self.forward.places.of(steps[0].node).collapsed
        assert call is not None
        first, last = steps[0].number, steps[-1].number
        count = f"step {first}" if first == last else f"steps {first} to {last}"
        lines = [f"{labels.numeral(count)}&#160; <B>{labels.escape(call.label)}</B> backward"]
        home = f"m_{call.key}"
        for t, g in self.trace.gradients.items():
            if self.forward.boxes[id(t)] == home:
                array = as_array(g)
                size = number(labels.summarize(array).norm)
                lines.append(labels.small(f"dL/d {labels.escape(self.graph.label(t))} {array.shape}, norm {size}"))
        g = steps[0].gradient
        of = labels.escape(self.graph.label(steps[0].node))
        lines.append(f"g = dL/d <B>{of}</B>&#160; {labels.small(labels.shape_text(g))}")
        tip = "\n".join(f"{s.number}: {s.primitive.name}" for s in steps[:40])
        self.sketch.boxes[name].update(label=f"<{labels.module_step_label(lines, bad)}>", tooltip=tooltip(tip))

    def seed(self) -> None:
        """Draw what the pass starts with."""
        seed = as_array(self.trace.seed)
        rows = [labels.row(f"dL/dL{f' = {number(float(seed.item()))}' if seed.size == 1 else ''}")]
        rows += (
            [labels.row(labels.small("start"))]
            if seed.size == 1
            else labels.detail_rows(self.canvas, "seed", seed, "gradients")
        )
        self.sketch.box(
            f"{self.prefix}seed",
            labels.table(rows, GRADIENT, "white"),
            (self.side,),
            tooltip="where the backward pass starts",
        )

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
        if len(arrivals) == 1 or len(senders) == 1:
            array = as_array(self.trace.contribution(arrivals[0]))
            self._rise(outside[0], target, labels.shape_text(array))
            return
        plus = f"{self.prefix}p{self.graph.number(t)}"
        label = self.graph.label(t)
        self.sketch.box(
            plus,
            self._plus(arrivals),
            self.canvas.frame(self.side, self._place_of(t)),
            tooltip=tooltip(f"dL/d {label} = {self.trace.sum_of(arrivals)}"),
        )
        for arrival in arrivals:
            array = as_array(self.trace.contribution(arrival))
            self._rise(self._sender(arrival), plus, labels.shape_text(array))
        self._rise(plus, target, "the sum")

    def _rise(self, sender: str, target: str, tip: str) -> None:
        attributes = {"color": GRADIENT, "penwidth": "1.5", "tooltip": tip}
        if self.prefix:
            self.sketch.edge(sender, target, constraint="false", **attributes)
        else:
            # Declared downwards and drawn backwards: so each rule stands on the level of its operation.
            self.sketch.edge(target, sender, dir="back", **attributes)

    def _plus(self, arrivals: list[Arrival]) -> str:
        if not self.canvas.style.summaries:
            return plus_label()
        lines = []
        for arrival in arrivals:
            array = as_array(self.trace.contribution(arrival))
            size = number(float(array.item())) if array.size == 1 else f"norm {number(labels.summarize(array).norm)}"
            lines.append(f"{self.trace.rule_number(arrival)}: {size}")
        return plus_label(lines)

    def _sender(self, arrival: Arrival) -> str:
        if arrival.step == 0:
            return f"{self.prefix}seed"
        name = self._boxes[arrival.step]
        side = "s" if self._falls(self.trace.steps[arrival.step - 1].node) else "n"
        return name if name.startswith("b_") else f"{name}:o{arrival.position}:{side}"

    def _target(self, t: Tensor) -> str | None:
        """Return where a Tensor's gradient goes: to its step, to its own box, or None inside a collapsed module."""
        if t.primitive is not None:
            step = self.trace.step_of(t)
            assert step is not None
            name = self._boxes[step.number]
            return name if name.startswith("b_") else f"{name}:g:{'n' if self._falls(t) else 's'}"
        if self.forward.boxes[id(t)].startswith("m_"):
            return None
        name = f"{self.prefix}g{self.graph.number(t)}"
        label = self.graph.label(t)
        array = as_array(self.trace.gradients[t])
        html = labels.gradient_label(self.canvas, name, label, array)
        tip = f"dL/d {label}\n{labels.shape_text(array)}\n{labels.summary_text(labels.summarize(array))}"
        self.sketch.box(name, html, self.canvas.frame(self.side, self._place_of(t)), tooltip=tooltip(tip))
        self._beside(self.forward.boxes[id(t)], name)
        return f"{name}:s"

    def _falls(self, node: Tensor) -> bool:
        """Tell whether a node's gradient comes from above: it was drawn rising, as part of an earlier backward pass."""
        return self.forward.boxes[id(node)][0] in "dgp"

    def _beside(self, box: str, other: str) -> None:
        self.sketch.row(box, other)

    def _place_of(self, t: Tensor) -> Place:
        return self.forward.where[id(t)]

    # -- ties and reads --------------------------------------------------------------------------------------

    def _links(self, step: Step) -> None:
        """Tie a step to its operation, and bring it the values that its rules read.

        They are read where the operation stands: it was given them, or they are its result.
        """
        box, home = self._boxes[step.number], self.forward.boxes[id(step.node)]
        self._beside(home, box)
        ends = [b if b[:2] in ("b_", "m_") else f"{b}:t:{side}" for b, side in ((home, "e"), (box, "w"))]
        if self.prefix:
            self.sketch.edge(home, box, dir="none", color=TIE, constraint="false", tooltip="its rules")
        else:
            self.sketch.edge(*ends, **TIE_LINE)
        if box.startswith("b_") or home.startswith("m_"):
            return
        for name in step.reads:
            kept = home if self.prefix else f"{home}:k_{name}:e"
            tip = f"step {step.number} reads {name}"
            self.sketch.edge(kept, f"{box}:r_{name}:w", style="dashed", color=READ, weight="0", tooltip=tip)

    def _not_asked_for(self, step: Step) -> None:
        """Say in the picture that an input's gradient was not computed."""
        for position, c in enumerate(step.contributions):
            if c.status != NOT_ASKED_FOR or as_array(c.input).size <= 2:
                continue
            name = f"{self.prefix}n{self.graph.number(c.input)}"
            leaf = self.forward.boxes[id(c.input)]
            if leaf.startswith("m_"):
                continue
            if name not in self.sketch.boxes:
                html = labels.absent_label(self.graph.label(c.input))
                self.sketch.box(
                    name, html, self.canvas.frame(self.side, self._place_of(c.input)), tooltip="not computed"
                )
                self._beside(leaf, name)
            box = self._boxes[step.number]
            head = box if box.startswith("b_") else f"{box}:o{position}"
            self.sketch.edge(name, head, dir="none", style="dotted", color=FAINT, tooltip="not computed: not asked for")


def plus_label(lines: Sequence[str] = ()) -> str:
    """Return the sign under which contributions meet, with a line about each."""
    said = "".join(labels.row(labels.small(line)) for line in lines)
    return (
        f'<TABLE BORDER="1" CELLBORDER="0" CELLPADDING="1" STYLE="ROUNDED" COLOR="{GRADIENT}" BGCOLOR="white">'
        f'<TR><TD><FONT POINT-SIZE="14" COLOR="{GRADIENT}"><B>+</B></FONT></TD></TR>{said}</TABLE>'
    )
