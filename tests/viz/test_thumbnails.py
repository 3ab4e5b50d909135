"""Heat maps: the scale, the arrangement, and that what is drawn is what is there."""

import io

import numpy as np
import pytest
from PIL import Image

from tinygrad_edu.viz.thumbnails import MOST_COLUMNS, MOST_TILES, arrange, can_be_drawn, heat_map, levels


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_sign_and_size_are_colour():
    rgb = pixels(heat_map(arrange(np.array([-8.0, 0.0, 1.0, 8.0]))))[5, [5, 20, 35, 50]]
    assert rgb[0, 2] > rgb[0, 0]  # negative: blue
    assert len(set(rgb[1])) == 1  # zero: no colour
    assert rgb[2, 0] > rgb[2, 2]  # positive: red
    entries = levels(np.array([-8.0, -1.0, 0.0, 1.0, 8.0]), largest=8.0).astype(int)
    assert entries.tolist() == [0, 60, 120, 180, 240]  # 1/8 of the largest is half as strong


def test_what_is_not_finite_has_colours_of_its_own():
    entries = levels(np.array([np.nan, np.inf, -np.inf, 1.0]), largest=1.0)
    assert entries[0] not in entries[1:]
    assert entries[1] == entries[2] != entries[3]
    assert arrange(np.array([np.nan, -1.0, np.inf])).largest == 1.0
    assert arrange(np.array([np.nan, np.inf, np.nan])).largest is None


@pytest.mark.parametrize("size", [1e-30, 1e-6, 1.0, 1e30])
def test_what_is_there_can_be_seen_whatever_its_size(size):
    rgb = pixels(heat_map(arrange(np.array([-1.0, 0.0, 0.5]) * size)))[5, [5, 20, 35]]
    assert rgb[0, 2] - rgb[0, 0] > 40  # as blue as can be
    assert rgb[2, 0] - rgb[2, 2] > 40


def test_closed_elements_are_grey():
    png = heat_map(arrange(np.ones((1, 1, 4, 4))), np.eye(4, dtype=bool)[None])
    rgb = pixels(png)
    grey = (rgb == 0x9B).all(axis=2)[1:-1, 1:-1]
    assert grey.mean() == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("shape", "tiles", "columns", "note"),
    [
        ((7,), (1, 1, 7), 1, ""),
        ((3, 5), (1, 3, 5), 1, ""),
        ((1, 8, 26, 26), (8, 26, 26), 4, ""),
        ((64, 8, 26, 26), (8, 26, 26), 4, "first of 64"),
        ((8, 1, 3, 3), (8, 3, 3), 8, ""),
        ((4, 3, 3, 3), (12, 3, 3), 3, ""),
        ((32, 16, 3, 3), (MOST_TILES, 3, 3), 8, "16 of 512 maps"),
        ((1, 5408), (1, 1, 118), 1, "largest of each block"),
    ],
)
def test_arrangement(shape, tiles, columns, note):
    arranged = arrange(np.ones(shape))
    assert (arranged.tiles.shape, arranged.columns, ", ".join(arranged.notes)) == (tiles, columns, note)
    assert arranged.tiles.shape[2] <= MOST_COLUMNS


def test_blocks_show_their_largest_element_or_nan():
    row = np.zeros((1, 240))
    row[0, 3], row[0, 7] = -5.0, np.nan
    shown = arrange(row).tiles[0, 0]
    assert shown[1] == -5.0
    assert np.isnan(shown[3])


def test_numbers_and_integers_are_not_drawn():
    assert not can_be_drawn(np.array(1.0))
    assert not can_be_drawn(np.arange(9))
    assert can_be_drawn(np.ones(3))
