"""A moment: one picture going through one network, forward and backward, as the engine recorded it."""

from __future__ import annotations

import copy
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import Tensor, named, set_grad_enabled, trace_backward
from ..autograd.graph import Graph
from ..data import load_digits
from ..errors import UserError
from ..explain.asking import checked_index
from ..ops import cross_entropy
from . import networks
from .recipe import INK, Edit, Learn, Recipe

if TYPE_CHECKING:
    from ..autograd import BackwardTrace


@dataclass(frozen=True, eq=False)
class Moment:
    """A recorded pass.

    Attributes:
        recipe: what it was made from.
        model: the network, in evaluation mode.  Nobody may change it.
        image: the picture, (1, c, h, w).
        answer: the class that is right, or None: then there is neither loss nor gradient.
        logits: what the network says.
        loss: cross_entropy(logits, answer), or None.
        trace: the backward pass, or None.
    """

    recipe: Recipe
    model: Any
    image: Tensor
    answer: int | None
    logits: Tensor
    loss: Tensor | None
    trace: BackwardTrace | None

    @cached_property
    def graph(self) -> Graph:
        """The values by name."""
        return self.trace.graph if self.trace is not None else Graph([self.logits])

    @cached_property
    def by_name(self) -> dict[str, Any]:
        """Every value of the graph, by the name that the pages and `tinygrad-edu why` call it."""
        return {self.graph.label(value): value for value in self.graph}


class Moments:
    """Makes moments from recipes, and remembers the latest: of a recipe's beginning too, so that a step costs a step.

    Args:
        given: the user's own network, and the picture and the label that it is shown.
        model: which packaged network the others are: "minimal", "lenet5", ...
    """

    def __init__(self, given: Any = None, image: Any = None, label: int | None = None, model: str = "minimal"):
        self.model = model
        self._given = None if given is None else copy.deepcopy(given).eval()
        self._image = None if image is None else np.array(image)
        self._label = label
        self.train, self.test = load_digits()
        self._models: OrderedDict[Recipe, Any] = OrderedDict()
        self._moments: OrderedDict[Recipe, Moment] = OrderedDict()
        self._lock = Lock()

    def of(self, recipe: Recipe) -> Moment:
        """Return the moment that a recipe describes."""
        with self._lock:
            found = _remembered(self._moments, recipe, 32)
            if found is None:
                found = self._moments[recipe] = self._make(recipe)
            return found

    def _make(self, recipe: Recipe) -> Moment:
        answer, model = self.answer(recipe), self._model(recipe)
        dtype = next(iter(model.parameters())).dtype
        with set_grad_enabled(True):
            image = named("image", Tensor(self.picture(recipe).astype(dtype), requires_grad=recipe.image_gradient))
            logits = named("logits", model(image))
            if logits.ndim != 2 or len(logits.data) != 1:
                raise UserError(f"the network must return logits (1, classes) for one picture, not {logits.shape}")
            if answer is not None and answer >= logits.shape[1]:
                raise UserError(f"the answer {answer} is none of the network's classes, 0 to {logits.shape[1] - 1}")
            loss = None if answer is None else named("loss", cross_entropy(logits, np.array([answer])))
            trace = None if loss is None else trace_backward(loss, model=model)
        return Moment(recipe, model, image, answer, logits, loss, trace)

    def answer(self, recipe: Recipe) -> int | None:
        """Return the class that is right: what the recipe says, else the digit's label."""
        if recipe.answer is not None:
            return recipe.answer
        if recipe.digit is not None:
            return int(self.test.labels[self._digit(recipe)])
        return self._label if recipe.ink is None else None

    def picture(self, recipe: Recipe) -> np.ndarray:
        """Return the picture (1, c, h, w), pixels that were edited included."""
        if recipe.digit is not None:
            image = np.array(self.test.images[[self._digit(recipe)]])
        elif recipe.ink is not None:
            if len(recipe.ink) != 28 * 28:
                raise UserError(f"a drawn picture has 28 x 28 pixels, not {len(recipe.ink)}")
            image = (np.frombuffer(recipe.ink, np.uint8).reshape(1, 1, 28, 28) / INK).astype(np.float32)
        elif self._image is not None:
            image = self._image.copy()
        else:
            raise UserError("there is no picture: choose a digit or draw one")
        for change in recipe.changes:
            if isinstance(change, Edit) and change.name == "image":
                image[checked_index("image", image.shape, change.index)] = change.value
        return image

    def _digit(self, recipe: Recipe) -> int:
        if recipe.digit is None or recipe.digit >= len(self.test.labels):
            raise UserError(f"there are {len(self.test.labels):,} test digits, counted from 0; not {recipe.digit}")
        return recipe.digit

    def _model(self, recipe: Recipe) -> Any:
        """Return the network after the recipe's changes; its parameters bear their paths."""
        key = _without_picture(recipe)
        found = _remembered(self._models, key, 64)
        if found is None:
            found = self._base(recipe) if not recipe.changes else self._changed(recipe)
            for path, parameter in found.named_parameters():
                named(path, parameter)
            self._models[key] = found
        return found

    def _base(self, recipe: Recipe) -> Any:
        if recipe.network == "given":
            if self._given is None:
                raise UserError("no network was given; there are: untrained, early, trained")
            return self._given
        return networks.prepare(recipe.network, recipe.seed, self.model)

    def _changed(self, recipe: Recipe) -> Any:
        change = recipe.changes[-1]
        model = copy.deepcopy(self._model(recipe.before()))
        if isinstance(change, Learn):
            self._learn(model, recipe, change)
        elif change.name != "image":
            parameters = dict(model.named_parameters())
            if change.name not in parameters:
                raise UserError(f"there is no parameter {change.name!r}; there are: {', '.join(parameters)}")
            parameter = parameters[change.name]
            array = parameter.numpy()
            array[checked_index(change.name, array.shape, change.index)] = change.value
            parameter.data = array
        return model

    def _learn(self, model: Any, recipe: Recipe, change: Learn) -> None:
        """Do the steps: from the picture that is shown, or from the digits that follow those of earlier steps."""
        if change.batch == 0:
            answer = self.answer(recipe)
            if answer is None:
                raise UserError("a step needs a loss, and a loss needs the answer: which digit is it?")
            picture = self.picture(recipe.before())
            for _ in range(change.steps):
                networks.descend(model, picture, np.array([answer]), change.lr)
            return
        done = sum(c.steps for c in recipe.changes[:-1] if isinstance(c, Learn) and c.batch == change.batch)
        batches = networks.digit_batches(self.train, recipe.seed, change.batch)
        for _ in range(done):
            next(batches)
        for _ in range(change.steps):
            networks.descend(model, *next(batches), change.lr)


def _without_picture(recipe: Recipe) -> Recipe:
    """Return what the weights follow from: the picture counts only where something was learnt from it."""
    if any(isinstance(c, Learn) and c.batch == 0 for c in recipe.changes):
        return recipe
    return replace(recipe, digit=None, ink=None, answer=None, image_gradient=True)


def _remembered(kept: OrderedDict[Recipe, Any], key: Recipe, most: int) -> Any:
    """Return what is kept under a key, marked as used; forget what was not asked for the longest."""
    if key in kept:
        kept.move_to_end(key)
        return kept[key]
    while len(kept) >= most:
        kept.popitem(last=False)
    return None
