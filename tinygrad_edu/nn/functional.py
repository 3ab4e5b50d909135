"""The layers' computations as functions, by PyTorch's names: batch_norm, and all operations of `ops`.

One differs from the operation of its name, as it does in PyTorch: `pad` takes its widths from the last axis on.
"""

from ..ops import *  # noqa: F403
from ..ops import __all__ as _operations
from .batch_norm import batch_norm
from .pad import pad  # type: ignore[assignment]

__all__ = ["batch_norm", "pad", *(name for name in _operations if name != "pad")]
