"""What a primitive is tried on: a case, the register of all, and what several of them are drawn with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

import tinygrad_edu as tge
from tinygrad_edu.testing import strategies as tgst


@dataclass(frozen=True)
class Case:
    name: str
    examples: st.SearchStrategy[tuple[tuple[Any, ...], dict[str, Any]]]
    reference: Callable[..., Any]
    torch: Callable[..., Any]
    order: int = 2
    exact: bool = False  # whether the forward must agree to the last bit

    @property
    def primitive(self):
        return tge.primitives()[self.name]

    def __call__(self, *arrays, **params):
        return self.primitive(*arrays, **params)


CASES: dict[str, Case] = {}


def case(name, examples, reference, torch, **kwargs):
    CASES[name] = Case(name, examples, reference, torch, **kwargs)


def no_params(*strategies):
    return st.tuples(st.tuples(*strategies), st.just({}))


@st.composite
def broadcasting(draw, *array_options):
    """Draw arrays whose shapes broadcast against each other, one for each dict of options."""
    shapes = draw(tgst.broadcastable_shapes(len(array_options)))
    return tuple(
        draw(tgst.arrays(shape=shape, **options)) for shape, options in zip(shapes, array_options, strict=True)
    ), {}


def offset(arrays):
    """Move drawn values off the grid, so that they never tie with those on it."""
    return arrays.map(lambda x: np.asarray(x + tgst.GRID / 2))


ANYWHERE: dict[str, Any] = {"away_from": ()}
POSITIVE: dict[str, Any] = {"low": 0.5, "high": 3.0}
smooth = no_params(tgst.arrays(**ANYWHERE))
kinked = no_params(tgst.arrays())
positive = no_params(tgst.arrays(**POSITIVE))
