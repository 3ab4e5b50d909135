"""The layers' computations as functions, by PyTorch's names: batch_norm, and all operations of `ops`."""

from ..ops import *  # noqa: F403
from ..ops import __all__ as _operations
from .batch_norm import batch_norm

__all__ = ["batch_norm", *_operations]
