"""Pictures to pick from: the packaged test digits, and an image file that a reader drops on the page."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data import picture_from
from ..errors import DataError, TrainingError, UserError
from .recipe import INK, packed_ink

if TYPE_CHECKING:
    from .moments import Moments
    from .recipe import Recipe

MOST_DIGITS = 200
MOST_BYTES = 10 << 20  # of an image file


def opening(moments: Moments, recipe: Recipe) -> dict[str, Any]:
    """Return the recipe of the opening state."""
    return {"recipe": moments.opening().to_json()}


def digits(
    moments: Moments, recipe: Recipe, start: int = 0, count: int = 40, order: str = "number", label: int | None = None
) -> dict[str, Any]:
    """Return test digits to pick from, with what the recipe's network reads in them.

    Args:
        moments, recipe: where the network comes from.
        start, count: which of the list; at most 200 at a time.
        order: "number", as they are stored; or "hard": those with the largest loss first.
        label: only digits of this class.
    """
    if not (isinstance(start, int) and isinstance(count, int) and start >= 0 and 0 <= count <= MOST_DIGITS):
        raise UserError(f"digits are asked for from a start on, at most {MOST_DIGITS} at a time")
    if order not in ("number", "hard"):
        raise UserError(f"the digits are in the order 'number' or 'hard', not {order!r}")
    test = moments.test
    predictions: np.ndarray | None = None
    sure: Any = None
    try:
        found = moments.tested(recipe)
        sure = found.probabilities[np.arange(len(test)), found.labels]
        predictions = found.predictions
    except (TrainingError, ValueError, TypeError) as error:  # its answers are NaN, or it reads other pictures
        if order == "hard":
            raise UserError(f"this network cannot say which digits are hard: {error}") from error
    places = np.arange(len(test)) if order == "number" else np.argsort(sure, kind="stable")
    if label is not None:
        places = places[test.labels[places] == label]
    chosen = places[start : start + count]
    return {
        "total": len(places),
        "start": start,
        "digits": chosen,
        "labels": test.labels[chosen],
        "predictions": None if predictions is None else predictions[chosen],
        "probabilities": None if sure is None else sure[chosen],
        "pictures": test.pixels[chosen, 0],
    }


def prepare(moments: Moments, recipe: Recipe, file: str, name: str = "the image") -> dict[str, Any]:
    """Read an image file (base64), and return it as a drawn picture: 28 x 28 pixels of 16 levels of ink.

    Raises UserError with a sentence where the file is no image, is blank, or is too large.
    """
    if not isinstance(file, str) or not isinstance(name, str):
        raise UserError("an image is sent as base64, with its name")
    if len(file) > MOST_BYTES * 4 // 3 + 4:
        raise UserError(f"an image file has at most {MOST_BYTES >> 20} MB; reduce it first")
    try:
        content = base64.b64decode(file, validate=True)
        picture = picture_from(io.BytesIO(content), name[:80])
    except DataError as error:
        raise UserError(str(error)) from error
    except ValueError as error:
        raise UserError(f"{name[:80]}: this is no base64") from error
    ink = np.rint(picture * INK).astype(np.uint8)
    return {"ink": packed_ink(ink.tobytes()), "picture": ink}
