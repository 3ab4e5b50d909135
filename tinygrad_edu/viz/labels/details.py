"""What a style shows of an array: its heat map, its summary or its values, and where a gradient cannot pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...autograd.summary import is_finite, summarize
from ...autograd.trace import as_array
from ..styles import BAD
from .markup import bold, row, small
from .words import summary_text, values_text

if TYPE_CHECKING:
    from ...autograd.tensor import Tensor
    from ..canvas import Canvas


def detail_rows(canvas: Canvas, name: str, array: np.ndarray, closed: np.ndarray | None = None) -> list[str]:
    """Return the rows that the style asks for: thumbnail, summary, whole small array; and always what is not finite."""
    rows = canvas.thumbnail(name, array, closed)
    if array.size and array.size <= canvas.style.values:
        rows.append(row(values_text(array)))
    elif canvas.style.summaries:
        rows.append(row(small(summary_text(summarize(array)))))
    if not is_finite(array):
        rows.append(row(bold(summarize(array).bad, BAD)))
    return rows


def closed_by(node: Tensor) -> np.ndarray | None:
    """Return where a result lets no gradient pass, as the gate of its primitive says."""
    if node.primitive is None or node.primitive.gate is None:
        return None
    opened = node.primitive.gate(*(as_array(x) for x in node.inputs), **node.params)
    return ~np.broadcast_to(np.asarray(opened, bool), node.shape)


def closed_text(closed: np.ndarray) -> str:
    """Return how many elements are closed."""
    count = int(closed.sum())
    return f"closed: {count:,} of {closed.size:,} ({count / max(closed.size, 1):.0%})"
