"""The rulebook: every operation with its meaning, its derivation, and its rules, a few to each file.

A rule is what books call a vector-Jacobian product (VJP). The Jacobian of y = f(x) is the table J[j,k] = dy_j/dx_k, and
the chain rule dL/dx_k = sum over j of dL/dy_j * J[j,k] is g^T J, with g = dL/dy. No rule builds J, which has as many
entries as y has elements times those of x: each finds the product directly. Where f is linear, f(x) = A x, the rule is
the adjoint of f, g -> A^T g, and the two satisfy <g, A x> = <A^T g, x> for all g and x: broadcast_to and sum_to are
adjoint, getitem and scatter_add, conv2d and conv2d_dx. A "slope" is dy/dx of one element by one element.

What is defined in these files is all there is to do: from them follow the names `tge.relu` and `nn.functional.relu`,
the method `x.relu()`, and what editors know of them (the stubs that `tools/write_stubs.py` writes).
"""

from importlib import import_module as _import_module
from pkgutil import iter_modules as _iter_modules

from ..autograd.primitive import primitives as _primitives

for _file in _iter_modules(__path__):
    if _file.name != "methods":
        _import_module(f".{_file.name}", __name__)

from .composite import composites as _composites  # noqa: E402

# A composite completes the primitive of its name: dropout draws the mask.
_operations = {**_primitives(), **_composites()}
globals().update(_operations)

from . import methods as _methods  # noqa: E402

_methods.attach(_operations)

__all__ = sorted(_operations)
