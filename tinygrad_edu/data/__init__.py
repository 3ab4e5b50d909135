"""What to learn from: the packaged digits, MNIST and its like, files, arrays of any kind, and a loader of batches.

All of it comes out as NumPy arrays: images (n, c, h, w) float32 in [0, 1], digits light on dark; labels (n,)
int64; other arrays as they are. Nothing here knows the engine.
"""

from .arrays import TensorDataset
from .augment import Augment
from .changes import (
    Change,
    Compose,
    GaussianNoise,
    RandomCrop,
    RandomErasing,
    RandomHorizontalFlip,
    RandomRotation,
    RandomScale,
    RandomShift,
)
from .cifar10 import load_cifar10
from .collate import default_collate
from .dataset import Dataset, as_dataset
from .digits import load_digits
from .fashion_mnist import load_fashion_mnist
from .idx import read_idx
from .images import load_image_folder, load_images, picture_from
from .loader import DataLoader
from .mnist import load_mnist
from .split import Subset, random_split

__all__ = [
    "Augment",
    "Change",
    "Compose",
    "DataLoader",
    "Dataset",
    "GaussianNoise",
    "RandomCrop",
    "RandomErasing",
    "RandomHorizontalFlip",
    "RandomRotation",
    "RandomScale",
    "RandomShift",
    "Subset",
    "TensorDataset",
    "as_dataset",
    "default_collate",
    "load_cifar10",
    "load_digits",
    "load_fashion_mnist",
    "load_image_folder",
    "load_images",
    "load_mnist",
    "picture_from",
    "random_split",
    "read_idx",
]
