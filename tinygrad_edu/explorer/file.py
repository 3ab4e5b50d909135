"""The explorer as one file: a page that answers without an engine, from what the engine said before."""

from __future__ import annotations

import gzip
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import UserError
from .packing import pack
from .page import page, whole
from .pick import digits
from .questions import questions
from .scene import scene
from .whys import why

if TYPE_CHECKING:
    from .moment import Moment
    from .moments import Moments
    from .recipe import Recipe

DIGITS = 40
MOST_FRAGMENT = 20_000
MOST_BYTES = 64 << 20  # of a scene


def file(moments: Moments, recipe: Recipe, fragment: str = "") -> dict[str, Any]:
    """Return {"html": the page as one file}: script, styles, and the engine's answers about the recipe's moment.

    It holds the scene; an explanation of one number of each array, forward and backward, with the words that the others
    of its kind share; the questions; 40 digits.

    Args:
        moments, recipe: what is shown.
        fragment: the state that the file opens with, as a link writes it.
    """
    if not isinstance(fragment, str) or len(fragment) > MOST_FRAGMENT:
        raise UserError(f"the state of a file has at most {MOST_FRAGMENT:,} characters")
    moment = moments.of(recipe)
    if moment.nbytes() > MOST_BYTES:
        raise UserError(f"this network is too large for a file: its arrays have more than {MOST_BYTES >> 20} MB")
    answers = {
        "format": "tinygrad_edu.explorer",
        "version": 1,
        "scene": scene(moment),
        "questions": questions(moment),
        "whys": _one_of_each(moment),
        "digits": digits(moments, recipe, count=DIGITS),
    }
    data = gzip.compress(pack(answers), 9, mtime=0)
    return {"html": whole(page("file", recipe.to_json(), fragment=fragment.lstrip("#")), data)}


def _one_of_each(moment: Moment) -> list[dict[str, Any]]:
    """Return the explanation of one number of each array and of its gradient: the one with the largest |number|."""
    found = []
    for name, value in moment.by_name.items():
        for gradient in (False, True):
            array = moment.gradient(value) if gradient else getattr(value, "data", None)
            if not isinstance(array, np.ndarray) or array.size == 0 or array.dtype.kind != "f":
                continue
            place = int(np.argmax(np.nan_to_num(np.abs(array), nan=math.inf)))
            index = [int(i) for i in np.unravel_index(place, array.shape)]
            try:
                found.append(why(moment, {"of": name, "gradient": gradient, "index": index}))
            except UserError:  # this one has no explanation
                continue
    return found
