"""Values for a primitive's parameters: by their names if those are well known, else near their defaults."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...autograd import Primitive
    from .pick import Pick


def _axis(pick: Pick, default: Any, shape: tuple[int, ...]) -> Any:
    if not shape:
        return default if default is None else 0
    one = pick.integer(-len(shape), len(shape) - 1)
    if default is not None or len(shape) == 1:
        return one if default is not None else pick.choice([None, one])
    both = tuple(sorted({pick.integer(0, len(shape) - 1), pick.integer(0, len(shape) - 1)}))
    return pick.choice([None, one, both])


def _pad_width(pick: Pick, default: Any, shape: tuple[int, ...]) -> Any:
    return tuple((pick.integer(0, 2), pick.integer(0, 2)) for _ in shape)


def _index(pick: Pick, default: Any, shape: tuple[int, ...]) -> Any:
    if not shape:
        return ()
    picked = np.array([pick.integer(0, shape[0] - 1) for _ in range(pick.integer(1, 4))])
    return pick.choice([picked, slice(0, 1), int(picked[0])])


PARAMETERS: dict[str, Callable[[Pick, Any, tuple[int, ...]], Any]] = {
    "axis": _axis,
    "dim": _axis,
    "axis1": lambda pick, default, shape: pick.integer(0, max(len(shape) - 1, 0)),
    "axis2": lambda pick, default, shape: pick.integer(0, max(len(shape) - 1, 0)),
    "axes": lambda pick, default, shape: pick.choice([tuple(range(len(shape)))[::-1], _rolled(shape), _turned(shape)]),
    "keepdims": lambda pick, default, shape: pick.choice([False, True]),
    "stride": lambda pick, default, shape: pick.choice([default if is_given(default) else 1, 1, 2, 3]),
    "padding": lambda pick, default, shape: pick.choice([0, 1]),
    "dilation": lambda pick, default, shape: pick.choice([1, 2]),
    "groups": lambda pick, default, shape: 1,
    "kernel_size": lambda pick, default, shape: pick.choice([2, 1, 3]),
    "reduction": lambda pick, default, shape: pick.choice(["mean", "sum", "none"]),
    "shape": lambda pick, default, shape: pick.choice([(int(np.prod(shape)),), shape[::-1], (1, *shape)]),
    "new_shape": lambda pick, default, shape: pick.choice([(int(np.prod(shape)),), shape[::-1]]),
    "pad_width": _pad_width,
    "index": _index,
    "indices": _index,
    "repeats": lambda pick, default, shape: pick.integer(1, 3),
    "shift": lambda pick, default, shape: pick.integer(1, 2),
    "p": lambda pick, default, shape: pick.choice([0.5, 0.25]),
}


def _rolled(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (*range(1, len(shape)), 0) if shape else ()


def _turned(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (len(shape) - 1, *range(len(shape) - 1)) if shape else ()


def is_given(default: Any) -> bool:
    """Tell whether a parameter has a default."""
    return default is not inspect.Parameter.empty


def choose_parameters(pick: Pick, primitive: Primitive, shape: tuple[int, ...]) -> dict[str, Any]:
    """Choose a value for each parameter: by its name if that is well known, else near its default."""
    chosen: dict[str, Any] = {}
    for name, default in primitive.parameters.items():
        if name in PARAMETERS:
            chosen[name] = PARAMETERS[name](pick, default, shape)
        elif isinstance(default, bool):
            chosen[name] = pick.choice([default, not default])
        elif isinstance(default, float):
            chosen[name] = default * pick.choice([1.0, 0.5, 2.0])
        elif isinstance(default, int):
            chosen[name] = default + pick.choice([0, 1])
        elif not is_given(default):
            chosen[name] = pick.choice([2, 0.5, 1, 3])
        else:
            chosen[name] = default
    return chosen
