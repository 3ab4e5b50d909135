"""tinygrad_edu: a small reverse-mode autodiff engine on NumPy that shows how a convolutional network learns."""

from __future__ import annotations

from . import startup  # noqa: F401 (before all else, which takes a while)

# isort: split
import builtins
import importlib
from typing import TYPE_CHECKING, Any

from . import random
from .autograd import (
    BackwardTrace,
    Primitive,
    Rule,
    Tensor,
    grad,
    is_grad_enabled,
    named,
    no_grad,
    primitive,
    primitives,
    set_grad_enabled,
    trace_backward,
)
from .autograd.creation import arange, eye, full, full_like, ones, ones_like, rand, randn, tensor, zeros, zeros_like
from .autograd.elsewhere import missing
from .autograd.functional import hessian, hvp, jacobian, jvp, vjp
from .kernels import get_num_threads, keep_memory, release_memory, set_num_threads, use_kernels
from .notebook import attach as _attach
from .ops import *  # noqa: F403
from .ops import __all__ as _operations
from .random import manual_seed

if TYPE_CHECKING:  # opened when asked for, by __getattr__ below; the room explain can itself be called
    from .explain import explain as explain
    from .explain import what_if as what_if
    from .explorer.notebook import explore as explore

_attach()  # gives Tensor and BackwardTrace their look in Jupyter

__version__ = "0.1.0"

# Rooms that are opened only when somebody enters them, so that importing the engine costs NumPy and little more.
_ROOMS = ("nn", "optim", "models", "data", "training", "testing", "viz", "explain")
_SEARCHED = ("nn", "optim", "models", "data", "training")  # for a name that the package does not have


def _explain(self: BackwardTrace, value: Tensor | str, index: Any = (), *, forward: bool = False) -> Any:
    """Explain why dL/d(value)[index] is what it is, or with `forward` the value itself; see `tinygrad_edu.explain`."""
    return importlib.import_module(".explain", __name__).explain(self, value, index, forward=forward)


BackwardTrace.explain = _explain  # type: ignore[method-assign]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f".{name}", __name__)
    if name == "what_if":
        return importlib.import_module(".explain", __name__).what_if
    if name == "explore":
        return importlib.import_module(".explorer.notebook", __name__).explore
    raise missing(name, __dir__(), (importlib.import_module(f".{room}", __name__) for room in _SEARCHED))


def __dir__() -> list[str]:
    return sorted({*__all__, *_operations, *_ROOMS, "explore", "what_if", "__version__"})


__all__ = [
    "BackwardTrace",
    "Primitive",
    "Rule",
    "Tensor",
    "arange",
    "eye",
    "full",
    "full_like",
    "get_num_threads",
    "grad",
    "hessian",
    "hvp",
    "is_grad_enabled",
    "jacobian",
    "jvp",
    "keep_memory",
    "manual_seed",
    "named",
    "no_grad",
    "ones",
    "ones_like",
    "primitive",
    "primitives",
    "rand",
    "randn",
    "random",
    "release_memory",
    "set_grad_enabled",
    "set_num_threads",
    "tensor",
    "trace_backward",
    "use_kernels",
    "vjp",
    "zeros",
    "zeros_like",
    *(name for name in _operations if not hasattr(builtins, name)),  # `import *` shall not replace sum and max
]
