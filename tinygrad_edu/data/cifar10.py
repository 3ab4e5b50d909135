"""CIFAR-10: 50,000 + 10,000 photographs of 32x32 in colour, of ten classes.

A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009). Read is the binary version: the one for
Python is a pickle, and unpickling a file runs whatever program stands in it.

    each file   records, one after another
    a record    3,073 bytes: the label, 0 to 9; then 1,024 reds, 1,024 greens, 1,024 blues, row by row
    the files   data_batch_1.bin to data_batch_5.bin, and test_batch.bin, of 10,000 records each
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError, DownloadError
from ..files import open_to_read, why_unread
from .dataset import Dataset
from .download import CACHE_VARIABLE, Progress, cache_folder, fetch_file
from .tar import read_members

ARCHIVE = "cifar-10-binary.tar.gz"
MD5 = "c32a1d4ab5d03f1284b67883e8d87530"  # of the archive, as its publisher gives it
MIRRORS = ("https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/")
FOLDER = "cifar-10-batches-bin"  # inside the archive
TRAIN_FILES = tuple(f"data_batch_{i}.bin" for i in range(1, 6))
TEST_FILE = "test_batch.bin"
CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
IMAGE_SHAPE = (3, 32, 32)
RECORD = 1 + 3 * 32 * 32
MOST = 10_000 * RECORD  # bytes of one file
MOST_PACKED = 256 << 20  # the archive has 170 MB
ADVICE = f"or fetch {ARCHIVE} and give its folder (--data-dir); ${CACHE_VARIABLE} moves the cache"


def load_cifar10(
    folder: str | os.PathLike[str] | None = None,
    *,
    download: bool = True,
    mirrors: Sequence[str] = MIRRORS,
    progress: Progress | None = None,
) -> tuple[Dataset, Dataset]:
    """Return (train, test): CIFAR-10, images (n, 3, 32, 32).

    Args:
        folder: where the six .bin files are, or the archive that holds them; it is only read. None: the user's cache,
            where the archive is downloaded to and verified by its MD5.
        download: whether the archive may be downloaded if it is missing from the cache.
        mirrors: where to download from, in this order.
        progress: called as progress(file name, bytes so far, bytes in all or None) while downloading, and as
            progress("reading ...", ...) while the archive is read.

    Raises:
        DataError: a file is missing or bad; names it.
        DownloadError: no mirror delivers.

        train, test = load_cifar10("~/cifar-10-batches-bin")     # your own copy
        train, test = load_cifar10()                             # downloads 170 MB once
    """
    place = cache_folder() / "cifar10" if folder is None else Path(os.path.expanduser(folder))
    if folder is None and download:
        archive = _fetch(place, mirrors, progress)
        contents = _from_archive(archive, progress)
        return _as_datasets({name: (archive, content) for name, content in contents.items()})
    if not os.path.isdir(place):
        raise DataError(f"{place}: there is no such folder; give the one that holds CIFAR-10's .bin files")
    for inside in (place, place / FOLDER):
        paths = {name: inside / name for name in (*TRAIN_FILES, TEST_FILE)}
        if any(os.path.lexists(path) for path in paths.values()):
            return _as_datasets({name: (path, _read(path)) for name, path in paths.items()})
    if os.path.lexists(place / ARCHIVE):
        archive = place / ARCHIVE
        return _as_datasets({name: (archive, c) for name, c in _from_archive(archive, progress).items()})
    raise DataError(f"{place}: neither {TRAIN_FILES[0]} nor {ARCHIVE} is there; it needs CIFAR-10's binary version")


def _fetch(folder: Path, mirrors: Sequence[str], progress: Progress | None) -> Path:
    try:
        return fetch_file(
            ARCHIVE, f"md5:{MD5}", folder=folder, mirrors=mirrors, progress=progress, unpack=False, most=MOST_PACKED
        )
    except DownloadError as error:
        raise DownloadError(f"{error}. Try again, {ADVICE}") from error


def _from_archive(path: Path, progress: Progress | None) -> dict[str, bytes]:
    """Return the content of each of the six files in the archive.  Raises DataError."""
    report: Callable[[int, int], None] | None = None
    if progress is not None:
        listener = progress

        def report(done: int, total: int) -> None:
            listener(f"reading {path.name}", done, total)

    names = {f"{FOLDER}/{name}": name for name in (*TRAIN_FILES, TEST_FILE)}
    contents = read_members(path, set(names), MOST, report)
    missing = [name for name in names if name not in contents]
    if missing:
        raise DataError(f"{path}: {missing[0]} is not in it; it needs CIFAR-10's binary version")
    return {names[name]: content for name, content in contents.items()}


def _read(path: Path) -> bytes:
    """Return the content of a .bin file.  Raises DataError."""
    try:
        with open_to_read(path) as file:
            content = file.read(MOST + 1)
    except OSError as error:
        raise DataError(f"{path}: {why_unread(error)}; all of CIFAR-10's six .bin files are needed") from error
    return content


def _as_datasets(files: dict[str, tuple[Path, bytes]]) -> tuple[Dataset, Dataset]:
    parts = {name: _records(path, name, content) for name, (path, content) in files.items()}
    train = [parts[name] for name in TRAIN_FILES]
    images, labels = (np.concatenate([part[i] for part in train]) for i in (0, 1))
    images.setflags(write=False)  # nobody else holds it: the dataset need not copy 154 MB
    test_images, test_labels = parts[TEST_FILE]
    return (
        Dataset(images, labels, "CIFAR-10 train", CLASS_NAMES),
        Dataset(test_images, test_labels, "CIFAR-10 test", CLASS_NAMES),
    )


def _records(path: Path, name: str, content: bytes) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the images (n, 3, 32, 32) and the labels (n,) in a file.  Raises DataError, naming the file."""
    where = str(path) if path.name == name else f"{path}: {name}"
    if len(content) > MOST:
        raise DataError(f"{where}: more than {MOST:,} bytes, which CIFAR-10's files have; fetch it again")
    if not content or len(content) % RECORD:
        raise DataError(
            f"{where}: {len(content):,} bytes are no whole number of records of {RECORD:,}; truncated, or not of "
            "CIFAR-10's binary version"
        )
    records = np.frombuffer(content, np.uint8).reshape(-1, RECORD)
    wrong = np.flatnonzero(records[:, 0] >= len(CLASS_NAMES))
    if len(wrong):
        raise DataError(f"{where}: labels must lie in 0..9, got {records[wrong[0], 0]} in record {wrong[0]}")
    return records[:, 1:].reshape(-1, *IMAGE_SHAPE), records[:, 0]
