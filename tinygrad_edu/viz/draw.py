"""The pictures of graphs: forward alone, or forward and backward side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from ..autograd.graph import Graph, collect_names
from ..autograd.tensor import Tensor
from ..autograd.trace import BackwardTrace, trace_backward
from .backward import Backward
from .canvas import BACKWARD_LINES, FORWARD_LINES, Canvas
from .forward import Forward
from .modules import ModuleCalls, Places
from .recorded import Recorded
from .render import MOST_BOXES, Picture
from .styles import BACKWARD_FILL, FORWARD_FILL, SECOND_FILL, Style, choose_style

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

T = TypeVar("T")


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
    tensors = _some(Tensor, tensors, "a Tensor")
    model = model or getattr(modules, "model", None)
    graph = Graph(tensors, collect_names(names, model))
    canvas = Canvas(_style_for(graph, style, thumbnails))
    canvas.side("forward", "forward", FORWARD_FILL)
    Forward(canvas, Places(modules, depth, collapse)).draw(graph)
    canvas.finish(*FORWARD_LINES)
    return canvas.sketch.picture()


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
        ValueError: the loss depends on nothing that requires a gradient, or the traces do not follow from each other.
        TypeError: neither a Tensor nor traces.

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
        traces = _some(BackwardTrace, loss, "a Tensor or a BackwardTrace")
        if gradient is not None or create_graph:
            raise ValueError(
                "gradient= and create_graph= belong to trace_backward: these traces have been made already"
            )
        for trace in traces:
            trace.rename(collect_names(names, model))
    first, *others = traces
    if others and not first.create_graph:
        raise ValueError("the first of several traces must have been recorded with create_graph=True")
    canvas = Canvas(_style_for(first.graph, style, thumbnails))
    canvas.side("forward", "forward: values flow down", FORWARD_FILL)
    canvas.side("backward", "backward: gradients rise", BACKWARD_FILL)
    forward = Forward(canvas, Places(modules, depth, collapse))
    forward.draw(first.graph, first.steps)
    forward.ladder(first.graph)
    if first.create_graph:
        recorded = Recorded(canvas, forward, first, spread=bool(others))
        recorded.draw()
        for order, trace in enumerate(others, 2):
            if not any(id(v) in recorded.boxes for v in trace.graph):
                raise ValueError(f"trace {order} is of nothing that was computed from the gradients of the first")
            canvas.side(f"from{order - 1}", "computed from the gradients", FORWARD_FILL)
            recorded.draw_results(trace.graph, f"from{order - 1}")
            canvas.side(f"backward{order}", f"derivative of order {order}", SECOND_FILL)
            Backward(canvas, forward, trace, side=f"backward{order}", prefix=f"o{order}").draw()
    else:
        Backward(canvas, forward, first).draw()
    canvas.finish(*BACKWARD_LINES)
    return canvas.sketch.picture(nodesep="0.3", ranksep="0.35")


def _some(kind: type[T], given: Any, what: str) -> list[T]:
    """Return what is given, one or several, as a list; raise if it is anything else."""
    several = list(given) if isinstance(given, Iterable) and not isinstance(given, kind) else [given]
    strange = [type(g).__name__ for g in several if not isinstance(g, kind)]
    if strange or not several:
        raise TypeError(f"{what} can be drawn, or several, but not {strange[0] if strange else 'none'}")
    return several


def _style_for(graph: Graph, style: str | Style, thumbnails: bool | None) -> Style:
    """Return the style; a graph that is too large to be laid out gets no thumbnails."""
    style = choose_style(style, thumbnails)
    return replace(style, thumbnails=False, masks=False) if len(graph.values) > MOST_BOXES else style
