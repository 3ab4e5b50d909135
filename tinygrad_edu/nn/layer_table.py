"""The table of a network's layers, their output shapes and parameter counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .attributes import attributes
from .parameter import Parameter
from .recording import record_calls
from .training_mode import evaluating

if TYPE_CHECKING:
    from .module import Module


def summary(model: Module, input_shape: tuple[int, ...]) -> str:
    """Return a table of the layers in the order they are called; see `Module.summary`.

    One batch of one zero image goes through the model in evaluation mode, unrecorded; nothing in the model
    changes. A module that has others inside is a row only if it has parameters of its own; a shared parameter
    counts once.

    >>> from tinygrad_edu import nn
    >>> print(nn.summary(nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU()), (1, 28, 28)))
    layer  type    output shape    parameters
    -----------------------------------------
    0      Conv2d  (n, 8, 26, 26)          80
    1      ReLU    (n, 8, 26, 26)           0
    -----------------------------------------
    total                                  80
    """
    if not isinstance(input_shape, (tuple, list)):
        raise TypeError(f"summary needs the shape of one input, such as (1, 28, 28), not {input_shape!r}")
    parameters = list(model.parameters())
    dtype = parameters[0].dtype if parameters else np.float32
    with evaluating(model), record_calls(model) as calls:
        model(np.zeros((1, *input_shape), dtype))

    rows = [("layer", "type", "output shape", "parameters")]
    counted: set[int] = set()
    for call in calls:
        inside = list(call.module.children())
        own = {id(p): p.size for _, p in attributes(call.module) if isinstance(p, Parameter)}
        if inside and not own:
            continue
        count = sum(size for key, size in own.items() if key not in counted)
        counted.update(own)
        rows.append((call.name, type(call.module).__name__, _batched(call.output), f"{count:,}"))
    rows.append(("total", "", "", f"{sum(p.size for p in parameters):,}"))

    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join([*map(str.ljust, row[:3], widths), row[3].rjust(widths[3])]) for row in rows]
    rule = "-" * len(lines[0])
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1]])


def _batched(output: Any) -> str:
    """Write an output's shape with n for the batch axis; a dash for what has none, such as a pair."""
    shape = getattr(output, "shape", None)
    return "-" if shape is None else "(" + ", ".join(["n", *map(str, shape[1:])]) + ")"
