"""How sure a network may be, and whether an image looks like anything it has learnt from.

Both are measured on held-out images at the end of a run, and kept with it in calibration.safetensors.

Sureness: p = softmax(logits / T). One number T, the temperature, is chosen so that the held-out images get the smallest
mean of -log(probability of the right answer); it changes no answer. (C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On
calibration of modern neural networks", ICML 2017.)

Likeness: the distance from an image to the nearest training image of the digit that the network names, both a little
blurred, so that a stroke one pixel aside is near. A limit is chosen that 97 of 100 held-out images keep, of those that
were read rightly. What lies farther away looks like none of the training images of that digit. That finds noise and
most photographs of other things; a letter that resembles a digit it does not find.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset
from ..errors import CheckpointError
from .array_file import load_arrays, save_arrays
from .checkpoint import MALFORMED
from .evaluation import evaluate

KIND = "calibration 1"
EXAMPLES = 2000  # training images that are kept to compare with
KEPT_BY = 0.97  # the share of held-out images within the limit
MNISTS = (28, 28)  # the shape of its images
BINS = 15  # of sureness, as in the paper
TINY = 1e-30  # keeps log(0) out


@dataclass(frozen=True)
class Calibration:
    """What a run keeps to tell how sure its network may be.

    temperature: T above
    error: the expected calibration error of held-out images, each half measured with the other half's T; NaN for
        fewer than two images
    limit: the distance that 97 of 100 held-out images keep
    images: (n, h, w) uint8, or (n, c, h, w) of more channels than one, training images to compare with; labels: (n,)
    """

    temperature: float
    error: float
    limit: float
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def probabilities(self, probabilities: NDArray[Any]) -> NDArray[np.float32]:
        """softmax(logits / T) from softmax(logits), (n, classes): the logarithms are the logits but for a constant."""
        return softmax(np.log(probabilities + TINY) / self.temperature).astype(np.float32)

    def distances(self, images: NDArray[np.float32], answers: NDArray[np.integer]) -> NDArray[np.float64]:
        """The distance of each image (n, c, h, w) to the nearest kept one of the class it was taken for: (n,)."""
        return nearest(images, answers, self.images, self.labels)

    def unlike(self, images: NDArray[np.float32], answers: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Whether an image looks like no training image of the digit that it was taken for: (n,)."""
        return self.distances(images, answers) > self.limit

    def save(self, path: Path) -> None:
        """Write the file, atomically.  Raises RunFolderError."""
        measured = {"temperature": self.temperature, "limit": self.limit, "error": repr(self.error)}
        description: dict[str, Any] = {"kind": KIND, **measured}
        if self.images.shape[1:] != MNISTS:  # what older files hold, and do not say
            description["shape"] = list(self.images.shape[1:])
        save_arrays(path, {"images": self.images, "labels": self.labels}, description)

    @classmethod
    def load(cls, path: Path) -> Calibration:
        """Read what `save` wrote.  Raises CheckpointError."""
        arrays, description = load_arrays(path)
        try:
            kind, error = description["kind"], float(description["error"])
            temperature, limit = float(description["temperature"]), float(description["limit"])
            images, labels = arrays["images"], arrays["labels"]
            fits = kind == KIND and 0 < temperature < np.inf and 0 <= limit < np.inf
            shape = tuple(description.get("shape", MNISTS))
            fits = fits and images.dtype == np.uint8 and images.shape == (len(images), *shape) and images.size > 0
            fits = fits and labels.dtype == np.int64 and labels.shape == (len(images),) and len(images) > 0
        except MALFORMED as problem:
            raise CheckpointError(f"{path}: not what a calibration holds ({problem!r})") from problem
        if not fits:
            raise CheckpointError(f"{path}: not what a calibration holds")
        return cls(temperature, error, limit, images, labels)


