"""Fashion-MNIST: 60,000 + 10,000 pictures of clothes of 28x28, in MNIST's format, and harder.

H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms",
arXiv:1708.07747 (2017). MIT licence, Zalando SE.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ..errors import DownloadError
from .dataset import Dataset
from .download import Progress, cache_folder, fetch_file
from .mnist import ADVICE, find_files, load_parts

# file name -> MD5 of what the mirrors serve, as its publisher gives it
FILES = {
    "train-images-idx3-ubyte": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte": "bb300cfdad3c16e7a12a480ee83cd310",
}
MIRRORS = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
)
CLASS_NAMES = (
    "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip


def load_fashion_mnist(
    folder: str | os.PathLike[str] | None = None,
    *,
    download: bool = True,
    mirrors: Sequence[str] = MIRRORS,
    progress: Progress | None = None,
) -> tuple[Dataset, Dataset]:
    """Return (train, test): Fashion-MNIST, images (n, 1, 28, 28).  The arguments and errors are those of `load_mnist`.

    Downloads are kept, and verified by MD5, in a folder of their own in the cache.

        train, test = load_fashion_mnist()              # downloads 31 MB once
        train.class_names[int(train.labels[0])]         # "ankle boot"
    """
    if folder is not None:
        paths = find_files(Path(os.path.expanduser(folder)))
    else:
        kept = cache_folder() / "fashion-mnist"
        paths = fetch_fashion_mnist(kept, mirrors, progress) if download else find_files(kept)
    return load_parts(paths, "Fashion-MNIST", CLASS_NAMES)


def fetch_fashion_mnist(
    folder: Path, mirrors: Sequence[str] = MIRRORS, progress: Progress | None = None
) -> dict[str, Path]:
    """Return the paths of the four files, after downloading those that `folder` lacks.  Raises DownloadError."""
    try:
        return {
            name: fetch_file(
                f"{name}.gz", f"md5:{md5}", folder=folder, mirrors=mirrors, progress=progress, unpack=False
            )
            for name, md5 in FILES.items()
        }
    except DownloadError as error:
        raise DownloadError(f"{error}. Try again, {ADVICE}") from error
