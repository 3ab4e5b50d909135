"""The explorer's one interface: a method's name, a recipe and what else it needs; back comes the answer.

A browser asks it through the server, a notebook through a widget, a test by calling it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ..errors import UserError
from .file import file
from .learned import learned
from .moments import Moments
from .notices import prediction
from .pick import digits, opening, prepare
from .questions import questions
from .recipe import Recipe, recipe_from_json
from .scene import scene
from .slope import slope
from .what_if import what_if
from .whys import why

Method = Callable[..., dict[str, Any]]

# About the recipe's moment: how a picture went through a network, forward and backward.
OF_A_MOMENT: dict[str, Method] = {
    "scene": scene,
    "why": why,
    "what_if": what_if,
    "slope": slope,
    "reading": prediction,
    "questions": questions,
}
# About what moments are made of: called with `Moments` and the recipe.
OF_THE_MOMENTS: dict[str, Method] = {
    "opening": opening,
    "digits": digits,
    "prepare": prepare,
    "learned": learned,
    "file": file,
}
METHODS = {**OF_A_MOMENT, **OF_THE_MOMENTS}


class Explorer:
    """Answers the page's questions about one network, the user's or a packaged one.

    The arguments are those of `Moments`.

    >>> explorer = Explorer()
    >>> found = explorer.answer("scene", {"network": "untrained", "seed": 1, "digit": 0})
    >>> found["answer"], [stage["title"] for stage in found["stages"]]
    (7, ['Image', 'Convolution', 'ReLU', 'Flatten', 'Dense', 'Log softmax', 'Loss'])
    """

    def __init__(self, given: Any = None, image: Any = None, label: int | None = None, **options: Any):
        self.moments = Moments(given, image, label, **options)

    def answer(self, method: str, recipe: Any = None, /, **wanted: Any) -> dict[str, Any]:
        """Answer one question; without a recipe, of the opening state.

        Raises UserError with a sentence for the page where that cannot be done.
        """
        if method not in METHODS:
            raise UserError(f"the explorer cannot {method!r}; it can: {', '.join(METHODS)}")
        try:
            found = self.moments.opening() if recipe is None else recipe_from_json(recipe)
            return self._answer(method, found, wanted)
        except (UserError, MemoryError):
            raise
        except Exception as error:
            if self.moments.given is None:
                raise
            raise UserError(f"your network failed: {type(error).__name__}: {error}") from error  # it may raise anything

    def _answer(self, method: str, recipe: Recipe, wanted: dict[str, Any]) -> dict[str, Any]:
        first = (self.moments, recipe) if method in OF_THE_MOMENTS else (self.moments.of(recipe),)
        try:
            inspect.signature(METHODS[method]).bind(*first, **wanted)
        except TypeError as error:
            raise UserError(f"the question {method!r} is not asked like this: {error}") from error
        return METHODS[method](*first, **wanted)
