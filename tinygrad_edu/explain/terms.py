"""The terms that add up to a number, each with its factors, each of which can be asked again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from ..autograd.trace import as_array
from .formula import element
from .scope import GRADIENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from .elements import Column, Group
    from .explanation import Explanation, Part
    from .scope import Scope


@dataclass(frozen=True)
class Factor:
    """An element that a term is made of.

    Attributes:
        name: what its array is called; "g" is the gradient that arrives at the operation.
        index: which element of that array.
        value: the number itself.
        kind: "value", "gradient", or "number" for a constant of the formula.
        divides: whether the term is divided by it instead of multiplied.
    """

    name: str
    index: tuple[int, ...]
    value: float
    kind: str
    divides: bool = False
    _ask: Callable[[], Explanation] = field(kw_only=True, repr=False, compare=False)

    def explain(self) -> Explanation:
        """Explain this number in its turn."""
        return self._ask()

    def __str__(self) -> str:
        return element(self.name, self.index)


@dataclass(frozen=True)
class Term:
    """One of the numbers that add up.

    Attributes:
        product: sign * factor * factor / factor ...; with a function, its value.
        factors: the elements it is made of; of a function, the elements it was applied to.
        sign: 1 or -1.
        function: None, or the name of the operation that is no product, such as "exp".
        part: the number of the part (of a sum at a fan-out) that it belongs to.
    """

    product: float
    factors: tuple[Factor, ...]
    sign: int = 1
    function: str | None = None
    part: int = 0


class Terms(Sequence[Term]):
    """The terms of an explanation, the largest first.

    Attributes:
        products: all products in the same order, a float64 array.
    """

    def __init__(self, parts: Sequence[Part], scope: Scope):
        self._lists = [TermGroup(i, part.value, group, scope) for i, part in enumerate(parts) for group in part.groups]
        self._starts = np.cumsum([0, *(len(x.products) for x in self._lists)])
        products = np.concatenate([*(x.products for x in self._lists), np.zeros(0)])
        size = np.where(np.isnan(products), np.inf, np.abs(products))  # what is not a number comes first
        self._order = np.argsort(-size, kind="stable")
        self.products = products[self._order]

    def __len__(self) -> int:
        return len(self.products)

    @overload
    def __getitem__(self, index: int) -> Term: ...
    @overload
    def __getitem__(self, index: slice) -> list[Term]: ...
    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        position = int(self._order[index])
        listed = int(np.searchsorted(self._starts, position, side="right")) - 1
        return self._lists[listed].term(position - int(self._starts[listed]))

    def zeros(self) -> dict[str, int]:
        """Count the products that are 0 by the factor that makes them so, the first one in the term."""
        found: Counter[str] = Counter()
        for listed in self._lists:
            left = np.ones(len(listed.products), bool)
            for column in listed.columns:
                zero = left & (column.values == 0)
                if not column.divides and listed.group.function is None and zero.any():
                    found[column.name] += int(zero.sum())
                    left &= ~zero
        return dict(found)

    @property
    def groups(self) -> Sequence[TermGroup]:
        """The same terms as arrays: one group for each form that they have, each in the order of its indices."""
        return self._lists

    def laid_out(self, name: str) -> np.ndarray:
        """Return all products in the shape of the array of that name, each where its factor stands.

        Elements without a part in the sum are 0. So dL/d conv.weight[3,0,1,2], laid out by "g", is a picture of the
        output positions that push the weight up and of those that push it down.
        """
        picture = None
        for listed in self._lists:
            column = next((c for c in listed.columns if c.name == name), None)
            if column is not None:
                picture = np.zeros(column.shape) if picture is None else picture
                np.add.at(picture, column.index, listed.products)
        if picture is None:
            known = dict.fromkeys(column.name for listed in self._lists for column in listed.columns)
            raise ValueError(f"no factor here is called {name!r}; there are: {', '.join(known)}")
        return picture


class TermGroup:
    """Terms of one form, with the numbers in them, read once for all.

    Attributes:
        part: the number of the part that they belong to.
        group: the sign, and the function if the terms are no products.
        products: the value of each term, a float64 array.
    """

    def __init__(self, part: int, value: float, group: Group, scope: Scope):
        self.part = part
        self.group = group
        self.products = np.full(len(group.output), value) if group.function else group.products()
        self._scope = scope

    @cached_property
    def columns(self) -> list[FactorColumn]:
        """The factors, in the order of the formula."""
        return [FactorColumn(column, self._scope) for column in self.group.columns]

    def term(self, row: int) -> Term:
        """Return one of the terms, with its factors."""
        factors = tuple([column.factor(row) for column in self.columns])
        return Term(float(self.products[row]), factors, self.group.sign, self.group.function, self.part)


class FactorColumn:
    """The same factor of all terms in a group.

    Attributes:
        name, kind, divides: as in `Factor`.
        index: for each axis of the factor's array an integer array, one number for each term.
        values: the factor's value in each term.
        shape: of the factor's array.
        origin: the array itself; where `kind` is "gradient" the value whose gradient it is.
    """

    def __init__(self, column: Column, scope: Scope):
        self.name = scope.label(column.source)
        self.index = column.index
        self.divides = column.divides
        self.values = column.read()
        self.shape = np.shape(as_array(column.source))
        self.kind, self.origin = scope.origin(column.source)
        self._scope = scope

    def factor(self, row: int) -> Factor:
        """Return the factor as it stands in one of the terms."""
        index = tuple([int(i[row]) for i in self.index])

        def explain() -> Explanation:
            from .asking import ask  # explanations lead to questions, and these to explanations

            return ask(self._scope, self.origin, index, gradient=self.kind == GRADIENT)

        value = float(self.values[row] if self.index else self.values)
        return Factor(self.name, index, value, self.kind, self.divides, _ask=explain)
