"""The explorer's one interface: a method's name, a recipe and what else it needs; back comes the answer.

A browser asks it through the server, a notebook through a widget, a test by calling it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import UserError
from .moment import Moment, Moments
from .questions import questions
from .recipe import recipe_from_json
from .scene import scene
from .whys import why

Method = Callable[..., dict[str, Any]]


class Explorer:
    """Answers the page's questions about one network, the user's or a packaged one.

    The arguments are those of `Moments`.

    >>> explorer = Explorer()
    >>> found = explorer.answer("scene", {"network": "untrained", "seed": 1, "digit": 0})
    >>> found["answer"], [stage["title"] for stage in found["stages"]]
    (7, ['Image', 'Convolution', 'ReLU', 'Flatten', 'Dense', 'Log softmax', 'Loss'])
    """

    def __init__(self, given: Any = None, image: Any = None, label: int | None = None, model: str = "minimal"):
        self.moments = Moments(given, image, label, model)

    def answer(self, method: str, recipe: Any = None, **wanted: Any) -> dict[str, Any]:
        """Answer one question.  Raises UserError with a sentence for the page where that cannot be done."""
        if method not in METHODS:
            raise UserError(f"the explorer cannot {method!r}; it can: {', '.join(METHODS)}")
        return METHODS[method](self.moments.of(recipe_from_json(recipe)), **wanted)


def _why(moment: Moment, question: Any) -> dict[str, Any]:
    return why(moment, question)


METHODS: dict[str, Method] = {"scene": scene, "why": _why, "questions": questions}
