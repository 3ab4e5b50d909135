"""Shapes, values and parameters in words, as labels and tooltips say them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ...autograd.summary import Summary, number
from ...autograd.tensor import Tensor
from ...autograd.trace_json import shown_file
from ..styles import MONOSPACE
from .markup import escape

if TYPE_CHECKING:
    from ...autograd.primitive import Primitive
    from ...autograd.rule import Rule

LONGEST_PARAMETER = 30


def shape_text(array: Any) -> str:
    """Return shape and dtype."""
    return f"{array.shape} {_dtype_text(array.dtype)}"


@lru_cache(maxsize=64)
def _dtype_text(dtype: np.dtype) -> str:
    return str(dtype)


def summary_text(summary: Summary) -> str:
    """Return min, mean, max and norm on one line."""
    parts = ((k, getattr(summary, k)) for k in ("min", "mean", "max", "norm"))
    return ", ".join(f"{k} {number(v)}" for k, v in parts)


def values_text(array: np.ndarray) -> str:
    """Return a small array in full, as markup."""
    if array.ndim == 0:
        return f"<B>{number(float(array)) if array.dtype.kind == 'f' else array.item()}</B>"
    if array.size == 1 and array.ndim == 1:
        return f"[{number(float(array[0]))}]"
    width = max(len(number(v)) for v in array.ravel().tolist())
    text = np.array2string(
        array, max_line_width=44, separator="  ", formatter={"float_kind": lambda v: number(float(v)).rjust(width)}
    )
    lines = [escape(line).replace(" ", "&#160;") for line in text.split("\n")]
    return f'<FONT FACE="{MONOSPACE}" POINT-SIZE="9">{"<BR/>".join(lines)}</FONT>'


def parameters_text(params: dict[str, Any]) -> str:
    """Return the parameters of a call as `stride=1, padding=0`."""
    return ", ".join(f"{name}={parameter_text(value)}" for name, value in params.items())


def parameter_text(value: Any) -> str:
    """Return a parameter's value, short: a large array by its shape.

    >>> parameter_text((slice(1, None), 2)), parameter_text(np.zeros((4, 4)))
    ('(1:, 2)', 'array(4, 4)')
    """
    if isinstance(value, (Tensor, np.ndarray)) and value.size > 8:
        return f"array{value.shape}"
    if isinstance(value, slice):
        parts = ["" if v is None else str(v) for v in (value.start, value.stop)]
        return ":".join(parts if value.step is None else [*parts, str(value.step)])
    if isinstance(value, tuple):
        return f"({', '.join(map(parameter_text, value))}{',' if len(value) == 1 else ''})"
    text = repr(value.tolist() if isinstance(value, np.ndarray) else value)
    return text if len(text) <= LONGEST_PARAMETER else f"{text[: LONGEST_PARAMETER - 3]}..."


def argument_text(primitive: Primitive, position: int) -> str:
    """Return the name of an argument; one of a variadic primitive with its number."""
    name = primitive.argument_at(position)
    return f"{name}[{position}]" if primitive.variadic else name


@lru_cache(maxsize=1024)
def place_of(written: Primitive | Rule) -> str:
    """Return file and line of a primitive or a rule."""
    source = written.source
    return f"{shown_file(source)}:{source.line}"
