"""BackwardTrace: the backward pass, watched.

`trace_backward` runs the one backward loop and writes down what happens: which rule fires, on what, and what it sends
to whom. Nothing is computed a second time. Pictures, the terminal table and the JSON file are made from the trace.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .backward import _seed, run_backward
from .graph import Graph, collect_names, results_behind
from .tensor import Tensor, next_stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .primitive import Primitive, Rule

SENT = "sent"
NOT_ASKED_FOR = "not asked for"  # a floating input with requires_grad=False: its rule was not fired
NO_GRADIENT = "no gradient"  # integers and booleans cannot have one
CONSTANT = "constant"  # a number in the program, or an argument that was left out
ZERO = "zero"  # the rule says that nothing flows


class Arrival(NamedTuple):
    """Where a contribution came from: the step, and which of its inputs it was for.  Step 0 is the start, dL/dL."""

    step: int
    position: int


@dataclass(frozen=True)
class Contribution:
    """What a step sent to one of its inputs, or why it sent nothing.

    Attributes:
        argument: the input's name in the primitive's signature.
        input: the Tensor, array, number or None that stood there.
        status: "sent", "not asked for", "no gradient", "constant" or "zero".
        rule: the rule that fired, or that would have; None where the primitive has none.
        sent: dL/d(input) from this use alone: an array, with `create_graph` a Tensor, or None.
    """

    argument: str
    input: Any
    status: str
    rule: Rule | None
    sent: Any

    def __repr__(self) -> str:
        what = f"sent a gradient of shape {np.shape(self.sent)}" if self.status == SENT else self.status
        return f"<Contribution to {self.argument}: {what}>"

    @property
    def gradient(self) -> np.ndarray | None:
        """What was sent, as an array."""
        return None if self.sent is None else as_array(self.sent)


@dataclass(frozen=True)
class Step:
    """The rules of one recorded result y = primitive(inputs) firing.

    Attributes:
        number: 1 for the first step, that of the loss itself.
        node: the Tensor y.
        upstream: dL/dy, complete: an array, or with `create_graph` a Tensor.
        arrived: the contributions that `upstream` is the sum of.
        contributions: one for each input.
        primitives: with `create_graph`, the results that were recorded in this step, in order.
    """

    number: int
    node: Tensor
    upstream: Any
    arrived: tuple[Arrival, ...]
    contributions: tuple[Contribution, ...]
    primitives: tuple[Tensor, ...] = ()

    @property
    def primitive(self) -> Primitive:
        """The primitive whose rules fired."""
        return self.node.primitive  # type: ignore[return-value]

    @property
    def gradient(self) -> np.ndarray:
        """The upstream gradient g = dL/dy, as an array."""
        return as_array(self.upstream)

    def rule_number(self, position: int) -> str:
        """Return the number of the rule for an input: 4, or where several rules fire 4a, 4b, ..., 4z, 4aa, ..."""
        if sum(c.status == SENT for c in self.contributions) < 2:
            return str(self.number)
        before, last = divmod(position, 26)
        return f"{self.number}{ascii_lowercase[before - 1] if before else ''}{ascii_lowercase[last]}"

    @property
    def reads(self) -> tuple[str, ...]:
        """The values that the fired rules read: "y" and argument names, in the primitive's order."""
        read = frozenset().union(*(c.rule.reads for c in self.contributions if c.rule and c.status == SENT))
        return tuple(name for name in (*self.primitive.arguments, "y") if name in read)

    def __repr__(self) -> str:
        fired = ", ".join(c.rule.name for c in self.contributions if c.rule and c.status == SENT)
        return f"<Step {self.number}: {self.primitive.name} of shape {self.node.shape}, fired {fired or 'no rule'}>"

    def values_read(self) -> list[tuple[str, Any]]:
        """Return (name, value) for everything the fired rules read: the inputs of that name, or the node itself."""
        found: list[tuple[str, Any]] = []
        for name in self.reads:
            if name == "y":
                found.append(("y", self.node))
            else:
                found += [(name, c.input) for c in self.contributions if c.argument == name]
        return found


