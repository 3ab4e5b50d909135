"""Which module computed what: pictures frame the results of a module's call, or collapse them to one box.

Every Tensor carries the number of its creation, its stamp. A module's call therefore owns exactly those results whose
stamps lie between its begin and its end, and to know them it is enough to note two numbers.
"""

from __future__ import annotations

from bisect import bisect_right
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..autograd.summary import shown
from ..autograd.tensor import Tensor, next_stamp
from ..nn.recording import watch_calls

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ..nn import Module


@dataclass(eq=False)
class ModuleCall:
    """One call of a module.

    Attributes:
        path: the module's path in its model; '' for the model itself.
        kind: the class's name.
        key: a name for the call that is its own: c0, c1, ...
    """

    path: str
    kind: str
    key: str

    @property
    def label(self) -> str:
        """The path and the class."""
        return shown(f"{self.path}: {self.kind}" if self.path else self.kind)


@dataclass
class ModuleCalls:
    """The module calls that `record_modules` noted down.

    Attributes:
        model: the model recorded, whose parameters' paths serve as names.
        calls: in the order in which they began.
    """

    model: Any = None
    calls: list[ModuleCall] = field(default_factory=list)
    _open: tuple[ModuleCall, ...] = ()
    _stamps: list[int] = field(default_factory=list)
    _inside: list[tuple[ModuleCall, ...]] = field(default_factory=list)

    @contextmanager
    def scope(self, path: str, kind: str = "scope") -> Iterator[None]:
        """Frame what is computed inside the `with` block, as if a module had computed it."""
        self._begin(path, kind)
        try:
            yield
        finally:
            self._end()

    def _begin(self, path: str, kind: str) -> None:
        call = ModuleCall(path, kind, f"c{len(self.calls)}")
        self.calls.append(call)
        self._change((*self._open, call))

    def _end(self) -> None:
        self._change(self._open[:-1])

    def _change(self, inside: tuple[ModuleCall, ...]) -> None:
        self._open = inside
        self._stamps.append(next_stamp())
        self._inside.append(inside)

    def around(self, result: Tensor) -> tuple[ModuleCall, ...]:
        """Return the calls that a result was computed in, outermost first."""
        i = bisect_right(self._stamps, result._stamp) - 1
        return self._inside[i] if i >= 0 else ()


@contextmanager
def record_modules(model: Any) -> Iterator[ModuleCalls]:
    """Note which module computes what, for `draw_graph` and `draw_backward`.

    >>> import tinygrad_edu as tge
    >>> model = tge.nn.Sequential(tge.nn.Linear(3, 4), tge.nn.ReLU())
    >>> with record_modules(model) as modules:
    ...     y = model(tge.zeros(2, 3))
    >>> [call.label for call in modules.calls]
    ['Sequential', '0: Linear', '1: ReLU']

    A model that nobody records is not slowed: hooks look on, for the time of the `with` block.
    """
    record = ModuleCalls(model)

    def begin(path: str, module: Module, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> None:
        record._begin(path, type(module).__name__)

    def end(output: Any) -> None:
        record._end()

    with watch_calls(model, begin, end):
        yield record


@dataclass(frozen=True)
class Place:
    """Where a value is drawn: in which frames, and if a collapsed call stands for it, which."""

    frames: tuple[ModuleCall, ...]
    collapsed: ModuleCall | None


class Places:
    """Decides for each result whether its modules are frames around it or a box in its place.

    Args:
        modules: the recorded calls; None draws no frames.
        depth: calls nested this deep or deeper are collapsed: 0 the whole model, 1 its children ... None: none.
        collapse: paths of modules to collapse, whatever their depth.
    """

    def __init__(self, modules: ModuleCalls | None, depth: int | None, collapse: Collection[str]):
        if modules is None and (depth is not None or collapse):
            raise ValueError(
                "depth= and collapse= need to know the modules: compute the loss inside "
                "`with tge.viz.record_modules(model) as modules:` and pass modules=modules"
            )
        if depth is not None and (isinstance(depth, bool) or not isinstance(depth, int) or depth < 0):
            raise ValueError(f"depth is a whole number from 0, the whole model in one box, not {depth!r}")
        if isinstance(collapse, str):
            collapse = (collapse,)
        if modules is not None:
            known = {call.path for call in modules.calls}
            unknown = [path for path in collapse if path not in known]
            if unknown:
                raise ValueError(f"no module {unknown[0]!r} was called; these were: {', '.join(sorted(known))}")
        self.modules = modules
        self.depth = depth
        self.collapse = frozenset(collapse)
        self._known: dict[tuple[ModuleCall, ...], Place] = {}

    def of(self, result: Tensor) -> Place:
        """Return the place of a recorded result."""
        if self.modules is None:
            return _NOWHERE
        around = self.modules.around(result)
        if around not in self._known:
            self._known[around] = self._place(around)
        return self._known[around]

    def _place(self, around: tuple[ModuleCall, ...]) -> Place:
        for level, call in enumerate(around):
            if (self.depth is not None and level >= self.depth) or call.path in self.collapse:
                return Place(around[:level], call)
        return Place(around, None)


_NOWHERE = Place((), None)


def common(places: list[Place]) -> Place:
    """Return the innermost place that all the places share: where to draw a leaf that they all read."""
    first = places[0]
    if all(p == first for p in places):
        return first
    frames = [p.frames if p.collapsed is None else (*p.frames, p.collapsed) for p in places]
    shared: list[ModuleCall] = []
    for calls in zip(*frames, strict=False):
        if any(c is not calls[0] for c in calls):
            break
        shared.append(calls[0])
    return Place(tuple(shared), None)
