"""Changes of images at random, to be put together: moved, cut out, turned, resized, mirrored, covered, noisy.

`Compose([RandomCrop(32, padding=4), RandomHorizontalFlip()])` is the usual one for CIFAR-10; for handwriting there is
`Augment`. Each draws from the generator that it is called with, and from nothing else: a `DataLoader` makes one for
each batch of (seed, epoch, number of the batch), so a run that was stopped goes on with the same images. The names are
torchvision's where it has the thing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from .warp import affine, windows

Images = NDArray[np.float32]


class Change:
    """A change of images: subclass it, as a frozen dataclass, and define `__call__`."""

    def __call__(self, images: Images, rng: np.random.Generator) -> Images:
        """Return changed copies of images (n, c, h, w) in [0, 1]."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(self, images, rng)")

    def settings(self) -> dict[str, Any]:
        """Return what makes it what it is, fit for JSON: how a resumed run knows it again."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        return {"name": type(self).__name__, **{n: list(v) if isinstance(v, tuple) else v for n, v in own.items()}}

    def check_bounds(self, **most: float | None) -> None:
        """Raise DataError unless each of these is a number from 0 to the most that it may be (None: any)."""
        for name, limit in most.items():
            value = getattr(self, name)
            fits = isinstance(value, int | float | np.number) and not isinstance(value, bool) and math.isfinite(value)
            if not fits or value < 0 or (limit is not None and value > limit):
                bound = "of at least 0" if limit is None else f"from 0 to {limit}"
                raise DataError(f"{type(self).__name__}: {name} must be a number {bound}, not {value!r}")

    def check_whole(self, name: str, least: int) -> None:
        """Raise DataError unless this is a whole number of at least so much."""
        value = getattr(self, name)
        if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < least:
            raise DataError(f"{type(self).__name__}: {name} must be an integer of at least {least}, not {value!r}")


def settings_of(change: Any) -> dict[str, Any]:
    """Return the settings of a change, of a function only its name."""
    if isinstance(change, Change):
        return change.settings()
    return {"name": getattr(change, "__qualname__", type(change).__qualname__)}


class Compose(Change):
    """Several changes one after another, all drawing from the same generator.

    Args:
        changes: each a `Change`, or a function of images (n, c, h, w) and a generator.

    >>> both = Compose([RandomHorizontalFlip(), GaussianNoise(0.05)])
    >>> both(np.ones((2, 3, 4, 4), np.float32), np.random.default_rng(0)).shape
    (2, 3, 4, 4)
    """

    def __init__(self, changes: Sequence[Callable[[Images, np.random.Generator], Images]]) -> None:
        self.changes = list(changes)
        for change in self.changes:
            if not callable(change) or isinstance(change, type):
                raise DataError(f"Compose is made of changes such as RandomHorizontalFlip(), not {change!r}")

    def __call__(self, images: Images, rng: np.random.Generator) -> Images:
        """Return changed copies of images (n, c, h, w)."""
        for change in self.changes:
            images = change(images, rng)
        return images

    def settings(self) -> dict[str, Any]:
        """Return the settings of each."""
        return {"name": "Compose", "changes": [settings_of(change) for change in self.changes]}

    def __repr__(self) -> str:
        return f"Compose({self.changes})"


@dataclass(frozen=True)
class RandomShift(Change):
    """Moves each image by whole pixels, from -pixels to +pixels along each axis; what comes in is 0."""

    pixels: int

    def __post_init__(self) -> None:
        self.check_whole("pixels", 0)

    def __call__(self, images: Images, rng: np.random.Generator) -> Images:
        """Return moved copies of images (n, c, h, w)."""
        down, right = rng.integers(-self.pixels, self.pixels, (2, len(images)), endpoint=True)
        return windows(images, -down, -right, *images.shape[2:])


@dataclass(frozen=True)
class RandomCrop(Change):
    """Cuts a square out of each image, anywhere, after `padding` rows and columns of 0 were put around it.

    RandomCrop(32, padding=4) leaves images of 32x32 that size, and moves them by up to 4 pixels.
    """

    size: int
    padding: int = 0

    def __post_init__(self) -> None:
        self.check_whole("size", 1)
        self.check_whole("padding", 0)

    def __call__(self, images: Images, rng: np.random.Generator) -> Images:
        """Return pieces (n, c, size, size) of images (n, c, h, w)."""
        room = [side + 2 * self.padding - self.size for side in images.shape[2:]]
        if min(room) < 0:
            raise DataError(f"{self} does not fit into images {images.shape}")
        top, left = (rng.integers(0, most, len(images), endpoint=True) - self.padding for most in room)
        return windows(images, top, left, self.size, self.size)


@dataclass(frozen=True)
class RandomRotation(Change):
    """Turns each image around its middle, by -degrees to +degrees; what comes in at the corners is 0."""

    degrees: float

    def __post_init__(self) -> None:
        self.check_bounds(degrees=180)

    def __call__(self, images: Images, rng: np.random.Generator) -> Images:
        """Return turned copies of images (n, c, h, w)."""
        angle = np.radians(rng.uniform(-self.degrees, self.degrees, len(images)))
        cos, sin = np.cos(angle), np.sin(angle)
        matrix = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
        return affine(images, matrix, np.zeros((len(images), 2)))


@dataclass(frozen=True)
class RandomScale(Change):
    """Makes each image smaller or larger around its middle, by a factor from 1 - part to 1 + part."""

    part: float

    def __post_init__(self) -> None:
        self.check_bounds(part=0.9)

    def __call__(self, images: Images, rng: np.random.Generator) -> Images:
        """Return resized copies of images (n, c, h, w), of the same shape."""
        factor = 1 + rng.uniform(-self.part, self.part, len(images))
        return affine(images, np.eye(2) / factor[:, np.newaxis, np.newaxis], np.zeros((len(images), 2)))


@dataclass(frozen=True)
class RandomHorizontalFlip(Change):
    """Mirrors an image, left for right, with probability p.  (Not for digits: a mirrored 3 is none.)"""

    p: float = 0.5

    def __post_init__(self) -> None:
        self.check_bounds(p=1)

    def __call__(self, images: Images, rng: np.random.Generator) -> Images:
        """Return copies of images (n, c, h, w), some of them mirrored."""
        flipped = rng.random(len(images)) < self.p
        return np.where(flipped[:, np.newaxis, np.newaxis, np.newaxis], images[..., ::-1], images)


@dataclass(frozen=True)
class RandomErasing(Change):
    """Covers a rectangle of an image with 0, with probability p.

    The rectangle has from scale[0] to scale[1] of the image's area, its sides have the ratio height / width from
    ratio[0] to ratio[1], and it lies anywhere inside; sides longer than the image's are cut to them. Zhong et al.,
    "Random erasing data augmentation" (2020).
    """

    p: float = 0.5
    scale: tuple[float, float] = (0.02, 0.33)
    ratio: tuple[float, float] = (0.3, 3.3)

    def __post_init__(self) -> None:
        self.check_bounds(p=1)
        for name, low, high in (("scale", 0.0, 1.0), ("ratio", 1e-3, 1e3)):
            value = getattr(self, name)
            try:
                a, b = value
                fits = low <= a <= b <= high
            except (TypeError, ValueError):
                fits = False
            if not fits:
                raise DataError(f"RandomErasing: {name} must be two rising numbers from {low} to {high}, not {value!r}")

    def __call__(self, images: Images, rng: np.random.Generator) -> Images:
        """Return copies of images (n, c, h, w), some of them with a rectangle of zeros."""
        n, (h, w) = len(images), images.shape[2:]
        covered = rng.random(n) < self.p
        area = rng.uniform(*self.scale, n) * h * w
        ratio = np.exp(rng.uniform(math.log(self.ratio[0]), math.log(self.ratio[1]), n))
        height = np.clip(np.rint(np.sqrt(area * ratio)), 0, h)
        width = np.clip(np.rint(np.sqrt(area / ratio)), 0, w)
        top, left = np.floor(rng.random(n) * (h - height + 1)), np.floor(rng.random(n) * (w - width + 1))
        rows, columns = np.arange(h), np.arange(w)
        in_rows = (rows >= top[:, None]) & (rows < (top + height)[:, None])
        in_columns = (columns >= left[:, None]) & (columns < (left + width)[:, None])
        hidden = (in_rows[:, :, None] & in_columns[:, None, :]) & covered[:, None, None]
        return np.where(hidden[:, np.newaxis], np.float32(0), images)


@dataclass(frozen=True)
class GaussianNoise(Change):
    """Adds to each value a number from the normal distribution of this standard deviation; it stays in [0, 1]."""

    sigma: float = 0.1

    def __post_init__(self) -> None:
        self.check_bounds(sigma=None)

    def __call__(self, images: Images, rng: np.random.Generator) -> Images:
        """Return noisy copies of images (n, c, h, w)."""
        noise = rng.standard_normal(images.shape, np.float32)
        return np.clip(images + np.float32(self.sigma) * noise, 0, 1)
