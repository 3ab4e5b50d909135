"""Arrays as small heat maps: PNG images, each on a signed scale of its own, -m to m.

Negative is blue, zero white, positive red (ColorBrewer's RdBu, which colour-blind readers can tell apart). The colour
follows the signed cube root, sign(v) * (|v| / m)^(1/3), so that small numbers stay visible beside the largest one, m.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..autograd.summary import number

_ANCHORS = ("#053061", "#2166ac", "#6aaed6", "#f7f7f7", "#f4a07c", "#c2303c", "#67001f")
_LEVELS = 241  # palette entries of the scale; zero is the middle one
_GAP, _NAN, _CLOSED, _INF = 241, 242, 243, 244
_SPECIAL = {_GAP: "#555555", _NAN: "#00d060", _CLOSED: "#9b9b9b", _INF: "#e0c000"}

MOST_TILES = 16
MOST_ROWS, MOST_COLUMNS = 36, 120
WIDTH, HEIGHT = 240, 110  # pixels that a thumbnail should fill


def _rgb(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def _palette() -> list[int]:
    anchors = np.array([_rgb(c) for c in _ANCHORS])
    at = np.linspace(0, len(_ANCHORS) - 1, _LEVELS)
    scale = np.stack([np.interp(at, range(len(_ANCHORS)), anchors[:, i]) for i in range(3)], axis=1)
    return [*scale.round().astype(int).ravel().tolist(), *(v for c in _SPECIAL.values() for v in _rgb(c))]


def levels(array: np.ndarray, largest: float) -> np.ndarray:
    """Return the palette entry for each element, on the scale from -largest to largest."""
    array = np.asarray(array, np.float64)
    middle = _LEVELS // 2
    with np.errstate(invalid="ignore"):
        t = np.cbrt(np.clip(array / (largest or 1.0), -1.0, 1.0))
        entries = np.where(np.isfinite(array), np.rint(middle + middle * np.nan_to_num(t)), _NAN)
    entries[np.isinf(array)] = _INF
    return entries.astype(np.uint8)


@dataclass(frozen=True)
class Arrangement:
    """Which part of an array a thumbnail shows: `tiles` (count, rows, columns), `columns` tiles to a row.

    The elements of vectors and matrices may be drawn as oblongs; those of images and kernels are `square`. `notes` say
    what is left out.
    """

    tiles: np.ndarray
    columns: int
    notes: tuple[str, ...] = ()
    square: bool = True

    @property
    def largest(self) -> float | None:
        """The largest magnitude among the finite elements shown, if there are any: the end of the scale."""
        finite = self.tiles[np.isfinite(self.tiles)]
        return float(np.abs(finite.astype(np.float64)).max()) if finite.size else None

    @property
    def caption(self) -> str:
        """What stands below the picture: the end of its scale, and what it leaves out."""
        scale = () if self.largest is None else (f"±{number(self.largest)}",)
        return ", ".join((*scale, *self.notes))


def can_be_drawn(array: np.ndarray) -> bool:
    """Tell whether an array is drawn: floating, and more than two elements; the rest is better said in numbers."""
    return array.dtype.kind == "f" and array.size > 2


def arrange(array: np.ndarray) -> Arrangement:
    """Lay an array out on a plane.

    A vector is a row, a matrix itself; of images (n, c, h, w) the first is drawn, channel by channel, of kernels
    (o, c, kh, kw) as many as fit. Long axes are cut into blocks, each shown by its element of largest magnitude.
    """
    notes = []
    if array.ndim <= 2:
        tiles, columns = array.reshape(1, -1, array.shape[-1]), 1
    else:
        h, w = array.shape[-2:]
        per_item = int(np.prod(array.shape[1:-2], dtype=int))
        if array.ndim > 3 and h * w > 64 and len(array) > 1:
            notes.append(f"first of {len(array)}")
            array = array[:1]
        tiles = array.reshape(-1, h, w)
        if len(tiles) > MOST_TILES:
            notes.append(f"{MOST_TILES} of {len(tiles)} maps")
        tiles = tiles[:MOST_TILES]
        columns = per_item if 1 < per_item <= 8 and len(tiles) > per_item else min(len(tiles), 4 if h * w > 64 else 8)
    reduced = _shrink(_shrink(tiles, 1, MOST_ROWS), 2, MOST_COLUMNS)
    if reduced.shape != tiles.shape:
        notes.append("largest of each block")
    return Arrangement(reduced, columns, tuple(notes), square=array.ndim > 2)


def _shrink(tiles: np.ndarray, axis: int, most: int) -> np.ndarray:
    """Cut an axis into at most `most` blocks and keep the element of largest magnitude (or the NaN) of each."""
    length = tiles.shape[axis]
    if length <= most:
        return tiles
    block = -(-length // most)
    count = -(-length // block)
    widths = [(0, 0)] * 3
    widths[axis] = (0, count * block - length)
    blocks = np.pad(tiles, widths)
    blocks = blocks.reshape(*blocks.shape[:axis], count, block, *blocks.shape[axis + 1 :])
    magnitude = np.where(np.isnan(blocks), np.inf, np.abs(blocks))
    index = np.expand_dims(magnitude.argmax(axis + 1), axis + 1)
    return np.take_along_axis(blocks, index, axis + 1).squeeze(axis + 1)


def heat_map(arrangement: Arrangement, closed: np.ndarray | None = None) -> bytes:
    """Return a PNG image of an arranged array; `closed`, in the tiles' shape, marks what is painted grey."""
    tiles = levels(arrangement.tiles, arrangement.largest or 0.0)
    if closed is not None:
        tiles = np.where(closed, np.uint8(_CLOSED), tiles)
    count, h, w = tiles.shape
    columns = arrangement.columns
    rows = -(-count // columns)
    wide = int(np.clip(WIDTH // (columns * w), 1, 14 if count == 1 else 8))
    high = int(np.clip(HEIGHT // (rows * h), 1, 14))
    if arrangement.square:
        wide = high = min(wide, high)
    else:
        high = min(high, 8 * wide)
    gap = 2 if count > 1 else 0
    plane = np.full((rows * (h * high + gap) - gap, columns * (w * wide + gap) - gap), _GAP, np.uint8)
    for k, tile in enumerate(tiles):
        top, left = (k // columns) * (h * high + gap), (k % columns) * (w * wide + gap)
        plane[top : top + h * high, left : left + w * wide] = tile.repeat(high, 0).repeat(wide, 1)
    return _png(plane)


def scale_bar() -> bytes:
    """Return a PNG image of the scale from -m to m, for the legend."""
    return _png(np.arange(_LEVELS, dtype=np.uint8)[None].repeat(12, 0))


def swatch(what: str) -> bytes:
    """Return a PNG image of one of the special colours: "closed", "nan" or "inf"."""
    return _png(np.full((12, 24), {"closed": _CLOSED, "nan": _NAN, "inf": _INF}[what], np.uint8))


def _png(indices: np.ndarray) -> bytes:
    from PIL import Image

    image: Any = Image.fromarray(np.pad(indices, 1, constant_values=_CLOSED))
    image.putpalette(_palette())
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
