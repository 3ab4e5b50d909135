"""Everything about a rule but its values: that there is one, what it takes, what it returns, side effects."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import numpy as np

from ..calls.trial import described, first_line

if TYPE_CHECKING:
    from ...autograd import Primitive
    from ..calls.trial import Trial


def missing(trial: Trial) -> str | None:
    """There is no rule for the argument."""
    primitive, argument = trial.call.primitive, trial.argument
    if argument in primitive.rules:
        return None
    text = f'it has no rule for {argument}; write one below @{primitive.name}.backward("{argument}")'
    default = inspect.signature(primitive.forward).parameters[argument].default
    if default not in (inspect.Parameter.empty, None):
        text += f", or put {argument} behind a * if it is a parameter: def {primitive.name}(..., *, {argument}=...)"
    return text


def other_arguments(trial: Trial) -> str | None:
    """The rule's arguments are not those that a rule is called with."""
    primitive = trial.call.primitive
    rule = primitive.rules[trial.argument]
    named = {**trial.call.params, **({"position": 0} if primitive.variadic else {})}
    try:
        inspect.signature(rule.function).bind(trial.g, trial.y, *trial.call.inputs, **named)
    except TypeError as e:
        return f"it cannot be called ({first_line(e)}); write {header(primitive, rule.name)}"
    except ValueError:  # of a function that is not written in Python nothing is known
        return None
    names, right = list(inspect.signature(rule.function).parameters), ["g", "y", *primitive.arguments]
    if names[: len(right)] != right and sorted(names[: len(right)]) == sorted(right):
        return f"its arguments stand in another order than they are given in; write {header(primitive, rule.name)}"
    return None


def header(primitive: Primitive, name: str) -> str:
    """Write the first line of a rule: what it is called with.

    >>> import tinygrad_edu as tge
    >>> header(tge.primitives()["softmax"], "softmax_dx")
    'def softmax_dx(g, y, x, *, axis)'
    """
    arrays = [f"*{a}" if primitive.variadic and a == primitive.arguments[-1] else a for a in primitive.arguments]
    named = [*primitive.parameters, *(["position"] if primitive.variadic else [])]
    star = ["*"] if named and not primitive.variadic else []
    name = name if name.isidentifier() else f"{primitive.name}_d{primitive.arguments[0]}"
    return f"def {name}({', '.join(['g', 'y', *arrays, *star, *named])})"


def raises(trial: Trial) -> str | None:
    """The rule raises."""
    return None if trial.raised is None else f"it raised {described(trial.raised)}"


def no_array(trial: Trial) -> str | None:
    """The rule returns something else than an array, or None."""
    if trial.gave:
        return None
    text = f"it returned a {type(trial.returned).__name__}, not an array"
    if isinstance(trial.returned, tuple):
        text += f"; each argument has a rule of its own, and this one returns dL/d{trial.argument} alone"
    return text


def writes_into_what_it_is_given(trial: Trial) -> str | None:
    """g, y or an input holds other values afterwards."""
    if not trial.changed:
        return None
    return f"it changed {trial.changed}, which belongs to others; let it make a new array (g * m, not g *= m)"


def other_shape(trial: Trial) -> str | None:
    """The gradient has another shape than the argument."""
    given = np.shape(trial.returned)
    if trial.returned is None or given == trial.x.shape:
        return None
    return f"its shape is {given}, but {trial.argument} has shape {trial.x.shape}"


def other_dtype(trial: Trial) -> str | None:
    """The gradient is not float64, though the inputs are."""
    if trial.returned is None or trial.returned.dtype == np.float64:
        return None
    return f"it has dtype {trial.returned.dtype} where all inputs are float64"
