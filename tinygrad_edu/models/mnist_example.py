"""The network of PyTorch's MNIST example."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import nn
from .model import IMAGE, Model, checked_shape, too_small

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..autograd import Tensor


class MNISTExampleNet(Model):
    """The network of PyTorch's well-known MNIST example: 1,199,882 parameters with 10 classes.

        conv 3x3, 32 filters (n, 32, 26, 26) -> ReLU -> conv 3x3, 64 filters (n, 64, 24, 24) -> ReLU
        -> max-pool 2 (n, 64, 12, 12) -> dropout 0.25 -> flatten (n, 9216)
        -> dense 128 -> ReLU -> dropout 0.5 -> dense (n, classes)

    The parts bear the example's names; it returns logits, where the example has a log_softmax at its end. The
    dropout draws from the library's generator (`tge.manual_seed`), `rng` is for the initial weights alone.

    Source: https://github.com/pytorch/examples/tree/main/mnist. The arguments are those of `MinimalCNN`.
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
        left = [(side - 4) // 2 for side in (height, width)]
        if min(left) < 1:
            raise too_small(self, 6)
        self.conv1 = nn.Conv2d(channels, 32, 3, rng=rng, dtype=dtype)
        self.conv2 = nn.Conv2d(32, 64, 3, rng=rng, dtype=dtype)
        self.dropout1 = nn.Dropout(0.25)
        self.dropout2 = nn.Dropout(0.5)
        self.fc1 = nn.Linear(64 * left[0] * left[1], 128, rng=rng, dtype=dtype)
        self.fc2 = nn.Linear(128, classes, rng=rng, dtype=dtype)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2)
        self.flatten = nn.Flatten()
        self._keep("mnist-example", dtype, classes=classes)

    def forward(self, images: Any) -> Tensor:
        """Return the logits (n, classes) of images (n, c, h, w)."""
        self.check_images(images)
        x = self.relu(self.conv1(images))
        x = self.relu(self.conv2(x))
        x = self.dropout1(self.pool(x))
        x = self.relu(self.fc1(self.flatten(x)))
        return self.fc2(self.dropout2(x))
