"""Writes tinygrad_edu/data/digits/digits.npz from MNIST's own files: the first 5,000 + 1,000 images.

Run it from the root of the repository with the folder that holds the four IDX files, plain or gzipped:

    python tools/make_digits.py ~/mnist

The same input gives the same bytes.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import numpy as np

from tinygrad_edu.data import load_mnist

TARGET = Path(__file__).parents[1] / "tinygrad_edu" / "data" / "digits" / "digits.npz"
TRAIN, TEST = 5000, 1000


def main(folder: str, target: Path = TARGET) -> None:
    """Take the first images of both parts, and write them."""
    arrays = {}
    for name, whole, count in zip(("train", "test"), load_mnist(folder), (TRAIN, TEST), strict=True):
        part = whole.first(count)
        inked = part.pixels != 0  # four pixels of five are empty: what is kept is where ink is, and then how much
        arrays[f"{name}_inked"] = np.packbits(inked)
        arrays[f"{name}_ink"] = part.pixels[inked]
        arrays[f"{name}_labels"] = part.labels.astype(np.uint8)
    write_npz(target, arrays)
    print(f"{target.name}: {TRAIN} train, {TEST} test, {target.stat().st_size:,} bytes")


def write_npz(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """np.savez_compressed, but with a fixed date inside, so that the bytes do not change from run to run."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            npy = io.BytesIO()
            np.save(npy, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1998, 11, 1, 0, 0, 0))
            archive.writestr(entry, npy.getvalue(), zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    main(*sys.argv[1:])
