"""Images to learn from: the packaged digits, MNIST, IDX files, image files, and a loader of batches.

All of it comes out as NumPy arrays: images (n, 1, 28, 28) float32 in [0, 1], light ink on dark; labels (n,)
int64. Nothing here knows the engine.
"""

from tinygrad_edu.data.augment import Augment
from tinygrad_edu.data.dataset import Dataset, as_dataset
from tinygrad_edu.data.digits import load_digits
from tinygrad_edu.data.idx import read_idx
from tinygrad_edu.data.images import load_image_folder, load_images
from tinygrad_edu.data.loader import DataLoader
from tinygrad_edu.data.mnist import load_mnist

__all__ = [
    "Augment",
    "DataLoader",
    "Dataset",
    "as_dataset",
    "load_digits",
    "load_image_folder",
    "load_images",
    "load_mnist",
    "read_idx",
]
