"""Datasets and loaders of whatever belongs together: any shapes, any targets, any rows."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinygrad_edu.data import (
    DataLoader,
    Dataset,
    Subset,
    TensorDataset,
    default_collate,
    load_digits,
    random_split,
)
from tinygrad_edu.errors import DataError

DTYPES = ["f4", "f8", "i8", "u1", "?", "U3", "c8"]


@settings(max_examples=25, deadline=None)
@given(data=st.data(), n=st.integers(1, 9), batch=st.integers(1, 10), shuffle=st.booleans(), drop_last=st.booleans())
def test_an_epoch_holds_every_row_once_whatever_it_is_made_of(data, n, batch, shuffle, drop_last):
    shapes = data.draw(st.lists(hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3), max_size=3))
    arrays = [data.draw(hnp.arrays(data.draw(st.sampled_from(DTYPES)), (n, *shape))) for shape in shapes]
    dataset = TensorDataset(np.arange(n), *arrays)
    if drop_last and n < batch:
        with pytest.raises(DataError, match="drop_last leaves nothing"):
            DataLoader(dataset, batch, shuffle, drop_last=drop_last)
        return
    loader = DataLoader(dataset, batch, shuffle, seed=3, drop_last=drop_last)
    batches = list(loader)
    assert len(batches) == len(loader)
    seen = np.concatenate([numbers for numbers, *_ in batches])
    assert sorted(seen) == sorted(set(seen))
    assert len(seen) == (n - n % batch if drop_last else n)
    for k, array in enumerate(arrays, 1):
        whole = np.concatenate([one[k] for one in batches])
        assert whole.dtype == array.dtype
        assert whole.tobytes() == array[seen].tobytes()
        assert not any(one[k].flags.writeable for one in batches)


def test_a_dataset_of_arrays_keeps_itself():
    x, y = np.arange(6.0).reshape(3, 2), np.array([0.5, 1.5, 2.5])
    data = TensorDataset(x, y, name="curve")
    x[:] = 0
    assert data[1][0].tolist() == [2, 3]
    assert data[-1][1] == 2.5
    assert [float(b) for _, b in data] == [0.5, 1.5, 2.5]
    assert data.first(2).fingerprint() == data[:2].fingerprint() != data.fingerprint()
    assert data.fingerprint() == "3 rows, checksum " + data.fingerprint()[-8:]
    assert data.subset(np.array([True, False, True])).arrays[1].tolist() == [0.5, 2.5]
    with pytest.raises(ValueError, match="read-only"):
        data.arrays[0][0] = 1
    with pytest.raises(IndexError, match="no row 3"):
        data[3]
    with pytest.raises(DataError, match="cannot take a subset"):
        data.subset([7])


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ((), "at least one array"),
        ((np.zeros(2), np.zeros(3)), "equally many rows, not 2, 3"),
        ((np.zeros(0),), "no rows"),
        ((np.float32(3),), r"array 0 of a dataset must have rows, shape \(n, ...\); it is a single number"),
        ((np.zeros(2), np.array([{}, {}])), "array 1 of a dataset holds Python objects"),
        (([[1], [1, 2]],), "array 0 do not form one array"),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(arrays, message):
    with pytest.raises(DataError, match=message):
        TensorDataset(*arrays)


def test_a_list_of_rows_is_stacked_part_by_part():
    rows = [{"x": np.full((2, 3), i, np.float32), "pair": (i, -i / 2), "name": str(i)} for i in range(5)]
    batch = next(iter(DataLoader(rows, 4, shuffle=False)))
    assert batch["x"].shape == (4, 2, 3)
    assert batch["x"].dtype == np.float32
    assert (batch["pair"][0].dtype, batch["pair"][1].dtype) == (np.int64, np.float32)
    assert batch["pair"][1].tolist() == [0, -0.5, -1, -1.5]
    assert batch["name"] == ["0", "1", "2", "3"]
    Point = namedtuple("Point", "x y")
    assert default_collate([Point(1, 2), Point(3, 4)]).y.tolist() == [2, 4]


def test_rows_of_unequal_lengths_need_a_function_of_ones_own():
    rows = [(np.ones(n, np.float32), n) for n in (3, 1, 2)]
    with pytest.raises(DataError, match=r"an array \(3,\) and an array \(1,\) have other shapes; give a collate_fn"):
        next(iter(DataLoader(rows, 3, shuffle=False)))

    def padded(rows):
        longest = max(len(x) for x, _ in rows)
        return np.stack([np.pad(x, (0, longest - len(x))) for x, _ in rows]), [n for _, n in rows]

    x, lengths = next(iter(DataLoader(rows, 3, shuffle=False, collate_fn=padded)))
    assert x.tolist() == [[1, 1, 1], [1, 0, 0], [1, 1, 0]]
    assert lengths == [3, 1, 2]
    unlike = {"other lengths": [(1, 2), (1,)], "other keys": [{"a": 1}, {"b": 1}], "other": [(1,), [1]]}
    for said, wrong in unlike.items():
        with pytest.raises(DataError, match=said):
            default_collate(wrong)


def test_a_collate_fn_gets_the_rows_of_any_dataset():
    digits, _ = load_digits()
    labels = next(iter(DataLoader(digits, 5, seed=1, collate_fn=lambda rows: [label for _, label in rows])))
    assert labels == next(iter(DataLoader(digits, 5, seed=1)))[1].tolist()
    with pytest.raises(DataError, match="collate_fn must be a function of a list of rows, or None, got int"):
        DataLoader(digits, collate_fn=3)


@pytest.mark.parametrize("wrong", [{1: 2}, {1, 2}, "abc", (np.zeros(2), np.zeros(2)), np.zeros(3), None, iter([1])])
def test_what_has_no_rows_by_number_is_refused(wrong):
    with pytest.raises(DataError, match=r"needs a Dataset, got .*TensorDataset\(x, y\)"):
        DataLoader(wrong)
    with pytest.raises(DataError, match="there are no rows"):
        DataLoader([])


# -- splitting --


@settings(max_examples=25, deadline=None)
@given(counts=st.lists(st.integers(1, 20), min_size=1, max_size=4), seed=st.integers(0, 10))
def test_a_split_gives_every_row_to_one_part(counts, seed):
    n = sum(counts)
    for data in (TensorDataset(np.arange(n)), list(range(n))):
        parts = random_split(data, counts, seed)
        rows = [[int(np.ravel(part[i])[0]) for i in range(len(part))] for part in parts]
        assert [len(part) for part in rows] == counts
        assert all(part == sorted(part) for part in rows)
        assert sorted(row for part in rows for row in part) == list(range(n))
        again = random_split(data, counts, seed)
        assert [[int(np.ravel(part[i])[0]) for i in range(len(part))] for part in again] == rows


def test_a_split_by_parts_of_the_whole_and_by_another_seed():
    digits, _ = load_digits()
    train, held_out = random_split(digits, [0.7, 0.3])
    assert isinstance(train, Dataset)
    assert (len(train), len(held_out)) == (3500, 1500)
    assert [len(p) for p in random_split(range(10), [0.5, 0.25, 0.25])] == [6, 2, 2]
    other, _ = random_split(digits, [0.7, 0.3], seed=1)
    assert other.fingerprint() != train.fingerprint()
    subset = random_split([(i, i * i) for i in range(6)], [4, 2])[1]
    assert isinstance(subset, Subset)
    assert next(iter(DataLoader(subset, 2, shuffle=False)))[1].shape == (2,)


@pytest.mark.parametrize("lengths", [[3, 3], [10, 0], [0.5, 0.6], [1.5, -0.5], ["a"], [], [True, 9], [5, 0.5]], ids=str)
def test_lengths_that_do_not_make_up_the_whole_are_refused(lengths):
    with pytest.raises(DataError, match="random_split"):
        random_split(list(range(10)), lengths)


# -- shifted digits --


def test_shifted_digits_are_drawn_once_to_be_looked_at_and_anew_to_be_learnt_from():
    (plain, plain_test), (train, test) = load_digits(), load_digits(shift=6)
    assert (train.name, test.name) == ("digits-shifted train", "digits-shifted test")
    np.testing.assert_array_equal(test.labels, plain_test.labels)
    assert load_digits(6)[0].fingerprint() == train.fingerprint() != plain.fingerprint()
    assert load_digits(6)[1].fingerprint() == test.fingerprint() != load_digits(5)[1].fingerprint()
    for moved, still in ((test, plain_test), (train, plain)):
        for image, original in zip(moved.pixels[:20, 0], still.pixels[:20, 0], strict=True):
            wide = np.pad(original, 6)
            places = [(i, j) for i in range(13) for j in range(13) if (wide[i : i + 28, j : j + 28] == image).all()]
            assert places
    loader = DataLoader(train, 50, shuffle=False, seed=2)
    first, again, later = (next(loader.batches(epoch))[0] for epoch in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, later)
    assert not np.array_equal(first, train.images[:50])
    np.testing.assert_array_equal(list(loader.batches(0))[3][0], next(loader.batches(0, start=3))[0])


def test_a_part_of_shifted_digits_is_still_drawn_anew():
    train, _ = load_digits(shift=3)
    part = train.first(8)
    np.testing.assert_array_equal(part.pixels, train.pixels[:8])
    a, b = (next(DataLoader(part, 8, shuffle=False).batches(epoch))[0] for epoch in (0, 1))
    assert not np.array_equal(a, b)
    np.testing.assert_array_equal(a.sum(axis=(1, 2, 3)) > 0, True)


@pytest.mark.parametrize("shift", [-1, 29, 1.5, True, "far"])
def test_impossible_shifts(shift):
    with pytest.raises(DataError, match="shift must be a whole number from 0 to 28"):
        load_digits(shift=shift)
