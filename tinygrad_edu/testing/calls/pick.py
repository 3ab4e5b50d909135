"""Two ways to choose shapes and numbers: at random, which is quick, or by Hypothesis, which can make them small.

What describes the calls of a primitive (`case.py`, `guess.py`) asks a `Pick` and does not care which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

# The values an element may have, the simplest first: that is the order in which Hypothesis shrinks. None is 0.
DOMAINS: dict[str, tuple[float, float]] = {
    "real": (-3.0, 3.0),
    "positive": (0.2, 3.0),
    "unit": (0.1, 0.9),
    "above one": (1.2, 4.0),
}


class Pick(Protocol):
    """Chooses."""

    def integer(self, low: int, high: int) -> int:
        """Choose an integer from low to high, both included."""

    def choice(self, options: Sequence[T]) -> T:
        """Choose one of several; the first counts as the simplest."""

    def array(self, shape: tuple[int, ...], domain: str = "real") -> np.ndarray:
        """Choose a float64 array of numbers from a domain, none of them 0."""

    def generator(self) -> np.random.Generator:
        """Choose a NumPy generator."""


class RandomPick:
    """Chooses at random: no two elements alike, so that nothing is right by chance."""

    def __init__(self, rng: np.random.Generator):
        self.rng = rng

    def integer(self, low: int, high: int) -> int:
        """Draw an integer from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def choice(self, options: Sequence[T]) -> T:
        """Draw one of several."""
        return options[int(self.rng.integers(len(options)))]

    def array(self, shape: tuple[int, ...], domain: str = "real") -> np.ndarray:
        """Draw from the domain, keeping away from 0."""
        low, high = DOMAINS[domain]
        values = self.rng.uniform(max(low, 0.2 if low < 0 else low), high, shape)
        if low < 0:
            values = values * self.rng.choice([-1.0, 1.0], shape)
        return np.asarray(values)

    def generator(self) -> np.random.Generator:
        """Return the generator it draws from."""
        return self.rng


class DrawnPick:
    """Chooses by Hypothesis, inside a composite strategy."""

    def __init__(self, draw: Callable[[Any], Any]):
        from hypothesis import strategies as st

        self.draw = draw
        self.st = st

    def integer(self, low: int, high: int) -> int:
        """Draw an integer from low to high, both included."""
        return self.draw(self.st.integers(low, high))

    def choice(self, options: Sequence[T]) -> T:
        """Draw one of several; shrinks to the first."""
        return options[self.draw(self.st.integers(0, len(options) - 1))]

    def array(self, shape: tuple[int, ...], domain: str = "real") -> np.ndarray:
        """Draw numbers with one decimal; shrinks to 1, 2, -1 and the like."""
        values = simple_numbers(domain)
        size = int(np.prod(shape, dtype=int))
        picks = self.draw(self.st.lists(self.st.integers(0, len(values) - 1), min_size=size, max_size=size))
        return values[np.array(picks, dtype=int)].reshape(shape)

    def generator(self) -> np.random.Generator:
        """Draw a seed."""
        return np.random.default_rng(self.draw(self.st.integers(0, 2**32 - 1)))


def simple_numbers(domain: str) -> np.ndarray:
    """Return the numbers with one decimal in a domain, the simplest first.

    >>> simple_numbers("real")[:6].tolist()
    [1.0, -1.0, 2.0, -2.0, 3.0, -3.0]
    >>> simple_numbers("unit")[:3].tolist()
    [0.5, 0.1, 0.2]
    """
    low, high = DOMAINS[domain]
    tenths = [k for k in range(round(low * 10), round(high * 10) + 1) if abs(k) >= 1]
    ordered = sorted(tenths, key=lambda k: (k % 10 != 0, k % 5 != 0, abs(k), k < 0))
    return np.array(ordered) / 10
