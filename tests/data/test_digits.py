from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tinygrad_edu.data import digits as digits_module
from tinygrad_edu.data import load_digits
from tinygrad_edu.data.digits import DIGITS_FILE, enlarge
from tinygrad_edu.errors import DataError


def test_sizes_classes_and_balance():
    train, test = load_digits()
    assert (len(train), len(test)) == (1438, 359)
    for part in (train, test):
        assert part.images.shape[1:] == (1, 28, 28)
        assert part.images.dtype == np.float32
        counts = np.bincount(part.labels, minlength=10)
        assert counts.min() >= 0.095 * len(part)  # every class has about a tenth


def test_the_split_is_fixed_and_shuffled():
    train, test = load_digits()
    assert train.labels[:15].tolist() == [4, 2, 1, 4, 5, 3, 0, 1, 5, 0, 0, 3, 9, 7, 0]
    with np.load(DIGITS_FILE, allow_pickle=False) as arrays:
        rows = np.concatenate([arrays["train_images"], arrays["test_images"]]).reshape(1797, 64)
        assert rows.dtype == np.uint8
        assert rows.max() == 16
    assert len(np.unique(rows, axis=0)) == 1797, "no image stands in both parts"
    np.testing.assert_array_equal(train.images, load_digits()[0].images)
    assert len(test) == len(load_digits()[1])


def test_the_digits_are_real_ones():
    """The nearest training image (a classifier without training) names nearly all test digits."""
    train, test = load_digits()
    a, b = train.images.reshape(len(train), -1), test.images.reshape(len(test), -1)
    distances = (a**2).sum(1) - 2 * b @ a.T
    assert (train.labels[distances.argmin(1)] == test.labels).mean() > 0.97


def test_enlarge_is_bilinear_interpolation():
    Image = pytest.importorskip("PIL.Image")
    small = np.random.default_rng(0).integers(0, 17, (20, 8, 8), dtype=np.uint8)
    large = enlarge(small)
    assert large.shape == (20, 1, 28, 28)
    assert large.dtype == np.float32
    for before, after in zip(small, large[:, 0], strict=True):
        picture = Image.fromarray(before.astype(np.float32) / 16)
        expected = np.asarray(picture.resize((24, 24), Image.Resampling.BILINEAR))
        np.testing.assert_allclose(after[2:-2, 2:-2], expected, atol=1e-6)
        assert after.sum() == pytest.approx(after[2:-2, 2:-2].sum())  # the border is empty


def test_the_file_is_small_and_credited():
    assert DIGITS_FILE.stat().st_size < 100_000
    credits = (DIGITS_FILE.parent / "CREDITS.md").read_text()
    for needed in ("E. Alpaydin", "C. Kaynak", "10.24432/C50P49", "CC BY 4.0", "What was changed"):
        assert needed in credits


def test_the_file_comes_from_scikit_learn(tmp_path):
    """The packaged images are scikit-learn's, every one of them, with their labels."""
    source = pytest.importorskip("sklearn.datasets").load_digits()
    expected = {
        (image.astype(np.uint8).tobytes(), label) for image, label in zip(source.images, source.target, strict=True)
    }
    with np.load(DIGITS_FILE, allow_pickle=False) as arrays:
        found = {
            (image.tobytes(), label)
            for part in ("train", "test")
            for image, label in zip(arrays[f"{part}_images"], arrays[f"{part}_labels"], strict=True)
        }
    assert found == expected


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
        np.savez(path, **{f"{part}_{kind}": objects for part in ("train", "test") for kind in ("images", "labels")})
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
