"""Changed copies of images: within their bounds, each its own, and the same again for the same seed and batch."""

import numpy as np
import pytest
from PIL import Image

from tinygrad_edu.data import Augment, DataLoader, load_digits
from tinygrad_edu.data.augment import affine, stroke_width
from tinygrad_edu.errors import DataError

TRAIN, _ = load_digits()
STILL = Augment(shift=0, turn=0, resize=0, slant=0, pen=0)


def test_without_change_nothing_changes():
    np.testing.assert_allclose(STILL(TRAIN.images[:50], np.random.default_rng(0)), TRAIN.images[:50], atol=1e-6)


def test_whole_shifts_move_pixels_and_leave_zeros():
    images = TRAIN.images[:3]
    moved = affine(images, np.stack([np.eye(2)] * 3), np.array([[2, 0], [0, -3], [40, 0]]))
    np.testing.assert_allclose(moved[0, 0, 2:], images[0, 0, :-2], atol=1e-5)
    np.testing.assert_allclose(moved[1, 0, :, :-3], images[1, 0, :, 3:], atol=1e-5)
    assert not moved[2].any()


def test_a_turn_is_pillows():
    images = np.random.default_rng(1).random((1, 1, 28, 28), dtype=np.float32)
    c, s = np.cos(np.radians(20)), np.sin(np.radians(20))
    matrix = np.array([[[c, -s], [s, c]]])
    expected = Image.fromarray(images[0, 0]).rotate(-20, Image.Resampling.BILINEAR)
    inside = np.s_[8:20, 8:20]  # at the edge Pillow clamps
    turned = affine(images, matrix, np.zeros((1, 2)))[0, 0]
    np.testing.assert_allclose(turned[inside], np.asarray(expected)[inside], atol=1e-5)


def test_the_pen_grows_and_shrinks():
    images = TRAIN.images[:20]
    mass = [stroke_width(images, np.full(20, change, np.float32)).sum() for change in (-1, -0.5, 0, 0.5, 1)]
    assert mass == sorted(mass)
    assert mass[0] < 0.7 * mass[2] < 1.3 * mass[2] < mass[4]


def test_images_stay_images_and_the_originals_stay():
    images = TRAIN.images[:64].copy()
    before = images.copy()
    changed = Augment(shift=6, turn=45, resize=0.5, slant=1, pen=1)(images, np.random.default_rng(0))
    assert (changed.shape, changed.dtype) == (images.shape, np.float32)
    assert changed.min() >= 0
    assert changed.max() <= 1
    np.testing.assert_array_equal(images, before)
    assert len(np.unique(changed.reshape(64, -1), axis=0)) == 64


def test_a_loader_changes_each_epoch_anew_and_can_go_on_in_the_middle():
    loader = DataLoader(TRAIN.first(100), batch_size=32, seed=3, augment=Augment())
    epochs = [list(loader.batches(epoch)) for epoch in (0, 0, 1)]
    plain = list(DataLoader(TRAIN.first(100), batch_size=32, seed=3).batches(0))
    for number, (images, labels) in enumerate(epochs[0]):
        np.testing.assert_array_equal(images, epochs[1][number][0])
        np.testing.assert_array_equal(labels, plain[number][1])
        assert not np.array_equal(images, plain[number][0])
        assert not images.flags.writeable
    rest = list(loader.batches(0, start=2))
    np.testing.assert_array_equal(rest[0][0], epochs[0][2][0])
    same = TRAIN.first(1)  # one image, two epochs, two seeds, two batches: four changes of it
    several = [next(DataLoader(same, 1, seed=s, augment=Augment()).batches(e))[0] for s in (0, 1) for e in (0, 1)]
    assert len(np.unique(np.concatenate(several).reshape(4, -1), axis=0)) == 4


def test_what_is_no_augment_is_refused():
    with pytest.raises(DataError, match="augment must be an Augment or None, got bool"):
        DataLoader(TRAIN, augment=True)
