"""A BackwardTrace as JSON, for other tools.  docs/graphs.md describes the format; VERSION counts its changes."""

from __future__ import annotations

import io
import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files import write_atomically
from .graph import is_value
from .summary import summarize
from .tensor import Tensor
from .trace import as_array

if TYPE_CHECKING:
    from .primitive import Primitive, Source
    from .trace import BackwardTrace, Step

FORMAT = "tinygrad_edu.backward_trace"
VERSION = 1


def trace_to_json(trace: BackwardTrace, max_values: int, arrays: Any, indent: int | None) -> str:
    """Return the trace as strict JSON; see `BackwardTrace.to_json`."""
    writer = _Arrays(max_values, arrays)
    graph = trace.graph
    used = {step.primitive.name: step.primitive for step in trace.steps}
    document = {
        "format": FORMAT,
        "version": VERSION,
        "create_graph": trace.create_graph,
        "loss": graph.id(trace.loss),
        "seed": writer.array("seed", trace.seed),
        "primitives": {name: _primitive(used[name]) for name in sorted(used)},
        "values": [_value(trace, value, writer) for value in graph],
        "steps": [_step(trace, step, writer) for step in trace.steps],
        "gradients": [
            {
                "value": graph.id(t),
                "sum_of": [_arrival(a) for a in trace.arrivals[t]],
                "gradient": writer.array(f"gradient.{graph.id(t)}", g),
            }
            for t, g in sorted(trace.gradients.items(), key=lambda item: graph.number(item[0]))
        ],
    }
    writer.write()
    return json.dumps(document, indent=indent, allow_nan=False)


def shown_file(source: Source) -> str:
    """Return a source's file as it is shown: from the package's folder or the current one on, else in full."""
    path = Path(source.file)
    for root in (Path(__file__).parents[2], Path.cwd()):
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return source.file


def _source(source: Source) -> dict[str, Any]:
    return {"file": shown_file(source), "line": source.line, "text": source.text}


def _primitive(primitive: Primitive) -> dict[str, Any]:
    return {
        "formula": primitive.formula,
        "source": _source(primitive.source),
        "arguments": list(primitive.arguments),
        "variadic": primitive.variadic,
        "rules": {
            argument: {
                "name": rule.name,
                "formula": rule.formula,
                "reads": sorted(rule.reads),
                "source": _source(rule.source),
            }
            for argument, rule in primitive.rules.items()
        },
    }


def _value(trace: BackwardTrace, value: Any, writer: _Arrays) -> dict[str, Any]:
    graph = trace.graph
    primitive = getattr(value, "primitive", None)
    return {
        "id": graph.id(value),
        "name": graph.name(value),
        "label": graph.label(value),
        "requires_grad": getattr(value, "requires_grad", False),
        "primitive": primitive and primitive.name,
        "inputs": [_input(trace, x) for x in value.inputs] if primitive else [],
        "params": {k: _plain(v) for k, v in value.params.items()} if primitive else {},
        "array": writer.array(graph.id(value), value),
    }


def _input(trace: BackwardTrace, x: Any) -> Any:
    """An input: a value's id, {"constant": number}, or null where the argument was left out."""
    if x is None:
        return None
    return {"value": trace.graph.id(x)} if is_value(x) else {"constant": _plain(x)}


def _step(trace: BackwardTrace, step: Step, writer: _Arrays) -> dict[str, Any]:
    return {
        "number": step.number,
        "value": trace.graph.id(step.node),
        "primitive": step.primitive.name,
        "upstream": writer.array(f"step{step.number}.upstream", step.upstream),
        "sum_of": [_arrival(a) for a in step.arrived],
        "contributions": [
            {
                "argument": c.argument,
                "to": _input(trace, c.input),
                "status": c.status,
                "rule": c.rule and c.rule.name,
                "reads": sorted(c.rule.reads) if c.rule else [],
                "gradient": None
                if c.sent is None
                else writer.array(f"step{step.number}.contribution{position}", c.sent),
            }
            for position, c in enumerate(step.contributions)
        ],
        "recorded": [t.primitive.name for t in step.primitives if t.primitive],
    }


def _arrival(arrival: Any) -> dict[str, int]:
    return {"step": arrival.step, "position": arrival.position}


def _plain(value: Any) -> Any:
    """A parameter or number as JSON has it; what JSON does not have becomes text."""
    if isinstance(value, (Tensor, np.ndarray)) and value.size > 8:
        return f"array of shape {value.shape}"
    if isinstance(value, (Tensor, np.ndarray, np.generic)):
        value = as_array(value).tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


class _Arrays:
    """Writes arrays: small ones into the document, large ones summarised and, if wanted, into an .npz file."""

    def __init__(self, max_values: int, path: Any):
        self.max_values = max_values
        self.path = None if path is None else Path(path)
        self.large: dict[str, np.ndarray] = {}

    def array(self, key: str, value: Any) -> dict[str, Any]:
        array = as_array(value)
        described = asdict(summarize(array))
        described["shape"] = list(array.shape)
        for statistic in ("min", "mean", "max", "norm"):
            described[statistic] = _plain(described[statistic])
        if array.size <= self.max_values:
            described["values"] = _plain(array.tolist())
        elif self.path is not None:
            self.large[key] = array
            described["ref"] = {"file": self.path.name, "key": key}
        return described

    def write(self) -> None:
        if self.path is None:
            return
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **self.large)  # type: ignore[arg-type]
        write_atomically(self.path, buffer.getvalue())
