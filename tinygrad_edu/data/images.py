"""Image files -> 28x28 images like MNIST's: light ink on dark, a digit of 20x20, centred by its mass."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from ..files import names_in, open_to_read, why_unread
from .dataset import DIGIT_NAMES, Dataset
from .picture_to_digit import prepare

if TYPE_CHECKING:
    from PIL import Image

# Only these decoders run on a user's file: Pillow knows formats that start other programs.
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
MOST_PIXELS = 89_478_485  # Pillow's own bound; and no picture of a digit is this long or wide:
LONGEST_SIDE = 30_000
LARGEST_SIDE = 1000  # larger pictures are reduced first: 20 pixels come out of it anyway


def load_images(path: str | os.PathLike[str]) -> tuple[NDArray[np.float32], list[str]]:
    """Return (images, file names) of one image file, or of all image files in a folder, sorted by name.

    Any size and mode goes in: colour, grey, palette, 16 bits, transparency (over white). See `prepare` for
    what is done with it. In a folder, files without an image's suffix are passed over.

    Returns: images (n, 1, 28, 28), float32 in [0, 1], read-only; and n names.

    Raises:
        DataError: names the file, which is missing, no image, damaged, blank, or has too many pixels; or the folder,
            which holds no images.

    >>> import tempfile
    >>> from PIL import Image, ImageDraw
    >>> picture = Image.new("RGB", (200, 300), "white")
    >>> ImageDraw.Draw(picture).line([(90, 40), (110, 260)], fill="black", width=20)
    >>> path = Path(tempfile.mkdtemp()) / "one.png"
    >>> picture.save(path)
    >>> images, names = load_images(path)
    >>> images.shape, names
    ((1, 1, 28, 28), ['one.png'])
    """
    path = Path(path)
    files = _image_files(path) if os.path.isdir(path) else [path]
    images = np.stack([_load(file) for file in files])[:, np.newaxis]
    images.setflags(write=False)
    return images, [file.name for file in files]


def load_image_folder(path: str | os.PathLike[str]) -> Dataset:
    """Return a dataset of image files sorted into sub-folders by label: path/0/*.png ... path/9/*.png.

    Sub-folders may be missing, but at least one must be there.  Raises DataError as `load_images` does.
    """
    path = Path(path)
    there = _names_in(path)
    folders = [path / name for name in DIGIT_NAMES if name in there and os.path.isdir(path / name)]
    if not folders:
        raise DataError(f"{path}: expected sub-folders named 0 to 9 with image files in them")
    loaded = [load_images(folder)[0] for folder in folders]
    labels = np.repeat([int(folder.name) for folder in folders], [len(images) for images in loaded])
    images = np.concatenate(loaded)
    images.setflags(write=False)  # nobody else holds it: the dataset need not copy
    return Dataset(images, labels, path.resolve().name)


def _image_files(folder: Path) -> list[Path]:
    candidates = [folder / name for name in _names_in(folder)]
    files = [file for file in candidates if file.suffix.lower() in SUFFIXES and os.path.isfile(file)]
    if not files:
        raise DataError(f"{folder}: no image files there ({', '.join(SUFFIXES)})")
    return files


def _names_in(folder: Path) -> list[str]:
    try:
        return names_in(folder)
    except OSError as error:
        raise DataError(f"{folder}: {why_unread(error)}") from error


def picture_from(file: BinaryIO, name: str) -> NDArray[np.float32]:
    """Return the digit (28, 28) in an open image file, as `load_images` does.  Raises DataError, which names it."""
    image = prepare(_read_grey(file, name))
    if image is None:
        raise DataError(f"{name}: the image is blank; draw a digit that stands out from its background")
    return image


def _load(path: Path) -> NDArray[np.float32]:
    try:
        file = open_to_read(path)
    except OSError as error:
        raise DataError(f"{path}: {why_unread(error)}") from error
    with file:
        return picture_from(file, str(path))


def _read_grey(file: BinaryIO, path: str) -> NDArray[np.float32]:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, on sizes and odd metadata; the size is judged here
            with Image.open(file, formats=FORMATS) as image:
                _check_size(path, *image.size)
                return _grey(image)
    except DataError:
        raise
    except Image.DecompressionBombError:
        raise DataError(f"{path}: more than {MOST_PIXELS:,} pixels; reduce the image first") from None
    except UnidentifiedImageError:
        raise DataError(f"{path}: not an image of a kind that is read here ({', '.join(FORMATS)})") from None
    except MemoryError:
        raise DataError(f"{path}: there is not enough memory for this image; reduce it first") from None
    except Exception as error:  # decoders meet damage with OSError, SyntaxError, struct.error ...
        raise DataError(f"{path}: the image cannot be read: {error}") from error


def _check_size(path: str, width: int, height: int) -> None:
    """Refuse what would need very much memory, before it is decoded."""
    if width * height > MOST_PIXELS:
        raise DataError(f"{path}: more than {MOST_PIXELS:,} pixels; reduce the image first")
    if max(width, height) > LONGEST_SIDE:
        raise DataError(f"{path}: {width:,} x {height:,} pixels, a side of more than {LONGEST_SIDE:,}; reduce it first")


def _grey(image: Image.Image) -> NDArray[np.float32]:
    from PIL import Image, ImageOps

    image.load()
    turned = ImageOps.exif_transpose(image)  # cameras store a turned picture and say so
    if turned.mode.startswith("I"):  # 16 bits; converting to "L" would clip them
        turned = Image.fromarray(np.asarray(turned, np.float32) / np.float32(65535))
    turned.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.BILINEAR)
    if turned.mode == "F":
        return np.asarray(turned)
    white = Image.new("RGBA", turned.size, "white")
    flat = Image.alpha_composite(white, turned.convert("RGBA")).convert("L")
    return np.asarray(flat, np.float32) / np.float32(255)
