from __future__ import annotations

import numpy as np
import pytest

from tinygrad_edu.data import Dataset
from tinygrad_edu.errors import DataError, UserError


def random_pixels(n, rng=None):
    rng = rng or np.random.default_rng(0)
    return rng.integers(0, 256, (n, 1, 28, 28), dtype=np.uint8)


def test_uint8_and_float32_hold_the_same_images():
    pixels = random_pixels(5)
    as_bytes = Dataset(pixels, np.arange(5))
    as_floats = Dataset(pixels.astype(np.float32) / np.float32(255), np.arange(5))
    assert as_bytes.images.dtype == as_floats.images.dtype == np.float32
    np.testing.assert_array_equal(as_bytes.images, as_floats.images)
    assert as_bytes.images.min() >= 0
    assert as_bytes.images.max() <= 1
    np.testing.assert_array_equal(np.rint(as_bytes.images * 255), pixels)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int32, np.int64, np.uint64])
def test_labels_of_any_integer_type_become_int64(dtype):
    labels = Dataset(random_pixels(3), np.array([0, 9, 4], dtype)).labels
    assert labels.dtype == np.int64
    assert labels.tolist() == [0, 9, 4]


@pytest.mark.parametrize("writable", [np.zeros((2, 1, 28, 28), np.uint8), np.zeros((2, 1, 28, 28), np.float32)])
def test_a_dataset_cannot_be_changed_from_outside(writable):
    labels = np.array([1, 2])
    dataset = Dataset(writable, labels)
    writable[...] = 1
    labels[...] = 3
    assert dataset.images.max() == 0
    assert dataset.labels.tolist() == [1, 2]
    for array in (dataset.images, dataset.pixels, dataset.labels, *dataset.batch(slice(0, 1)), dataset[0][0]):
        assert not array.flags.writeable
    assert writable.flags.writeable, "the caller's own array stays as it was"


def test_a_read_only_array_is_taken_without_a_copy():
    images, labels = np.zeros((2, 1, 28, 28), np.float32), np.array([1, 2])
    images.setflags(write=False)
    labels.setflags(write=False)
    dataset = Dataset(images, labels)
    assert dataset.images is images
    assert dataset.labels is labels


def test_subset_slice_mask_and_first():
    pixels = random_pixels(7)
    dataset = Dataset(pixels, [0, 1, 2, 3, 4, 5, 6], name="seven", class_names="abcdefg")
    for part, expected in [
        (dataset.subset([6, 0, 0]), [6, 0, 0]),
        (dataset.subset(dataset.labels > 4), [5, 6]),
        (dataset[1:6:2], [1, 3, 5]),
        (dataset[-2:], [5, 6]),
        (dataset.first(3), [0, 1, 2]),
        (dataset.first(99), [0, 1, 2, 3, 4, 5, 6]),
    ]:
        assert part.labels.tolist() == expected
        np.testing.assert_array_equal(part.pixels, pixels[expected])
        assert part.class_names == tuple("abcdefg")
        assert part.name == "seven"


def test_iterating_gives_image_and_label_and_ends():
    dataset = Dataset(random_pixels(3), [3, 1, 2])
    pairs = list(dataset)
    assert [label for _, label in pairs] == [3, 1, 2]
    assert all(image.shape == (1, 28, 28) and image.dtype == np.float32 for image, _ in pairs)
    assert dataset[-1][1] == 2
    with pytest.raises(IndexError, match="no image 3"):
        dataset[3]


GOOD = np.zeros((2, 1, 28, 28), np.float32)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (
            np.zeros((2, 28, 28), np.float32),
            [0, 1],
            r"\(n, channels, height, width\), got \(2, 28, 28\); add the channel axis",
        ),
        (np.zeros((2, 784), np.float32), [0, 1], r"got \(2, 784\)"),
        (np.zeros((2, 28, 28, 1), np.float32), [0, 1], r"got \(2, 28, 28, 1\), whose channels seem to come last"),
        (np.zeros((2, 32, 32, 3), np.uint8), [0, 1], r"use images.transpose\(0, 3, 1, 2\)"),
        (np.zeros((2, 1, 0, 28), np.float32), [0, 1], r"got \(2, 1, 0, 28\): no pixels"),
        (np.float32(0), [0, 1], r"got \(\)"),
        ([[0], [0, 1]], [0, 1], "images do not form one array"),
        (np.zeros((0, 1, 28, 28), np.float32), [], "no images"),
        (GOOD.astype(np.float64), [0, 1], "got float64; convert"),
        (GOOD.astype(np.int64), [0, 1], "got int64"),
        (GOOD.astype(object), [0, 1], "got object"),
        (GOOD + 255, [0, 1], r"lie in \[0, 1\], got values from 255 to 255"),
        (GOOD - 0.5, [0, 1], r"lie in \[0, 1\]"),
        (GOOD * np.float32("nan"), [0, 1], r"lie in \[0, 1\], got values from nan"),
        (GOOD, [0, 1, 2], "2 images but 3 labels"),
        (GOOD, [], "no labels"),
        (GOOD, [0, 10], r"0\.\.9, got 10 at position 1"),
        (GOOD, [-1, 0], r"0\.\.9, got -1 at position 0"),
        (GOOD, np.array([0, 2**64 - 1], np.uint64), "got 18446744073709551615"),
        (GOOD, [0.0, 1.0], "integers, got float64"),
        (GOOD, [True, False], "integers, got bool"),
        (GOOD, ["0", "1"], "labels must be integers"),
        (GOOD, np.eye(2, dtype=int), r"shape \(n,\), got \(2, 2\); .* not one-hot"),
        (GOOD, 3, r"got \(\)"),
    ],
)
def test_bad_arrays_are_refused_by_name(images, labels, message):
    with pytest.raises(DataError, match=message) as caught:
        Dataset(images, labels)
    assert isinstance(caught.value, UserError)
    assert "\n" not in str(caught.value)


def test_class_names_bound_the_labels():
    Dataset(GOOD, [0, 11], class_names=[str(i) for i in range(12)])
    with pytest.raises(DataError, match=r"0\.\.1, got 2"):
        Dataset(GOOD, [0, 2], class_names=["cat", "dog"])


@pytest.mark.parametrize("indices", [[2], [-3], [True], [0.5], [[]]])
def test_impossible_subsets(indices):
    with pytest.raises(DataError):
        Dataset(GOOD, [0, 1]).subset(indices)


def test_empty_subset_and_first_0():
    with pytest.raises(DataError, match="no images"):
        Dataset(GOOD, [0, 1])[2:]
    with pytest.raises(DataError, match="n >= 1, got 0"):
        Dataset(GOOD, [0, 1]).first(0)
