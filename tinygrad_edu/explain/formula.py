"""A sum of products with its indices put in: `sum over i,j = 0..25 of g[0,3,i,j] * image[0,0,i+1,j+2]`.

The indices of all terms are known as numbers. An index that varies gets a letter, and one that follows the letters
already given, such as i + 1, is written as what it is. So this serves every operation, and a user's own.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .elements import Group

LETTERS = {1: "i", 2: "nk", 3: "nij", 4: "ncij"}  # for the axes of an array, by how many it has
GRADIENT_LETTERS = {**LETTERS, 4: "noij"}
WEIGHT_LETTERS = {**LETTERS, 2: "ki", 4: "ocuv"}
SPARE = "ijklmpqrst"

LEVELS = {"+": 1, "-": 1, "*": 2, "/": 2, "@": 2, "**": 3}  # how strongly an operation binds


def element(name: str, index: Sequence[Any]) -> str:
    """Write an element: conv.weight[3,0,1,2].

    >>> element("conv.weight", (3, 0, 1, 2)), element("loss", ())
    ('conv.weight[3,0,1,2]', 'loss')
    """
    if not len(index):
        return name
    return f"{bracketed(name)}[{','.join(map(str, index))}]"


def bracketed(name: str, level: int = 4) -> str:
    """Put brackets around an expression that binds less than this level: 1 for + -, 2 for * / @, 3 for **, 4 for names.

    >>> bracketed("x - max(x)"), bracketed("exp(x - max(x))"), bracketed("x * y", 2), bracketed("dL/d conv.weight")
    ('(x - max(x))', 'exp(x - max(x))', 'x * y', 'dL/d conv.weight')
    """
    outermost, depth = "", 0
    for character in name:
        depth += (character == "(") - (character == ")")
        outermost += character if depth == 0 else ""
    found = [binds for sign, binds in LEVELS.items() if f" {sign} " in outermost]
    return f"({name})" if min(found, default=1 if name.startswith("-") else 4) < level else name


def of_groups(groups: Sequence[Group], label: Callable[[Any], str]) -> str:
    """Write the sum of several groups of terms."""
    texts = [("-" if group.sign < 0 else "+", _group(group, label)) for group in groups if len(group.output)]
    if not texts:
        return "0"
    (sign, first), *rest = texts
    return ("-" if sign == "-" else "") + first + "".join(f" {sign} {text}" for sign, text in rest)


def _group(group: Group, label: Callable[[Any], str]) -> str:
    letters: dict[str, np.ndarray] = {}
    above: list[str] = []
    below: list[str] = []
    for column in group.columns:
        name = label(column.source)
        text = element(name, [_index(i, a, len(column.index), name, letters) for a, i in enumerate(column.index)])
        (below if column.divides else above).append(text)
    if group.function:
        return f"{group.function}({', '.join(above)})"
    product = " * ".join(above or ["1"]) + "".join(f" / {text}" for text in below)
    return product if len(group.output) == 1 else f"{_ranges(letters, len(group.output))}{product}"


def _index(i: np.ndarray, axis: int, ndim: int, name: str, letters: dict[str, np.ndarray]) -> str:
    """Write one index of all terms: as a number, in the letters there are, or as a new letter."""
    if (i == i[0]).all():
        return str(i[0])
    written = _affine(i, letters)
    if written is None:
        table = GRADIENT_LETTERS if name == "g" else WEIGHT_LETTERS if name.endswith("weight") else LETTERS
        own = table.get(ndim, SPARE)
        wished = own[axis % len(own)]
        written = next(letter for letter in itertools.chain(wished, SPARE) if letter not in letters)
        letters[written] = i
    return written


def _affine(i: np.ndarray, letters: dict[str, np.ndarray]) -> str | None:
    """Write an index as whole multiples of the letters plus a constant, where it is that: 2i-1, i+u."""
    if not letters:
        return None
    columns = np.column_stack([*letters.values(), np.ones(len(i), int)])
    factors = np.rint(np.linalg.lstsq(columns.astype(float), i.astype(float), rcond=None)[0]).astype(int)
    if not np.array_equal(columns @ factors, i):
        return None
    *multiples, constant = factors.tolist()
    text = ""
    for letter, factor in zip(letters, multiples, strict=True):
        if factor:
            size = "" if abs(factor) == 1 else abs(factor)
            text += f"{'-' if factor < 0 else '+' if text else ''}{size}{letter}"
    if text.startswith("-"):
        return f"{constant}{text}"
    return f"{text}{constant:+d}" if constant else text


def _ranges(letters: dict[str, np.ndarray], terms: int) -> str:
    """Write what the sum runs over: `sum over i,j = 0..25 of `."""
    values = {letter: np.unique(i) for letter, i in letters.items()}
    if not letters or np.prod([len(v) for v in values.values()]) != terms:
        places = f" ({','.join(letters)})" if letters else ""
        return f"sum over {terms:,} places{places} of "
    ranges: dict[str, list[str]] = {}
    for letter, v in values.items():
        contiguous = len(v) == v[-1] - v[0] + 1
        text = f"{v[0]}..{v[-1]}" if contiguous else f"{v[0]},{v[1]}..{v[-1]}" if len(v) > 2 else f"{v[0]},{v[-1]}"
        ranges.setdefault(text, []).append(letter)
    return "sum over " + "; ".join(f"{','.join(names)} = {text}" for text, names in ranges.items()) + " of "
