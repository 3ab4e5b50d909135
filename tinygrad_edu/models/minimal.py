"""The minimal convolutional network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import nn
from .model import IMAGE, Model, checked_shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..autograd import Tensor


class MinimalCNN(Model):
    """The smallest convolutional network that reads digits: 54,170 parameters as it stands.

        image (n, 1, 28, 28) -> conv 3x3, 8 filters (n, 8, 26, 26) -> ReLU
        -> flatten (n, 5408) -> dense (n, 10)

    Args:
        filters: how many filters the convolution has.
        kernel_size: how large they are, an integer or a pair.
        classes: how many there are to tell apart.
        input_shape: of the images, (channels, height, width); (3, 32, 32) for CIFAR-10's.
        rng: a NumPy Generator for the initial weights; the library's own if None.
        dtype: of the parameters and images.

    >>> import tinygrad_edu as tge
    >>> model = tge.models.MinimalCNN()
    >>> model.num_parameters()
    54170
    >>> model(tge.zeros(5, 1, 28, 28)).shape
    (5, 10)
    """

    def __init__(
        self,
        filters: int = 8,
        kernel_size: int | tuple[int, int] = 3,
        classes: int = 10,
        *,
        input_shape: Sequence[int] = IMAGE,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ):
        self.input_shape = channels, height, width = checked_shape(self, input_shape)
        self.conv = nn.Conv2d(channels, filters, kernel_size, rng=rng, dtype=dtype)
        kh, kw = self.conv.kernel_size
        if kh > height or kw > width:
            raise ValueError(f"MinimalCNN: a kernel of {kh}x{kw} does not fit into images of {height}x{width}")
        self.relu = nn.ReLU()
        self.flatten = nn.Flatten()
        self.dense = nn.Linear(filters * (height + 1 - kh) * (width + 1 - kw), classes, rng=rng, dtype=dtype)
        self._keep("minimal", dtype, filters=filters, kernel_size=[kh, kw], classes=classes)

    def forward(self, images: Any) -> Tensor:
        """Return the logits (n, classes) of images (n, c, h, w)."""
        self.check_images(images)
        features = self.conv(images)
        active = self.relu(features)
        row = self.flatten(active)
        logits = self.dense(row)
        return logits
