"""Cuts a dataset into batches, in an order that a seed decides."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from .augment import Augment
from .dataset import Dataset

Batch = tuple[NDArray[np.float32], NDArray[np.int64]]


class DataLoader:
    """Batches of a dataset: images (n, 1, 28, 28) float32 in [0, 1] and labels (n,) int64, both read-only.

    Each `for` over the loader is one epoch, and the next one gets the next order; `set_epoch` chooses it.

    Args:
        dataset: what to cut up.
        batch_size: n, images per batch; the last batch of an epoch holds what is left.
        shuffle: a new order in every epoch; False keeps the dataset's order.
        seed: decides the orders. The order of an epoch depends on (seed, epoch) and nothing else, so a run stopped
            within an epoch can go on with what it had not seen: `loader.batches(epoch, start)`.
        drop_last: leave out the last batch when it is smaller than batch_size.
        augment: an `Augment` changes each image a little, anew in every epoch; what it does to a batch depends on
            (seed, epoch, number of the batch) and nothing else.

    Raises:
        DataError: batch_size < 1, a negative seed or epoch, or drop_last leaves no batch at all.

    >>> from tinygrad_edu.data import load_digits
    >>> digits, _ = load_digits()
    >>> loader = DataLoader(digits, batch_size=64, seed=1)
    >>> len(loader)
    79
    >>> images, labels = next(iter(loader))
    >>> images.shape, labels.shape
    ((64, 1, 28, 28), (64,))
    """

    def __init__(
        self,
        dataset: Dataset,
        batch_size: int = 64,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
        augment: Augment | None = None,
    ) -> None:
        if not isinstance(dataset, Dataset):
            raise DataError(f"DataLoader needs a Dataset, got {type(dataset).__name__}; use Dataset(images, labels)")
        self.dataset = dataset
        self.batch_size = _whole_number(batch_size, "batch_size", at_least=1)
        self.shuffle = _flag(shuffle, "shuffle")
        self.seed = _whole_number(seed, "seed", at_least=0)
        self.drop_last = _flag(drop_last, "drop_last")
        if augment is not None and not isinstance(augment, Augment):
            raise DataError(f"augment must be an Augment or None, got {type(augment).__name__}; use augment=Augment()")
        self.augment = augment
        self.epoch = 0
        if len(self) == 0:
            raise DataError(
                f"drop_last leaves nothing: {len(dataset)} images do not fill one batch of {batch_size}; "
                "use a smaller batch_size or drop_last=False"
            )

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        full, rest = divmod(len(self.dataset), self.batch_size)
        return full if self.drop_last or rest == 0 else full + 1

    def __iter__(self) -> Iterator[Batch]:
        epoch = self.epoch
        self.epoch += 1  # already here, so that an epoch left early by `break` is not repeated
        return self.batches(epoch)

    def set_epoch(self, epoch: int) -> None:
        """Let the next `for` over the loader use the order of this epoch (counted from 0)."""
        self.epoch = _whole_number(epoch, "epoch", at_least=0)

    def order(self, epoch: int) -> NDArray[np.intp]:
        """Return the positions of all images of the dataset, in the order in which this epoch takes them."""
        epoch = _whole_number(epoch, "epoch", at_least=0)
        if not self.shuffle:
            return np.arange(len(self.dataset))
        return np.random.default_rng([self.seed, epoch]).permutation(len(self.dataset))

    def batches(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """Yield the batches of one epoch, from batch number `start` on (counted from 0).

        >>> from tinygrad_edu.data import load_digits
        >>> digits, _ = load_digits()
        >>> loader = DataLoader(digits, batch_size=500)
        >>> whole = [labels for images, labels in loader.batches(epoch=3)]
        >>> rest = [labels for images, labels in loader.batches(epoch=3, start=2)]
        >>> np.array_equal(whole[2], rest[0])
        True
        """
        start = _whole_number(start, "start", at_least=0)
        return self._batches(epoch, self.order(epoch), start)  # a generator of its own: the checks run now

    def _batches(self, epoch: int, order: NDArray[np.intp], start: int) -> Iterator[Batch]:
        for number in range(start, len(self)):
            piece = slice(number * self.batch_size, (number + 1) * self.batch_size)
            images, labels = self.dataset.batch(order[piece] if self.shuffle else piece)
            if self.augment is not None:
                # number + 1: NumPy seeds alike from [seed, epoch], which the order takes, and [seed, epoch, 0]
                images = self.augment(images, np.random.default_rng([self.seed, epoch, number + 1]))
                images.setflags(write=False)
            yield images, labels


def _flag(value: bool, name: str) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise DataError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def _whole_number(value: int, name: str, at_least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < at_least:
        raise DataError(f"{name} must be a whole number of at least {at_least}, got {value!r}")
    return int(value)
