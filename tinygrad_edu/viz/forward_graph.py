"""The forward graph: what a Tensor was computed from, values flowing from top to bottom."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.graph import Graph, collect_names, is_value
from ..autograd.summary import is_finite
from ..autograd.tensor import Tensor
from ..autograd.trace import as_array
from . import labels
from .canvas import FORWARD_LINES, Canvas
from .modules import ModuleCall, ModuleCalls, Place, Places, common
from .render import MOST_BOXES, Picture, tooltip
from .styles import FORWARD_FILL, VALUE, Style, choose_style

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from ..autograd.trace import Step

LONGEST_LADDER = 60


def draw_graph(
    tensors: Tensor | Sequence[Tensor],
    *,
    names: Mapping[str, Any] | None = None,
    model: Any = None,
    modules: ModuleCalls | None = None,
    depth: int | None = None,
    collapse: Collection[str] = (),
    style: str | Style = "formulas",
    thumbnails: bool | None = None,
) -> Picture:
    """Draw what a Tensor (or several) was computed from.

    Args:
        tensors: where to start.
        names: names for Tensors, such as `locals()`.
        model: a module whose parameters are called by their paths.
        modules: what `record_modules` recorded; frames are drawn around what each module computed.
        depth: modules nested this deep are drawn as one box each: 0 the whole model, 1 its children ...
        collapse: paths of further modules to draw as one box each.
        style: "shapes", "formulas", "values", "thumbnails", "full", or a `Style`.
        thumbnails: draw arrays as small heat maps, or not, whatever the style says.

    Returns: a graphviz.Digraph, which Jupyter shows and `.write("graph.svg")` saves.

    >>> import tinygrad_edu as tge
    >>> x = tge.named("x", tge.tensor([1.0, 2.0], requires_grad=True))
    >>> picture = draw_graph((x * x).sum())
    >>> "v0 -> v1:i0" in picture.source and "v0 -> v1:i1" in picture.source
    True
    """
    tensors = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    model = model or getattr(modules, "model", None)
    graph = Graph(tensors, collect_names(names, model))
    canvas = Canvas(style_for(graph, style, thumbnails))
    forward = Forward(canvas, Places(modules, depth, collapse))
    canvas.sketch.cluster(("forward",), "forward", style="rounded,filled", fillcolor=FORWARD_FILL, color="#BBBBBB")
    forward.draw(graph, graph.values)
    canvas.finish(*FORWARD_LINES)
    return canvas.sketch.picture()


def style_for(graph: Graph, style: str | Style, thumbnails: bool | None) -> Style:
    """Return the style; a graph that is too large to be laid out gets no thumbnails."""
    style = choose_style(style, thumbnails)
    return replace(style, thumbnails=False, masks=False) if len(graph.values) > MOST_BOXES else style


class Forward:
    """Draws values, and remembers which box stands for which.

    Attributes:
        canvas: what to draw on.
        places: in which frames, and what is collapsed.
        boxes: id(value) -> the name of its box.
        where: id(value) -> its place.
    """

    def __init__(self, canvas: Canvas, places: Places):
        self.canvas = canvas
        self.places = places
        self.boxes: dict[int, str] = {}
        self.where: dict[int, Place] = {}
        self._collapsed: dict[str, ModuleCall] = {}

    def draw(
        self,
        graph: Graph,
        values: Sequence[Any],
        steps: Sequence[Step] = (),
        side: str = "forward",
        prefix: str = "",
    ) -> None:
        """Draw values of a graph in the cluster `side`; `steps` are those in which their rules fire."""
        bad = next((v for v in values if not is_finite(as_array(v))), None)
        self.where.update(self._places(values))
        inside: dict[str, list[Any]] = {}
        by_node = {id(step.node): step for step in steps}
        for value in values:
            place = self.where[id(value)]
            path = self.canvas.frame(side, place)
            if place.collapsed is not None:
                name = f"m_{place.collapsed.key}"
                if name not in inside:
                    inside[name] = []
                    self._collapsed[name] = place.collapsed
                    self.canvas.sketch.box(name, "", path)  # its label follows when its contents are known
                inside[name].append(value)
                self.boxes[id(value)] = name
            else:
                self.boxes[id(value)] = name = prefix + graph.id(value)
                self._box(name, graph, value, path, by_node.get(id(value)), value is bad)
        for name, contents in inside.items():
            label, tip = _collapsed_label(self._collapsed[name], graph, contents, any(v is bad for v in contents))
            self.canvas.sketch.boxes[name].update(label=f"<{label}>", tooltip=tooltip(tip))
        self._edges(values)

    def ladder(self, values: Sequence[Any]) -> None:
        """Give every operation a level of its own, in the order of computation, and its leaves the level above.

        The order can then be read from top to bottom, and the lines to the rules beside them are level. Long graphs
        are left to find their own levels.
        """
        results = [v for v in values if getattr(v, "primitive", None) is not None]
        if len(results) > LONGEST_LADDER:
            return
        seen: set[str] = set()
        last: str | None = None
        for y in results:
            box = self.boxes[id(y)]
            leaves: list[str] = []
            for x in y.inputs:
                leaf = self.boxes.get(id(x)) if is_value(x) else None
                if leaf and leaf not in seen and leaf[:2] != "m_" and getattr(x, "primitive", None) is None:
                    seen.add(leaf)
                    leaves.append(leaf)
                    if last is not None:
                        self.canvas.sketch.edge(last, leaf, style="invis")
            if len(leaves) > 1:
                self.canvas.sketch.row(*leaves)
                for left, right in pairwise(leaves):
                    self.canvas.sketch.edge(left, right, style="invis")  # in the order of the operands
            if box not in seen:
                seen.add(box)
                if last is not None:
                    self.canvas.sketch.edge(last, box, style="invis", weight="0")
                last = box

    def _box(self, name: str, graph: Graph, value: Any, path: tuple[str, ...], step: Step | None, bad: bool) -> None:
        label = graph.label(value)
        if getattr(value, "primitive", None) is not None:
            title = graph.name(value)
            html = labels.result_label(self.canvas, name, title, value, step, bad)
            tip = labels.result_tooltip(label, value)
        else:
            html = labels.leaf_label(self.canvas, name, label, value, bad)
            tip = labels.leaf_tooltip(label, value)
        self.canvas.sketch.box(name, html, path, tooltip=tooltip(tip))

    def _edges(self, values: Iterable[Any]) -> None:
        for y in values:
            if getattr(y, "primitive", None) is None:
                continue
            head = self.boxes[id(y)]
            for position, x in enumerate(y.inputs):
                tail = self.boxes.get(id(x)) if is_value(x) else None
                if tail is None or tail == head:
                    continue
                port = "" if head.startswith("m_") else f":i{position}"
                self.canvas.sketch.edge(tail, f"{head}{port}", color=VALUE, tooltip=labels.shape_text(as_array(x)))

    def _places(self, values: Sequence[Any]) -> dict[int, Place]:
        """Say where each value is drawn: a result where it was computed; see `_leaf_place` for the others."""
        where: dict[int, Place] = {}
        readers: dict[int, list[Place]] = {}
        for y in values:
            if getattr(y, "primitive", None) is not None:
                where[id(y)] = self.places.of(y)
                for x in y.inputs:
                    readers.setdefault(id(x), []).append(where[id(y)])
        for value in values:
            if id(value) not in where:
                where[id(value)] = self._leaf_place(value, readers.get(id(value), []))
        return where

    def _leaf_place(self, leaf: Any, readers: list[Place]) -> Place:
        """Parameters, masks and the like belong to the module that reads them; inputs stay outside of it."""
        if not readers:
            return Place((), None)
        if isinstance(leaf, Tensor) and not leaf.requires_grad:
            return self.places.of(leaf)
        if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f":
            return Place((), None)
        return common(readers)


def _collapsed_label(call: ModuleCall, graph: Graph, contents: list[Any], bad: bool) -> tuple[str, str]:
    """Return label and tooltip of the box that stands for a module's call: its results, its parameters."""
    results = [v for v in contents if getattr(v, "primitive", None) is not None]
    leaves = [v for v in contents if getattr(v, "primitive", None) is None]
    chain = " → ".join(v.primitive.name for v in results[:6]) + (" → ..." if len(results) > 6 else "")
    shown = [f"<B>{labels.escape(call.label)}</B>", labels.small(labels.wrapped(chain, 36))]
    shown += [labels.small(f"{labels.escape(graph.label(v))} {labels.shape_text(v)}") for v in leaves[:4]]
    if len(leaves) > 4:
        shown.append(labels.small(f"and {len(leaves) - 4} more"))
    shown.append(labels.small(labels.shape_text(as_array(results[-1] if results else leaves[-1]))))
    html = labels.module_label(shown, bad)
    tip = [call.label, *(f"{graph.label(v)} {labels.shape_text(as_array(v))}" for v in contents[:30])]
    return html, "\n".join(tip)