class BackwardTrace:
    """A backward pass, step by step, in the order in which the rules fired.  Made by `trace_backward`.

    Attributes:
        loss: the Tensor that the pass started from.
        seed: dL/dL, what it started with.
        steps: one Step for each recorded result.
        gradients: dL/dt for each leaf t that requires it: arrays, or with `create_graph` Tensors.
        arrivals: for each Tensor that received a gradient, the contributions that it is the sum of.
        graph: the forward graph, with names and stable ids.
        create_graph: whether the pass was recorded itself.
    """

    def __init__(self, loss: Tensor, seed: Any, create_graph: bool, names: Mapping[Tensor, str] | None = None):
        self.loss = loss
        self.seed = seed
        self.create_graph = create_graph
        self.graph = Graph([loss], names)
        self.steps: list[Step] = []
        self.gradients: dict[Tensor, Any] = {}
        self.arrivals: dict[Tensor, list[Arrival]] = {loss: [Arrival(0, 0)]}
        self._by_node: dict[Tensor, Step] = {}
        self._begun = next_stamp()

    explain: Callable[..., Any]  # (value, index): attached where the rooms meet, in tinygrad_edu/__init__.py

    def _watch(self, node: Tensor, gradient: Any, contributions: list[Any]) -> None:
        """Write down one step; the backward loop calls this."""
        number = len(self.steps) + 1
        sent = []
        for position, (x, value) in enumerate(zip(node.inputs, contributions, strict=True)):
            argument = node.primitive.argument_at(position)  # type: ignore[union-attr]
            rule = node.primitive.rules.get(argument)  # type: ignore[union-attr]
            sent.append(Contribution(argument, x, _status(x, value), rule, value))
            if value is not None:
                self.arrivals.setdefault(x, []).append(Arrival(number, position))
        recorded: tuple[Tensor, ...] = ()
        if self.create_graph:
            made_of = [c for c in contributions if c is not None]
            recorded, self._begun = tuple(results_behind(made_of, since=self._begun)), next_stamp()
        arrived = tuple(self.arrivals[node])
        step = Step(number, node, gradient, arrived, tuple(sent), recorded)
        self.steps.append(step)
        self._by_node[node] = step

    def step_of(self, node: Tensor) -> Step | None:
        """Return the step in which a result's rules fired, or None."""
        return self._by_node.get(node)

    def rename(self, names: Mapping[Tensor, str]) -> None:
        """Give Tensors names (see `collect_names`) after the fact."""
        if names:
            self.graph = Graph([self.loss], {**self.graph.names, **names})

    def contribution(self, arrival: Arrival) -> Any:
        """Return what arrived: the contribution of that step to that input, or for step 0 the seed."""
        return self.seed if arrival.step == 0 else self.steps[arrival.step - 1].contributions[arrival.position].sent

    def rule_number(self, arrival: Arrival) -> str:
        """Return the number of the rule that sent what arrived (see `Step.rule_number`), or "start"."""
        return "start" if arrival.step == 0 else self.steps[arrival.step - 1].rule_number(arrival.position)

    def sum_of(self, arrivals: Iterable[Arrival]) -> str:
        """Return what a gradient is the sum of, by the numbers of the rules: "2b + 4a"."""
        return " + ".join(map(self.rule_number, arrivals))

    def to_json(self, max_values: int = 64, arrays: Any = None, indent: int | None = None) -> str:
        """Return the trace as strict JSON; docs/graphs.md describes the format.

        Args:
            max_values: arrays with more elements are summarised (shape, dtype, min, mean, max, norm).
            arrays: the path of an .npz file to write those larger arrays into; the JSON then refers to them by key.
            indent: as in `json.dumps`.
        """
        from .trace_json import trace_to_json

        return trace_to_json(self, max_values, arrays, indent)

    def __str__(self) -> str:
        from .trace_table import trace_table

        return trace_table(self)

    def __repr__(self) -> str:
        return f"<BackwardTrace of {self.graph.label(self.loss)}: {len(self.steps)} steps>"


def trace_backward(
    loss: Tensor,
    gradient: Any = None,
    create_graph: bool = False,
    *,
    names: Mapping[str, Any] | None = None,
    model: Any = None,
) -> BackwardTrace:
    """Run the backward pass from `loss`, watched, leaving every `.grad` as it is.

    Args:
        loss: the Tensor to differentiate.
        gradient: dL/d(loss); may be left out where the loss has one element (then 1).
        create_graph: record the pass too, so that its primitives can be seen and differentiated again.
        names: names for Tensors, such as `locals()`.
        model: a module; its parameters are called by their paths.

    Raises:
        ValueError: the loss depends on nothing that requires a gradient, or `gradient` does not fit.

    >>> import tinygrad_edu as tge
    >>> x = tge.tensor([1.0, -2.0], requires_grad=True)
    >>> trace = tge.trace_backward((x.relu() * 3).sum(), names={"x": x})
    >>> [step.primitive.name for step in trace.steps]
    ['sum', 'multiply', 'relu']
    >>> trace.steps[2].contributions[0].rule.formula
    'dL/dx = g * [x > 0]'
    >>> trace.gradients[x]
    array([3., 0.], dtype=float32)
    """
    seed = _seed(loss, gradient, create_graph)
    trace = BackwardTrace(loss, seed, create_graph, collect_names(names, model))
    found = run_backward([loss], [seed], create_graph=create_graph, watch=trace._watch)
    trace.gradients = {t: g if create_graph else np.asarray(g) for t, g in found.items()}
    return trace


def as_array(value: Any) -> np.ndarray:
    """Return a Tensor's or a NumPy scalar's values as an array."""
    return value.data if isinstance(value, Tensor) else np.asarray(value)


def _status(x: Any, value: Any) -> str:
    if value is not None:
        return SENT
    if x is None or not hasattr(x, "dtype") or (not isinstance(x, Tensor) and np.ndim(x) == 0):
        return CONSTANT
    if x.dtype.kind != "f":
        return NO_GRADIENT
    return ZERO if isinstance(x, Tensor) and x.requires_grad else NOT_ASKED_FOR
