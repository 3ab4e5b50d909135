"""Digits as students draw them: in a paint program or on paper, written as real PNG and JPEG files.

    drawings(300, seed=0)      300 drawings, as many of each digit
    letters(100, seed=0)       the same hand writing letters that look like no digit

A digit is a few strokes: lines, arcs, and curves through points, in a box with x to the right and y down, 0 to 1. Every
drawing bends these points a little, slants, turns and stretches the digit, chooses a pen, a size and a place on a sheet
of 28x28 to 1000x1000, ink and paper, and for a photograph a tint, a shadow, blur and noise. Nothing in here looks at
how images are prepared or at a network.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

FINE = 4  # drawn so many times larger, then reduced: no stairs


def arc(cx, cy, rx, ry, start, end):
    """Part of an ellipse; angles in degrees, clockwise on the screen, 0 to the right."""
    t = np.radians(np.linspace(start, end, 1 + int(abs(end - start) // 12)))
    return np.stack([cx + rx * np.cos(t), cy + ry * np.sin(t)], axis=1)


def line(*points):
    """Straight from point to point, with enough points in between to be bent."""
    pieces = [np.linspace(a, b, 8, endpoint=False) for a, b in pairwise(points)]
    return np.concatenate([*pieces, [points[-1]]]).astype(float)


def curve(*points):
    """A smooth curve through the points (Catmull and Rom's spline)."""
    p = np.array([points[0], *points, points[-1]], float)
    t = np.linspace(0, 1, 8, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False)
    ]
    return np.concatenate([*pieces, p[-1:]])


