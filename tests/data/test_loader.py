from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinygrad_edu.data import DataLoader, Dataset
from tinygrad_edu.errors import DataError


def numbered(n):
    """A dataset in which image k holds k in its first two pixels, so that it can be told from others."""
    pixels = np.zeros((n, 1, 28, 28), np.uint8)
    pixels[:, 0, 0, 0], pixels[:, 0, 0, 1] = np.arange(n) // 256, np.arange(n) % 256
    return Dataset(pixels, np.arange(n) % 10)


def numbers(images):
    high, low = np.rint(images[:, 0, 0, :2] * 255).astype(int).T
    return (high * 256 + low).tolist()


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(1, 300),
    batch_size=st.integers(1, 320),
    shuffle=st.booleans(),
    seed=st.integers(0, 2**70),
    epoch=st.integers(0, 2**40),
)
def test_an_epoch_holds_every_image_once_with_its_label(n, batch_size, shuffle, seed, epoch):
    loader = DataLoader(numbered(n), batch_size, shuffle, seed)
    batches = list(loader.batches(epoch))
    assert len(batches) == len(loader)
    seen = [number for images, _ in batches for number in numbers(images)]
    assert sorted(seen) == list(range(n))
    assert [label for _, labels in batches for label in labels] == [number % 10 for number in seen]
    assert all(len(images) == batch_size for images, _ in batches[:-1])
    if not shuffle:
        assert seen == list(range(n))


def test_batches_are_read_only_float32_and_int64():
    for shuffle in (True, False):
        for images, labels in DataLoader(numbered(5), 2, shuffle):
            assert images.dtype == np.float32
            assert labels.dtype == np.int64
            assert not images.flags.writeable
            assert not labels.flags.writeable


def test_order_depends_on_seed_and_epoch_only():
    a, b = DataLoader(numbered(50), 8, seed=3), DataLoader(numbered(50), 16, seed=3)
    for _ in a:
        pass
    np.testing.assert_array_equal(a.order(5), b.order(5))
    assert a.order(5).tolist() != a.order(6).tolist()
    assert a.order(5).tolist() != DataLoader(numbered(50), seed=4).order(5).tolist()
    state = np.random.get_state()[1].copy()
    list(a)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # NumPy's global generator is not touched


def test_the_order_of_a_seed_is_fixed_for_good():
    """Checkpoints resume inside an epoch: if this fails, older ones go on with the wrong images."""
    assert DataLoader(numbered(10), seed=1).order(2).tolist() == [8, 5, 6, 0, 9, 1, 4, 3, 7, 2]


def test_each_for_loop_is_the_next_epoch():
    loader = DataLoader(numbered(40), 7, seed=9)

    def one_loop():
        return [number for images, _ in loader for number in numbers(images)]

    first, second = one_loop(), one_loop()
    assert first == loader.order(0).tolist()
    assert second == loader.order(1).tolist()
    for _ in loader:  # epoch 2, left early
        break
    assert one_loop() == loader.order(3).tolist()
    loader.set_epoch(1)
    assert one_loop() == second


def test_resuming_within_an_epoch_gives_the_rest():
    loader = DataLoader(numbered(33), 5, seed=2)
    whole = [numbers(images) for images, _ in loader.batches(4)]
    for start in range(len(loader) + 2):
        assert [numbers(images) for images, _ in loader.batches(4, start)] == whole[start:]


def test_drop_last():
    assert [len(labels) for _, labels in DataLoader(numbered(10), 4, drop_last=True)] == [4, 4]
    assert [len(labels) for _, labels in DataLoader(numbered(8), 4, drop_last=True)] == [4, 4]
    with pytest.raises(DataError, match="3 images do not fill one batch of 4"):
        DataLoader(numbered(3), 4, drop_last=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batch_size": 0}, "batch_size must be a whole number of at least 1, got 0"),
        ({"batch_size": -3}, "batch_size"),
        ({"batch_size": 2.0}, "batch_size"),
        ({"batch_size": True}, "batch_size"),
        ({"seed": -1}, "seed must be a whole number of at least 0, got -1"),
        ({"seed": None}, "seed"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(DataError, match=message):
        DataLoader(numbered(4), **arguments)


def test_errors_come_at_the_call_not_at_the_first_batch():
    loader = DataLoader(numbered(4))
    with pytest.raises(DataError, match="epoch"):
        loader.set_epoch(-1)
    with pytest.raises(DataError, match="epoch"):
        loader.batches(-1)
    with pytest.raises(DataError, match="start"):
        loader.batches(0, start=-1)
    with pytest.raises(DataError, match="needs a Dataset, got ndarray"):
        DataLoader(np.zeros((4, 1, 28, 28), np.float32))
