"""Which number a question is about, as the page says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import UserError

MOST_AXES = 32
MOST_STEPS = 1_000  # of `through`
LARGEST = 2**31


@dataclass(frozen=True)
class Address:
    """A number: {"of": "conv.weight", "gradient": true, "index": [3, 0, 1, 2], "through": []}.

    Attributes:
        of: the name of its array.
        gradient: whether dL/d(it) is meant.
        index: which element of the array.
        through: what a rule computes on its way (a probability inside log_softmax, say) has no name in the graph. Then
            each [group, row, column] leads to a factor of the explanation before it.
    """

    of: str
    gradient: bool
    index: tuple[int, ...]
    through: tuple[tuple[int, int, int], ...]


def address_from(question: Any) -> Address:
    """Read an address; raise UserError where it is none."""
    try:
        of, gradient = question["of"], question.get("gradient", False)
        index = _whole_numbers(question.get("index", []), MOST_AXES)
        through = question.get("through", [])
        if not isinstance(of, str) or not isinstance(through, list) or len(through) > MOST_STEPS:
            raise TypeError("a name is text, and `through` a list")
        ways = [_whole_numbers(way, 3) for way in through]
        return Address(of, bool(gradient), index, tuple((group, row, column) for group, row, column in ways))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(f"a question says of which number: {question!r:.200} does not ({error})") from error


def _whole_numbers(given: Any, most: int) -> tuple[int, ...]:
    if not isinstance(given, (list, tuple)) or len(given) > most:
        raise TypeError(f"an index is a list of at most {most}")
    if not all(isinstance(i, int) and not isinstance(i, bool) and 0 <= i < LARGEST for i in given):
        raise ValueError("an index consists of whole numbers, from 0")
    return tuple(given)
