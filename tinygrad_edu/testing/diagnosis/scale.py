"""Zero, no upstream gradient, a wrong sign, a constant factor, a factor that is missing."""

from __future__ import annotations

import functools
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from ..calls.trial import Trial, close
from .hypothesis import every, says

if TYPE_CHECKING:
    from collections.abc import Iterator


@says("it is zero, although the result depends on this argument")
def zero(s: Trial) -> bool | None:
    """The gradient is zero although y depends on x."""
    return not s.given.any() and bool(np.nan_to_num(s.expected).any())


@says("it gives inf or nan where the gradient is an ordinary number")
def not_finite(s: Trial) -> bool:
    """It has inf or nan where the gradient is a number."""
    return s.given.shape == s.x.shape and bool((~np.isfinite(s.given) & np.isfinite(s.expected)).any())


@says("it does not multiply by the upstream gradient g")
def without_upstream(s: Trial) -> bool | None:
    """Another upstream gradient changes nothing."""
    return close(s.fire(-2.5 * s.g), s.given) and bool(s.given.any())


@says("a term of it does not contain the upstream gradient g: with g = 0 it is not zero")
def term_without_upstream(s: Trial) -> bool:
    """With g = 0 something is left."""
    left = s.fire(np.zeros_like(s.g))
    return left is not None and bool(np.isfinite(left).all() and left.any())


@says("it is not linear in the upstream gradient: twice g does not give twice the gradient")
def not_linear(s: Trial) -> bool:
    """Twice the upstream gradient, or its negative, gives something else than twice the gradient, or its negative."""
    return not all(close(s.fire(c * s.g), c * s.given) for c in (2.0, -1.0))


@says("its sign is flipped")
def sign(s: Trial) -> bool | None:
    """given = -expected."""
    return close(-s.given, s.expected)


def factor(trials: list[Trial]) -> str | None:
    """given = c * expected, with c a number, or a count that several sizes give away."""
    factors = [_ratio(s) for s in trials]
    if any(c is None for c in factors):
        return None
    c = np.array(factors, dtype=float)
    named = quantity(trials, c)
    if np.allclose(c, c[0], rtol=1e-4) and (len(trials) > 1 or named is None):
        return f"off by the constant factor {_number(float(c[0]))}"
    if named is None:
        return None
    if len(trials) == 1:
        return f"off by the factor {_number(float(c[0]))}, which is {named} here"
    return f"off by the factor {named}"


def _ratio(s: Trial) -> float | None:
    """Return c if given = c * expected."""
    if s.given.shape != s.expected.shape:
        return None
    expected = np.nan_to_num(s.expected)
    square = float((expected**2).sum())
    if square == 0.0:
        return None
    c = float((np.where(np.isnan(s.expected), 0.0, s.given) * expected).sum() / square)
    return c if close(s.given, c * s.expected) and abs(c) > 1e-9 else None


def quantity(trials: list[Trial], c: np.ndarray) -> str | None:
    """Find the quantity of the calls that the factors equal, or whose inverse they equal."""
    tables = [dict(_counts(s)) for s in trials]
    for name in tables[0]:
        if not all(name in t for t in tables):
            continue
        values = np.array([t[name] for t in tables])
        if np.allclose(values, 0) or np.allclose(values, 1):
            continue
        for form, wanted in (("{}", values), ("1 / {}", 1 / np.where(values == 0, np.nan, values))):
            for prefix, turned in (("", wanted), ("-", -wanted)):
                if np.allclose(c, turned, rtol=1e-4):
                    return prefix + form.format(name)
    return None


def _counts(s: Trial) -> Iterator[tuple[str, float]]:
    """Yield the numbers a wrong factor is likely to be, with their names."""
    argument = s.call.primitive.argument_at(s.position)
    if s.x.ndim:
        yield f"n, the length of {argument}'s first axis", s.x.shape[0]
    if s.y.ndim:
        yield "n, the length of the result's first axis", s.y.shape[0]
    yield f"the number of elements of {argument}", s.x.size
    yield "the number of elements of the result", s.y.size
    if s.y.size:
        yield "the number of elements summed into each result", s.x.size / s.y.size
        yield "(the number of elements summed into each result)^2", (s.x.size / s.y.size) ** 2
        yield f"how often {argument} is repeated", s.y.size / s.x.size
    for axis in range(1, s.x.ndim):
        yield f"the length of {argument}'s axis {axis}", s.x.shape[axis]
    if isinstance(s.call.params.get("axis"), int) and s.x.ndim:
        yield f"the length of {argument} along axis", s.x.shape[s.call.params["axis"]]
    for axis in range(1, s.y.ndim):
        yield f"the length of the result's axis {axis}", s.y.shape[axis]
    for a, b in combinations(range(s.x.ndim), 2):
        yield f"{argument}.shape[{a}] / {argument}.shape[{b}]", s.x.shape[a] / s.x.shape[b]
    for name, value in s.call.params.items():
        number = _as_number(value)
        if number is not None:
            yield name, number
            yield f"(1 - {name})", 1 - number
            yield f"{name} * {name}", number**2
        elif isinstance(value, tuple) and value and all(isinstance(v, int) for v in value):
            yield f"the product of {name}", float(np.prod(value))


def _as_number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _number(c: float) -> str:
    """Write a factor as the fraction it is, or as a decimal.

    >>> _number(2.0000001), _number(0.3333333), _number(0.123456)
    ('2', '1/3', '0.1235')
    """
    near = Fraction(c).limit_denominator(12)
    return str(near) if near and abs(float(near) - c) < 1e-4 * abs(c) else f"{c:.4g}"


def missing_factor(trials: list[Trial]) -> str | None:
    """given * q = expected for a q that the rule could have read: q is missing; or given = expected * q: q too much."""
    arrays_of = functools.cache(lambda s: dict(_arrays(s)))
    for name in arrays_of(trials[0]):
        for how, sentence in ((1, "the factor {} is missing"), (-1, "there is a factor {} too much")):
            for turned in (1, -1):

                def holds(s: Trial, name: str = name, how: int = how, turned: int = turned) -> bool | None:
                    q = arrays_of(s).get(name)
                    if s.given.shape != s.x.shape:
                        return None
                    if how == 1 and q is not None and s.y.size < s.x.size and q.shape == s.y.shape:
                        return s.ruled is not None and close(turned * s.ruled * q.reshape(-1), s.right)  # a reduction
                    if q is None or q.shape != s.x.shape or not s.is_elementwise or close(q, np.ones_like(q)):
                        return None
                    if how == 1:
                        return close(turned * s.given * q, s.expected)
                    return close(turned * s.given, s.expected * q)

                if every(trials, holds):
                    return sentence.format(name) + (", and the sign is flipped" if turned < 0 else "")
    return None


def _arrays(s: Trial) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the arrays that a rule is likely to multiply or divide by, with their names."""
    named = {"y": s.y}
    for i, x in enumerate(s.call.inputs):
        if isinstance(x, np.ndarray) and x.dtype.kind == "f":
            named[s.call.primitive.argument_at(i)] = x
    with np.errstate(all="ignore"):
        for name, value in named.items():
            yield name, value
            yield f"1 / {name}", 1 / value
            yield f"(1 - {name})", 1 - value
            yield f"(1 + {name})", 1 + value
            yield f"{name}^2", value**2
            yield f"1 / {name}^2", value**-2
            yield f"e^{name}", np.exp(value)
            yield f"e^-{name}", np.exp(-value)
            yield f"log({name})", np.log(value)
            yield f"1 / (2 {name})", 0.5 / value
