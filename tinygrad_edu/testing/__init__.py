"""Is a gradient right, and if not, what is wrong with it: gradient checks for every rule, ours and yours.

check_gradients(f, *inputs)      hold the gradients of any function against finite differences
check_primitive(p)               find calls at which a primitive's rules fail, and the smallest such call
check_file("my_ops.py")          check every primitive that a file defines (`tinygrad-edu check my_ops.py`)
strategies                       what Hypothesis needs to draw tensors, shapes, axes, indices and convolutions
"""

from __future__ import annotations

import importlib
from typing import Any

from .check_file import check_file
from .check_gradients import check_gradients
from .check_primitive import check_primitive
from .diagnosis import Diagnosis
from .reports.gradient_report import GradientMismatch, GradientReport, KinkCrossed


def __getattr__(name: str) -> Any:
    if name != "strategies":  # Hypothesis takes its time to import, so this is opened only when somebody asks
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(".strategies", __name__)


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
