"""A scene: all that the network's screen shows of a moment, values above and gradients below."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import Tensor
from ..autograd.trace import SENT, as_array
from ..autograd.trace_json import shown_file
from ..explain.explanation import derivation_of
from .notices import largest, notices, prediction

if TYPE_CHECKING:
    from ..autograd import Primitive, Rule
    from ..autograd.trace import Step
    from .moment import Moment

TITLES = {
    "conv2d": "Convolution",
    "relu": "ReLU",
    "linear": "Dense",
    "reshape": "Flatten",
    "max_pool2d": "Max-pooling",
    "avg_pool2d": "Average-pooling",
    "log_softmax": "Log softmax",
    "nll_loss": "Loss",
    "leaky_relu": "Leaky ReLU",
    "add": "Addition",
    "subtract": "Subtraction",
    "multiply": "Multiplication",
    "divide": "Division",
}


def scene(moment: Moment) -> dict[str, Any]:
    """Return the scene: see docs/explorer.md for its form."""
    return {
        "recipe": moment.recipe.to_json(),
        "picture": {"digit": moment.recipe.shown.digit, "edited": bool(moment.recipe.pixels)},
        "model": {
            "title": type(moment.model).__name__,
            "networks": list(moment.networks),
            "parameters": sum(p.size for p in moment.model.parameters()),
        },
        "classes": list(moment.classes),
        "answer": moment.answer,
        "loss": None if moment.loss is None else moment.loss.item(),
        **prediction(moment),
        **notices(moment),
        "arrays": {name: _array(moment, name, value) for name, value in moment.by_name.items()},
        "stages": _stages(moment),
        "steps": [] if moment.trace is None else [_step(moment, step) for step in moment.trace.steps],
    }


def _array(moment: Moment, name: str, value: Any) -> dict[str, Any]:
    """Describe one array: its numbers, and below them its gradient's, or why there is none."""
    trace, array, gradient = moment.trace, as_array(value), moment.gradient(value)
    arrived = []
    if trace is not None and isinstance(value, Tensor):
        arrived = [trace.rule_number(a) for a in trace.arrivals.get(value, ())]
    primitive = getattr(value, "primitive", None)
    return {
        "role": _role(moment, value),
        "shape": list(array.shape),
        "laid_out": list(_laid_out(moment, value)),
        "dtype": str(array.dtype),
        "values": array,
        "gradient": gradient,
        "largest": {"value": largest(array), "gradient": None if gradient is None else largest(gradient)},
        "no_gradient": None if gradient is not None else _why_none(moment, value),
        "arrived": arrived,
        "primitive": None if primitive is None else primitive.name,
    }


def _role(moment: Moment, value: Any) -> str:
    if value is moment.image:
        return "input"
    if getattr(value, "primitive", None) is not None:
        return "value"
    return "parameter" if id(value) in moment.parameters else "constant"


def _why_none(moment: Moment, value: Any) -> str:
    if moment.trace is None:
        return "a gradient needs a loss, and a loss needs the answer"
    statuses = [c.status for step in moment.trace.steps for c in step.contributions if c.input is value]
    return next((status for status in statuses if status != SENT), "nothing arrived")


def _laid_out(moment: Moment, value: Any) -> tuple[int, ...]:
    """Return the shape to show an array in: what was flattened, and weights that meet it, as maps."""
    shape = np.shape(as_array(value))
    primitive = getattr(value, "primitive", None)
    if primitive is not None and primitive.name == "reshape":
        return np.shape(as_array(value.inputs[0]))
    for y in moment.graph:
        if getattr(y, "primitive", None) is not None and y.primitive.name == "linear" and y.inputs[1] is value:
            maps = _laid_out(moment, y.inputs[0])[1:]
            return (shape[0], *maps) if math.prod(maps) == shape[1] else shape
    return shape


def _stages(moment: Moment) -> list[dict[str, Any]]:
    """Return the operations from left to right, the picture first."""
    trace = moment.trace
    of_picture = {id(moment.image)}  # and what is computed from it; parameters may be prepared beside
    stages: list[dict[str, Any]] = [
        {
            "primitive": None,
            "title": "Image",
            "output": "image",
            "of_picture": True,
            "inputs": [],
            "parameters": [],
            "params": {},
            "step": None,
        }
    ]
    for y in moment.graph:
        if getattr(y, "primitive", None) is None:
            continue
        if any(id(x) in of_picture for x in y.inputs):
            of_picture.add(id(y))
        names = [moment.graph.label(x) for x in y.inputs if isinstance(x, Tensor) and x in moment.graph]
        parameters = [n for n in names if _role(moment, moment.by_name[n]) == "parameter"]
        step = None if trace is None else trace.step_of(y)
        stages.append(
            {
                "primitive": y.primitive.name,
                "formula": y.primitive.formula,
                "title": _title(y),
                "output": moment.graph.label(y),
                "of_picture": id(y) in of_picture,
                "inputs": [n for n in names if n not in parameters],
                "parameters": parameters,
                "params": {key: _parameter(v) for key, v in y.params.items()},
                "step": None if step is None else step.number,
            }
        )
    return stages


def _title(y: Tensor) -> str:
    name = y.primitive.name  # type: ignore[union-attr]
    if name == "reshape" and y.ndim != 2:
        return "Reshape"
    return TITLES.get(name, name.replace("_", " ").capitalize())


def _parameter(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [_parameter(v) for v in value]
    return value if isinstance(value, (bool, int, float, str)) or value is None else str(value)


def _step(moment: Moment, step: Step) -> dict[str, Any]:
    """Describe one step of the backward pass: what arrives, which rules fire, what each sends, and to whom."""
    trace: Any = moment.trace
    return {
        "number": step.number,
        "output": trace.graph.label(step.node),
        "primitive": _written(step.primitive),
        "sum_of": trace.sum_of(step.arrived),
        "reads": list(step.reads),
        "contributions": [
            {
                "where": step.rule_number(position) if c.status == SENT else None,
                "argument": c.argument,
                "to": trace.graph.label(c.input) if c.input is not None and c.input in trace.graph else None,
                "status": c.status,
                "count": 0 if c.gradient is None else c.gradient.size,
                "kept": isinstance(c.input, Tensor) and c.input.primitive is None,
                "rule": None if c.rule is None else _written(c.rule),
            }
            for position, c in enumerate(step.contributions)
        ],
    }


@lru_cache(512)
def _written(what: Primitive | Rule) -> dict[str, Any]:
    source = what.source
    return {
        "name": what.name,
        "formula": what.formula,
        "derivation": derivation_of(what),
        "reads": sorted(getattr(what, "reads", ())),
        "source": source and {"file": shown_file(source), "line": source.line, "text": source.text},
    }
