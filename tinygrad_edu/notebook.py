"""How Jupyter shows a Tensor and a BackwardTrace.

The methods are attached here, since the engine knows nothing of pictures; what they draw with is imported when a
notebook asks. A drawn graph shows itself.
"""

from __future__ import annotations

import base64
from typing import Any

from .autograd import BackwardTrace, Tensor


def tensor_html(t: Tensor) -> str:
    """Return a Tensor as a small table: what it is, its numbers in short, and a heat map.

    >>> import tinygrad_edu as tge
    >>> "(2,) float32" in tge.ones(2)._repr_html_()
    True
    """
    import numpy as np

    from .autograd.summary import shown, summarize
    from .viz.labels.words import shape_text, summary_text
    from .viz.thumbnails import arrange, can_be_drawn, heat_map

    data = t.data
    summary = summarize(data)
    rows = [
        ("name", t.name and shown(t.name)),
        ("shape, dtype", shape_text(data)),
        ("computed by", t.primitive and t.primitive.name),
        ("values", np.array2string(data, separator=", ") if data.size <= 12 else summary_text(summary)),
        ("not finite", summary.bad),
        ("requires_grad", "True" if t.requires_grad and t.is_leaf else None),
        (".grad", summary_text(summarize(t.grad.data)) if t.grad is not None else None),
    ]
    cells = "".join(
        f'<tr><th style="text-align:left">{head}</th><td style="text-align:left">{_escaped(text)}</td></tr>'
        for head, text in rows
        if text
    )
    if can_be_drawn(data):
        drawn = arrange(data)
        png = base64.b64encode(heat_map(drawn)).decode()
        cells += (
            f'<tr><td colspan="2">{drawn.caption}<br/><img alt="heat map" src="data:image/png;base64,{png}"></td></tr>'
        )
    return f"<table>{cells}</table>"


def trace_html(trace: BackwardTrace) -> str:
    """Return a trace as the picture of `draw_backward`, or as its table where that cannot be drawn."""
    from .viz.draw import draw_backward
    from .viz.render import GraphTooLarge, GraphvizFailed, GraphvizMissing

    try:
        return draw_backward(trace).pipe("svg", encoding="utf-8")
    except (GraphTooLarge, GraphvizFailed, GraphvizMissing):
        return f"<pre>{_escaped(trace)}</pre>"


def attach() -> None:
    """Give Tensor and BackwardTrace the methods that Jupyter looks for."""
    Tensor._repr_html_ = tensor_html  # type: ignore[attr-defined]
    BackwardTrace._repr_html_ = trace_html  # type: ignore[attr-defined]


def _escaped(value: Any) -> str:
    import html  # its table of entities takes a while to import, and only a notebook needs it

    return html.escape(str(value))
