"""Parts of a dataset: some of its rows, and a random division of all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import DataError
from .arrays import TensorDataset


class Subset:
    """The rows of any dataset at some positions: row i is dataset[indices[i]]

    For what has no `subset` of its own.

    >>> part = Subset(["a", "b", "c"], [2, 0])
    >>> len(part), part[0]
    (2, 'c')
    """

    def __init__(self, dataset: Any, indices: ArrayLike) -> None:
        self.dataset = dataset
        self.indices: NDArray[np.intp] = np.asarray(indices, np.intp)

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: int) -> Any:
        return self.dataset[int(self.indices[index])]


def random_split(dataset: Any, lengths: Sequence[float], seed: int = 0) -> list[Any]:
    """Return the dataset in parts, each row in one of them, chosen at random; each part in the order of the whole.

    Args:
        dataset: a `Dataset`, a `TensorDataset`, or anything with a length and rows by number.
        lengths: how many rows each part gets, which must make up all; or parts of the whole that add up to 1, such as
            [0.8, 0.2], rounded down, what is left going one by one to the first parts.
        seed: decides which rows: the same seed, the same parts.

    Raises:
        DataError: the lengths do not make up the dataset, or leave a part empty.

    >>> from tinygrad_edu.data import load_digits
    >>> digits, _ = load_digits()
    >>> random_split(digits, [0.9, 0.1])
    [Dataset('digits train', 4500 images of (1, 28, 28), 10 classes),
     Dataset('digits train', 500 images of (1, 28, 28), 10 classes)]
    """
    counts = _counts(len(dataset), lengths)
    order = np.random.default_rng(seed).permutation(len(dataset))
    parts = [np.sort(piece) for piece in np.split(order, np.cumsum(counts)[:-1])]
    return [dataset.subset(p) if isinstance(dataset, TensorDataset) else Subset(dataset, p) for p in parts]


def _counts(n: int, lengths: Sequence[float]) -> list[int]:
    """Return how many of n rows each part gets."""
    given = list(lengths)
    if all(isinstance(length, int | np.integer) and not isinstance(length, bool) for length in given):
        counts = [int(length) for length in given]
    elif all(isinstance(length, float) and length > 0 for length in given) and math.isclose(math.fsum(given), 1):
        counts = [math.floor(n * length) for length in given]
        for i in range(n - sum(counts)):
            counts[i % len(counts)] += 1
    else:
        raise DataError(f"random_split: lengths are numbers of rows, or parts that add up to 1, not {given!r}")
    if sum(counts) != n or any(count < 1 for count in counts):
        raise DataError(f"random_split: parts of {counts} rows do not make up the {n} there are, at least one in each")
    return counts
