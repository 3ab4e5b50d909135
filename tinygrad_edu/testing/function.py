"""The functions that `check_gradients` differentiates: the user's own, and the gradient of it as a function in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import Tensor, grad, no_grad
from .call import as_float64, is_floating

if TYPE_CHECKING:
    from collections.abc import Sequence


class Function:
    """f as a function from a list of arrays to one Tensor, recorded afresh each time.

    The arrays are the inputs and, where f is a module, its parameters.
    """

    names: list[str]
    arrays: list[Any]

    def __init__(self, f: Any, inputs: Sequence[Any], params: dict[str, Any]):
        self.f = f
        self.params = params
        self.parameters: list[Tensor] = []
        names = getattr(f, "arguments", None) or [f"input {i}" for i in range(len(inputs))]
        self.names = [names[min(i, len(names) - 1)] for i in range(len(inputs))]
        self.count = len(inputs)
        self.state: list[Tensor] = []  # a module's running means and the like, which calling it changes
        if hasattr(f, "named_parameters"):
            named = list(f.named_parameters())
            self.names += [name for name, _ in named]
            self.parameters = [p for _, p in named]
            self.state = [b for _, b in f.named_buffers()]
        self.original = [t.data for t in (*self.parameters, *self.state)]
        values = [x.data if isinstance(x, Tensor) else x for x in inputs]
        self.arrays = [as_float64(v) for v in (*values, *self.original[: len(self.parameters)])]

    def record(self, arrays: Sequence[Any]) -> tuple[list[Any], Tensor]:
        """Compute f of these arrays; return the Tensors they became, and the result."""
        leaves = [Tensor(np.array(a), requires_grad=True) if is_floating(a) else a for a in arrays[: self.count]]
        for p, value in zip(self.parameters, arrays[self.count :], strict=True):
            p._change(np.array(value))  # in float64 for the time of the check, which `data =` would refuse
        for b, value in zip(self.state, self.original[len(self.parameters) :], strict=True):
            b._change(as_float64(value))
        y = self.f(*leaves, **self.params)
        if not isinstance(y, Tensor):
            raise TypeError(f"the function must return a Tensor, not {type(y).__name__}")
        return leaves + self.parameters, y

    def value(self, arrays: Sequence[Any]) -> np.ndarray:
        """Compute f of these arrays without recording."""
        with no_grad():
            return self.record(arrays)[1].data

    def restore(self) -> None:
        """Give a module's parameters and buffers their own values back."""
        for t, value in zip((*self.parameters, *self.state), self.original, strict=True):
            t._change(value)


class GradientOf:
    """The gradient of a function as a function of its inputs and of its upstream gradient g.

    It returns one number, sum over the inputs x of <v_x, dL/dx>, for fixed random v: if that number has the right
    derivatives, the rules have. So the same check serves at every order. With `only`, the one input at that position.
    """

    names: list[str]
    arrays: list[Any]

    def __init__(self, inner: Function | GradientOf, rng: np.random.Generator, only: int | None = None):
        self.inner = inner
        y = inner.value(inner.arrays)
        self.names = [*inner.names, "g"]
        self.arrays = [*inner.arrays, rng.standard_normal(y.shape)]
        self.v = [
            rng.standard_normal(a.shape) if is_floating(a) and only in (None, i) else None
            for i, a in enumerate(inner.arrays)
        ]

    def record(self, arrays: Sequence[Any]) -> tuple[list[Any], Tensor]:
        """Compute the contracted gradient with `create_graph=True`; return the Tensors it depends on, and itself."""
        leaves, y = self.inner.record(arrays[:-1])
        g = Tensor(np.array(arrays[-1]), requires_grad=True)
        if not y.requires_grad:
            return [*leaves, g], Tensor(np.zeros(()))
        wanted = [(t, v) for t, v in zip(leaves, self.v, strict=True) if v is not None]
        found = grad(y, [t for t, _ in wanted], g, create_graph=True)
        total = Tensor(np.zeros(()))
        for dx, (_, v) in zip(found, wanted, strict=True):
            total = total + (dx * Tensor(v)).sum()
        return [*leaves, g], total

    def value(self, arrays: Sequence[Any]) -> np.ndarray:
        """Compute the contracted gradient."""
        return self.record(arrays)[1].data