def calibrate(model: Any, train: Dataset, held_out: Dataset) -> Calibration:
    """Measure on held-out images how sure a network may be and how far from the training images they lie."""
    result = evaluate(model, held_out)
    chosen = np.linspace(0, len(train) - 1, min(len(train), EXAMPLES)).astype(int)
    images, labels = train.batch(chosen)
    kept = np.rint(255 * (images[:, 0] if images.shape[1] == 1 else images)).astype(np.uint8)
    # only what was read rightly: a 7 read as a 1 is far from any 1, and should be
    right = result.predictions == result.labels if (result.predictions == result.labels).any() else slice(None)
    distances = nearest(held_out.images[right], result.predictions[right], kept, labels)
    near = distances[np.isfinite(distances)]
    limit = float(np.quantile(near, KEPT_BY)) if len(near) else 0.0
    error = float("nan")
    if len(held_out) > 1:
        halves = (np.s_[::2], np.s_[1::2])
        error = 0.0
        for a, b in (halves, halves[::-1]):
            t = temperature(result.probabilities[a], result.labels[a])
            cooled = softmax(np.log(result.probabilities[b] + TINY) / t)
            error += expected_calibration_error(cooled, result.labels[b]) / 2
    return Calibration(temperature(result.probabilities, result.labels), error, limit, kept, labels)



def temperature(probabilities: NDArray[Any], labels: NDArray[np.integer]) -> float:
    """The T between 1/2 and 10 for which softmax(logits / T) gives the right answers the largest likelihood.

    >>> logits = np.array([[4.0, 0.0], [4.0, 0.0], [4.0, 0.0], [0.0, 4.0]])  # sure to 98 %, right 3 times of 4
    >>> round(temperature(softmax(logits), np.array([0, 0, 1, 1])), 1), round(float(4 / np.log(3)), 1)
    (3.6, 3.6)
    """
    logits = np.log(probabilities + TINY)
    candidates = np.geomspace(0.5, 10, 301)
    rows = np.arange(len(labels))
    losses = [-np.log(softmax(logits / t)[rows, labels] + TINY).mean() for t in candidates]
    return float(candidates[np.argmin(losses)])


def expected_calibration_error(probabilities: NDArray[Any], labels: NDArray[np.integer]) -> float:
    """|share of right answers - mean sureness| in each of 15 bins of sureness, averaged over all answers.

    >>> expected_calibration_error(np.array([[0.9, 0.1]] * 10), np.array([0] * 8 + [1] * 2))  # 80 % right, 90 % sure
    0.1
    """
    sureness, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    bins = np.minimum((sureness * BINS).astype(int), BINS - 1)
    gaps = np.abs(np.bincount(bins, sureness - right, minlength=BINS))
    return round(float(gaps.sum()) / len(labels), 6)


def softmax(logits: NDArray[Any]) -> NDArray[np.float64]:
    """exp(logits) / sum over classes of exp(logits), (n, classes)."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def nearest(
    images: NDArray[np.float32], answers: NDArray[np.integer], kept: NDArray[np.uint8], labels: NDArray[np.integer]
) -> NDArray[np.float64]:
    """The Euclidean distance of each blurred image to the nearest blurred kept one with the label `answers`: (n,)."""
    shown = kept.reshape(len(kept), *images.shape[1:])
    result = np.full(len(images), np.inf)
    for digit in np.unique(answers):
        if (labels == digit).any():
            mine = _blurred(images[answers == digit])
            others = _blurred(shown[labels == digit].astype(np.float32) / np.float32(255))
            # |a - b|^2 = |a|^2 - 2 a.b + |b|^2
            squares = (mine**2).sum(1)[:, np.newaxis] - 2 * mine @ others.T + (others**2).sum(1)
            result[answers == digit] = np.sqrt(np.maximum(squares.min(axis=1), 0))
    return result


def _blurred(images: NDArray[np.float32]) -> NDArray[np.float64]:
    """Each pixel becomes (1/4, 1/2, 1/4) of its neighbours along both axes: (n, c, h, w) -> (n, c h w)."""
    x = np.pad(images.astype(np.float64), ((0, 0), (0, 0), (1, 1), (1, 1)))
    x = x[:, :, :-2] / 4 + x[:, :, 1:-1] / 2 + x[:, :, 2:] / 4
    x = x[..., :-2] / 4 + x[..., 1:-1] / 2 + x[..., 2:] / 4
    return x.reshape(len(x), -1)
