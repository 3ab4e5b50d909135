"""The images that everybody gets: MNIST if there is a folder of it, else the packaged digits again and again."""

from __future__ import annotations

from pathlib import Path

import numpy as np

PARTS = {"train": 60_000, "test": 10_000}


def prepare(folder: Path, mnist: Path | None) -> str:
    """Write images and labels as .npy files into `folder`; return what they are, in words."""
    from tinygrad_edu.data import load_digits, load_mnist

    sets = load_mnist(mnist, download=False) if mnist else load_digits()
    for (part, count), dataset in zip(PARTS.items(), sets, strict=True):
        again = np.arange(count) % len(dataset.labels)
        np.save(folder / f"{part}_images.npy", dataset.images[again])
        np.save(folder / f"{part}_labels.npy", dataset.labels[again])
    return "MNIST" if mnist else "the packaged digits, again and again"


def load(folder: Path, part: str, count: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The first `count` images (n, 1, 28, 28) float32 and labels (n,) int64; the rest is not read."""
    images, labels = (np.load(folder / f"{part}_{kind}.npy", mmap_mode="r") for kind in ("images", "labels"))
    return np.array(images[:count]), np.array(labels[:count])
