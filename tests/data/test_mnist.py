from __future__ import annotations

import gzip
import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest

from tinygrad_edu.data import load_mnist
from tinygrad_edu.data.mnist import CACHE_VARIABLE, FILES, MIRRORS, cache_folder
from tinygrad_edu.errors import DataError, DownloadError

MNIST = Path(__file__).parents[3] / "shared" / "data" / "mnist"
needs_mnist = pytest.mark.skipif(not MNIST.is_dir(), reason="no ../shared/data/mnist beside the repository")
SIZES = {"train": 12, "t10k": 5}


def idx_bytes(array):
    code = {"uint8": 0x08, "int32": 0x0C}[array.dtype.name]
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def contents():
    """Four small files in MNIST's format: file name -> array."""
    rng = np.random.default_rng(0)
    files = {}
    for part, n in SIZES.items():
        files[f"{part}-images-idx3-ubyte"] = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
        files[f"{part}-labels-idx1-ubyte"] = (np.arange(n) % 10).astype(np.uint8)
    return files


def write(folder, files, spelling=lambda name: name, pack=lambda content: content):
    folder.mkdir(exist_ok=True)
    for name, array in files.items():
        (folder / spelling(name)).write_bytes(pack(idx_bytes(array)))
    return folder


@pytest.mark.parametrize(
    ("spelling", "pack"),
    [
        (lambda name: name, lambda content: content),
        (lambda name: f"{name}.gz", gzip.compress),
        (lambda name: name.replace("-idx", ".idx"), lambda content: content),
        (lambda name: name.replace("-idx", ".idx") + ".gz", gzip.compress),
        (lambda name: f"{name}.gz", lambda content: content),  # decompressed by the browser, its name kept
    ],
)
@pytest.mark.parametrize("as_text", [True, False])
def test_a_folder_in_any_spelling(spelling, pack, as_text, tmp_path):
    files = contents()
    folder = write(tmp_path / "clothes", files, spelling, pack)
    train, test = load_mnist(str(folder) if as_text else folder)
    for dataset, part in ((train, "train"), (test, "t10k")):
        np.testing.assert_array_equal(dataset.pixels[:, 0], files[f"{part}-images-idx3-ubyte"])
        np.testing.assert_array_equal(dataset.labels, files[f"{part}-labels-idx1-ubyte"])
    assert (train.name, test.name) == ("clothes train", "clothes test")


IMAGES, LABELS = "train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        (
            IMAGES,
            np.zeros((12, 32, 32), np.uint8),
            r"shape \(n, 28, 28\), found uint8 of shape \(12, 32, 32\)",
        ),
        (IMAGES, np.zeros((12, 784), np.uint8), r"found uint8 of shape \(12, 784\)"),
        (IMAGES, np.zeros((12, 28, 28), np.int32), r"expected uint8 .* found int32"),
        (IMAGES, np.zeros((0, 28, 28), np.uint8), "holds no images"),
        (IMAGES, np.zeros(12, np.uint8), r"found uint8 of shape \(12,\)"),  # images and labels mixed up
        (
            IMAGES,
            np.zeros((11, 28, 28), np.uint8),
            "holds 11 images, but .*train-labels-idx1-ubyte holds 12 labels",
        ),
        (LABELS, np.zeros((5, 28, 28), np.uint8), r"labels of shape \(n,\), found"),
        (LABELS, np.zeros(5, np.int32), "expected uint8"),
        (LABELS, np.arange(6, 11).astype(np.uint8), r"must lie in 0\.\.9, got 10"),
        (LABELS, np.zeros(0, np.uint8), "holds 5 images, but .* holds 0 labels"),
    ],
)
def test_files_that_do_not_fit_are_named(name, array, message, tmp_path):
    folder = write(tmp_path / "mnist", contents() | {name: array})
    with pytest.raises(DataError, match=message) as caught:
        load_mnist(folder)
    assert str(folder / name) in str(caught.value)


def test_missing_file_and_missing_folder(tmp_path):
    with pytest.raises(DataError, match=r"nowhere: there is no such folder"):
        load_mnist(tmp_path / "nowhere")
    folder = write(tmp_path / "mnist", contents())
    (folder / LABELS).unlink()
    with pytest.raises(DataError, match=f"neither {LABELS} nor {LABELS}.gz is there"):
        load_mnist(folder)


def test_a_truncated_file_is_named(tmp_path):
    folder = write(tmp_path / "mnist", contents())
    path = folder / IMAGES
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match=f"{IMAGES}: truncated"):
        load_mnist(folder)


def test_the_cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv(CACHE_VARIABLE)
    assert cache_folder().is_absolute()
    assert "tinygrad_edu" in cache_folder().parts


def test_without_download_the_cache_must_have_it(monkeypatch, tmp_path):
    monkeypatch.setenv(CACHE_VARIABLE, str(write(tmp_path / "cache", contents())))
    assert len(load_mnist(download=False)[0]) == SIZES["train"]
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "empty"))
    with pytest.raises(DataError, match="no such folder"):
        load_mnist(download=False)
    assert not (tmp_path / "empty").exists()


def test_a_download_that_is_not_mnist_says_what_to_do(monkeypatch, tmp_path, http_server):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    server = http_server()
    server.files = {f"{name}.gz": gzip.compress(idx_bytes(array)) for name, array in contents().items()}
    with pytest.raises(DownloadError, match="SHA-256 differs") as caught:
        load_mnist(mirrors=[server.url])
    message = str(caught.value)
    assert f"{server.url}{IMAGES}.gz" in message
    assert "--data-dir" in message
    assert CACHE_VARIABLE in message
    assert "\n" not in message


@needs_mnist
def test_downloading_the_real_files(monkeypatch, tmp_path, http_server):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    server, seen = http_server(), []
    server.files = {f"{name}.gz": (MNIST / f"{name}.gz").read_bytes() for name in FILES}
    train, test = load_mnist(mirrors=[server.url], progress=lambda *arguments: seen.append(arguments))
    assert (len(train), len(test)) == (60_000, 10_000)
    assert (train.name, test.name) == ("MNIST train", "MNIST test")
    assert {name for name, _, _ in seen} == set(FILES)
    for name, sha256 in FILES.items():
        assert hashlib.sha256((tmp_path / "cache" / name).read_bytes()).hexdigest() == sha256
    again, _ = load_mnist(mirrors=[])  # nobody needs to be asked
    np.testing.assert_array_equal(again.pixels, train.pixels)
    assert len(server.requests) == len(FILES)


@needs_mnist
def test_the_real_files_from_a_folder():
    train, test = load_mnist(MNIST)
    assert (len(train), len(test)) == (60_000, 10_000)
    assert np.bincount(train.labels).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert test.labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert train.pixels.dtype == np.uint8
    assert train.pixels.mean() / 255 == pytest.approx(0.1307, abs=1e-4)  # the well-known mean of MNIST


def test_mirrors_are_public_and_encrypted():
    assert len(MIRRORS) >= 2
    assert all(mirror.startswith("https://") and mirror.endswith("/") for mirror in MIRRORS)
