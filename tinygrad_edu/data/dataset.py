"""Images with their labels, checked once when they come together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import DataError
from .arrays import TensorDataset, as_array, read_only

IMAGE_SHAPE = (1, 28, 28)  # channels, height, width of MNIST's
DIGIT_NAMES = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
FEW_CHANNELS = (1, 3, 4)  # grey, colours, colours with transparency


class Dataset(TensorDataset):
    """n labelled images of one shape (c, h, w): 1 x 28 x 28 as MNIST's, 3 x 32 x 32 as CIFAR-10's, or any other.

    What is read back is always float32 in [0, 1] (`images`) and int64 (`labels`), and read-only. A writable
    array is copied, so that nobody can change a dataset from outside; a read-only one is taken as it is.
    (`TensorDataset` holds any arrays, such as targets to be predicted as numbers.)

    Args:
        images: (n, c, h, w), either uint8 in 0..255 or float32 in [0, 1].
        labels: (n,), integers from 0 to len(class_names) - 1.
        name: what messages and tables call it.
        class_names: one for each label.

    Raises:
        DataError: a wrong shape or dtype, values or labels out of range, unequal lengths, no images.

    >>> dots = Dataset(np.zeros((3, 1, 28, 28), np.uint8), [7, 0, 7], name="dots")
    >>> dots
    Dataset('dots', 3 images of (1, 28, 28), 10 classes)
    >>> dots[1:].labels
    array([0, 7])
    >>> image, label = dots[0]
    >>> image.shape, image.dtype, label
    ((1, 28, 28), dtype('float32'), 7)
    """

    # uint8 stays uint8 and becomes float32 one batch at a time: a quarter of the memory (MNIST: 55 MB, not
    # 220), and no slower. Measured for a shuffled batch of 64 from MNIST: 22 us to gather and convert uint8,
    # 26 us to gather float32.

    unit = "image"

    def __init__(
        self,
        images: ArrayLike,
        labels: ArrayLike,
        name: str = "dataset",
        class_names: Sequence[str] = DIGIT_NAMES,
    ) -> None:
        self.class_names = tuple(class_names)
        pixels = _check_images(as_array(images, "images"))
        numbers = _check_labels(as_array(labels, "labels"), len(self.class_names))
        if len(pixels) != len(numbers):
            raise DataError(f"{len(pixels)} images but {len(numbers)} labels: give one label per image")
        super().__init__(pixels, numbers, name=name)

    @property
    def pixels(self) -> NDArray[Any]:
        """The images as they are stored: (n, c, h, w), uint8 in 0..255 or float32 in [0, 1]."""
        return self.arrays[0]

    @property
    def images(self) -> NDArray[np.float32]:
        """All images, (n, c, h, w) float32 in [0, 1]; converted at each reading if stored as uint8."""
        return as_float(self.pixels)

    @property
    def labels(self) -> NDArray[np.int64]:
        """The labels, (n,), int64."""
        return self.arrays[1]

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """The shape of one image, (c, h, w)."""
        c, h, w = self.pixels.shape[1:]
        return c, h, w

    def batch(self, indices: slice | NDArray[np.intp]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the images (n, c, h, w), float32 in [0, 1], and the labels (n,) at these n positions."""
        pixels, labels = super().batch(indices)
        return as_float(pixels), labels

    def subset(self, indices: slice | ArrayLike) -> Dataset:
        """Return a dataset of the images at `indices`: a slice, positions, or a boolean mask of length n.

        >>> from tinygrad_edu.data import load_digits
        >>> digits, _ = load_digits()
        >>> sevens = digits.subset(digits.labels == 7)
        >>> set(sevens.labels.tolist())
        {7}
        """
        pixels, labels = self._chosen(indices)
        return Dataset(pixels, labels, self.name, self.class_names)

    def fingerprint(self) -> str:
        """Return the number of images and a CRC-32 of images and labels: how a resumed run knows its data again.

        >>> from tinygrad_edu.data import load_digits
        >>> train, test = load_digits()
        >>> train.fingerprint() == load_digits()[0].fingerprint(), train.fingerprint() == test.fingerprint()
        (True, False)
        """
        return super().fingerprint()

    def __getitem__(self, index: int | slice) -> Any:
        row = super().__getitem__(index)
        return row if isinstance(row, Dataset) else (as_float(row[0]), int(row[1]))

    def __repr__(self) -> str:
        name, shape = type(self).__name__, self.image_shape
        return f"{name}({self.name!r}, {len(self)} images of {shape}, {len(self.class_names)} classes)"


