"""A recipe: everything that a view of the explorer is made from.

Whoever has the recipe has the same numbers, bit for bit: a link, a saved file, another tab, a server started anew. That
is why the server keeps nothing of its own: each question comes with its recipe, and what is kept is only a cache.
"""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..errors import UserError

NETWORKS = ("untrained", "early", "trained", "given")
INK = 15  # a drawn pixel has 16 levels, so that a short link gives back the same picture
MOST_CHANGES = 2_000
MOST_STEPS = 20_000
MOST_BATCH = 512  # digits a step, so that large networks keep their activations in memory
MOST_PICTURES = 1_000_000  # learnt from, in all


@dataclass(frozen=True)
class Edit:
    """One number was set to another: a parameter or a pixel (`name` "image")."""

    name: str
    index: tuple[int, ...]
    value: float


@dataclass(frozen=True)
class Learn:
    """Steps of plain gradient descent.

    Attributes:
        steps: how many.
        lr: the learning rate.
        batch: how many training digits a step learns from; 0 stands for the picture that is shown then.
    """

    steps: int
    lr: float
    batch: int


@dataclass(frozen=True)
class Show:
    """Another picture is shown from then on; its fields are those of a `Recipe`.

    Only where something was learnt from the picture before: else the recipe's own fields are changed.
    """

    digit: int | None
    ink: bytes | None
    answer: int | None


Change = Edit | Learn | Show


@dataclass(frozen=True)
class Recipe:
    """What is shown to which network, and what was changed since.

    Attributes:
        network: "untrained", "early" (after 20 steps), "trained", or "given": the user's own.
        seed: of the initial weights and of the order of the training digits.
        digit: the number of a packaged test image; or None, and `ink` holds the picture, or else the user's is shown.
        ink: a drawn picture's pixels, each 0 to 15, in rows.
        answer: the class that is right; None where nobody said: then there is no loss and no gradient.
        image_gradient: whether dL/d image is asked for.
        changes: edits, steps of learning and other pictures, in order.
    """

    network: str = "trained"
    seed: int = 1
    digit: int | None = 0
    ink: bytes | None = None
    answer: int | None = None
    image_gradient: bool = True
    changes: tuple[Change, ...] = field(default=())

    def first(self, changes: int) -> Recipe:
        """Return the recipe with so many of its changes."""
        return replace(self, changes=self.changes[:changes])

    def before(self) -> Recipe:
        """Return the recipe without its last change."""
        return self.first(len(self.changes) - 1)

    def rewound(self, steps: int) -> Recipe:
        """Return the recipe, whose last change are steps of learning, with only so many of those."""
        last: Any = self.changes[-1]
        return self.before() if steps == 0 else replace(self, changes=(*self.changes[:-1], replace(last, steps=steps)))

    @property
    def shown(self) -> Show:
        """Which picture is shown, pixels that were edited left aside."""
        shows = [c for c in self.changes if isinstance(c, Show)]
        return shows[-1] if shows else Show(self.digit, self.ink, self.answer)

    @property
    def pixels(self) -> list[Edit]:
        """The edits of the picture that is shown."""
        since = max((k for k, c in enumerate(self.changes) if isinstance(c, Show)), default=0)
        return [c for c in self.changes[since:] if isinstance(c, Edit) and c.name == "image"]

    def without_picture(self) -> Recipe:
        """Return what the weights follow from: pictures count only up to the last step that learnt from one."""
        taught = [k for k, c in enumerate(self.changes) if isinstance(c, Learn) and c.batch == 0]
        kept = taught[-1] + 1 if taught else 0
        changes = (*self.changes[:kept], *(c for c in self.changes[kept:] if not _of_the_picture(c)))
        if taught:
            return replace(self, image_gradient=True, changes=changes)
        return replace(self, digit=None, ink=None, answer=None, image_gradient=True, changes=changes)

    def to_json(self) -> dict[str, Any]:
        """Return the recipe as the page keeps it."""
        return {
            "network": self.network,
            "seed": self.seed,
            "digit": self.digit,
            "ink": None if self.ink is None else packed_ink(self.ink),
            "answer": self.answer,
            "image_gradient": self.image_gradient,
            "changes": [_written(c) for c in self.changes],
        }


