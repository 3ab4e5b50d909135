"""An explanation as a page of text that can be checked with a pocket calculator, and the same for Jupyter."""

from __future__ import annotations

import ast
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.trace_json import shown_file
from .formula import element

if TYPE_CHECKING:
    from collections.abc import Callable

    from .explanation import Explanation, Part
    from .terms import Term

WIDTH = 110


def page(why: Explanation, terms: int, digits: int) -> str:
    """Return the page: the number, its formula, its terms and their sum, and the rule with its source."""

    def number(x: float, signed: bool = False) -> str:
        return f"{x + 0.0:{'+' if signed and x else ''}.{digits}g}"  # + 0.0: no minus before a zero

    lines = [f"{element(why.name, why.index)} = {number(why.value)}"]
    if why.kind == "given":
        return "\n".join([*lines, "  It was not computed here: a parameter, an input or a constant."])
    for position, part in enumerate(why.parts):
        lines += _wrapped(f"  {'+' if position else '='} {part.formula}")
        lines += [f"    {note}" for note in _notes(why, part, number)]
    if len(why.terms):
        lines += _census(why, number)
        lines += ["", *_sum(why, terms, number)]
    for part in why.parts:
        lines += ["", *_origin(part)] if part.primitive else []
    return "\n".join(lines)


def _notes(why: Explanation, part: Part, number: Callable[..., str]) -> list[str]:
    """Say where a part comes from, and what there is to say about it."""
    if part.step == 0:
        return ["the start of the backward pass: dL/dL"]
    notes = [part.remark] if part.remark else []
    if part.rule is not None:
        assert part.primitive is not None
        shared = f", which sends {number(part.value, True)}" if len(why.parts) > 1 else ""
        notes.append(f"step {part.where}: g is the gradient that arrives at {part.primitive.name}{shared}")
    return notes


def _census(why: Explanation, number: Callable[..., str]) -> list[str]:
    """Count the terms: those that raise the sum, those that lower it, and why the others are 0."""
    products = why.terms.products
    count = f"{len(products):,} term{'s' if len(products) > 1 else ''}"
    zero = int((products == 0).sum())
    if len(products) < 3 or np.isnan(products).any():
        return []
    raised, lowered = products[products > 0].sum(), products[products < 0].sum()
    lines = ["", f"  {count}: those above 0 add up to {number(raised, True)}, those below to {number(lowered, True)}"]
    if zero:
        reasons = [f"{n:,} because {name} is 0" for name, n in why.terms.zeros().items()]
        lines.append(f"  {zero:,} are 0{': ' if reasons else ''}{', '.join(reasons)}")
    return lines


def _sum(why: Explanation, most: int, number: Callable[..., str]) -> list[str]:
    """Write the largest terms one below the other, what the others come to, and the sum."""
    shown = [term for term in why.terms[:most] if term.product != 0] or why.terms[:1]
    rows = [(*_term(term, number), number(term.product, True)) for term in shown]
    rest = why.terms.products[len(shown) :]
    if len(rest):
        rows.append((f"{len(rest):,} more", "", number(float(rest.sum()), True)))
    if len(why.terms) > 1:
        rows.append(("sum", "", number(why.total, True)))
    names, numbers, products = (max(map(len, column)) for column in zip(*rows, strict=True))
    lines = [f"    {a.ljust(names)}  {b.ljust(numbers)} = {c.rjust(products)}" for a, b, c in rows]
    if len(why.terms) > 1:
        lines.insert(-1, " " * (names + numbers + 9) + "-" * products)
    engine = f"the engine has {number(why.value, True)} ({why.dtype})"
    return [*lines, f"  {engine}; rounding left over: {why.rounding:.2g}" if why.rounding else f"  {engine}"]


def _term(term: Term, number: Callable[..., str]) -> tuple[str, str]:
    """Write a term with the names of its factors, and with their numbers."""
    written = [(str(f), number(f.value)) for f in term.factors]
    if term.function:
        names, numbers = zip(*written, strict=True) if written else ((), ())
        return f"{term.function}({', '.join(names)})", f"{term.function}({', '.join(numbers)})"
    texts = ["-", "-"] if term.sign < 0 else ["", ""]
    for position, (f, pair) in enumerate(zip(term.factors, written, strict=True)):
        joint = (" / " if f.divides else " * ") if position else "1 / " if f.divides else ""
        for column, text in enumerate(pair):
            texts[column] += joint + (f"({text})" if texts[column] and text.startswith("-") else text)
    return texts[0] or "1", texts[1] or "1"


def _origin(part: Part) -> list[str]:
    """Quote the rule, with its derivation and its code; of an operation, say where it is written."""
    written: Any = part.rule or part.primitive
    source = part.source
    assert source is not None
    lines = [f"  {written.name}: {written.formula}"]
    lines += [f"    {line}".rstrip() for line in part.derivation.splitlines()]
    lines.append(f"  {shown_file(source)}, line {source.line}")
    return lines + [f"    {line}".rstrip() for line in _code(source.text) if part.rule]


def _code(text: str) -> list[str]:
    """Return a function's lines without its docstring, which is quoted above them."""
    lines = text.splitlines()
    try:
        first = ast.parse(text).body[0].body[0]  # type: ignore[attr-defined]
    except (SyntaxError, IndexError, AttributeError):
        return lines
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        del lines[first.lineno - 1 : first.end_lineno]
    return lines


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, WIDTH, subsequent_indent="      ", drop_whitespace=False) or [line]


def html_page(why: Explanation) -> str:
    """Return the page for Jupyter: the formula, the terms as a table, and the rest folded away."""
    from html import escape

    def number(x: float, signed: bool = False) -> str:
        return f"{x:.6g}"

    rows = ""
    for term in why.terms[:20]:
        names, numbers = _term(term, number)
        rows += (
            f"<tr><td style='text-align:left'>{escape(names)}</td><td>{numbers}</td><td>{term.product:+.6g}</td></tr>"
        )
    if len(why.terms) > 20:
        rows += f"<tr><td>{len(why.terms) - 20:,} more</td><td></td><td>{why.terms.products[20:].sum():+.6g}</td></tr>"
    table = f"<table>{rows}<tr><th>sum</th><th></th><th>{why.total:+.6g}</th></tr></table>" if rows else ""
    title = f"{escape(element(why.name, why.index))} = {why.value:.6g}"
    return (
        f"<div><b>{title}</b><br><code>{escape(why.formula)}</code>{table}"
        f"<details><summary>the page</summary><pre>{escape(why.page())}</pre></details></div>"
    )
