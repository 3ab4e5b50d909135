"""What the networks have in common: images in, logits out, answers, and what it takes to build them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import nn
from ..nn import checks
from ..ops import softmax

if TYPE_CHECKING:
    from ..autograd import Tensor

IMAGE = (1, 28, 28)  # channels, height, width: MNIST's


class Model(nn.Module):
    """A classifier of images: what the networks here have in common.

    Attributes:
        input_shape: of the images, (channels, height, width).
        settings: what `build` needs to make the network again, fit for JSON:
            {"name": "minimal", "filters": 8, ...}.
    """

    settings: dict[str, Any]
    input_shape: tuple[int, int, int] = IMAGE

    def predict_proba(self, images: Any) -> np.ndarray:
        """Return softmax(logits), each class's probability, in evaluation mode: an array (n, classes)."""
        with nn.evaluating(self):
            return softmax(self._logits(images), axis=1).numpy()

    def predict(self, images: Any) -> np.ndarray:
        """Return the likeliest class of each image, in evaluation mode: an integer array (n,)."""
        with nn.evaluating(self):
            return self._logits(images).data.argmax(axis=1)

    def _logits(self, images: Any) -> Tensor:
        """Return the logits, or raise ValueError where they would answer nothing."""
        logits = self(images)
        lost = int(np.isnan(logits.data).any(axis=1).sum())
        if lost:
            raise ValueError(
                f"the answers of {type(self).__name__} to {lost} of {len(logits)} images are NaN; the images or its "
                "weights hold NaN or infinity"
            )
        return logits

    def check_images(self, images: Any) -> None:
        """Raise if these are not images (n, *input_shape) in the dtype of the network."""
        name, dtype = type(self).__name__, self.settings["dtype"]
        checks.array_like(name, images)
        if images.ndim != 4 or images.shape[1:] != self.input_shape:
            raise ValueError(f"{name} expects images (n, {', '.join(map(str, self.input_shape))}), got {images.shape}")
        if images.dtype != dtype:
            raise TypeError(
                f"{name} expects {dtype} images with values from 0 to 1, got {images.dtype}; use "
                f"images.astype({dtype!r})" + (" / 255" if images.dtype == np.uint8 else "")
            )

    def _keep(self, name: str, dtype: Any, **settings: Any) -> None:
        """Keep what `build` needs; images as MNIST's go without saying, as they did before there were others."""
        other = {} if self.input_shape == IMAGE else {"input_shape": list(self.input_shape)}
        self.settings = {"name": name, **settings, **other, "dtype": np.dtype(dtype).name}


def checked_shape(owner: Any, shape: Any) -> tuple[int, int, int]:
    """Return the shape of an image, (channels, height, width).  Raises ValueError."""
    what = f"{type(owner).__name__}: input_shape"
    if not isinstance(shape, (list, tuple)) or len(shape) != 3:
        raise ValueError(f"{what} must be (channels, height, width), such as (3, 32, 32), not {shape!r}")
    c, h, w = (checks.whole(what, side, at_least=1) for side in shape)
    return c, h, w


def too_small(owner: Model, least: int) -> ValueError:
    """Return the error for images of which nothing would be left."""
    _, h, w = owner.input_shape
    return ValueError(f"{type(owner).__name__} needs images of at least {least}x{least}, not {h}x{w}")
