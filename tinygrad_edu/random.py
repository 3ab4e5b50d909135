"""The library's random numbers: one seedable generator that initialisation, dropout and `rand` draw from."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np


@functools.cache
def default_rng() -> np.random.Generator:
    """Return the generator that is used wherever no `rng=` is given."""
    return np.random.Generator(np.random.PCG64())  # made when first asked for: importing numpy.random takes a while


def manual_seed(seed: int) -> np.random.Generator:
    """Start the generator anew from `seed`, so that the same program draws the same numbers.

    >>> import tinygrad_edu as tge
    >>> _ = tge.manual_seed(0); a = tge.rand(3)
    >>> _ = tge.manual_seed(0); b = tge.rand(3)
    >>> bool((a.data == b.data).all())
    True
    """
    generator = default_rng()
    generator.bit_generator.state = np.random.PCG64(seed).state
    return generator


def get_state() -> dict[str, Any]:
    """Return the generator's state, made of numbers and strings, so that it fits into JSON."""
    return dict(default_rng().bit_generator.state)


def check_state(state: dict[str, Any]) -> None:
    """Raise ValueError, TypeError, KeyError or OverflowError unless this is a state that `get_state` returned."""
    np.random.PCG64().state = state  # type: ignore[assignment]


def set_state(state: dict[str, Any]) -> None:
    """Continue from a state that `get_state` returned."""
    default_rng().bit_generator.state = state
