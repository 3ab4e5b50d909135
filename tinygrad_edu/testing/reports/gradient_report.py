"""What a gradient check returns when all is right, and what it raises when it is not."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..diagnosis import Diagnosis


@dataclass
class GradientReport:
    """What `check_gradients` looked at.

    Attributes:
        checked: how many elements were compared, over all inputs and orders.
        kinks: how many were left out because the function has no derivative there (relu at 0).
        max_error: the largest difference found, relative to the size of what was added up for that element.
        notes: sentences about anything that was left out.
    """

    checked: int = 0
    kinks: int = 0
    max_error: float = 0.0
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        text = f"{self.checked} elements agree, largest relative error {self.max_error:.1e}"
        return "; ".join([text, *self.notes])


class GradientMismatch(AssertionError):
    """A gradient is not the derivative.

    Attributes:
        primitive: the name of the primitive whose rule is wrong, or None if no single one is to blame.
        argument: the argument (or the input of the function) whose gradient is wrong.
        index: where the gradient is worst.
        given, expected: the two values there.
        order: 1, or 2 if only the gradient of the gradient is wrong ...
        diagnosis: what is wrong, in words (`.kind`, `.text`).
    """

    def __init__(
        self,
        *,
        primitive: str | None,
        argument: str,
        index: tuple[int, ...],
        given: float,
        expected: float,
        order: int,
        diagnosis: Diagnosis,
    ):
        self.primitive = primitive
        self.argument = argument
        self.index = index
        self.given = given
        self.expected = expected
        self.order = order
        self.diagnosis = diagnosis
        who = f"{primitive}: the rule for {argument}" if primitive else f"the gradient for {argument}"
        place = f" at {list(index)}" if index else ""
        derivative = "" if order == 1 else f" (order {order})"
        values = ""
        if not math.isnan(expected):
            values = f"\nworst{place}: given {given:.9g}, expected {expected:.9g} by finite differences"
        what = f"{who} is wrong{derivative}" if argument else f"{primitive}"
        super().__init__(f"{what}: {diagnosis.text}{values}")


class KinkCrossed(ValueError):
    """No element could be checked: the function has a kink or a jump at every one of them."""
