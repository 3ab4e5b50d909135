"""The rulebook: every operation with its meaning, its derivation, and its rules, a few to each file.

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
