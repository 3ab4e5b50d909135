"""A moment: one picture going through one network, forward and backward, as the engine recorded it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..autograd import Tensor
from ..autograd.trace import as_array
from ..errors import UserError
from .passes import Pass, in_float64, record

if TYPE_CHECKING:
    import numpy as np

    from ..autograd import BackwardTrace
    from ..autograd.graph import Graph
    from .recipe import Recipe


@dataclass(frozen=True, eq=False)
class Moment:
    """A recorded pass.

    Attributes:
        recipe: what it was made from.
        model: the network, in evaluation mode.  Nobody may change it.
        image: the picture, (1, c, h, w).
        answer: the class that is right, or None: then there is neither loss nor gradient.
        logits: what the network says.
        loss: cross_entropy(logits, answer), or None.
        trace: the backward pass, or None.
        classes: the classes' names.
        networks: what the recipe's network could have been.
    """

    recipe: Recipe
    model: Any
    image: Tensor
    answer: int | None
    logits: Tensor
    loss: Tensor | None
    trace: BackwardTrace | None
    classes: tuple[str, ...]
    networks: tuple[str, ...]

    @cached_property
    def graph(self) -> Graph:
        """The values by name."""
        return self.trace.graph if self.trace is not None else Pass(self.model, self.image, self.logits, None).graph()

    @cached_property
    def by_name(self) -> dict[str, Any]:
        """Every value of the graph, by the name that the pages and `tinygrad-edu why` call it."""
        return {self.graph.label(value): value for value in self.graph}

    @cached_property
    def parameters(self) -> frozenset[int]:
        """The ids of the network's parameters."""
        return frozenset(map(id, self.model.parameters()))

    def value(self, name: str) -> Any:
        """Return the value of this name.  Raises UserError where there is none."""
        if not isinstance(name, str) or name not in self.by_name:
            raise UserError(f"there is no value called {name!r}; there are: {', '.join(self.by_name)}")
        return self.by_name[name]

    def gradient(self, value: Any) -> np.ndarray | None:
        """Return dL/d(value), or None where none was computed."""
        if self.trace is None or not isinstance(value, Tensor):
            return None
        step = self.trace.step_of(value)
        found = step.gradient if step is not None else self.trace.gradients.get(value)
        return None if found is None else as_array(found)

    @cached_property
    def exact(self) -> tuple[Pass, dict[str, Any]]:
        """The same pass in float64, and its values by name; in the network's own dtype where it takes no other."""
        picture = self.image.numpy()
        try:
            found = record(in_float64(self.model), picture, self.answer)
        except UserError:
            found = record(self.model, picture, self.answer)
        graph = found.graph()
        return found, {graph.label(value): value for value in graph}

    def nbytes(self) -> int:
        """Return about how much memory this holds: values, gradients, and both again in float64 (`exact`)."""
        return 5 * sum(as_array(value).nbytes for value in self.graph)

    def needs_loss(self) -> Tensor:
        """Return the loss, or raise UserError where nobody said which class is right."""
        if self.loss is None:
            raise UserError("a gradient needs a loss, and a loss needs the answer: which digit is it?")
        return self.loss
