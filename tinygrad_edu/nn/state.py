"""State as arrays by name: taking it, and taking it over after everything in it was checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.commit import change_leaves
from ..autograd.tensor import Tensor
from ..errors import CheckpointError

if TYPE_CHECKING:
    from collections.abc import Iterable


def snapshot(tensors: Iterable[tuple[str, Tensor]]) -> dict[str, np.ndarray]:
    """Return the tensors' read-only arrays by name."""
    return {name: tensor.data for name, tensor in tensors}


def load(owner: str, tensors: Iterable[tuple[str, Tensor]], state: Mapping[str, Any]) -> None:
    """Give the named tensors copies of the arrays in `state`, once it is certain that every one fits."""
    targets = dict(tensors)
    arrays = check(owner, {name: (t.shape, t.dtype) for name, t in targets.items()}, state)
    change_leaves([targets[name] for name in arrays], arrays.values())


def check(
    owner: str, expected: Mapping[str, tuple[tuple[int, ...], np.dtype]], state: Mapping[str, Any]
) -> dict[str, np.ndarray]:
    """Return copies of the arrays in `state`, or raise one CheckpointError naming all that does not fit."""
    if not isinstance(state, Mapping):
        raise CheckpointError(f"{owner} needs its state as arrays by name, not {type(state).__name__}")
    problems = [f"missing {name}" for name in expected if name not in state]
    problems += [f"unexpected {name}" for name in state if name not in expected]
    arrays = {}
    for name in expected.keys() & state.keys():
        value = state[name]
        try:
            array = np.array(value.data if isinstance(value, Tensor) else value, order="C")
        except ValueError:
            array = np.array(None)  # a ragged list
        shape, dtype = expected[name]
        if array.shape != shape:
            problems.append(f"{name} has shape {array.shape} instead of {shape}")
        elif array.dtype != dtype:
            problems.append(f"{name} has dtype {array.dtype} instead of {dtype}")
        arrays[name] = array
    if problems:
        raise CheckpointError(f"this state does not fit {owner}: {'; '.join(sorted(problems))}")
    return arrays
