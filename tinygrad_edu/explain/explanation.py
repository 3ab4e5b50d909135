"""An explanation: a number, the operations it comes from, and the terms that add up to it."""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from . import formula
from .terms import Factor, Terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..autograd import Primitive, Rule
    from ..autograd.rule import Source
    from .elements import Group
    from .scope import Scope


CHANGED = "a value was changed after the pass"


@dataclass(frozen=True)
class Part:
    """What one operation contributes: for a value, all of it; for a gradient, what one step sent.

    Attributes:
        value: the engine's number.
        primitive: the operation; None at the start of a backward pass, where dL/dL = 1.
        rule: for a gradient, the rule that fired.
        step: the number of the step in the trace; 0 is the start.
        where: the step and its input as the pictures write it, such as "6b".
        remark: what there is to say in words ("open: the value passed").
    """

    value: float
    primitive: Primitive | None
    groups: tuple[Group, ...]
    rule: Rule | None = None
    step: int | None = None
    where: str = ""
    remark: str = ""
    _scope: Any = field(default=None, repr=False, compare=False)

    @property
    def formula(self) -> str:
        """The sum with its indices."""
        if self.step == 0:
            return f"{self.value:.6g}"
        return formula.of_groups(self.groups, self._scope.label)

    @property
    def source(self) -> Source | None:
        """Where the rule, or for a value the operation, is written: file, line and text."""
        written = self.rule or self.primitive
        return written.source if written is not None else None

    @property
    def derivation(self) -> str:
        """How the rule comes about: its docstring from the second line on, up to the examples."""
        return derivation_of(self.rule) if self.rule else ""


def derivation_of(written: Primitive | Rule) -> str:
    """Return what an operation's or a rule's docstring says below the formula, up to the examples."""
    text = inspect.cleandoc(getattr(written, "function", written).__doc__ or "")
    return text.partition("\n")[2].partition(">>>")[0].strip()


class Explanation:
    """Why a number is what it is.  Made by `tinygrad_edu.explain`; printing it gives a page.

    Attributes:
        kind: "value", "gradient", or "given" for a number that was not computed: a parameter, a pixel, a constant.
        name, index: which number: `"dL/d conv.weight"`, `(3, 0, 1, 2)`.
        value: the number as the engine has it.
        dtype: of the array it stands in.
        parts: the operations that contribute to it: one, but for a gradient that is the sum at a fan-out.
        terms: the terms that add up to it, the largest first; `terms.products` is an array of all.
    """

    def __init__(self, scope: Scope, kind: str, name: str, index: tuple[int, ...], array: Any, parts: Sequence[Part]):
        self.kind = kind
        self.name = name
        self.index = index
        self.value = float(array[index])
        self.dtype = array.dtype
        self.parts = tuple(parts)
        self._scope = scope
        self.terms = Terms(self.parts, scope)
        self._prove()

    def __str__(self) -> str:
        return self.page()

    def __repr__(self) -> str:
        return f"<Explanation: {formula.element(self.name, self.index)} = {self.value:.6g}, {len(self.terms):,} terms>"

    @property
    def formula(self) -> str:
        """The number's formula, with the indices put in."""
        name = formula.element(self.name, self.index)
        return f"{name} = {' + '.join(part.formula for part in self.parts)}" if self.parts else name

    @cached_property
    def total(self) -> float:
        """The sum of the terms, added exactly."""
        start = [part.value for part in self.parts if part.step == 0]
        if not self.parts:
            return self.value
        numbers = [*self.terms.products.tolist(), *start]
        return math.fsum(numbers) if np.isfinite(numbers).all() else float(np.sum(numbers))

    @property
    def rounding(self) -> float:
        """The engine's number minus the sum of the terms: it rounds each step, and adds in another order."""
        return self.value - self.total

    @property
    def primitive(self) -> Primitive | None:
        """The operation; at a fan-out, that of the first part."""
        return self.parts[0].primitive if self.parts else None

    @property
    def rule(self) -> Rule | None:
        """The rule that fired; at a fan-out, that of the first part."""
        return self.parts[0].rule if self.parts else None

    @property
    def source(self) -> Source | None:
        """Where the rule, or for a value the operation, is written: file, line and text."""
        return self.parts[0].source if self.parts else None

    @property
    def derivation(self) -> str:
        """How the rule comes about, from its docstring."""
        return self.parts[0].derivation if self.parts else ""

    @property
    def factors(self) -> list[Factor]:
        """Every factor of every term, the largest terms' first: where one can go on from here."""
        return [factor for term in self.terms for factor in term.factors]

    def page(self, terms: int = 20, digits: int = 6) -> str:
        """Return the explanation as text, with at most so many terms, and numbers of so many digits."""
        from .printing import page

        return page(self, terms, digits)

    def to_json(self, max_terms: int = 100, indent: int | None = None) -> str:
        """Return the explanation as strict JSON; docs/explain.md describes the format.

        Args:
            max_terms: how many terms are written out, the largest first.  The products of all are there in any case.
            indent: as in `json.dumps`.
        """
        from .explanation_json import explanation_to_json

        return explanation_to_json(self, max_terms, indent)

    def _repr_html_(self) -> str:
        from .printing import html_page

        return html_page(self)

    def _prove(self) -> None:
        """Raise where the terms do not add up to the engine's number: then they explain something else."""
        size = math.fsum(abs(p) for p in self.terms.products if math.isfinite(p)) + abs(self.value)
        if not math.isfinite(self.value) or not math.isfinite(self.total):
            return
        precision = np.finfo(self.dtype).eps if self.dtype.kind == "f" else 0.0
        if abs(self.rounding) > precision * (64 + len(self.terms)) * size:
            raise RuntimeError(
                f"the terms of {formula.element(self.name, self.index)} add up to {self.total:.9g}, but the recorded "
                f"number is {self.value:.9g}: {CHANGED}, or a rule is not linear in g"
            )
