"""Writes tinygrad_edu/data/digits/digits.npz from scikit-learn's copy of the UCI digits.

Run it from the root of the repository, with scikit-learn installed: python tools/make_digits.py
The same input gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TARGET = Path(__file__).parents[1] / "tinygrad_edu" / "data" / "digits" / "digits.npz"
TEST_SHARE = 0.2
SEED = 0


def main() -> None:
    """Split every class 80 : 20 at random, shuffle both parts, and write them."""
    source = load_digits()
    images, labels = source.images.astype(np.uint8), source.target.astype(np.uint8)
    rng = np.random.default_rng(SEED)
    train, test = [], []
    for digit in range(10):
        members = rng.permutation(np.flatnonzero(labels == digit))
        cut = round(len(members) * TEST_SHARE)
        test.append(members[:cut])
        train.append(members[cut:])
    train, test = (rng.permutation(np.concatenate(part)) for part in (train, test))
    arrays = {
        "train_images": images[train],
        "train_labels": labels[train],
        "test_images": images[test],
        "test_labels": labels[test],
    }
    write_npz(TARGET, arrays)
    print(f"{TARGET.name}: {len(train)} train, {len(test)} test, {TARGET.stat().st_size:,} bytes")


def write_npz(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """np.savez_compressed, but with a fixed date inside, so that the bytes do not change from run to run."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            npy = io.BytesIO()
            np.save(npy, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1998, 7, 1, 0, 0, 0))
            archive.writestr(entry, npy.getvalue(), zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    main()
