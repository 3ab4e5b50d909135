"""The library's random numbers: one seedable generator that initialisation, dropout and `rand` draw from."""

from __future__ import annotations

import functools
import operator
from typing import Any

import numpy as np


@functools.cache
def default_rng() -> np.random.Generator:
    """Return the generator that is used wherever no `rng=` is given."""
    return np.random.Generator(np.random.PCG64())  # made when first asked for: importing numpy.random takes a while


def generator(rng: np.random.Generator | None) -> np.random.Generator:
    """Return what an argument `rng=` says to draw from: a NumPy Generator itself or, for None, the library's.

    A seed is refused: it would start anew at every call, and two layers made with it would be alike.

    Raises:
        TypeError: it is anything else.

    >>> generator(0)
    Traceback (most recent call last):
    TypeError: rng= takes a NumPy Generator; instead of 0 write rng=np.random.default_rng(0)
    """
    if rng is None:
        return default_rng()
    if isinstance(rng, np.random.Generator):
        return rng
    seed = int(rng) if isinstance(rng, (int, np.integer)) and not isinstance(rng, bool) else 0
    raise TypeError(f"rng= takes a NumPy Generator; instead of {rng!r} write rng=np.random.default_rng({seed})")


def manual_seed(seed: int) -> np.random.Generator:
    """Start the generator anew from `seed`, so that the same program draws the same numbers.

    >>> import tinygrad_edu as tge
    >>> _ = tge.manual_seed(0); a = tge.rand(3)
    >>> _ = tge.manual_seed(0); b = tge.rand(3)
    >>> bool((a.data == b.data).all())
    True
    """
    if isinstance(seed, bool) or not hasattr(seed, "__index__") or operator.index(seed) < 0:
        raise ValueError(f"manual_seed: the seed must be an integer of at least 0, not {seed!r}")
    rng = default_rng()
    rng.bit_generator.state = np.random.PCG64(operator.index(seed)).state
    return rng


def get_state() -> dict[str, Any]:
    """Return the generator's state, made of numbers and strings, so that it fits into JSON."""
    return dict(default_rng().bit_generator.state)


def check_state(state: dict[str, Any]) -> None:
    """Raise ValueError, TypeError, KeyError or OverflowError unless this is a state that `get_state` returned."""
    np.random.PCG64().state = state  # type: ignore[assignment]


def set_state(state: dict[str, Any]) -> None:
    """Continue from a state that `get_state` returned."""
    default_rng().bit_generator.state = state
