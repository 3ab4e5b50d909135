"""Changes of images: what each does, that it draws from its generator alone, and that they can be put together."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tinygrad_edu.data import (
    Augment,
    Compose,
    DataLoader,
    Dataset,
    GaussianNoise,
    RandomCrop,
    RandomErasing,
    RandomHorizontalFlip,
    RandomRotation,
    RandomScale,
    RandomShift,
    TensorDataset,
)
from tinygrad_edu.data.changes import settings_of
from tinygrad_edu.data.warp import windows
from tinygrad_edu.errors import DataError

CHANGES = [
    RandomShift(2), RandomCrop(5, padding=1), RandomRotation(30), RandomScale(0.3), RandomHorizontalFlip(),
    RandomErasing(p=0.9), GaussianNoise(0.2), Augment(),
    Compose([RandomShift(1), RandomHorizontalFlip(), GaussianNoise()]),
]  # fmt: skip


def rng(seed=0):
    return np.random.default_rng(seed)


def pictures(n=4, channels=3, h=7, w=6):
    return rng(1).random((n, channels, h, w), dtype=np.float32)


@settings(max_examples=25, deadline=None)
@given(
    change=st.sampled_from(CHANGES), n=st.integers(1, 4), channels=st.integers(1, 3), h=st.integers(5, 9),
    w=st.integers(5, 9), seed=st.integers(0, 99),
)  # fmt: skip
def test_images_stay_images_the_originals_stay_and_the_generator_decides(change, n, channels, h, w, seed):
    images = pictures(n, channels, h, w)
    before = images.copy()
    images.setflags(write=False)
    a, b = change(images, rng(seed)), change(images, rng(seed))
    np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(images, before)
    side = (5, 5) if isinstance(change, RandomCrop) else (h, w)
    assert (a.shape, a.dtype) == ((n, channels, *side), np.float32)
    assert a.min() >= 0
    assert a.max() <= 1


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: type(c).__name__)
def test_each_image_is_changed_for_itself_and_all_its_channels_alike(change):
    one = pictures(1, 1, 9, 9)
    images = np.repeat(np.repeat(one, 8, axis=0), 2, axis=1)
    changed = change(images, rng(3))
    assert len(np.unique(changed.reshape(8, -1), axis=0)) > 1
    if "Noise" not in repr(change):
        np.testing.assert_array_equal(changed[:, 0], changed[:, 1])


@settings(max_examples=25, deadline=None)
@given(top=st.integers(-9, 9), left=st.integers(-9, 9), height=st.integers(1, 8), width=st.integers(1, 8))
def test_a_window_is_a_piece_of_the_image_with_zeros_around_it(top, left, height, width):
    images = pictures()
    seen = windows(images, np.array([top] * 4), np.array([left] * 4), height, width)
    wide = np.pad(images, ((0, 0), (0, 0), (20, 20), (20, 20)))
    np.testing.assert_array_equal(seen, wide[:, :, top + 20 : top + 20 + height, left + 20 : left + 20 + width])


def test_a_shift_goes_everywhere_it_may_and_no_farther():
    dot = np.zeros((2000, 1, 9, 9), np.float32)
    dot[:, 0, 4, 4] = 1
    moved = RandomShift(2)(dot, rng())
    rows, columns = np.nonzero(moved[:, 0])[1:]
    assert len(rows) == 2000
    counts = np.histogram2d(rows, columns, bins=[np.arange(10)] * 2)[0]
    assert (counts[2:7, 2:7] > 40).all()
    assert counts.sum() == counts[2:7, 2:7].sum()


def test_a_crop_with_padding_is_a_shift():
    images = pictures(50, 1, 8, 8)
    cropped = RandomCrop(8, padding=3)(images, rng())
    shifts = {tuple(np.argwhere([[np.array_equal(c, windows(i[None], np.array([t]), np.array([s]), 8, 8)[0])
                                  for s in range(-3, 4)] for t in range(-3, 4)])[0])
              for i, c in zip(images, cropped, strict=True)}  # fmt: skip
    assert len(shifts) > 20
    with pytest.raises(DataError, match=r"RandomCrop\(size=9, padding=0\) does not fit into images \(50, 1, 8, 8\)"):
        RandomCrop(9)(images, rng())


def test_a_rotation_is_pillows():
    class Fixed:  # a generator whose every draw is the same
        def uniform(self, low, high, n):
            return np.full(n, 20.0)

    image = rng(5).random((1, 1, 28, 28), dtype=np.float32)
    expected = np.asarray(Image.fromarray(image[0, 0]).rotate(-20, Image.Resampling.BILINEAR))
    inside = np.s_[8:20, 8:20]  # at the edge Pillow clamps
    np.testing.assert_allclose(RandomRotation(30)(image, Fixed())[0, 0][inside], expected[inside], atol=1e-5)


def test_a_scale_changes_how_much_there_is():
    disc = np.zeros((500, 1, 21, 21), np.float32)
    disc[:, :, 7:14, 7:14] = 1
    mass = RandomScale(0.5)(disc, rng()).sum(axis=(1, 2, 3)) / 49
    assert 0.15 < mass.min() < 0.35
    assert 2.0 < mass.max() < 2.4


def test_a_flip_mirrors_about_half():
    images = pictures(400)
    flipped = RandomHorizontalFlip()(images, rng())
    same = (flipped == images).all(axis=(1, 2, 3))
    mirrored = (flipped == images[..., ::-1]).all(axis=(1, 2, 3))
    assert (same ^ mirrored).all()
    assert 150 < mirrored.sum() < 250
    np.testing.assert_array_equal(RandomHorizontalFlip(1)(images, rng()), images[..., ::-1])
    np.testing.assert_array_equal(RandomHorizontalFlip(0)(images, rng()), images)


def test_what_is_erased_is_one_rectangle_of_a_size_within_its_bounds():
    images = np.ones((600, 2, 20, 20), np.float32)
    changed = RandomErasing(p=0.7, scale=(0.1, 0.3), ratio=(0.5, 2))(images, rng())
    holes = changed[:, 0] == 0
    touched = holes.any(axis=(1, 2))
    assert 370 < touched.sum() < 470
    for hole in holes[touched]:
        rows, columns = np.flatnonzero(hole.any(axis=1)), np.flatnonzero(hole.any(axis=0))
        height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert hole.sum() == height * width
        assert 0.4 <= height / width <= 2.5  # rounded to pixels
        assert 0.07 * 400 <= hole.sum() <= 0.34 * 400
    assert holes.any(axis=0).all()  # anywhere


def test_noise_has_its_standard_deviation():
    grey = np.full((10, 1, 30, 30), 0.5, np.float32)
    noise = GaussianNoise(0.05)(grey, rng()) - grey
    assert noise.std() == pytest.approx(0.05, rel=0.03)
    assert abs(noise.mean()) < 0.005


def test_composed_changes_share_one_generator_and_keep_their_order():
    images = pictures()
    both = Compose([RandomShift(1), RandomHorizontalFlip()])
    generator = rng(7)
    by_hand = RandomHorizontalFlip()(RandomShift(1)(images, generator), generator)
    np.testing.assert_array_equal(both(images, rng(7)), by_hand)


def test_a_run_knows_a_change_again():
    seen = {json.dumps(settings_of(change)) for change in CHANGES}
    assert len(seen) == len(CHANGES)
    assert settings_of(RandomErasing()) == {
        "name": "RandomErasing", "p": 0.5, "scale": [0.02, 0.33], "ratio": [0.3, 3.3],
    }  # fmt: skip
    assert "name" not in settings_of(Augment())  # as it was before there were others
    assert settings_of(lambda images, rng: images)["name"].endswith("<lambda>")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: RandomShift(-1), "RandomShift: pixels must be an integer of at least 0, not -1"),
        (lambda: RandomShift(1.5), "pixels must be an integer"),
        (lambda: RandomCrop(0), "RandomCrop: size must be an integer of at least 1"),
        (lambda: RandomCrop(5, True), "padding must be an integer"),
        (lambda: RandomRotation(181), "degrees must be a number from 0 to 180, not 181"),
        (lambda: RandomRotation("wide"), "degrees must be"),
        (lambda: RandomScale(1), r"part must be a number from 0 to 0\.9"),
        (lambda: RandomHorizontalFlip(1.2), "p must be a number from 0 to 1"),
        (lambda: RandomErasing(scale=(0.5, 0.1)), "scale must be two rising numbers"),
        (lambda: RandomErasing(ratio=3), "ratio must be two rising numbers"),
        (lambda: GaussianNoise(float("nan")), "sigma must be a number of at least 0, not nan"),
        (lambda: Augment(shift=-1), "Augment: shift must be a number of at least 0, not -1"),
        (lambda: Augment(resize=2), "Augment: resize must be a number from 0 to 1, not 2"),
        (lambda: Compose([RandomShift]), "Compose is made of changes such as"),
        (lambda: Compose([3]), "Compose is made of changes"),
    ],
)
def test_what_makes_no_sense_is_refused(make, message):
    with pytest.raises(DataError, match=message):
        make()


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: type(c).__name__)
def test_a_loader_goes_on_in_the_middle_with_the_same_images(change):
    loader = DataLoader(Dataset(pictures(10, 3, 8, 8), np.arange(10)), 3, seed=5, augment=change)
    whole, rest = list(loader.batches(2)), list(loader.batches(2, start=2))
    for (a, b), (c, d) in zip(whole[2:], rest, strict=True):
        np.testing.assert_array_equal(a, c)
        np.testing.assert_array_equal(b, d)
        assert not a.flags.writeable
    assert not np.array_equal(whole[0][0], next(loader.batches(3))[0])


def test_a_function_of_ones_own_changes_the_first_array_and_has_to_keep_its_form():
    data = TensorDataset(pictures(4), np.arange(4.0))
    images, targets = next(iter(DataLoader(data, 4, shuffle=False, augment=lambda x, rng: x * 0)))
    assert not images.any()
    assert targets.tolist() == [0, 1, 2, 3]
    for wrong in (lambda x, rng: x.astype(np.float64), lambda x, rng: x[:1], lambda x, rng: None):
        with pytest.raises(DataError, match="augment must make 4 images float32"):
            next(iter(DataLoader(data, 4, augment=wrong)))
    with pytest.raises(DataError, match="the class RandomHorizontalFlip"):
        DataLoader(data, augment=RandomHorizontalFlip)
    with pytest.raises(DataError, match="changes the first array of a batch; here it is of type list"):
        next(iter(DataLoader([("a", 1)], 1, augment=RandomHorizontalFlip())))
