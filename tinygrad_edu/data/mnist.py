"""MNIST: 60,000 + 10,000 handwritten digits of 28x28, from a folder of your own or from the public mirrors.

Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits"; Y. LeCun, L. Bottou, Y. Bengio,
P. Haffner, "Gradient-based learning applied to document recognition", Proceedings of the IEEE 86(11), 1998.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError, DownloadError
from .dataset import DIGIT_NAMES, Dataset
from .download import CACHE_VARIABLE, Progress, cache_folder, fetch_file
from .idx import read_idx

# file name -> SHA-256 of its content (after decompression; the mirrors serve it gzipped)
FILES = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
ADVICE = f"or fetch the four files and give their folder (--data-dir); ${CACHE_VARIABLE} moves the cache"


def load_mnist(
    folder: str | os.PathLike[str] | None = None,
    *,
    download: bool = True,
    mirrors: Sequence[str] = MIRRORS,
    progress: Progress | None = None,
) -> tuple[Dataset, Dataset]:
    """Return (train, test): MNIST, or any other set of 28x28 images in MNIST's format and file names.

    Args:
        folder: where the four IDX files are, plain or gzipped; it is only read, and may hold another set than
            MNIST (`load_fashion_mnist` knows the names of its classes). None: the user's cache, where files are
            downloaded to and verified by SHA-256.
        download: whether files missing from the cache may be downloaded.
        mirrors: where to download from, in this order.
        progress: called as progress(file name, bytes so far, bytes in all or None) while downloading.

    Raises:
        DataError: a file is missing or bad; names it.
        DownloadError: no mirror delivers.

        train, test = load_mnist("~/mnist")     # your own copy
        train, test = load_mnist()              # downloads 11 MB once
    """
    if folder is not None:
        place = Path(os.path.expanduser(folder))
        paths, name = find_files(place), place.resolve().name  # it need not be MNIST
    elif download:
        paths, name = fetch_mnist(cache_folder(), mirrors, progress), "MNIST"
    else:
        paths, name = find_files(cache_folder()), "MNIST"
    return load_parts(paths, name)


def load_parts(
    paths: Mapping[str, Path], name: str, class_names: Sequence[str] = DIGIT_NAMES
) -> tuple[Dataset, Dataset]:
    """Return (train, test) of the four files, given by their usual names.  Raises DataError."""
    train = _load_pair(paths["train-images-idx3-ubyte"], paths["train-labels-idx1-ubyte"], f"{name} train", class_names)
    test = _load_pair(paths["t10k-images-idx3-ubyte"], paths["t10k-labels-idx1-ubyte"], f"{name} test", class_names)
    return train, test


def fetch_mnist(folder: Path, mirrors: Sequence[str] = MIRRORS, progress: Progress | None = None) -> dict[str, Path]:
    """Return the paths of the four files, after downloading those that `folder` lacks.  Raises DownloadError."""
    try:
        return {
            name: fetch_file(name, sha256, folder=folder, mirrors=mirrors, progress=progress)
            for name, sha256 in FILES.items()
        }
    except DownloadError as error:
        raise DownloadError(f"{error}. Try again, {ADVICE}") from error


def find_files(folder: Path) -> dict[str, Path]:
    """Return the four files by their usual names, however they are spelt in a folder.  Raises DataError."""
    if not os.path.isdir(folder):
        raise DataError(f"{folder}: there is no such folder; give the one that holds MNIST's four IDX files")
    paths = {}
    for name in FILES:
        dotted = name.replace("-idx", ".idx")  # train-images.idx3-ubyte, as some sites spell it
        candidates = [folder / spelling for spelling in (name, f"{name}.gz", dotted, f"{dotted}.gz")]
        found = next((path for path in candidates if os.path.isfile(path)), None)
        if found is None:
            raise DataError(f"{folder}: neither {name} nor {name}.gz is there; it needs MNIST's four IDX files")
        paths[name] = found
    return paths


def _load_pair(images_path: Path, labels_path: Path, name: str, class_names: Sequence[str]) -> Dataset:
    images, labels = read_idx(images_path), read_idx(labels_path)
    _expect(images_path, images, "images of shape (n, 28, 28)", images.shape[1:] == (28, 28))
    _expect(labels_path, labels, "labels of shape (n,)", labels.ndim == 1)
    if len(images) == 0:
        raise DataError(f"{images_path}: holds no images")
    if len(images) != len(labels):
        raise DataError(f"{images_path} holds {len(images):,} images, but {labels_path} holds {len(labels):,} labels")
    if labels.max() >= len(class_names):
        raise DataError(f"{labels_path}: labels must lie in 0..{len(class_names) - 1}, got {labels.max()}")
    images.setflags(write=False)  # nobody else holds it: the dataset need not copy 47 MB
    return Dataset(images[:, np.newaxis], labels, name, class_names)


def _expect(path: Path, array: NDArray[Any], what: str, fits: bool) -> None:
    if not fits or array.dtype != np.uint8:
        raise DataError(f"{path}: expected uint8 {what}, found {array.dtype} of shape {array.shape}")