DIGITS = {
    0: {
        "round": [arc(0.5, 0.5, 0.42, 0.5, -100, 262)],
        "narrow": [arc(0.5, 0.5, 0.3, 0.5, -80, 285)],
        "open at the top": [
            curve((0.55, 0.02), (0.2, 0.2), (0.12, 0.6), (0.42, 1), (0.8, 0.75), (0.85, 0.3), (0.5, 0.04))
        ],
    },
    1: {
        "plain": [line((0.5, 0), (0.5, 1))],
        "serif": [line((0.28, 0.27), (0.52, 0), (0.52, 1))],
        "serif and foot": [line((0.3, 0.25), (0.52, 0), (0.52, 1)), line((0.28, 1), (0.76, 1))],
    },
    2: {
        "flat foot": [
            curve((0.15, 0.27), (0.3, 0.05), (0.6, 0), (0.84, 0.22), (0.66, 0.55), (0.14, 1)),
            line((0.14, 1), (0.9, 1)),
        ],
        "loop": [
            curve(
                (0.15, 0.25),
                (0.35, 0.02),
                (0.7, 0.05),
                (0.8, 0.35),
                (0.5, 0.72),
                (0.2, 0.97),
                (0.1, 0.86),
                (0.3, 0.8),
                (0.6, 0.95),
                (0.92, 0.92),
            ),
        ],
        "swan": [
            curve((0.14, 0.2), (0.45, 0), (0.82, 0.2), (0.6, 0.6), (0.1, 0.98)),
            curve((0.1, 0.98), (0.45, 0.9), (0.9, 1)),
        ],
    },
    3: {
        "round": [
            curve((0.15, 0.16), (0.45, 0), (0.8, 0.2), (0.68, 0.42), (0.4, 0.47)),
            curve((0.4, 0.47), (0.78, 0.55), (0.86, 0.78), (0.5, 1), (0.1, 0.85)),
        ],
        "flat top": [
            line((0.16, 0.02), (0.8, 0.02), (0.45, 0.4)),
            curve((0.45, 0.4), (0.82, 0.52), (0.84, 0.82), (0.48, 1), (0.12, 0.88)),
        ],
        "one sweep": [
            curve(
                (0.12, 0.1),
                (0.5, 0),
                (0.78, 0.17),
                (0.66, 0.4),
                (0.46, 0.48),
                (0.74, 0.56),
                (0.86, 0.76),
                (0.55, 1),
                (0.12, 0.92),
            ),
        ],
    },
    4: {
        "open": [line((0.22, 0.02), (0.14, 0.58), (0.9, 0.58)), line((0.68, 0.2), (0.66, 1))],
        "closed": [line((0.64, 1), (0.64, 0), (0.08, 0.66), (0.92, 0.66))],
        "open, round": [curve((0.2, 0), (0.14, 0.35), (0.28, 0.54), (0.78, 0.46)), line((0.82, 0), (0.76, 1))],
    },
    5: {
        "two strokes": [
            curve((0.24, 0.03), (0.2, 0.44), (0.5, 0.38), (0.84, 0.62), (0.66, 0.95), (0.12, 0.93)),
            line((0.24, 0.03), (0.84, 0.03)),
        ],
        "corners": [
            line((0.82, 0), (0.22, 0), (0.2, 0.45)),
            curve((0.2, 0.45), (0.55, 0.38), (0.86, 0.65), (0.6, 0.98), (0.12, 0.92)),
        ],
        "one sweep": [
            curve((0.86, 0.02), (0.32, 0.05), (0.22, 0.4), (0.5, 0.45), (0.8, 0.66), (0.6, 0.96), (0.14, 0.95)),
        ],
    },
    6: {
        "curved": [
            curve(
                (0.74, 0.03), (0.36, 0.2), (0.14, 0.6), (0.3, 0.96), (0.7, 0.96), (0.84, 0.7), (0.58, 0.52), (0.2, 0.68)
            ),
        ],
        "straight": [line((0.6, 0), (0.2, 0.62)), arc(0.5, 0.72, 0.34, 0.28, -160, 205)],
        "upright": [
            curve((0.3, 0), (0.18, 0.4), (0.16, 0.75), (0.45, 1), (0.8, 0.8), (0.66, 0.55), (0.36, 0.58), (0.18, 0.76))
        ],
    },
    7: {
        "plain": [line((0.12, 0.02), (0.86, 0.02), (0.4, 1))],
        "bar": [line((0.12, 0.02), (0.86, 0.02), (0.4, 1)), line((0.32, 0.5), (0.82, 0.5))],
        "curved": [curve((0.12, 0.1), (0.45, 0.05), (0.86, 0.03)), curve((0.86, 0.03), (0.58, 0.45), (0.46, 1))],
        "serif": [line((0.12, 0.2), (0.12, 0.02), (0.84, 0.02), (0.48, 1))],
    },
    8: {
        "one sweep": [
            curve(
                (0.72, 0.14),
                (0.45, 0),
                (0.22, 0.2),
                (0.48, 0.46),
                (0.8, 0.74),
                (0.5, 1),
                (0.18, 0.78),
                (0.46, 0.5),
                (0.76, 0.22),
                (0.66, 0.08),
            ),
        ],
        "two rings": [arc(0.5, 0.24, 0.27, 0.24, 90, 450), arc(0.5, 0.74, 0.34, 0.27, -90, 270)],
        "slender": [
            curve(
                (0.62, 0.02),
                (0.36, 0.08),
                (0.36, 0.3),
                (0.62, 0.6),
                (0.6, 0.92),
                (0.36, 0.95),
                (0.34, 0.7),
                (0.62, 0.36),
                (0.7, 0.1),
                (0.58, 0.01),
            ),
        ],
    },
    9: {
        "straight": [arc(0.47, 0.27, 0.32, 0.27, -20, -375), line((0.79, 0.1), (0.74, 1))],
        "curved": [
            curve(
                (0.78, 0.2),
                (0.5, 0),
                (0.18, 0.22),
                (0.42, 0.52),
                (0.76, 0.3),
                (0.8, 0.14),
                (0.78, 0.6),
                (0.55, 0.95),
                (0.2, 0.95),
            ),
        ],
        "one stroke": [
            curve((0.78, 0.12), (0.45, 0.02), (0.2, 0.28), (0.46, 0.5), (0.78, 0.16)),
            line((0.78, 0.16), (0.64, 1)),
        ],
    },
}

