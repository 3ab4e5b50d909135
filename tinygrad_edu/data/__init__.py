"""Images to learn from: the packaged digits, MNIST, IDX files, image files, and a loader of batches.

All of it comes out as NumPy arrays: images (n, 1, 28, 28) float32 in [0, 1], light ink on dark; labels (n,)
int64. Nothing here knows the engine.
"""

from .augment import Augment
from .dataset import Dataset, as_dataset
from .digits import load_digits
from .idx import read_idx
from .images import load_image_folder, load_images, picture_from
from .loader import DataLoader
from .mnist import load_mnist

__all__ = [
    "Augment",
    "DataLoader",
    "Dataset",
    "as_dataset",
    "load_digits",
    "load_image_folder",
    "load_images",
    "load_mnist",
    "picture_from",
    "read_idx",
]
