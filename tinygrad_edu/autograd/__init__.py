"""The engine: Tensor, primitives and their rules, and the backward loop.  It knows no operation by name."""

from .backward import grad
from .modes import is_grad_enabled, no_grad, set_grad_enabled
from .primitive import Primitive, primitive, primitives
from .rule import Rule
from .tensor import Tensor, named
from .trace import BackwardTrace, trace_backward

__all__ = [
    "BackwardTrace",
    "Primitive",
    "Rule",
    "Tensor",
    "grad",
    "is_grad_enabled",
    "named",
    "no_grad",
    "primitive",
    "primitives",
    "set_grad_enabled",
    "trace_backward",
]