LETTERS = {
    "A": [line((0.05, 1), (0.5, 0), (0.95, 1)), line((0.25, 0.62), (0.75, 0.62))],
    "E": [line((0.85, 0), (0.15, 0), (0.15, 1), (0.88, 1)), line((0.15, 0.5), (0.75, 0.5))],
    "F": [line((0.85, 0), (0.15, 0), (0.15, 1)), line((0.15, 0.45), (0.7, 0.45))],
    "H": [line((0.12, 0), (0.12, 1)), line((0.88, 0), (0.88, 1)), line((0.12, 0.5), (0.88, 0.5))],
    "K": [line((0.15, 0), (0.15, 1)), line((0.85, 0), (0.15, 0.55), (0.88, 1))],
    "M": [line((0.05, 1), (0.12, 0), (0.5, 0.7), (0.88, 0), (0.95, 1))],
    "N": [line((0.12, 1), (0.12, 0), (0.88, 1), (0.88, 0))],
    "R": [
        line((0.15, 1), (0.15, 0)),
        curve((0.15, 0), (0.75, 0.05), (0.8, 0.4), (0.15, 0.5)),
        line((0.4, 0.5), (0.88, 1)),
    ],
    "W": [line((0, 0), (0.25, 1), (0.5, 0.25), (0.75, 1), (1, 0))],
    "X": [line((0.1, 0), (0.9, 1)), line((0.9, 0), (0.1, 1))],
}

SIZES = (28, 28, 28, 40, 64, 100, 150, 280, 400, 640, 1000)


@dataclass
class Drawing:
    """One picture, what it shows, and how it was made."""

    picture: Image.Image  # mode RGB
    label: str
    style: str  # which way of writing it
    kind: str  # "screen" or "paper"
    pen: str  # "thin", "middle" or "thick"
    inverse: bool  # light on dark
    suffix: str  # how it is to be saved

    def save(self, folder: Path, number: int) -> Path:
        """Write the file, as PNG or JPEG."""
        path = folder / f"{number:04}-{self.label}{self.suffix}"
        self.picture.save(path, **({"quality": 85} if self.suffix == ".jpg" else {}))
        return path


