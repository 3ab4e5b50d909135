"""The images that everybody gets: MNIST if there is a folder of it, else shifted copies of the packaged digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np

PARTS = {"train": 60_000, "test": 10_000}


def prepare(folder: Path, mnist: Path | None) -> str:
    """Write images and labels as .npy files into `folder`; return what they are, in words."""
    from tinygrad_edu.data import load_digits, load_mnist

    sets = load_mnist(mnist, download=False) if mnist else load_digits()
    for (part, count), dataset in zip(PARTS.items(), sets, strict=True):
        images, labels = dataset.images, dataset.labels
        if not mnist:
            images, labels = shifted_copies(images, labels, count)
        np.save(folder / f"{part}_images.npy", images)
        np.save(folder / f"{part}_labels.npy", labels)
    return "MNIST" if mnist else "the packaged digits, shifted at random to MNIST's number"


def shifted_copies(images: np.ndarray, labels: np.ndarray, count: int, seed: int = 0):
    """Draw `count` of the images, each moved by up to two pixels each way. Images (n, 1, 28, 28)."""
    rng = np.random.default_rng(seed)
    chosen = rng.integers(len(images), size=count)
    rows, columns = rng.integers(-2, 3, size=(2, count, 1, 1))
    i, j = np.arange(28)[:, None], np.arange(28)
    moved = images[chosen[:, None, None], 0, (i + rows) % 28, (j + columns) % 28]
    return moved[:, None], labels[chosen]


def load(folder: Path, part: str, count: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The first `count` images (n, 1, 28, 28) float32 and labels (n,) int64; the rest is not read."""
    images, labels = (np.load(folder / f"{part}_{kind}.npy", mmap_mode="r") for kind in ("images", "labels"))
    return np.array(images[:count]), np.array(labels[:count])
