"""The forward graph: what a Tensor was computed from, values flowing from top to bottom."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.graph import is_result, is_value
from ..autograd.summary import is_finite
from ..autograd.tensor import Tensor
from ..autograd.trace import as_array
from .labels.forward import leaf_label, module_label, result_label
from .labels.tooltips import leaf_tooltip, module_tooltip, result_tooltip
from .labels.words import shape_text
from .modules import ModuleCall, Place, Places, common
from .sketch import Box, Kind
from .styles import VALUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..autograd.graph import Graph
    from ..autograd.trace import Step
    from .canvas import Canvas

LONGEST_LADDER = 60


class Forward:
    """Draws values, and remembers which box stands for which.

    Attributes:
        canvas: what to draw on.
        places: in which frames, and what is collapsed.
        boxes: id(value) -> its box.
        where: id(value) -> its place.
    """

    def __init__(self, canvas: Canvas, places: Places):
        self.canvas = canvas
        self.places = places
        self.boxes: dict[int, Box] = {}
        self.where: dict[int, Place] = {}

    def draw(self, graph: Graph, steps: Sequence[Step] = ()) -> None:
        """Draw the values of a graph; `steps` are those in which their rules fire."""
        bad = next((v for v in graph if not is_finite(as_array(v))), None)
        self.where.update(self._places(graph))
        by_node = {id(step.node): step for step in steps}
        collapsed: dict[ModuleCall, list[Any]] = {}
        for value in graph:
            if call := self.where[id(value)].collapsed:
                collapsed.setdefault(call, []).append(value)
        modules: dict[ModuleCall, Box] = {}
        for value in graph:
            place = self.where[id(value)]
            path = self.canvas.frame("forward", place)
            if place.collapsed is None:
                self.boxes[id(value)] = self._box(graph, value, path, by_node.get(id(value)), value is bad)
                continue
            call = place.collapsed
            if call not in modules:
                modules[call] = self._module(call, graph, collapsed[call], path, bad)
            self.boxes[id(value)] = modules[call]
        self._edges(graph)

    def ladder(self, values: Iterable[Any]) -> None:
        """Give every operation a level of its own, in the order of computation, and its leaves the level above.

        The order can then be read from top to bottom, and the lines to the rules beside them are level. Long graphs
        are left to find their own levels.
        """
        results = [v for v in values if is_result(v)]
        if len(results) > LONGEST_LADDER:
            return
        seen: set[str] = set()
        last: str | None = None
        for y in results:
            name = self.boxes[id(y)].name
            leaves: list[str] = []
            for x in y.inputs:
                leaf = self.boxes.get(id(x)) if is_value(x) else None
                if leaf and leaf.name not in seen and not leaf.collapsed and not is_result(x):
                    seen.add(leaf.name)
                    leaves.append(leaf.name)
                    if last is not None:
                        self.canvas.sketch.edge(last, leaf.name, style="invis")
            if len(leaves) > 1:
                self.canvas.sketch.row(*leaves)
                for left, right in pairwise(leaves):
                    self.canvas.sketch.edge(left, right, style="invis")  # in the order of the operands
            if name not in seen:
                seen.add(name)
                if last is not None:
                    self.canvas.sketch.edge(last, name, style="invis", weight="0")
                last = name

    def _box(self, graph: Graph, value: Any, path: tuple[str, ...], step: Step | None, bad: bool) -> Box:
        name, label = graph.id(value), graph.label(value)
        if is_result(value):
            html = result_label(self.canvas, name, label if graph.name(value) else None, value, step, bad)
            tip = result_tooltip(label, value)
        else:
            html = leaf_label(self.canvas, name, label, value, bad)
            tip = leaf_tooltip(label, value)
        return self.canvas.sketch.box(Kind.VALUE, graph.number(value), html, path, tooltip=tip)

    def _module(self, call: ModuleCall, graph: Graph, contents: list[Any], path: tuple[str, ...], bad: Any) -> Box:
        html = module_label(call, graph, contents, any(v is bad for v in contents))
        tip = module_tooltip(call, graph, contents)
        return self.canvas.sketch.box(Kind.MODULE, call.key, html, path, tooltip=tip)

    def _edges(self, values: Iterable[Any]) -> None:
        for y in filter(is_result, values):
            head = self.boxes[id(y)]
            for position, x in enumerate(y.inputs):
                tail = self.boxes.get(id(x)) if is_value(x) else None
                if tail is not None and tail != head:
                    self.canvas.sketch.edge(tail.name, head.at(f"i{position}"), color=VALUE, tooltip=shape_text(x))

    def _places(self, values: Iterable[Any]) -> dict[int, Place]:
        """Say where each value is drawn: a result where it was computed; see `_leaf_place` for the others."""
        where: dict[int, Place] = {}
        readers: dict[int, list[Place]] = {}
        for y in filter(is_result, values):
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
