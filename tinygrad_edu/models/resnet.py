"""A residual network for small images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import nn
from ..nn import checks
from ..ops import mean
from .model import IMAGE, Model, checked_shape, too_small

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..autograd import Tensor

DEEPEST = 1202  # of the paper


class ResidualBlock(nn.Module):
    """y = relu(F(x) + S(x)):  F is conv 3x3 -> BN -> ReLU -> conv 3x3 -> BN, and S leaves x as it is

    Where the block halves the image or changes the number of channels, S is a convolution 1x1 with BN (option B of the
    paper). In the backward pass the sum hands its gradient to both: whatever F does to it, S brings it to the layers
    below unweakened.

    Args:
        in_channels, out_channels: of x and y.
        stride: 1, or 2 to halve the image.
        rng, dtype: as `nn.Conv2d` has them.

    Shapes: x (n, in_channels, h, w), y (n, out_channels, ceil(h / stride), ceil(w / stride)).
    """

    def __init__(
        self, in_channels: int, out_channels: int, stride: int = 1, *, rng: Any = None, dtype: Any = np.float32
    ):
        def conv(channels: int, kernel: int, stride: int) -> nn.Conv2d:  # its bias would be lost in BN's mean
            return nn.Conv2d(
                channels, out_channels, kernel, stride, padding=kernel // 2, bias=False, rng=rng, dtype=dtype
            )

        self.conv1, self.bn1 = conv(in_channels, 3, stride), nn.BatchNorm2d(out_channels, dtype=dtype)
        self.conv2, self.bn2 = conv(out_channels, 3, 1), nn.BatchNorm2d(out_channels, dtype=dtype)
        self.relu = nn.ReLU()
        self.shortcut: nn.Module | None = None
        if stride != 1 or in_channels != out_channels:
            self.shortcut = nn.Sequential(conv(in_channels, 1, stride), nn.BatchNorm2d(out_channels, dtype=dtype))

    def forward(self, x: Any) -> Tensor:
        """Return y (n, out_channels, oh, ow)."""
        changed = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(changed + (x if self.shortcut is None else self.shortcut(x)))


class ResNet(Model):
    """A residual network: 77,754 parameters as it stands, with depth 20 272,186 (images of one channel, 10 classes).

        conv 3x3, `width` filters -> BN -> ReLU            (n, width, h, w)
        -> (depth - 2) / 6 blocks                          (n, width, h, w)
        -> as many, the first of which halves the image    (n, 2 width, h / 2, w / 2)
        -> as many again                                   (n, 4 width, h / 4, w / 4)
        -> mean over each channel -> dense                 (n, classes)

    The layers between the images and the logits count as `depth`: two to a `ResidualBlock`, the first, and the last.
    He, Zhang, Ren and Sun, "Deep residual learning for image recognition" (2016), section 4.2, the networks for
    CIFAR-10; theirs begin at depth 20 and pad the channels of a shortcut, where this has a convolution 1x1.

    Args:
        depth: 8, 14, 20 ...: 6 k + 2, at most 1202.
        width: how many filters the first stage has.
        classes: how many there are to tell apart.
        input_shape: of the images, (channels, height, width).
        rng: a NumPy Generator for the initial weights; the library's own if None.
        dtype: of the parameters and images.

    >>> import tinygrad_edu as tge
    >>> model = tge.models.ResNet(input_shape=(3, 32, 32))
    >>> model(tge.rand(2, 3, 32, 32)).shape
    (2, 10)
    """

    def __init__(
        self,
        depth: int = 8,
        width: int = 16,
        classes: int = 10,
        *,
        input_shape: Sequence[int] = IMAGE,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ):
        self.input_shape = channels, height, width_of_image = checked_shape(self, input_shape)
        depth, width = checks.whole("ResNet: depth", depth), checks.whole("ResNet: width", width, at_least=1)
        if depth % 6 != 2 or not 8 <= depth <= DEEPEST:
            raise ValueError(f"ResNet: depth must be 8, 14, 20 ... (6 k + 2) and at most {DEEPEST}, not {depth}")
        if min(height, width_of_image) < 4:
            raise too_small(self, 4)
        self.conv = nn.Conv2d(channels, width, 3, padding=1, bias=False, rng=rng, dtype=dtype)
        self.bn = nn.BatchNorm2d(width, dtype=dtype)
        self.relu = nn.ReLU()
        before, blocks = width, []
        for filters, stride in ((width, 1), (2 * width, 2), (4 * width, 2)):
            for first in (True, *(False,) * ((depth - 2) // 6 - 1)):
                blocks.append(ResidualBlock(before, filters, stride if first else 1, rng=rng, dtype=dtype))
                before = filters
        self.blocks = nn.Sequential(*blocks)
        self.dense = nn.Linear(before, classes, rng=rng, dtype=dtype)
        self._keep("resnet", dtype, depth=depth, width=width, classes=classes)

    def forward(self, images: Any) -> Tensor:
        """Return the logits (n, classes) of images (n, c, h, w)."""
        self.check_images(images)
        x = self.relu(self.bn(self.conv(images)))
        x = self.blocks(x)
        return self.dense(mean(x, axis=(2, 3)))
