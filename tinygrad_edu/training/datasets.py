"""What training takes as data, and how a resumed run knows it again."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from ..data import Dataset


def as_dataset(data: Any) -> Dataset:
    """Return a Dataset as it is, and a pair (images, labels) as one.  Raises DataError."""
    if isinstance(data, Dataset):
        return data
    if isinstance(data, tuple) and len(data) == 2:
        return Dataset(*data)
    raise TypeError(f"expected a Dataset or a pair (images, labels), not {type(data).__name__}")


def fingerprint(dataset: Dataset) -> str:
    """Return the number of images and a CRC-32 of images and labels.

    >>> from tinygrad_edu.data import load_digits
    >>> train, test = load_digits()
    >>> fingerprint(train) == fingerprint(load_digits()[0]), fingerprint(train) == fingerprint(test)
    (True, False)
    """
    checksum = zlib.crc32(dataset.labels.tobytes(), zlib.crc32(np.ascontiguousarray(dataset.pixels).data))
    return f"{len(dataset)} images, checksum {checksum:08x}"
