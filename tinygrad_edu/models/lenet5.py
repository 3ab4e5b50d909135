"""LeNet-5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import nn
from .model import IMAGE, Model, checked_shape, too_small

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..autograd import Tensor


class LeNet5(Model):
    """LeNet-5: 61,706 parameters with 10 classes.

        conv 5x5, 6 filters, padding 2 (n, 6, 28, 28) -> tanh -> average-pool 2 (n, 6, 14, 14)
        -> conv 5x5, 16 filters (n, 16, 10, 10)       -> tanh -> average-pool 2 (n, 16, 5, 5)
        -> flatten (n, 400) -> dense 120 -> tanh -> dense 84 -> tanh -> dense (n, classes)

    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition" (1998), in
    the form usual today: the padding brings 28x28 to the paper's 32x32, the second convolution sees all six
    maps, pooling has no weights, and the last layer is dense instead of radial. tanh and averaging are the
    paper's. Images of 32x32 are not padded.

    The arguments are those of `MinimalCNN`.
    """

    def __init__(
        self,
        classes: int = 10,
        *,
        input_shape: Sequence[int] = IMAGE,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ):
        self.input_shape = channels, height, width = checked_shape(self, input_shape)
        padding = 2 if (height, width) == (28, 28) else 0  # which brings them to the paper's 32x32
        left = [((side + 2 * padding - 4) // 2 - 4) // 2 for side in (height, width)]
        if min(left) < 1:
            raise too_small(self, 16)
        self.conv1 = nn.Conv2d(channels, 6, 5, padding=padding, rng=rng, dtype=dtype)
        self.conv2 = nn.Conv2d(6, 16, 5, rng=rng, dtype=dtype)
        self.fc1 = nn.Linear(16 * left[0] * left[1], 120, rng=rng, dtype=dtype)
        self.fc2 = nn.Linear(120, 84, rng=rng, dtype=dtype)
        self.fc3 = nn.Linear(84, classes, rng=rng, dtype=dtype)
        self.tanh = nn.Tanh()
        self.pool = nn.AvgPool2d(2)
        self.flatten = nn.Flatten()
        self._keep("lenet5", dtype, classes=classes)

    def forward(self, images: Any) -> Tensor:
        """Return the logits (n, classes) of images (n, c, h, w)."""
        self.check_images(images)
        x = self.pool(self.tanh(self.conv1(images)))
        x = self.pool(self.tanh(self.conv2(x)))
        x = self.tanh(self.fc1(self.flatten(x)))
        x = self.tanh(self.fc2(x))
        return self.fc3(x)
