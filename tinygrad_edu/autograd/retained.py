"""Results that keep their gradient, as leaves do, because somebody asked for it: `y.retain_grad()`.

Which they are is written down here and not in the Tensors, so that the many that nobody asks for are no larger. It
holds for as long as the Tensor lives.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .tensor import Tensor

_asked: dict[int, weakref.ref[Tensor]] = {}


def retain(result: Tensor) -> None:
    """Let each backward pass through this result add dL/d(result) to its `.grad`."""
    key = id(result)
    _asked[key] = weakref.ref(result, lambda gone: _asked.pop(key, None))


def retained() -> frozenset[Tensor]:
    """Return the results that are to keep their gradient."""
    if not _asked:
        return _NONE
    return frozenset(t for t in [asked() for asked in list(_asked.values())] if t is not None)


_NONE: frozenset[Tensor] = frozenset()
