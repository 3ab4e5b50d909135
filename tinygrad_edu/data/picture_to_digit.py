"""How a picture of any size becomes 28x28 numbers: `prepare`, step by step.

The aim is the form of MNIST, on which the networks are trained: "The original black and white (bilevel) images from
NIST were size normalized to fit in a 20x20 pixel box while preserving their aspect ratio. The resulting images contain
grey levels as a result of the anti-aliasing technique used by the normalization algorithm. The images were centered in
a 28x28 image by computing the center of mass of the pixels, and translating the image so as to position this point at
the center of the 28x28 field." (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits"; Y. LeCun,
L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition", Proceedings of the IEEE
86(11), 1998.)

NIST's images were scanned forms, cleaned by others. What a student has is a drawing or a photograph, so steps that find
the ink come first.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

FORM = "MNIST"  # the name of this form in a run's settings

SIZE = 28  # of the result
BOX = 20  # the digit's longer side in it
CENTRE = 14  # where MNIST's own centres of mass lie; the geometric middle is 13.5

ENOUGH = 400  # a picture's longer side; more pixels say nothing more about 20
COARSE = 80  # and so many are enough to see shadows, and which strokes hang together
LEAST_CONTRAST = 0.05  # of ink and paper, from 0 to 1
WIDER_THAN_A_STROKE = 0.3  # of the picture's shorter side
SURELY = 0.4  # of full ink: what is more is ink, whatever the light
FAINT = 0.2  # of full ink: what is less is paper, shadow or noise
SPECK = 0.05  # of the largest piece's ink: what is less is dirt
THINNEST_PEN = 1.8  # pixels in the box; most of MNIST's strokes are between 2 and 4 wide

Picture = NDArray[np.float32]


def prepare(grey: Picture) -> Picture | None:
    """Turn a grey picture (h, w) in [0, 1] into (28, 28) in [0, 1], light ink on dark as MNIST's; None if it is blank.

    A picture that has the form already is returned as it is.

    >>> grey = np.ones((90, 60), np.float32)
    >>> grey[10:70, 40:50] = 0.2  # a dark stroke on white paper, off the middle
    >>> digit = prepare(grey)
    >>> rows, columns = np.flatnonzero(digit.any(axis=1)), np.flatnonzero(digit.any(axis=0))
    >>> rows.size, float(digit.max()), float(np.average(np.arange(28), weights=digit.sum(axis=1)))
    (20, 1.0, 13.5)
    """
    if has_the_form(grey):
        return grey
    grey = reduce(grey)
    if np.ptp(grey) < LEAST_CONTRAST:
        return None
    ink = ink_of(grey)
    if ink is None:
        return None
    return centre(fit(crop(without_specks(ink))))


def has_the_form(grey: Picture) -> bool:
    """Return whether a picture is 28x28, light ink on black of at most 20x20 pixels, its mass at the centre."""
    if grey.shape != (SIZE, SIZE) or not grey.any() or np.median(grey) > 0:
        return False
    height, width = crop(grey).shape
    row, column = _centre_of_mass(grey)
    return max(height, width) in (BOX - 1, BOX) and max(abs(row - CENTRE), abs(column - CENTRE)) <= 1


# -- finding the ink --


def reduce(picture: Picture, longest: int = ENOUGH, what: Any = np.mean) -> Picture:
    """Reduce a picture to a longer side of at most `longest`: each new pixel is the mean of a block of k x k."""
    k = -(-max(picture.shape) // longest)
    if k == 1:
        return picture
    h, w = picture.shape
    whole = np.pad(picture, [(0, -h % k), (0, -w % k)], mode="edge")
    blocks = whole.reshape(len(whole) // k, k, whole.shape[1] // k, k)
    return what(blocks, axis=(1, 3)).astype(np.float32)


def ink_of(grey: Picture) -> Picture | None:
    """Return how much ink is on each pixel, 0 (paper) to 1 (full): (h, w). None if there is no contrast.

    1. Ink is dark on light or light on dark (`ink_is_dark`); the negative of the latter is dark on light.
    2. What the sheet would look like without ink (`paper_of`). Light falls on paper and dark ink alike, so their ratio
       forgets it: ink = 1 - grey / paper. A dark ground reflects too little for that: ink = grey - ground.
    3. Full ink is 1, and what is faint beside it is 0.
    """
    dark = ink_is_dark(grey)
    paper = paper_of(grey if dark else 1 - grey)
    ink = 1 - grey / np.maximum(paper, LEAST_CONTRAST) if dark else grey - (1 - paper)
    ink = np.maximum(ink, 0).astype(np.float32)
    full = _level_of_ink(ink)
    if full < LEAST_CONTRAST:
        return None
    ink = np.minimum(ink / full, 1)
    return np.where(ink < FAINT, 0, ink).astype(np.float32)


def ink_is_dark(grey: Picture) -> bool:
    """Return whether the ink is darker than its paper.

    There is less ink than paper. So around a pixel the mean is nearer to the paper's grey, and the ink differs from it
    by much, the paper by little: the sum of the cubes of the differences has the sign of the ink. The two sides of a
    shadow's edge differ alike and cancel.
    """
    coarse = reduce(grey, COARSE)
    difference = coarse - _in_windows(np.mean, coarse, max(3, min(coarse.shape) // 2) | 1)
    return float(np.sum(difference**3, dtype=np.float64)) < 0


def paper_of(grey: Picture) -> Picture:
    """Return the sheet without its dark ink: (h, w), grey levels.

    The lightest pixel of each window that is wider than a stroke, and then the darkest of these in each window: a
    closing (J. Serra, "Image analysis and mathematical morphology", 1982). Dark things narrower than the window vanish,
    and a shadow, which is wider, stays where it is, with its edge. It is needed only near what is surely ink; elsewhere
    the sheet is what one sees.
    """
    from PIL import Image

    coarse = reduce(grey, COARSE)
    k = max(3, int(WIDER_THAN_A_STROKE * min(coarse.shape))) | 1
    closed = _in_windows(np.min, _in_windows(np.max, coarse, k), k)
    ink = closed - coarse
    near_ink = _in_windows(np.max, ink > SURELY * _level_of_ink(ink), 5)
    paper = np.where(near_ink, closed, coarse)
    if paper.shape == grey.shape:
        return paper
    return np.asarray(Image.fromarray(paper).resize(grey.shape[::-1], Image.Resampling.BILINEAR))


def without_specks(ink: Picture) -> Picture:
    """Return the ink without pieces that hang together with nothing else and are tiny or faint: dirt, shadows."""
    coarse = reduce(ink, COARSE, np.max)
    piece = _pieces(coarse > 0)
    full = np.bincount(piece.ravel(), weights=coarse.ravel() > 0.5)
    kept = ((full > 0) & (full >= SPECK * full.max()))[piece]
    k = -(-max(ink.shape) // COARSE)
    return ink * kept.repeat(k, axis=0).repeat(k, axis=1)[: ink.shape[0], : ink.shape[1]]


# -- giving it MNIST's form --


def crop(ink: Picture) -> Picture:
    """Cut out the smallest rectangle that holds all ink."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def fit(ink: Picture) -> Picture:
    """Scale ink to a longer side of 20 pixels; a line thinner than a pen's is made as wide as one first."""
    from PIL import Image, ImageFilter

    scale = BOX / max(ink.shape)
    missing = round((THINNEST_PEN - scale * _stroke_width(ink)) / scale / 2)  # pixels on each side of a stroke
    if missing > 0:
        whole = Image.fromarray(np.rint(255 * np.pad(ink, missing)).astype(np.uint8))
        for _ in range(missing):
            whole = whole.filter(ImageFilter.MaxFilter(3))
        ink = np.asarray(whole, np.float32) / np.float32(255)
        scale = BOX / max(ink.shape)
    height, width = (max(1, round(side * scale)) for side in ink.shape)
    small = np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BILINEAR))
    return np.clip(small / small.max(), 0, 1)  # a fine line fades when it shrinks: back to full strength


