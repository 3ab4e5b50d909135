"""Images with their labels, checked once when they come together."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import DataError

IMAGE_SHAPE = (1, 28, 28)  # channels, height, width
DIGIT_NAMES = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")


class Dataset:
    """n images of shape (1, 28, 28) and their n labels.

    What is read back is always float32 in [0, 1] (`images`) and int64 (`labels`), and read-only. A writable
    array is copied, so that nobody can change a dataset from outside; a read-only one is taken as it is.

    Args:
        images: (n, 1, 28, 28), either uint8 in 0..255 or float32 in [0, 1].
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

    def __init__(
        self,
        images: ArrayLike,
        labels: ArrayLike,
        name: str = "dataset",
        class_names: Sequence[str] = DIGIT_NAMES,
    ) -> None:
        self.name = name
        self.class_names = tuple(class_names)
        self._pixels = _own(_check_images(_as_array(images, "images")))
        self._labels = _own(_check_labels(_as_array(labels, "labels"), len(self.class_names)))
        if len(self._pixels) != len(self._labels):
            raise DataError(f"{len(self._pixels)} images but {len(self._labels)} labels: give one label per image")

    @property
    def pixels(self) -> NDArray[Any]:
        """The images as they are stored: (n, 1, 28, 28), uint8 in 0..255 or float32 in [0, 1]."""
        return self._pixels

    @property
    def images(self) -> NDArray[np.float32]:
        """All images, (n, 1, 28, 28) float32 in [0, 1]; converted at each reading if stored as uint8."""
        return _as_float(self._pixels)

    @property
    def labels(self) -> NDArray[np.int64]:
        """The labels, (n,), int64."""
        return self._labels

    def batch(self, indices: slice | NDArray[np.intp]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the images (n, 1, 28, 28), float32 in [0, 1], and the labels (n,) at these n positions."""
        if isinstance(indices, slice):
            return _as_float(self._pixels[indices]), self._labels[indices]
        return _as_float(self._pixels.take(indices, axis=0)), _read_only(self._labels.take(indices))

    def subset(self, indices: slice | ArrayLike) -> Dataset:
        """Return a dataset of the images at `indices`: a slice, positions, or a boolean mask of length n.

        >>> from tinygrad_edu.data import load_digits
        >>> digits, _ = load_digits()
        >>> sevens = digits.subset(digits.labels == 7)
        >>> set(sevens.labels.tolist())
        {7}
        """
        chosen = indices if isinstance(indices, slice) else np.asarray(indices)
        try:
            pixels, labels = self._pixels[chosen], self._labels[chosen]
        except IndexError as error:
            raise DataError(f"cannot take a subset of {self!r}: {error}") from error
        return Dataset(_read_only(pixels), _read_only(labels), self.name, self.class_names)

    def first(self, n: int) -> Dataset:
        """Return a dataset of the first n images (of all of them when there are fewer)."""
        if n < 1:
            raise DataError(f"first(n) needs n >= 1, got {n}")
        return self.subset(slice(0, n))

    def fingerprint(self) -> str:
        """Return the number of images and a CRC-32 of images and labels: how a resumed run knows its data again.

        >>> from tinygrad_edu.data import load_digits
        >>> train, test = load_digits()
        >>> train.fingerprint() == load_digits()[0].fingerprint(), train.fingerprint() == test.fingerprint()
        (True, False)
        """
        checksum = zlib.crc32(self._labels.tobytes(), zlib.crc32(np.ascontiguousarray(self._pixels).data))
        return f"{len(self)} images, checksum {checksum:08x}"

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return self.subset(index)
        if not -len(self) <= index < len(self):
            raise IndexError(f"{self!r} has no image {index}")  # also what ends `for image, label in dataset`
        return _as_float(self._pixels[index]), int(self._labels[index])

    def __repr__(self) -> str:
        return f"Dataset({self.name!r}, {len(self)} images of {IMAGE_SHAPE}, {len(self.class_names)} classes)"


def as_dataset(data: Any) -> Dataset:
    """Return a Dataset as it is, and a pair (images, labels) as one.  Raises DataError."""
    if isinstance(data, Dataset):
        return data
    if isinstance(data, tuple) and len(data) == 2:
        return Dataset(*data)
    raise TypeError(f"expected a Dataset or a pair (images, labels), not {type(data).__name__}")


def _check_images(images: NDArray[Any]) -> NDArray[Any]:
    if images.ndim != 4 or images.shape[1:] != IMAGE_SHAPE:
        hint = "; add the channel axis: images[:, None]" if images.shape[1:] == IMAGE_SHAPE[1:] else ""
        raise DataError(f"images must have shape (n, 1, 28, 28), got {images.shape}{hint}")
    if len(images) == 0:
        raise DataError("there are no images: a dataset needs at least one")
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


def _as_float(pixels: NDArray[Any]) -> NDArray[np.float32]:
    return _read_only(pixels if pixels.dtype == np.float32 else pixels / np.float32(255))


def _as_array(values: ArrayLike, what: str) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError as error:  # nested lists of unequal lengths
        raise DataError(f"{what} do not form one array: {error}") from error


def _own(array: NDArray[Any]) -> NDArray[Any]:
    return _read_only(array.copy()) if array.flags.writeable else array


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    array.setflags(write=False)
    return array