def recipe_from_json(document: Any) -> Recipe:
    """Read a recipe that came from a link or a file; raise UserError where it is none."""
    try:
        recipe = Recipe(
            network=_one_of(document["network"], NETWORKS),
            seed=_whole(document["seed"], 2**32 - 1),
            digit=_maybe(document.get("digit"), 10**6),
            ink=None if document.get("ink") is None else unpacked_ink(document["ink"]),
            answer=_maybe(document.get("answer"), 10**6),
            image_gradient=bool(document.get("image_gradient", True)),
            changes=_together([_change(c) for c in _at_most(document.get("changes", []), MOST_CHANGES)]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise UserError(f"this is not a state of the explorer ({type(error).__name__}: {error})") from error
    learning = [c for c in recipe.changes if isinstance(c, Learn)]
    if sum(c.steps for c in learning) > MOST_STEPS or sum(c.steps * c.batch for c in learning) > MOST_PICTURES:
        raise UserError(f"a state has at most {MOST_STEPS:,} steps of learning, from {MOST_PICTURES:,} pictures")
    return recipe


def packed_ink(ink: bytes) -> str:
    """Write a picture of 16 levels in base64url, two pixels to a byte.

    >>> packed_ink(bytes([0, 15, 7, 8]))
    'D3g'
    """
    pixels = np.frombuffer(ink, np.uint8)
    return base64.urlsafe_b64encode((pixels[::2] << 4 | pixels[1::2]).tobytes()).decode().rstrip("=")


def unpacked_ink(text: str) -> bytes:
    """Read what `packed_ink` wrote.

    >>> list(unpacked_ink("D3g"))
    [0, 15, 7, 8]
    """
    if len(text) > 2**16:
        raise ValueError("a picture of more than 65,536 characters")
    pairs = np.frombuffer(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True), np.uint8)
    return np.stack([pairs >> 4, pairs & INK], axis=1).tobytes()


def _of_the_picture(c: Change) -> bool:
    return isinstance(c, Show) or (isinstance(c, Edit) and c.name == "image")


def _together(changes: list[Change]) -> tuple[Change, ...]:
    """Write steps of learning that follow one another, and are of the same kind, as one change."""
    found: list[Change] = []
    for c in changes:
        last = found[-1] if found else None
        if isinstance(c, Learn) and isinstance(last, Learn) and (c.lr, c.batch) == (last.lr, last.batch):
            found[-1] = replace(last, steps=last.steps + c.steps)
        else:
            found.append(c)
    return tuple(c for c in found if not (isinstance(c, Learn) and c.steps == 0))


def _written(c: Change) -> list[Any]:
    match c:
        case Edit():
            return ["edit", c.name, list(c.index), c.value]
        case Learn():
            return ["learn", c.steps, c.lr, c.batch]
        case Show():
            return ["show", c.digit, None if c.ink is None else packed_ink(c.ink), c.answer]


def _change(c: Any) -> Change:
    match c:
        case ["show", digit, ink, answer]:
            return Show(_maybe(digit, 10**6), None if ink is None else unpacked_ink(ink), _maybe(answer, 10**6))
        case ["edit", str(name), [*index], (int() | float()) as value]:
            if not math.isfinite(value):
                raise ValueError(f"{name} cannot be set to {value}")
            return Edit(name, tuple(_whole(i, 2**31) for i in index), float(value))
        case ["learn", int(steps), (int() | float()) as lr, int(batch)]:
            if not (math.isfinite(lr) and lr > 0):
                raise ValueError(f"a learning rate of {lr}")
            return Learn(_whole(steps, MOST_STEPS), float(lr), _whole(batch, MOST_BATCH))
    raise ValueError(f"there is no change {c!r}")


def _at_most(changes: Any, most: int) -> list[Any]:
    if not isinstance(changes, list) or len(changes) > most:
        raise ValueError(f"changes are a list of at most {most:,}")
    return changes


def _one_of(value: Any, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"{value!r} is none of {', '.join(known)}")
    return str(value)


def _whole(value: Any, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError(f"{value!r} is not a whole number from 0 to {most}")
    return value


def _maybe(value: Any, most: int) -> int | None:
    return None if value is None else _whole(value, most)
