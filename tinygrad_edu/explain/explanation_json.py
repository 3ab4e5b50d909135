"""An explanation as JSON, for other tools.  docs/explain.md describes the format; VERSION counts its changes."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from ..autograd.trace_json import shown_file

if TYPE_CHECKING:
    from .explanation import Explanation, Part
    from .terms import Term

FORMAT = "tinygrad_edu.explanation"
VERSION = 1


def explanation_to_json(why: Explanation, max_terms: int, indent: int | None) -> str:
    """Return the explanation as strict JSON; see `Explanation.to_json`."""
    products = why.terms.products
    document = {
        "format": FORMAT,
        "version": VERSION,
        "kind": why.kind,
        "name": why.name,
        "index": list(why.index),
        "dtype": str(why.dtype),
        "value": strict(why.value),
        "formula": why.formula,
        "total": strict(why.total),
        "rounding": strict(why.rounding),
        "parts": [_part(part) for part in why.parts],
        "count": len(products),
        "above": strict(float(products[products > 0].sum())),
        "below": strict(float(products[products < 0].sum())),
        "zeros": why.terms.zeros(),
        "terms": [_term(term) for term in why.terms[:max_terms]],
        "products": [strict(p) for p in products.tolist()],
    }
    return json.dumps(document, indent=indent, allow_nan=False, ensure_ascii=False)


def _part(part: Part) -> dict[str, Any]:
    source = part.source
    return {
        "value": strict(part.value),
        "step": part.step,
        "where": part.where,
        "formula": part.formula,
        "remark": part.remark,
        "primitive": part.primitive and {"name": part.primitive.name, "formula": part.primitive.formula},
        "rule": part.rule and {"name": part.rule.name, "formula": part.rule.formula, "derivation": part.derivation},
        "source": source and {"file": shown_file(source), "line": source.line, "text": source.text},
    }


def _term(term: Term) -> dict[str, Any]:
    return {
        "product": strict(term.product),
        "sign": term.sign,
        "function": term.function,
        "part": term.part,
        "factors": [
            {
                "name": factor.name,
                "index": list(factor.index),
                "value": strict(factor.value),
                "kind": factor.kind,
                "divides": factor.divides,
            }
            for factor in term.factors
        ],
    }


def strict(x: float) -> float | str:
    """Return a number as JSON has it: what is not finite becomes "nan", "inf" or "-inf"."""
    return x if math.isfinite(x) else str(x)
