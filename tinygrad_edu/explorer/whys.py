"""Why a number is what it is, as the page asks (address.py) and shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.trace_json import shown_file
from ..errors import UserError
from ..explain.asking import ask, find
from ..explain.scope import Scope
from .address import address_from

if TYPE_CHECKING:
    from ..explain import Explanation
    from ..explain.explanation import Part
    from ..explain.terms import FactorColumn, TermGroup
    from .moment import Moment


def why(moment: Moment, question: Any) -> dict[str, Any]:
    """Return the explanation of a number, with all terms as arrays; see docs/explorer.md for its form."""
    explanation = _asked(moment, question)
    products = explanation.terms.products
    return {
        "question": question,
        "kind": explanation.kind,
        "name": explanation.name,
        "index": list(explanation.index),
        "value": explanation.value,
        "dtype": str(explanation.dtype),
        "formula": explanation.formula,
        "total": explanation.total,
        "rounding": explanation.rounding,
        "count": len(products),
        "above": float(products[products > 0].sum()),
        "below": float(products[products < 0].sum()),
        "zeros": explanation.terms.zeros(),
        "parts": [_part(part) for part in explanation.parts],
        "groups": [_group(moment, group) for group in explanation.terms.groups],
    }


def _asked(moment: Moment, question: Any) -> Explanation:
    address = address_from(question)
    if address.gradient:
        moment.needs_loss()
    scope = Scope(moment.graph, moment.trace)
    try:
        explanation = ask(scope, find(scope, address.of), address.index, gradient=address.gradient)
        for group, row, column in address.through:
            explanation = explanation.terms.groups[group].columns[column].factor(row).explain()
    except (TypeError, IndexError, ValueError, RuntimeError) as error:
        raise UserError(str(error)) from error
    return explanation


def _part(part: Part) -> dict[str, Any]:
    written: Any = part.rule or part.primitive
    source = part.source
    return {
        "value": part.value,
        "step": part.step,
        "where": part.where,
        "formula": part.formula,
        "remark": part.remark,
        "primitive": None if part.primitive is None else part.primitive.name,
        "written": None
        if written is None
        else {
            "name": written.name,
            "formula": written.formula,
            "derivation": part.derivation,
            "source": source and {"file": shown_file(source), "line": source.line, "text": source.text},
        },
    }


def _group(moment: Moment, group: TermGroup) -> dict[str, Any]:
    return {
        "part": group.part,
        "sign": group.group.sign,
        "function": group.group.function,
        "products": group.products,
        "columns": [_column(moment, column) for column in group.columns],
    }


def _column(moment: Moment, column: FactorColumn) -> dict[str, Any]:
    """Describe one factor of all terms; `of` is the name to ask by, or None where only `through` leads on."""
    known = column.origin in moment.graph
    return {
        "name": column.name,
        "kind": column.kind,
        "of": moment.graph.label(column.origin) if known else None,
        "divides": column.divides,
        "shape": list(column.shape),
        "index": [np.broadcast_to(i, np.shape(column.values)) for i in column.index],
        "values": column.values,
    }
