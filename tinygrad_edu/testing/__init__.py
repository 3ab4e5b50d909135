"""Is a gradient right, and if not, what is wrong with it: gradient checks for every rule, ours and yours.

check_gradients(f, *inputs)      hold the gradients of any function against finite differences
check_primitive(p)               find calls at which a primitive's rules fail, and the smallest such call
check_file("my_ops.py")          check every primitive that a file defines (`tinygrad-edu check my_ops.py`)
strategies                       what Hypothesis needs to draw tensors, shapes, axes, indices and convolutions
"""

from __future__ import annotations

import importlib
from typing import Any

from .diagnosis import Diagnosis
from .gradients import check_gradients
from .report import GradientMismatch, GradientReport, KinkCrossed

# Hypothesis takes its time to import, so what needs it is opened only when somebody asks.
_LATER = {"check_primitive": "search", "check_file": "files", "strategies": "strategies"}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f".{_LATER[name]}", __name__)
    return module if name == _LATER[name] else getattr(module, name)


__all__ = [
    "Diagnosis",
    "GradientMismatch",
    "GradientReport",
    "KinkCrossed",
    "check_file",
    "check_gradients",
    "check_primitive",
    "strategies",
]
