"""Cuts a dataset into batches, in an order that a seed decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from .arrays import TensorDataset, read_only
from .collate import default_collate
from .dataset import RedrawnDataset


class DataLoader:
    """Batches of a dataset: of a `Dataset`, images (n, c, h, w) float32 in [0, 1] and labels (n,) int64.

    Each `for` over the loader is one epoch, and the next one gets the next order; `set_epoch` chooses it. Batches that
    the loader makes itself are read-only.

    Args:
        dataset: what to cut up: a `Dataset` or a `TensorDataset`, or anything with a length and rows by number, a list
            of pairs, say.
        batch_size: n, rows per batch; the last batch of an epoch holds what is left.
        shuffle: a new order in every epoch; False keeps the dataset's order.
        seed: decides the orders. The order of an epoch depends on (seed, epoch) and nothing else, so a run stopped
            within an epoch can go on with what it had not seen: `loader.batches(epoch, start)`.
        drop_last: leave out the last batch when it is smaller than batch_size.
        augment: a change of images such as `Augment()`, or a function of images and a generator: changes the first
            array of each batch, anew in every epoch; what it does to a batch depends on (seed, epoch, number of the
            batch) and nothing else.
        collate_fn: makes a batch of a list of rows, as for sequences of unequal lengths. None: arrays and numbers are
            stacked, inside tuples, lists and dicts too.

    Raises:
        DataError: what is no dataset, batch_size < 1, a negative seed or epoch, or drop_last leaves no batch at all.

    >>> from tinygrad_edu.data import load_digits
    >>> digits, _ = load_digits()
    >>> loader = DataLoader(digits, batch_size=64, seed=1)
    >>> len(loader)
    79
    >>> images, labels = next(iter(loader))
    >>> images.shape, labels.shape
    ((64, 1, 28, 28), (64,))

    >>> words = [("a", 1), ("bcd", 3), ("ef", 2)]
    >>> for batch in DataLoader(words, 2, shuffle=False, collate_fn=lambda rows: "+".join(word for word, _ in rows)):
    ...     print(batch)
    a+bcd
    ef
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int = 64,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
        augment: Callable[[NDArray[np.float32], np.random.Generator], NDArray[np.float32]] | None = None,
        collate_fn: Callable[[list[Any]], Any] | None = None,
    ) -> None:
        rows = hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__")
        if not rows or isinstance(dataset, np.ndarray | tuple | dict | str | bytes):
            raise DataError(
                f"DataLoader needs a Dataset, got {type(dataset).__name__}; use Dataset(images, labels), "
                "TensorDataset(x, y), or a list of rows"
            )
        self.dataset = dataset
        self.batch_size = _whole_number(batch_size, "batch_size", at_least=1)
        self.shuffle = _flag(shuffle, "shuffle")
        self.seed = _whole_number(seed, "seed", at_least=0)
        self.drop_last = _flag(drop_last, "drop_last")
        for name, function in (("augment", augment), ("collate_fn", collate_fn)):
            if function is not None and (not callable(function) or isinstance(function, type)):
                fits, hint = ("an Augment or None", "; use augment=Augment()")
                if name == "collate_fn":
                    fits, hint = "a function of a list of rows, or None", ""
                raise DataError(f"{name} must be {fits}, got {_named(function)}{hint}")
        self.augment, self.collate_fn = augment, collate_fn
        self.epoch = 0
        if len(self) == 0:
            unit = getattr(dataset, "unit", "row")
            raise DataError(
                f"drop_last leaves nothing: {len(dataset)} {unit}s do not fill one batch of {batch_size}; "
                "use a smaller batch_size or drop_last=False"
                if len(dataset)
                else "there are no rows: a DataLoader needs at least one"
            )

    def __len__(self) -> int:
        """Return the number of batches in an epoch."""
        full, rest = divmod(len(self.dataset), self.batch_size)
        return full if self.drop_last or rest == 0 else full + 1

    def __iter__(self) -> Iterator[Any]:
        epoch = self.epoch
        self.epoch += 1  # already here, so that an epoch left early by `break` is not repeated
        return self.batches(epoch)

    def set_epoch(self, epoch: int) -> None:
        """Let the next `for` over the loader use the order of this epoch (counted from 0)."""
        self.epoch = _whole_number(epoch, "epoch", at_least=0)

    def order(self, epoch: int) -> NDArray[np.intp]:
        """Return the positions of all rows of the dataset, in the order in which this epoch takes them."""
        epoch = _whole_number(epoch, "epoch", at_least=0)
        if not self.shuffle:
            return np.arange(len(self.dataset))
        return np.random.default_rng([self.seed, epoch]).permutation(len(self.dataset))

    def batches(self, epoch: int, start: int = 0) -> Iterator[Any]:
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

    def _batches(self, epoch: int, order: NDArray[np.intp], start: int) -> Iterator[Any]:
        for number in range(start, len(self)):
            piece = slice(number * self.batch_size, (number + 1) * self.batch_size)
            # number + 1: NumPy seeds alike from [seed, epoch], which the order takes, and [seed, epoch, 0]
            numbers = [self.seed, epoch, number + 1]
            if self.collate_fn is not None or not isinstance(self.dataset, TensorDataset):
                rows = [self.dataset[int(i)] for i in order[piece]]
                batch = default_collate(rows) if self.collate_fn is None else self.collate_fn(rows)
            elif isinstance(self.dataset, RedrawnDataset):
                rng = np.random.default_rng([*numbers, 1])
                batch = self.dataset.redrawn(order[piece], rng)
            else:
                batch = self.dataset.batch(order[piece] if self.shuffle else piece)
            yield batch if self.augment is None else self._changed(batch, np.random.default_rng(numbers))

    def _changed(self, batch: Any, rng: np.random.Generator) -> Any:
        """Return a batch with its images, the first of its arrays, changed."""
        assert self.augment is not None
        several = isinstance(batch, tuple | list)
        images = batch[0] if several else batch
        if not isinstance(images, np.ndarray):
            raise DataError(f"augment changes the first array of a batch; here it is of type {type(images).__name__}")
        changed = self.augment(images, rng)
        if getattr(changed, "dtype", None) != images.dtype or len(changed) != len(images):
            seen = f"{getattr(changed, 'shape', type(changed).__name__)} {getattr(changed, 'dtype', '')}".strip()
            raise DataError(f"augment must make {len(images)} images {images.dtype} of {images.shape}, not {seen}")
        read_only(changed)
        if not several:
            return changed
        return getattr(type(batch), "_make", type(batch))([changed, *batch[1:]])


def _named(value: Any) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__


def _flag(value: bool, name: str) -> bool:
    if not isinstance(value, bool | np.bool_):
        raise DataError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def _whole_number(value: int, name: str, at_least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < at_least:
        raise DataError(f"{name} must be a whole number of at least {at_least}, got {value!r}")
    return int(value)
