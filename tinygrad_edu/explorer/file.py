"""The explorer as one file: a page that answers without an engine, from what the engine said before."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

from ..errors import UserError
from .packing import pack
from .page import page, whole
from .pick import digits
from .questions import questions
from .scene import scene

if TYPE_CHECKING:
    from .moments import Moments
    from .recipe import Recipe

DIGITS = 40
MOST_FRAGMENT = 20_000
MOST_BYTES = 64 << 20  # of a scene


def file(moments: Moments, recipe: Recipe, fragment: str = "") -> dict[str, Any]:
    """Return {"html": the page as one file}: script, styles, and the engine's answers about the recipe's moment.

    It holds {"scene": the scene, "answers": {"questions": ..., "digits": ..., "opening": ...}}, packed; why a number is
    what it is, the page says itself, from the scene (web/js/engine/file.js).

    Args:
        moments, recipe: what is shown.
        fragment: the state that the file opens with, as a link writes it.
    """
    if not isinstance(fragment, str) or len(fragment) > MOST_FRAGMENT:
        raise UserError(f"the state of a file has at most {MOST_FRAGMENT:,} characters")
    moment = moments.of(recipe)
    if moment.nbytes() > MOST_BYTES:
        raise UserError(f"this network is too large for a file: its arrays have more than {MOST_BYTES >> 20} MB")
    picked = digits(moments, recipe, count=DIGITS)
    answers = {
        "opening": {"recipe": recipe.to_json()},
        "questions": questions(moment),
        "digits": {**picked, "total": len(picked["digits"])},
    }
    data = gzip.compress(pack({"scene": scene(moment), "answers": answers}), 9, mtime=0)
    return {"html": whole(page("file", recipe.to_json(), fragment=fragment.lstrip("#")), data)}
