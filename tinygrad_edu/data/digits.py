"""The handwritten digits inside the package: training without a network or a download.

They are the first 5,000 training and the first 1,000 test images of MNIST (Y. LeCun, C. Cortes, C. Burges, "The MNIST
database of handwritten digits"), CC BY-SA 3.0. See digits/CREDITS.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DataError
from .dataset import IMAGE_SHAPE, Dataset

DIGITS_FILE = Path(__file__).parent / "digits" / "digits.npz"


def load_digits() -> tuple[Dataset, Dataset]:
    """Return (train, test): 5,000 and 1,000 handwritten digits of MNIST, (n, 1, 28, 28). Nobody wrote in both parts.

    >>> train, test = load_digits()
    >>> train
    Dataset('digits train', 5000 images of (1, 28, 28), 10 classes)
    >>> len(test)
    1000
    """
    try:
        with np.load(DIGITS_FILE, allow_pickle=False) as arrays:
            train, test = (_part(arrays, name) for name in ("train", "test"))
    except Exception as error:  # a damaged archive fails in many ways: zipfile, zlib, NumPy, KeyError
        raise DataError(f"{DIGITS_FILE}: damaged or missing ({error}); install tinygrad-edu again") from error
    return train, test


def _part(arrays: Mapping[str, Any], name: str) -> Dataset:
    """Fill in the ink, 1 to 255, where there is some; the file leaves out the empty pixels (tools/make_digits.py)."""
    labels = arrays[f"{name}_labels"]
    images = np.unpackbits(arrays[f"{name}_inked"]).reshape(len(labels), *IMAGE_SHAPE)
    images[images.view(bool)] = arrays[f"{name}_ink"]
    images.setflags(write=False)  # nobody else holds it: the dataset need not copy
    return Dataset(images, labels, name=f"digits {name}")
