"""The functions that `check_gradients` differentiates: the user's own, and the gradient of it as a function in turn."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from ...autograd import Primitive, Tensor, grad, no_grad
from .call import as_float64, is_floating

if TYPE_CHECKING:
    from collections.abc import Sequence


class Function:
    """f as a function from a list of arrays to one Tensor, recorded afresh each time.

    The arrays are the inputs and, where f is a module, its parameters. Of a module a copy in float64 is called, so
    that the module itself stays as it is.
    """

    names: list[str]
    arrays: list[Any]

    def __init__(self, f: Any, inputs: Sequence[Any], params: dict[str, Any]):
        self.params = params
        self.count = len(inputs)
        self.names = [f"input {i}" for i in range(self.count)]
        if isinstance(f, Primitive):
            self.names = [f.argument_at(i) for i in range(self.count)]
        own = list(f.named_parameters()) if hasattr(f, "named_parameters") else []
        state = (
            [b for _, b in f.named_buffers()] if hasattr(f, "named_buffers") else []
        )  # running means and the like, which a call changes
        wide = {id(t): type(t)(as_float64(t.data), t.requires_grad) for t in [*(p for _, p in own), *state]}
        self.f = copy.deepcopy(f, dict(wide)) if wide else f
        self.names += [name for name, _ in own]
        self.parameters = [wide[id(p)] for _, p in own]
        self.state = [(wide[id(b)], wide[id(b)].data) for b in state]
        values = [x.data if isinstance(x, Tensor) else x for x in inputs]
        self.arrays = [*map(as_float64, values), *(p.data for p in self.parameters)]

    def record(self, arrays: Sequence[Any]) -> tuple[list[Any], Tensor]:
        """Compute f of these arrays; return the Tensors they became, and the result."""
        leaves = [Tensor(np.array(a), requires_grad=True) if is_floating(a) else a for a in arrays[: self.count]]
        for p, value in zip(self.parameters, arrays[self.count :], strict=True):
            p.data = value
        for b, value in self.state:
            b.data = value
        y = self.f(*leaves, **self.params)
        if not isinstance(y, Tensor):
            raise TypeError(f"the function must return a Tensor, not {type(y).__name__}")
        return leaves + self.parameters, y

    def value(self, arrays: Sequence[Any]) -> np.ndarray:
        """Compute f of these arrays without recording."""
        with no_grad():
            return self.record(arrays)[1].data


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
