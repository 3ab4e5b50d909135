"""The networks, from the minimal one to PyTorch's MNIST example.  All take images and return logits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import nn
from .nn import checks
from .ops import softmax

if TYPE_CHECKING:
    from .autograd import Tensor

IMAGE = (1, 28, 28)  # channels, height, width


class Model(nn.Module):
    """A classifier of 28x28 grey images: what the networks here have in common.

    Attributes:
        settings: what `build` needs to make the network again, fit for JSON:
            {"name": "minimal", "filters": 8, ...}.
    """

    settings: dict[str, Any]

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
        """Raise if these are not images (n, 1, 28, 28) in the dtype of the network."""
        name, dtype = type(self).__name__, self.settings["dtype"]
        checks.array_like(name, images)
        if images.ndim != 4 or images.shape[1:] != IMAGE:
            raise ValueError(f"{name} expects images (n, {', '.join(map(str, IMAGE))}), got {images.shape}")
        if images.dtype != dtype:
            raise TypeError(
                f"{name} expects {dtype} images with values from 0 to 1, got {images.dtype}; use "
                f"images.astype({dtype!r})" + (" / 255" if images.dtype == np.uint8 else "")
            )


class MinimalCNN(Model):
    """The smallest convolutional network that reads digits: 54,170 parameters as it stands.

        image (n, 1, 28, 28) -> conv 3x3, 8 filters (n, 8, 26, 26) -> ReLU
        -> flatten (n, 5408) -> dense (n, 10)

    Args:
        filters: how many filters the convolution has.
        kernel_size: how large they are, an integer or a pair.
        classes: how many there are to tell apart.
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
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ):
        self.conv = nn.Conv2d(1, filters, kernel_size, rng=rng, dtype=dtype)
        kh, kw = self.conv.kernel_size
        if max(kh, kw) > 28:
            raise ValueError(f"MinimalCNN: a kernel of {kh}x{kw} does not fit into images of 28x28")
        self.relu = nn.ReLU()
        self.flatten = nn.Flatten()
        self.dense = nn.Linear(filters * (29 - kh) * (29 - kw), classes, rng=rng, dtype=dtype)
        self.settings = {
            "name": "minimal",
            "filters": filters,
            "kernel_size": [kh, kw],
            "classes": classes,
            "dtype": np.dtype(dtype).name,
        }

    def forward(self, images: Any) -> Tensor:
        """Return the logits (n, classes) of images (n, 1, 28, 28)."""
        self.check_images(images)
        features = self.conv(images)
        active = self.relu(features)
        row = self.flatten(active)
        logits = self.dense(row)
        return logits


class LeNet5(Model):
    """LeNet-5: 61,706 parameters with 10 classes.

        conv 5x5, 6 filters, padding 2 (n, 6, 28, 28) -> tanh -> average-pool 2 (n, 6, 14, 14)
        -> conv 5x5, 16 filters (n, 16, 10, 10)       -> tanh -> average-pool 2 (n, 16, 5, 5)
        -> flatten (n, 400) -> dense 120 -> tanh -> dense 84 -> tanh -> dense (n, classes)

    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition" (1998), in
    the form usual today: the padding brings 28x28 to the paper's 32x32, the second convolution sees all six
    maps, pooling has no weights, and the last layer is dense instead of radial. tanh and averaging are the
    paper's.

    The arguments are those of `MinimalCNN`.
    """

    def __init__(self, classes: int = 10, *, rng: np.random.Generator | None = None, dtype: Any = np.float32):
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2, rng=rng, dtype=dtype)
        self.conv2 = nn.Conv2d(6, 16, 5, rng=rng, dtype=dtype)
        self.fc1 = nn.Linear(400, 120, rng=rng, dtype=dtype)
        self.fc2 = nn.Linear(120, 84, rng=rng, dtype=dtype)
        self.fc3 = nn.Linear(84, classes, rng=rng, dtype=dtype)
        self.tanh = nn.Tanh()
        self.pool = nn.AvgPool2d(2)
        self.flatten = nn.Flatten()
        self.settings = {"name": "lenet5", "classes": classes, "dtype": np.dtype(dtype).name}

    def forward(self, images: Any) -> Tensor:
        """Return the logits (n, classes) of images (n, 1, 28, 28)."""
        self.check_images(images)
        x = self.pool(self.tanh(self.conv1(images)))
        x = self.pool(self.tanh(self.conv2(x)))
        x = self.tanh(self.fc1(self.flatten(x)))
        x = self.tanh(self.fc2(x))
        return self.fc3(x)


class MNISTExampleNet(Model):
    """The network of PyTorch's well-known MNIST example: 1,199,882 parameters with 10 classes.

        conv 3x3, 32 filters (n, 32, 26, 26) -> ReLU -> conv 3x3, 64 filters (n, 64, 24, 24) -> ReLU
        -> max-pool 2 (n, 64, 12, 12) -> dropout 0.25 -> flatten (n, 9216)
        -> dense 128 -> ReLU -> dropout 0.5 -> dense (n, classes)

    The parts bear the example's names; it returns logits, where the example has a log_softmax at its end. The
    dropout draws from the library's generator (`tge.manual_seed`), `rng` is for the initial weights alone.

    Source: https://github.com/pytorch/examples/tree/main/mnist. The arguments are those of `MinimalCNN`.
    """

    def __init__(self, classes: int = 10, *, rng: np.random.Generator | None = None, dtype: Any = np.float32):
        self.conv1 = nn.Conv2d(1, 32, 3, rng=rng, dtype=dtype)
        self.conv2 = nn.Conv2d(32, 64, 3, rng=rng, dtype=dtype)
        self.dropout1 = nn.Dropout(0.25)
        self.dropout2 = nn.Dropout(0.5)
        self.fc1 = nn.Linear(9216, 128, rng=rng, dtype=dtype)
        self.fc2 = nn.Linear(128, classes, rng=rng, dtype=dtype)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2)
        self.flatten = nn.Flatten()
        self.settings = {"name": "mnist-example", "classes": classes, "dtype": np.dtype(dtype).name}

    def forward(self, images: Any) -> Tensor:
        """Return the logits (n, classes) of images (n, 1, 28, 28)."""
        self.check_images(images)
        x = self.relu(self.conv1(images))
        x = self.relu(self.conv2(x))
        x = self.dropout1(self.pool(x))
        x = self.relu(self.fc1(self.flatten(x)))
        return self.fc2(self.dropout2(x))


MODELS: dict[str, type[Model]] = {"minimal": MinimalCNN, "lenet5": LeNet5, "mnist-example": MNISTExampleNet}


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
