"""Small files in the formats of Fashion-MNIST and CIFAR-10, made up."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile

import numpy as np

CIFAR_FILES = (*(f"data_batch_{i}.bin" for i in range(1, 6)), "test_batch.bin")
FOLDER = "cifar-10-batches-bin"


def records(n, seed=0):
    """n records of CIFAR-10: a class is a colour, so that it can be learnt."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(n) % 10).astype(np.uint8)
    pixels = rng.integers(0, 60, (n, 3, 32, 32), dtype=np.uint8)
    for label, image in zip(labels, pixels, strict=True):
        image[label % 3] += np.uint8(60 + 15 * label)
    return np.concatenate([labels[:, None], pixels.reshape(n, 3072)], axis=1)


def cifar_contents(n=20):
    """File name -> content, all six."""
    return {name: records(n, seed).tobytes() for seed, name in enumerate(CIFAR_FILES)}


def archive(contents, prefix=f"{FOLDER}/", kind="w:gz", extra=()):
    """A tar archive, as its publisher's: the folder, the files, and two that nobody reads."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=kind, format=tarfile.USTAR_FORMAT) as tar:
        folder = tarfile.TarInfo(prefix.rstrip("/") or ".")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        for name, content in {**contents, "readme.html": b"hello", "batches.meta.txt": b"airplane\n"}.items():
            member = tarfile.TarInfo(prefix + name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for member in extra:
            tar.addfile(member)
    return packed.getvalue()


def idx(array):
    """A gzipped IDX file of uint8."""
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return gzip.compress(header + array.astype(np.uint8).tobytes(), mtime=0)


def clothes():
    """Fashion-MNIST's four files, small: name without .gz -> gzipped content."""
    rng = np.random.default_rng(0)
    files = {}
    for part, n in (("train", 30), ("t10k", 10)):
        files[f"{part}-images-idx3-ubyte"] = idx(rng.integers(0, 256, (n, 28, 28)))
        files[f"{part}-labels-idx1-ubyte"] = idx(np.arange(n) % 10)
    return files
