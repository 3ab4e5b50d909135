"""Kernels: arithmetic on ndarrays only, each in two forms that agree: plain loops (`loops`) and fast (`fast`).

Convolution, pooling, the matrix product and the dense layer, relu and its gate, the error function, sums and means are
kernels. The rest of the operations are a NumPy call or two and have no second form.
"""

from __future__ import annotations

from types import ModuleType

from . import fast, loops
from .choice import active
from .memory import keep_memory, release_memory
from .threads import get_num_threads, set_num_threads

__all__ = ["active", "get_num_threads", "keep_memory", "release_memory", "set_num_threads", "use_kernels"]

_families: dict[str, ModuleType] = {"fast": fast, "loops": loops}

type(active).kernels = fast


class use_kernels:
    """Switch this thread to the kernels named "fast" or "loops", for good or for the length of a `with` block.

    Raises:
        ValueError: a name that is neither.

    >>> import tinygrad_edu as tge
    >>> x, w = tge.rand(1, 1, 4, 4), tge.rand(1, 1, 3, 3)
    >>> with tge.use_kernels("loops"):
    ...     slow = tge.conv2d(x, w)
    >>> bool(abs(slow.data - tge.conv2d(x, w).data).max() < 1e-6)
    True
    """

    def __init__(self, name: str):
        if name not in _families:
            raise ValueError(f"there are no kernels named {name!r}; there are: {', '.join(_families)}")
        self._before = active.kernels
        active.kernels = _families[name]

    def __enter__(self) -> use_kernels:
        return self

    def __exit__(self, *exc: object) -> None:
        active.kernels = self._before
