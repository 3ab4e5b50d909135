"""The derivative of another function, or the right formula with x and y confused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..calls.trial import Trial, close
from .hypothesis import every, says
from .masks import _elementwise_slopes

if TYPE_CHECKING:
    from collections.abc import Callable


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


DERIVATIVES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "exp(x), which is e^x": np.exp,
    "exp(-x), which is -e^-x": lambda x: -np.exp(-x),
    "log(x), which is 1 / x": lambda x: 1 / x,
    "sin(x), which is cos(x)": np.cos,
    "cos(x), which is -sin(x)": lambda x: -np.sin(x),
    "tanh(x), which is 1 - tanh(x)^2": lambda x: 1 - np.tanh(x) ** 2,
    "sigmoid(x), which is s (1 - s)": lambda x: _sigmoid(x) * (1 - _sigmoid(x)),
    "softplus(x), which is sigmoid(x)": _sigmoid,
    "sqrt(x), which is 1 / (2 sqrt(x))": lambda x: 0.5 / np.sqrt(x),
    "1 / x, which is -1 / x^2": lambda x: -1 / x**2,
    "x^2, which is 2 x": lambda x: 2 * x,
    "x^3, which is 3 x^2": lambda x: 3 * x**2,
    "x^2 / 2, which is x": lambda x: x,
    "relu(x), which is [x > 0]": lambda x: (x > 0).astype(float),
    "|x|, which is sign(x)": np.sign,
    "arctan(x), which is 1 / (1 + x^2)": lambda x: 1 / (1 + x * x),
    "x, which is 1": np.ones_like,
    "-x, which is -1": lambda x: -np.ones_like(x),
}


def other_function(trials: list[Trial]) -> str | None:
    """Elementwise, and the slopes are those of a well-known function; or the function itself stands for its slope."""

    def slopes_are(s: Trial, h: Callable[[np.ndarray], np.ndarray]) -> bool | None:
        slopes = _elementwise_slopes(s)
        if slopes is None:
            return None
        with np.errstate(all="ignore"):
            return close(slopes[1], h(s.x.reshape(-1)[~np.isnan(np.diag(s.right))]))

    for name, h in DERIVATIVES.items():
        if every(trials, lambda s, h=h: slopes_are(s, h)):  # type: ignore[misc]
            return f"it is the derivative of {name}: another function"
    if every(trials, lambda s: close(slopes[1], s.y.reshape(-1)) if (slopes := _elementwise_slopes(s)) else None):
        return "it multiplies by the function's value y, not by its derivative: the derivative of another function"
    return None


@says("the product rule needs another term: y is x * h(x), and it is h(x) alone, without x * h'(x)")
def first_factor_only(s: Trial) -> bool | None:
    """Elementwise, and the slopes are y / x."""
    return _slopes_of_a_product(s, 0)


@says("the product rule needs another term: y is x * h(x), and it is x * h'(x) alone, without h(x)")
def second_factor_only(s: Trial) -> bool | None:
    """Elementwise, and the slopes are dy/dx - y / x."""
    return _slopes_of_a_product(s, 1)


def _slopes_of_a_product(s: Trial, term: int) -> bool | None:
    slopes = _elementwise_slopes(s)
    if slopes is None:
        return None
    h = (s.y / s.x).reshape(-1)[~np.isnan(np.diag(s.right))]
    return close(slopes[1], (h, slopes[0] - h)[term])


@says("it reads the result y where it should read the input x")
def y_for_x(s: Trial) -> bool | None:
    """The rule becomes right when it is given x in the place of y."""
    return close(s.fire(y=s.x), s.expected) if s.x.shape == s.y.shape else None


@says("it reads the input x where it should read the result y")
def x_for_y(s: Trial) -> bool | None:
    """The rule becomes right when it is given y in the place of x."""
    return close(s.fire_with_input(s.position, s.y), s.expected) if s.x.shape == s.y.shape else None
