"""The handwritten digits inside the package: training without a network or a download.

Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak (1998), UCI Machine Learning Repository,
doi:10.24432/C50P49, CC BY 4.0. See digits/CREDITS.md for what was changed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinygrad_edu.data.dataset import Dataset
from tinygrad_edu.errors import DataError

DIGITS_FILE = Path(__file__).parent / "digits" / "digits.npz"


def load_digits() -> tuple[Dataset, Dataset]:
    """(train, test): 1,438 and 359 real handwritten digits, brought from 8x8 to 28x28. The split is fixed.

    >>> train, test = load_digits()
    >>> train
    Dataset('digits train', 1438 images of (1, 28, 28), 10 classes)
    >>> len(test)
    359
    """
    try:
        with np.load(DIGITS_FILE, allow_pickle=False) as arrays:
            train, test = (
                Dataset(enlarge(arrays[f"{part}_images"]), arrays[f"{part}_labels"], name=f"digits {part}")
                for part in ("train", "test")
            )
    except Exception as error:  # a damaged archive fails in many ways: zipfile, zlib, NumPy, KeyError
        raise DataError(f"{DIGITS_FILE}: damaged or missing ({error}); install tinygrad-edu again") from error
    return train, test


def enlarge(small: NDArray[Any]) -> NDArray[np.float32]:
    """8x8 counts from 0 to 16 -> images of 28x28 in [0, 1]: three times larger, bilinear, 2 pixels of border.

    small: (n, 8, 8); result: (n, 1, 28, 28) float32.

    Pixel i of 24 has its centre at s = (i + 1/2)/3 - 1/2 on the small image's axis, and takes from small
    pixel j the share max(0, 1 - |s - j|). The shares form the matrix B (24, 8); large = B small B^T.
    """
    i, j = np.arange(24)[:, None], np.arange(8)
    s = np.clip((i + 0.5) / 3 - 0.5, 0, 7)
    B = np.maximum(0, 1 - abs(s - j))
    # B holds thirds: with whole numbers in the product, every machine computes the same bits.
    thirds = np.rint(3 * B).astype(np.float32)
    large = thirds @ small.astype(np.float32) @ thirds.T / np.float32(9 * 16)
    return np.pad(large, ((0, 0), (2, 2), (2, 2)))[:, None]
