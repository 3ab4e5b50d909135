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
from .changes import RandomShift
from .dataset import IMAGE_SHAPE, Dataset, RedrawnDataset, drawn_once

SHIFT_SEED = 0
DIGITS_FILE = Path(__file__).parent / "digits" / "digits.npz"


def load_digits(shift: int = 0) -> tuple[Dataset, Dataset]:
    """Return (train, test): 5,000 and 1,000 handwritten digits of MNIST, (n, 1, 28, 28). Nobody wrote in both parts.

    With a shift, each image is moved by whole pixels, at random by up to `shift` along each axis, and what leaves the
    image is cut off: a harder set, on which a network that does not learn well falls behind. The test images are moved
    once, as seed SHIFT_SEED says, so that all are measured on the same ones. A `DataLoader`, and so `training.fit`,
    moves the training images anew in every epoch: 5,000 images moved once are too few to learn from, and the network
    learns them by heart. `train.images` are those as seed SHIFT_SEED + 1 moves them.

    Raises:
        DataError: the packaged file is damaged, or shift is no whole number from 0 to 28.

    >>> train, test = load_digits()
    >>> train
    Dataset('digits train', 5000 images of (1, 28, 28), 10 classes)
    >>> len(test)
    1000
    >>> load_digits(shift=6)[0]
    RedrawnDataset('digits-shifted train', 5000 images of (1, 28, 28), 10 classes)
    """
    if not isinstance(shift, int | np.integer) or isinstance(shift, bool) or not 0 <= shift <= IMAGE_SHAPE[1]:
        raise DataError(f"load_digits: shift must be a whole number from 0 to {IMAGE_SHAPE[1]}, not {shift!r}")
    try:
        with np.load(DIGITS_FILE, allow_pickle=False) as arrays:
            train, test = (_part(arrays, name) for name in ("train", "test"))
    except Exception as error:  # a damaged archive fails in many ways: zipfile, zlib, NumPy, KeyError
        raise DataError(f"{DIGITS_FILE}: damaged or missing ({error}); install tinygrad-edu again") from error
    if not shift:
        return train, test
    move = RandomShift(int(shift))
    moved = Dataset(drawn_once(test, move, SHIFT_SEED), test.labels, "digits-shifted test")
    return RedrawnDataset(train, move, SHIFT_SEED + 1, "digits-shifted train"), moved


def _part(arrays: Mapping[str, Any], name: str) -> Dataset:
    """Fill in the ink, 1 to 255, where there is some; the file leaves out the empty pixels (tools/make_digits.py)."""
    labels = arrays[f"{name}_labels"]
    images = np.unpackbits(arrays[f"{name}_inked"]).reshape(len(labels), *IMAGE_SHAPE)
    images[images.view(bool)] = arrays[f"{name}_ink"]
    images.setflags(write=False)  # nobody else holds it: the dataset need not copy
    return Dataset(images, labels, name=f"digits {name}")
