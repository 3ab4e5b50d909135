"""What a setting may be: each function returns the setting in its own type, or raises ValueError saying what fits.

>>> number("SGD: lr", 1, at_least=0)
1.0
>>> number("SGD: lr", "fast", at_least=0)
Traceback (most recent call last):
ValueError: SGD: lr must be a number of at least 0, not 'fast'
"""

from __future__ import annotations

import math
import operator
from numbers import Real
from typing import Any, NoReturn

import numpy as np


def number(
    what: str,
    value: Any,
    *,
    at_least: float | None = None,
    above: float | None = None,
    at_most: float | None = None,
    below: float | None = None,
) -> float:
    """Return a finite number as a Python float, which no float32 array is promoted by."""
    if isinstance(value, Real) and not isinstance(value, bool):
        try:
            result = float(value)
        except OverflowError:  # a huge int
            result = math.inf
        if (
            math.isfinite(result)
            and (at_least is None or result >= at_least)
            and (above is None or result > above)
            and (at_most is None or result <= at_most)
            and (below is None or result < below)
        ):
            return result
    low = f"of at least {at_least}" if at_least is not None else f"above {above}" if above is not None else ""
    high = f"at most {at_most}" if at_most is not None else f"below {below}" if below is not None else ""
    if at_least is not None and high:
        low, high = f"from {at_least}", "to " + high.removeprefix("at most ")
    _refuse(what, " ".join(["a number", *filter(None, (low, high))]), value)


def whole(what: str, value: Any, *, at_least: int | None = None) -> int:
    """Return a whole number as a Python int."""
    if hasattr(value, "__index__") and not isinstance(value, bool):
        try:
            result = operator.index(value)
        except TypeError:  # an array, or a Tensor, of another dtype
            pass
        else:
            if at_least is None or result >= at_least:
                return result
    _refuse(what, "an integer" if at_least is None else f"an integer of at least {at_least}", value)


def flag(what: str, value: Any) -> bool:
    """Return True or False."""
    if not isinstance(value, (bool, np.bool_)):
        _refuse(what, "True or False", value)
    return bool(value)


def floating(what: str, value: Any) -> np.dtype:
    """Return a floating dtype."""
    try:
        dtype = np.dtype(value)
    except TypeError:
        dtype = None
    if dtype is None or dtype.kind != "f":
        _refuse(what, "float16, float32 or float64", value)
    return dtype


def array_like(layer: str, x: Any) -> None:
    """Raise unless an input is a Tensor or an array."""
    if not hasattr(x, "dtype"):
        raise TypeError(f"{layer} takes a Tensor or an array, not a {type(x).__name__}; use tge.tensor(...)")


def same_dtype(layer: str, x: Any, weight: Any) -> None:
    """Raise if the input would change the dtype a layer computes in."""
    array_like(layer, x)
    if x.dtype != weight.dtype:
        raise TypeError(
            f"{layer} computes in {weight.dtype}, but its input is {x.dtype}; use x.astype({str(weight.dtype)!r})"
        )


def _refuse(what: str, fits: str, value: Any) -> NoReturn:
    raise ValueError(f"{what} must be {fits}, not {value!r}")
