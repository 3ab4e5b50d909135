"""Makes moments from recipes, and remembers the latest: of a recipe's beginning too, so that a step costs a step."""

from __future__ import annotations

import copy
import time
from dataclasses import replace
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import named, set_grad_enabled, trace_backward
from ..data import load_digits
from ..errors import TrainingError, UserError
from ..explain.asking import checked_index
from ..models import MODELS
from ..training import evaluate
from . import networks
from .cache import Cache
from .given import as_label, as_picture, copied
from .moment import Moment
from .networks import Trained
from .opening import opening_digit
from .passes import record
from .recipe import INK, NETWORKS, Edit, Learn, Recipe, Show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..training import Evaluation

MOST_BYTES = 256 << 20  # of the moments that are kept, and as much of the networks
SECONDS = 60  # of learning, before the reader is told how far it is


class Moments:
    """Makes moments from recipes.

    Args:
        given: the user's own network, and the picture and the label that it is shown.
        model: which packaged network the others are: "minimal", "lenet5", ...; for a packaged network that was given,
            they are of its kind.
        seed: of the opening state.

    Attributes:
        networks: what a recipe's network can be.
        first_digit: the opening state's digit; if None, it is chosen (`opening_digit`).
        progress: told the steps done and all steps while a network is trained.
    """

    def __init__(
        self,
        given: Any = None,
        image: Any = None,
        label: int | None = None,
        model: str = "minimal",
        seed: int = 1,
    ):
        settings = {"name": model} if given is None else getattr(given, "settings", None)
        packaged = isinstance(settings, dict) and settings.get("name") in MODELS
        self.settings: dict[str, Any] = dict(settings) if packaged and settings else {}
        self.networks = (*(NETWORKS[:-1] if packaged else ()), *(() if given is None else NETWORKS[-1:]))
        self.seed = seed
        self.first_digit: int | None = None
        self.progress: Callable[[int, int], None] | None = None
        self.given = None if given is None else copied(given)
        self._image = None if image is None else as_picture(image)
        self._label = None if label is None else as_label(label)
        self.train, self.test = load_digits()
        self._trained: Cache[Recipe, Trained] = Cache(MOST_BYTES, Trained.nbytes)
        self._tested: Cache[Recipe, Evaluation] = Cache(MOST_BYTES // 16, lambda found: found.probabilities.nbytes)
        self._moments: Cache[Recipe, Moment] = Cache(MOST_BYTES, Moment.nbytes)

    def opening(self) -> Recipe:
        """Return the recipe of the opening state: the user's own network and picture, or else a digit of our choice."""
        recipe = Recipe("trained" if self.given is None else "given", self.seed, self.first_digit)
        if self.first_digit is not None or self._image is not None:
            return recipe
        try:
            found = self.tested(recipe)
        except (TrainingError, ValueError, TypeError):  # its answers are NaN, or it reads other pictures
            return replace(recipe, digit=0)
        return replace(recipe, digit=opening_digit(found.probabilities, found.labels))

    def of(self, recipe: Recipe) -> Moment:
        """Return the moment that a recipe describes."""
        return self._moments.get(recipe, lambda: self._make(recipe))

    def _make(self, recipe: Recipe) -> Moment:
        answer, model = self.answer(recipe), self.trained(recipe).model
        found = record(model, self.picture(recipe), answer, recipe.image_gradient)
        trace = None
        if found.loss is not None:
            with set_grad_enabled(True), np.errstate(all="ignore"):
                trace = trace_backward(found.loss, model=model)
        count = found.logits.shape[1]
        classes = self.test.class_names if count == len(self.test.class_names) else tuple(map(str, range(count)))
        return Moment(recipe, model, found.image, answer, found.logits, found.loss, trace, classes, self.networks)

    def answer(self, recipe: Recipe) -> int | None:
        """Return the class that is right: what the recipe says, else the digit's label."""
        shown = recipe.shown
        if shown.answer is not None:
            return shown.answer
        if shown.digit is not None:
            return int(self.test.labels[self._position(shown.digit)])
        return self._label if shown.ink is None else None

    def picture(self, recipe: Recipe) -> np.ndarray:
        """Return the picture (1, c, h, w), pixels that were edited included."""
        shown = recipe.shown
        if shown.digit is not None:
            image = np.array(self.test.batch(np.array([self._position(shown.digit)]))[0])
        elif shown.ink is not None:
            if len(shown.ink) != 28 * 28:
                raise UserError(f"a drawn picture has 28 x 28 pixels, not {len(shown.ink)}")
            image = (np.frombuffer(shown.ink, np.uint8).reshape(1, 1, 28, 28) / INK).astype(np.float32)
        elif self._image is not None:
            image = self._image.copy()
        else:
            raise UserError("there is no picture: choose a digit or draw one")
        for edit in recipe.pixels:
            self._set(image, edit)
        return image

    def _position(self, digit: int) -> int:
        if digit >= len(self.test):
            raise UserError(f"there are {len(self.test):,} test digits, counted from 0; not {digit}")
        return digit

    def _set(self, array: np.ndarray, edit: Edit) -> None:
        try:
            array[checked_index(edit.name, array.shape, edit.index)] = edit.value
        except IndexError as error:
            raise UserError(str(error)) from error

    # -- the networks ------------------------------------------------------------------------------------------

    def trained(self, recipe: Recipe) -> Trained:
        """Return the network after the recipe's changes; its parameters bear their paths."""
        key = recipe.without_picture()
        return self._trained.get(key, lambda: self._train(key))

    def _train(self, recipe: Recipe) -> Trained:
        if not recipe.changes:
            found = self._base(recipe)
        elif isinstance(recipe.changes[-1], Learn):
            found = self._learnt(recipe, recipe.changes[-1])
        else:
            found = self._edited(recipe, recipe.changes[-1])
        for path, parameter in found.model.named_parameters():
            named(path, parameter)
        return found

    def _base(self, recipe: Recipe) -> Trained:
        if recipe.network not in self.networks:
            raise UserError(f"there is no network {recipe.network!r} here; there are: {', '.join(self.networks)}")
        if recipe.network == "given":
            return Trained(self.given)
        return Trained(networks.prepare(recipe.network, recipe.seed, self.settings, self.train, self.progress))

    def _edited(self, recipe: Recipe, change: Edit | Show) -> Trained:
        before = self.trained(recipe.before())
        if isinstance(change, Show) or change.name == "image":
            return before
        model = copy.deepcopy(before.model)
        parameters = dict(model.named_parameters())
        if change.name not in parameters:
            raise UserError(f"there is no parameter {change.name!r}; there are: {', '.join(parameters)}")
        array = parameters[change.name].numpy()
        with np.errstate(over="ignore"):
            self._set(array, change)
        parameters[change.name].data = array
        return Trained(model, before.losses)

    def _learnt(self, recipe: Recipe, change: Learn) -> Trained:
        """Do the steps that no network that is kept has done yet."""
        done = max((_steps_done(key, recipe, change) for key in self._trained), default=0)
        before = self.trained(recipe.rewound(done))
        model = copy.deepcopy(before.model)
        losses: list[float] = []
        batches, until = self.batches(recipe.before(), change, done), time.monotonic() + SECONDS
        for _ in range(done, change.steps):
            if time.monotonic() > until:
                break
            losses.append(networks.descend(model, *next(batches), change.lr))
        found, done = Trained(model, np.concatenate([before.losses, losses])), done + len(losses)
        if done < change.steps:
            self._trained.get(recipe.rewound(done), lambda: found)  # asked again, it goes on from there
            raise UserError(f"{done:,} of {change.steps:,} steps took {SECONDS} seconds; ask again to go on")
        return found

    def tested(self, recipe: Recipe) -> Evaluation:
        """Return the answers of the recipe's network to the test digits."""
        found = self.trained(recipe)
        return self._tested.get(recipe.without_picture(), lambda: evaluate(found.model, self.test))

    def batches(self, before: Recipe, change: Learn, skip: int = 0) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the batches that a change learns from, which comes after a recipe; pass over those of `skip` steps.

        They are the picture that is shown, or the digits that follow those of earlier steps.
        """
        if change.batch == 0:
            answer = self.answer(before)
            if answer is None:
                raise UserError("a step needs a loss, and a loss needs the answer: which digit is it?")
            return repeat((self.picture(before), np.array([answer])))
        earlier = [c for c in before.changes if isinstance(c, Learn) and c.batch == change.batch]
        return networks.digit_batches(self.train, before.seed, change.batch, sum(c.steps for c in earlier) + skip)


def _steps_done(key: Recipe, recipe: Recipe, change: Learn) -> int:
    """Return how many steps of a recipe's last change another recipe has, which else is the same."""
    last = key.changes[-1] if key.changes else None
    if isinstance(last, Learn) and 0 < last.steps < change.steps and recipe.rewound(last.steps) == key:
        return last.steps
    return 0
