"""How good a network is on digits it has not seen: loss, accuracy, confusion matrix, worst mistakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import as_dataset
from ..errors import TrainingError
from ..nn import Module, evaluating
from ..nn.checks import whole
from ..ops import log_softmax

BATCH = 256


@dataclass(frozen=True)
class Evaluation:
    """What a network answered to n labelled images.

    probabilities: (n, classes), the softmax of the network's logits
    labels: (n,), the right answers
    loss: the mean over n of -log(probability of the right answer)
    """

    loss: float
    probabilities: NDArray[np.float32]
    labels: NDArray[np.int64]

    @property
    def predictions(self) -> NDArray[np.int64]:
        """The most probable class of each image, (n,)."""
        return self.probabilities.argmax(axis=1)

    @property
    def accuracy(self) -> float:
        """The share of right answers, 0 to 1."""
        return float((self.predictions == self.labels).mean())

    @property
    def confusion(self) -> NDArray[np.int64]:
        """How often class i (row) was taken for class k (column): (classes, classes)."""
        return confusion_matrix(self.labels, self.predictions, self.probabilities.shape[1])

    @property
    def mistakes(self) -> NDArray[np.int64]:
        """The positions of the wrong answers, the most confident first."""
        wrong = np.flatnonzero(self.predictions != self.labels)
        confidence = self.probabilities[wrong].max(axis=1)
        return wrong[np.argsort(-confidence, kind="stable")]


def confusion_matrix(labels: Any, predictions: Any, classes: int) -> NDArray[np.int64]:
    """Count how often each class (row) was predicted as each class (column).

    >>> confusion_matrix([0, 0, 1], [0, 1, 1], classes=2)
    array([[1, 1],
           [0, 1]])
    """
    classes = whole("confusion_matrix: classes", classes, at_least=1)
    rows, columns = np.asarray(labels), np.asarray(predictions)
    for name, of in (("labels", rows), ("predictions", columns)):
        if of.shape != rows.shape or of.ndim != 1:
            raise ValueError(f"confusion_matrix: labels {rows.shape} and {name} {of.shape} must be two rows (n,)")
        if of.size and (of.dtype.kind not in "iu" or of.min() < 0 or of.max() >= classes):
            raise ValueError(f"confusion_matrix: {name} must be integers from 0 to classes - 1 = {classes - 1}")
    counts = np.zeros((classes, classes), np.int64)
    if rows.size:
        np.add.at(counts, (rows, columns), 1)
    return counts


def evaluate(
    model: Any, dataset: Any, batch_size: int = BATCH, after_batch: Callable[[], None] | None = None
) -> Evaluation:
    """Let a model answer to every image of a dataset, in evaluation mode and without recording.

    Args:
        model: an `nn.Module` that turns images (n, c, h, w) into logits (n, classes).
        dataset: a `Dataset`, or a pair (images, labels) that makes one.
        batch_size: images at a time; it changes speed and memory, and the result only by rounding.
        after_batch: called after each batch; whatever it raises ends the evaluation.

    Raises:
        TypeError, ValueError, DataError: model, data or settings do not fit together.
        TrainingError: an answer is NaN.

    >>> import tinygrad_edu as tge
    >>> _, test = tge.data.load_digits()
    >>> result = evaluate(tge.models.MinimalCNN(), test)
    >>> result.probabilities.shape, result.confusion.sum() == len(test)
    ((1000, 10), np.True_)
    """
    if not isinstance(model, Module):
        raise TypeError(f"evaluate: model must be an nn.Module, not {model!r}")
    dataset = as_dataset(dataset)
    batch_size = whole("evaluate: batch_size", batch_size, at_least=1)
    if not (after_batch is None or callable(after_batch)):
        raise TypeError(f"evaluate: after_batch must be a function, not {after_batch!r}")
    rows = []
    with evaluating(model):
        for start in range(0, len(dataset), batch_size):
            images, _ = dataset.batch(slice(start, start + batch_size))
            rows.append(_log_probabilities(model, images))
            if after_batch is not None:
                after_batch()
    log_probabilities = np.concatenate(rows)
    lost = int(np.isnan(log_probabilities).any(axis=1).sum())
    if lost:
        raise TrainingError(
            f"the answers of {type(model).__name__} to {lost} of {len(dataset)} images are NaN, so there is nothing to "
            "count; its weights overflowed, or hold NaN"
        )
    if dataset.labels.max() >= log_probabilities.shape[1]:
        raise ValueError(
            f"evaluate: the labels go up to {dataset.labels.max()}, but the model tells "
            f"{log_probabilities.shape[1]} classes apart"
        )
    right = log_probabilities[np.arange(len(dataset)), dataset.labels]
    return Evaluation(float(-right.mean(dtype=np.float64)), np.exp(log_probabilities), dataset.labels)


def _log_probabilities(model: Module, images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the logarithms of the probabilities a model gives to the classes, (n, classes)."""
    logits = model(images)
    if getattr(logits, "ndim", None) != 2 or len(logits) != len(images):
        raise ValueError(
            f"evaluate: of images {images.shape} the model must make logits (n, classes), "
            f"not {getattr(logits, 'shape', type(logits).__name__)}"
        )
    return log_softmax(logits).data
