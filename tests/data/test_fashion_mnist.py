from __future__ import annotations

import hashlib

import numpy as np
import pytest
from small_images import clothes

from tinygrad_edu.data import fashion_mnist, load_fashion_mnist
from tinygrad_edu.data.download import CACHE_VARIABLE
from tinygrad_edu.errors import DataError, DownloadError

CLOTHES = clothes()


def right(train, test):
    assert (train.name, test.name) == ("Fashion-MNIST train", "Fashion-MNIST test")
    assert (len(train), len(test), train.image_shape) == (30, 10, (1, 28, 28))
    assert (train.class_names[0], train.class_names[9]) == ("T-shirt/top", "ankle boot")
    np.testing.assert_array_equal(test.labels, np.arange(10))


@pytest.fixture
def served(monkeypatch, tmp_path, http_server):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    server = http_server()
    server.files = {f"{name}.gz": content for name, content in CLOTHES.items()}
    return server


def test_a_download_is_checked_kept_in_a_folder_of_its_own_and_not_repeated(served, monkeypatch, tmp_path):
    monkeypatch.setattr(fashion_mnist, "FILES", {n: hashlib.md5(c).hexdigest() for n, c in CLOTHES.items()})
    seen = []
    right(*load_fashion_mnist(mirrors=[served.url], progress=lambda *a: seen.append(a)))
    assert {name for name, _, _ in seen} == {f"{name}.gz" for name in CLOTHES}
    for name, content in CLOTHES.items():  # beside MNIST's, whose files have the same names
        assert (tmp_path / "fashion-mnist" / f"{name}.gz").read_bytes() == content
    right(*load_fashion_mnist(mirrors=[]))
    right(*load_fashion_mnist(download=False))
    assert len(served.requests) == 4


def test_a_download_of_something_else_is_refused(served, tmp_path):
    with pytest.raises(DownloadError, match=r"its MD5 differs\. Try again, .*--data-dir") as caught:
        load_fashion_mnist(mirrors=[served.url])
    assert f"{served.url}train-images-idx3-ubyte.gz" in str(caught.value)
    assert not list((tmp_path / "fashion-mnist").glob("*.gz"))


def test_a_folder_of_ones_own(tmp_path):
    for name, content in CLOTHES.items():
        (tmp_path / f"{name}.gz").write_bytes(content)
    right(*load_fashion_mnist(tmp_path))
    (tmp_path / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match="neither t10k-labels-idx1-ubyte nor"):
        load_fashion_mnist(tmp_path)


def test_mirrors_are_public_and_encrypted_and_checksums_are_checksums():
    assert len(fashion_mnist.MIRRORS) >= 2
    assert all(mirror.startswith("https://") and mirror.endswith("/") for mirror in fashion_mnist.MIRRORS)
    assert all(len(bytes.fromhex(md5)) == 16 for md5 in fashion_mnist.FILES.values())