def drawings(count: int, seed: int) -> list[Drawing]:
    """So many drawings of digits, as many of each, each way of writing a digit in turn."""
    rng = np.random.default_rng(seed)
    result = []
    for number in range(count):
        digit = number % 10
        styles = list(DIGITS[digit])
        style = styles[(number // 10) % len(styles)]
        result.append(_draw(rng, DIGITS[digit][style], str(digit), style))
    return result


def letters(count: int, seed: int) -> list[Drawing]:
    """So many drawings of letters."""
    rng = np.random.default_rng(seed)
    names = list(LETTERS)
    chosen = (names[number % len(names)] for number in range(count))
    return [_draw(rng, LETTERS[name], name, "letter") for name in chosen]


def _draw(rng, strokes, label, style):
    paper = rng.random() < 0.4  # a photograph of paper; else drawn on a screen
    side = int(rng.choice(SIZES[3:] if paper else SIZES))
    width, height = side, int(np.clip(side * rng.choice([1, 1, 0.75, 1.3]), 28, 1000)) if side > 28 else 28
    size = rng.uniform(0.45, 0.85) * min(width, height)  # the digit's height in pixels
    if side <= 40:
        size = rng.uniform(0.6, 0.85) * min(width, height)
    pen = str(rng.choice(["thin", "middle", "thick"]))
    pen_width = size * {"thin": 0.035, "middle": 0.08, "thick": 0.15}[pen] * rng.uniform(0.85, 1.2)
    pen_width = max(pen_width, 1.0)
    strokes = _bend(rng, strokes, size)
    everything = np.concatenate(strokes)
    low, high = everything.min(axis=0) - pen_width, everything.max(axis=0) + pen_width
    room = np.maximum(np.array([width, height]) - (high - low), 0)
    place = rng.uniform(0.05, 0.95, 2) * room - low  # anywhere on the sheet
    ink = _ink(rng, [stroke + place for stroke in strokes], pen_width, (width, height), smooth=rng.random() < 0.7)
    inverse = bool(rng.random() < (0.5 if not paper else 0.1))
    values = _photograph(rng, ink, inverse) if paper else _screen(rng, ink, inverse)
    picture = Image.fromarray(np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8))
    suffix = ".jpg" if rng.random() < (0.7 if paper else 0.2) else ".png"
    return Drawing(picture, label, style, "paper" if paper else "screen", pen, inverse, suffix)


def _bend(rng, strokes, size):
    """The strokes in pixels: narrower or wider, slanted, turned, and bent as a hand bends them."""
    aspect, slant, turn = rng.uniform(0.5, 0.8), rng.normal(0.08, 0.12), np.radians(rng.normal(0, 5))
    whole = rng.normal(0, 0.035, (2, 2, 2))  # one smooth bend for all strokes
    result = []
    for stroke in strokes:
        x, y = stroke.T
        x = x + whole[0, 0, 0] * np.sin(np.pi * y) + whole[0, 1, 0] * np.cos(2 * np.pi * y)
        y = y + whole[1, 0, 0] * np.sin(np.pi * x) + whole[1, 1, 0] * np.cos(2 * np.pi * x)
        points = np.stack([(x - slant * (y - 0.5)) * aspect, y], axis=1)
        points = points + rng.normal(0, 0.012, 2)  # a stroke does not begin exactly where it should
        wobble = np.cumsum(rng.normal(0, 0.004, points.shape), axis=0)
        points = points + wobble - np.linspace(0, 1, len(points))[:, None] * wobble[-1]
        c, s = np.cos(turn), np.sin(turn)
        result.append(size * (points @ np.array([[c, s], [-s, c]])))
    return result


def _ink(rng, strokes, pen_width, size, smooth):
    """(height, width) in [0, 1]: the share of each pixel that the pen covers; without `smooth` 0 or 1."""
    fine = FINE if smooth else 1
    canvas = Image.new("L", (size[0] * fine, size[1] * fine), 0)
    draw = ImageDraw.Draw(canvas)
    pressure = rng.uniform(0, 0.25)  # how much the width changes along a stroke
    for stroke in strokes:
        dense = _dense(stroke, max(pen_width / 4, 0.3)) * fine
        radii = 0.5 * pen_width * fine * (1 - pressure * np.sin(np.linspace(0, 3, len(dense)) + rng.uniform(0, 6)))
        for (x, y), r in zip(dense, np.maximum(radii, 0.5 if not smooth else 0.4 * fine), strict=True):
            draw.ellipse([x - r, y - r, x + r, y + r], fill=255)
    return np.asarray(canvas.resize(size, Image.Resampling.BOX), np.float64) / 255


def _dense(stroke, step):
    lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
    at = np.linspace(0, lengths[-1], 2 + int(lengths[-1] / step))
    return np.stack([np.interp(at, lengths, axis) for axis in stroke.T], axis=1)


def _screen(rng, ink, inverse):
    """Drawn with a mouse: plain ground, plain colour, sometimes not quite black and white."""
    paper, colour = np.ones(3), np.zeros(3)
    if rng.random() < 0.4:
        paper, colour = 1 - rng.uniform(0, 0.25, 3), rng.uniform(0, 0.45, 3)
    if inverse:
        paper, colour = colour, paper
    return paper + (colour - paper) * ink[:, :, None]


def _photograph(rng, ink, inverse):
    """Pencil, pen or chalk photographed: tint, a shadow, lens blur, grain, ink that does not cover fully."""
    height, width = ink.shape
    sharp = Image.fromarray(np.rint(ink * 255).astype(np.uint8))
    blurred = sharp.filter(ImageFilter.GaussianBlur(rng.uniform(0, 0.008) * max(height, width)))
    ink = np.asarray(blurred, np.float64) / 255
    paper, colour = rng.uniform(0.65, 0.98) * rng.uniform(0.88, 1, 3), rng.uniform(0.02, 0.35, 3)
    if inverse:  # a blackboard
        paper, colour = rng.uniform(0.1, 0.25, 3), rng.uniform(0.75, 0.95, 3)
    values = paper + (colour - paper) * (rng.uniform(0.75, 1) * ink)[:, :, None]
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    direction = rng.uniform(0, 2 * np.pi)
    along = x * np.cos(direction) + y * np.sin(direction)
    light = 1 - rng.uniform(0.05, 0.45) * (along - along.min()) / np.ptp(along)  # the lamp stands on one side
    if rng.random() < 0.5:  # the shadow of a hand or a telephone, with a soft edge
        edge = along - np.quantile(along, rng.uniform(0.25, 0.75))
        light = light * (1 - rng.uniform(0.1, 0.4) / (1 + np.exp(-edge / rng.uniform(0.02, 0.1))))
    grain = rng.normal(0, rng.uniform(0.002, 0.02), (height, width, 1))
    return values * light[:, :, None] + grain