class RedrawnDataset(Dataset):
    """Images that a change makes of others: drawn once to be looked at, and anew each time a `DataLoader` deals them.

    Args:
        original: what is changed.
        change: such as `RandomShift(6)`; draws from the generator that it is given.
        seed: decides what `images` are, those that are drawn once.
        name: what messages and tables call it.
    """

    def __init__(self, original: Dataset, change: Any, seed: int, name: str) -> None:
        self.original, self.change = original, change
        pixels = drawn_once(original, change, seed)
        super().__init__(pixels, original.labels, name, original.class_names)

    def redrawn(
        self, indices: slice | NDArray[np.intp], rng: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the images and labels at these n positions, changed as the generator says."""
        images, labels = self.original.batch(indices)
        return read_only(self.change(images, rng)), labels

    def subset(self, indices: slice | ArrayLike) -> RedrawnDataset:
        """Return those at `indices`; what was drawn once stays as it is."""
        part = RedrawnDataset.__new__(RedrawnDataset)
        part.original, part.change = self.original.subset(indices), self.change
        pixels, labels = self._chosen(indices)
        Dataset.__init__(part, pixels, labels, self.name, self.class_names)
        return part


def drawn_once(original: Dataset, change: Any, seed: int) -> NDArray[np.uint8]:
    """Return all images of a dataset, changed as a seed says, (n, c, h, w) uint8."""
    changed = change(original.images, np.random.default_rng(seed))
    return read_only(np.rint(255 * changed).astype(np.uint8))


def as_dataset(data: Any) -> Dataset:
    """Return a Dataset as it is, and a pair (images, labels) as one.  Raises DataError."""
    if isinstance(data, Dataset):
        return data
    if isinstance(data, tuple) and len(data) == 2:
        return Dataset(*data)
    raise TypeError(f"expected a Dataset or a pair (images, labels), not {type(data).__name__}")


def _check_images(images: NDArray[Any]) -> NDArray[Any]:
    if images.ndim != 4:
        hint = "; add the channel axis: images[:, None]" if images.ndim == 3 else ""
        raise DataError(f"images must have shape (n, channels, height, width), got {images.shape}{hint}")
    if images.shape[3] in FEW_CHANNELS and images.shape[1] not in FEW_CHANNELS:
        raise DataError(
            f"images must have shape (n, channels, height, width), got {images.shape}, whose channels seem to come "
            "last; use images.transpose(0, 3, 1, 2)"
        )
    if len(images) == 0:
        raise DataError("there are no images: a dataset needs at least one")
    if 0 in images.shape:
        raise DataError(f"images must have shape (n, channels, height, width), got {images.shape}: no pixels")
    if images.dtype == np.uint8:
        return images
    if images.dtype != np.float32:
        raise DataError(
            f"images must be uint8 in 0..255 or float32 in [0, 1], got {images.dtype}; "
            "convert them with images.astype(np.float32)"
        )
    low, high = images.min(), images.max()
    if not (low >= 0 and high <= 1):  # written so that NaN fails too
        raise DataError(f"float32 images must lie in [0, 1], got values from {low:g} to {high:g}")
    return images


def _check_labels(labels: NDArray[Any], classes: int) -> NDArray[np.int64]:
    if labels.ndim != 1:
        raise DataError(f"labels must have shape (n,), got {labels.shape}; one integer per image, not one-hot rows")
    if len(labels) == 0:
        raise DataError("there are no labels: a dataset needs at least one image and its label")
    if labels.dtype.kind not in "iu":
        raise DataError(f"labels must be integers, got {labels.dtype}; convert them with labels.astype(np.int64)")
    wrong = np.flatnonzero((labels < 0) | (labels >= classes))
    if len(wrong):
        raise DataError(
            f"labels must lie in 0..{classes - 1}, got {labels[wrong[0]]} at position {wrong[0]} "
            f"({len(wrong)} out of range in all)"
        )
    return labels.astype(np.int64, copy=False)


def as_float(pixels: NDArray[Any]) -> NDArray[np.float32]:
    """Return pixels as they are read: float32 in [0, 1], read-only."""
    return read_only(pixels if pixels.dtype == np.float32 else pixels / np.float32(255))
