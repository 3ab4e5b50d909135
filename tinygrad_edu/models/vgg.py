"""A VGG network for small images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import nn
from ..nn import checks
from .model import IMAGE, Model, checked_shape, too_small

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..autograd import Tensor


class VGG(Model):
    """Nothing but convolutions of 3x3, doubled at each halving: 147,162 parameters as it stands.

        2 x (conv 3x3 -> BN -> ReLU), width filters -> max-pool 2       (n, width, h / 2, w / 2)
        2 x the same, 2 width filters -> max-pool 2                     (n, 2 width, h / 4, w / 4)
        2 x the same, 4 width filters -> max-pool 2                     (n, 4 width, h / 8, w / 8)
        -> flatten -> dense 128 -> ReLU -> dropout 0.5 -> dense         (n, classes)

    Two convolutions of 3x3 see as far as one of 5x5, with fewer weights and a ReLU more. Simonyan and Zisserman, "Very
    deep convolutional networks for large-scale image recognition" (2015); small, and with batch normalisation, which
    came after it and makes the deep stack learn from any start.

    Args:
        width: how many filters the first stage has.
        classes: how many there are to tell apart.
        input_shape: of the images, (channels, height, width), each side at least 8.
        rng: a NumPy Generator for the initial weights; the library's own if None.
        dtype: of the parameters and images.

    >>> import tinygrad_edu as tge
    >>> model = tge.models.VGG(input_shape=(3, 32, 32))
    >>> model(tge.rand(2, 3, 32, 32)).shape
    (2, 10)
    """

    def __init__(
        self,
        width: int = 16,
        classes: int = 10,
        *,
        input_shape: Sequence[int] = IMAGE,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ):
        self.input_shape = before, height, width_of_image = checked_shape(self, input_shape)
        width = checks.whole("VGG: width", width, at_least=1)
        if min(height, width_of_image) < 8:
            raise too_small(self, 8)
        layers: list[nn.Module] = []
        for filters in (width, 2 * width, 4 * width):
            for _ in range(2):
                layers += [
                    nn.Conv2d(before, filters, 3, padding=1, bias=False, rng=rng, dtype=dtype),
                    nn.BatchNorm2d(filters, dtype=dtype),
                    nn.ReLU(),
                ]
                before = filters
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.flatten = nn.Flatten()
        self.hidden = nn.Linear(before * (height // 8) * (width_of_image // 8), 128, rng=rng, dtype=dtype)
        self.relu = nn.ReLU()
        self.dropout = nn.Dropout(0.5)
        self.dense = nn.Linear(128, classes, rng=rng, dtype=dtype)
        self._keep("vgg", dtype, width=width, classes=classes)

    def forward(self, images: Any) -> Tensor:
        """Return the logits (n, classes) of images (n, c, h, w)."""
        self.check_images(images)
        row = self.flatten(self.features(images))
        return self.dense(self.dropout(self.relu(self.hidden(row))))