def centre(digit: Picture) -> Picture:
    """Put a digit of at most 20x20 on empty ground of 28x28, its centre of mass at the centre."""
    canvas = np.zeros((SIZE, SIZE), np.float32)
    corner = [
        min(max(round(CENTRE - mass), 0), SIZE - side)
        for mass, side in zip(_centre_of_mass(digit), digit.shape, strict=True)
    ]
    canvas[corner[0] : corner[0] + digit.shape[0], corner[1] : corner[1] + digit.shape[1]] = digit
    return canvas


# -- arithmetic --


def _centre_of_mass(ink: Picture) -> tuple[float, float]:
    row = np.average(np.arange(ink.shape[0]), weights=ink.sum(axis=1))
    column = np.average(np.arange(ink.shape[1]), weights=ink.sum(axis=0))
    return float(row), float(column)


def _level_of_ink(ink: Picture) -> float:
    """Return the level of full ink: the mean of what is above half of the strongest (grain set aside)."""
    few = min(8, ink.size)  # not the very strongest: that may be a hot pixel
    strongest = np.partition(ink, -few, axis=None)[-few]
    return float(ink[ink >= strongest / 2].mean())


def _stroke_width(ink: Picture) -> float:
    """Return the area over half the outline's length: the mean width of the strokes, in pixels."""
    padded = np.pad(ink, 1)
    down, right = np.diff(padded, axis=0)[:, 1:], np.diff(padded, axis=1)[1:]
    return float(2 * ink.sum() / np.hypot(down, right).sum())


def _in_windows(what: Any, grey: NDArray[Any], k: int) -> NDArray[Any]:
    """Return `what` (np.max ...) of the window of k x k around each pixel; the edge goes on beyond itself."""
    for axis in (0, 1):
        widths = [(0, 0), (0, 0)]
        widths[axis] = (k // 2, k // 2)
        grey = what(sliding_window_view(np.pad(grey, widths, mode="edge"), k, axis), axis=-1)
    return grey


def _pieces(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Number the connected pieces: 0 where there is none, else a positive number for all of it. Corners touch, too."""
    piece = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:
        before = piece.copy()
        for near in (piece, piece.T):  # each pixel takes the largest number around it, until nothing changes
            wider = near.copy()
            np.maximum(wider[1:], near[:-1], out=wider[1:])
            np.maximum(wider[:-1], near[1:], out=wider[:-1])
            near[:] = wider
        piece *= mask
        if np.array_equal(before, piece):
            return piece
