"""Why a number is what it is: its formula, the terms that add up to it, and the code that computed them.

    tge.explain(value, index)           a number of the forward pass
    tge.explain(trace, value, index)    the same number's gradient, dL/d(value)[index]

The room reads what was recorded and computes nothing of its own:

    elements.py       element, product, loops: what definitions are written with
    definitions/      each operation in indices, as its terms
    products.py       a recorded number as a sum of products; a rule, multiplied out
    derivatives.py    the terms of an operation without a definition
    asking.py         from a number to its explanation
    scope.py          what an explanation calls things, and where each leads
    explanation.py    the answer, with its terms (terms.py), formula (formula.py) and remarks (words.py)
    printing.py       the answer as a page, and in Jupyter; explanation_json.py as JSON
    tangent.py        what_if: the loss along one parameter, beside its tangent

This module can be called: `tge.explain` is the room and the question.
"""

import sys
from types import ModuleType

from .asking import explain
from .explanation import Explanation, Part
from .tangent import WhatIf, what_if
from .terms import Factor, Term, Terms

__all__ = ["Explanation", "Factor", "Part", "Term", "Terms", "WhatIf", "explain", "what_if"]


class _Room(ModuleType):
    """Importing a module of this name hides a function of this name; so the module answers in its place."""

    __call__ = staticmethod(explain)


sys.modules[__name__].__class__ = _Room
