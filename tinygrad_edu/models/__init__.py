"""The networks, from the minimal one to a residual one.  All take images and return logits."""

from __future__ import annotations

from typing import Any

from .lenet5 import LeNet5
from .minimal import MinimalCNN
from .mnist_example import MNISTExampleNet
from .model import Model
from .resnet import ResidualBlock, ResNet
from .vgg import VGG

__all__ = ["MODELS", "VGG", "LeNet5", "MNISTExampleNet", "MinimalCNN", "Model", "ResNet", "ResidualBlock", "build"]

MODELS: dict[str, type[Model]] = {
    "minimal": MinimalCNN,
    "lenet5": LeNet5,
    "mnist-example": MNISTExampleNet,
    "vgg": VGG,
    "resnet": ResNet,
}


def build(name: str, **settings: Any) -> Model:
    """Make the network that goes by a name; `build(**model.settings)` makes a model of the same kind again.

    >>> from tinygrad_edu import models
    >>> model = models.build("minimal", filters=4)
    >>> models.build(**model.settings).conv
    Conv2d(1, 4, kernel_size=(3, 3), stride=(1, 1))
    """
    if name not in MODELS:
        raise ValueError(f"there is no model {name!r}; there are: {', '.join(MODELS)}")
    return MODELS[name](**settings)
