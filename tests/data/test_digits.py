from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tinygrad_edu.data import digits as digits_module
from tinygrad_edu.data import load_digits, load_mnist
from tinygrad_edu.data.digits import DIGITS_FILE
from tinygrad_edu.data.picture_to_digit import has_the_form
from tinygrad_edu.errors import DataError

MNIST = Path(__file__).parents[3] / "shared" / "data" / "mnist"


def test_sizes_classes_and_balance():
    train, test = load_digits()
    assert (len(train), len(test)) == (5000, 1000)
    for part in (train, test):
        assert part.images.shape[1:] == (1, 28, 28)
        assert part.images.dtype == np.float32
        assert (part.images.min(), part.images.max()) == (0, 1)
        counts = np.bincount(part.labels, minlength=10)
        assert counts.min() >= 0.085 * len(part)  # every class has about a tenth


def test_the_split_is_fixed_and_no_image_stands_in_both_parts():
    train, test = load_digits()
    assert train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    rows = np.concatenate([train.pixels, test.pixels]).reshape(6000, 784)
    assert len(np.unique(rows, axis=0)) == 6000
    np.testing.assert_array_equal(train.images, load_digits()[0].images)


@pytest.mark.skipif(not MNIST.is_dir(), reason="no ../shared/data/mnist beside the repository")
def test_they_are_the_first_of_mnist_and_the_tool_writes_the_very_file(tmp_path):
    for packaged, whole in zip(load_digits(), load_mnist(MNIST), strict=True):
        np.testing.assert_array_equal(packaged.pixels, whole.pixels[: len(packaged)])
        np.testing.assert_array_equal(packaged.labels, whole.labels[: len(packaged)])
    tool = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "make_digits.py"))
    tool["main"](MNIST, tmp_path / "digits.npz")
    with np.load(tmp_path / "digits.npz") as made, np.load(DIGITS_FILE) as kept:
        assert made.files == kept.files
        for name in kept.files:
            np.testing.assert_array_equal(made[name], kept[name])


def test_all_of_them_have_the_form_that_pictures_are_brought_into():
    for part in load_digits():
        assert all(has_the_form(image) for image in part.images[:, 0])


def test_the_file_is_small_and_credited():
    assert DIGITS_FILE.stat().st_size < 900_000
    credits = (DIGITS_FILE.parent / "CREDITS.md").read_text()
    for needed in ("Yann LeCun", "Corinna Cortes", "Burges", "CC BY-SA 3.0", "What was changed"):
        assert needed in credits


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "flipped", "pickled"])
def test_a_damaged_package_is_named(damage, tmp_path, monkeypatch):
    path = tmp_path / "digits.npz"
    content = bytearray(DIGITS_FILE.read_bytes())
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "flipped":
        content[len(content) // 4] ^= 0xFF
        path.write_bytes(content)
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "pickled":
        objects = np.array([{"code": 1}], dtype=object)
        np.savez(
            path, **{f"{part}_{kind}": objects for part in ("train", "test") for kind in ("inked", "ink", "labels")}
        )
    monkeypatch.setattr(digits_module, "DIGITS_FILE", path)
    with pytest.raises(DataError, match=r"digits\.npz: damaged or missing .* install tinygrad-edu again"):
        load_digits()


def test_importing_the_data_room_loads_no_library_but_numpy():
    code = (
        "import sys, tinygrad_edu.data; tinygrad_edu.data.load_digits(); "
        "print([m for m in ('PIL', 'pooch', 'requests', 'urllib3', 'hypothesis') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_file_is_where_the_package_data_says():
    assert DIGITS_FILE.relative_to(Path(digits_module.__file__).parents[1]) == Path("data/digits/digits.npz")
