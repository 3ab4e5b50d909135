"""Pictures: the graph, forward and backward (Graphviz), and the course of a training run (Matplotlib).

Each is imported when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import Any

_WHERE = {
    "GraphTooLarge": "render",
    "GraphvizFailed": "render",
    "GraphvizMissing": "render",
    "ModuleCalls": "modules",
    "Picture": "render",
    "STYLES": "styles",
    "Style": "styles",
    "draw_backward": "draw",
    "draw_graph": "draw",
    "plot_confusion": "plots",
    "plot_feature_maps": "plots",
    "plot_filters": "plots",
    "plot_history": "plots",
    "plot_mistakes": "plots",
    "record_modules": "modules",
}

__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(importlib.import_module(f".{_WHERE[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *_WHERE]
