"""Pictures: of graphs (Graphviz) and of a training run (Matplotlib)."""

from __future__ import annotations

import importlib
from typing import Any

# name -> the module of this folder that has it, imported when somebody asks for the name
_HOMES = {
    "plot_confusion": "plots",
    "plot_feature_maps": "plots",
    "plot_filters": "plots",
    "plot_history": "plots",
    "plot_mistakes": "plots",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_HOMES)
