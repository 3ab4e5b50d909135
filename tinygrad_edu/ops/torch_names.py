"""Operations under the names that PyTorch has for them, where this library's, which is NumPy's, is another."""

from __future__ import annotations

import operator

import numpy as np

from .composite import composite
from .parameters import as_shape
from .shape import broadcast_to, expand_dims, reshape, transpose


@composite
def view(x, shape):
    """Return x in another shape: `reshape`, for there is nothing that a view could share and change.

    >>> import tinygrad_edu as tge
    >>> tge.arange(6).view(2, -1).shape
    (2, 3)
    """
    return reshape(x, as_shape(shape))


@composite
def unsqueeze(x, axis):
    """Return x with a new axis of length 1 at `axis`: `expand_dims`.

    >>> import tinygrad_edu as tge
    >>> tge.zeros(3).unsqueeze(1).shape
    (3, 1)
    """
    return expand_dims(x, axis)


@composite
def permute(x, axes):
    """Return x with its axes in the order `axes`, which names each of them once: `transpose`.

    >>> import tinygrad_edu as tge
    >>> tge.zeros(2, 3, 4).permute(2, 0, 1).shape
    (4, 2, 3)
    """
    axes = as_shape(axes)
    if len(axes) != np.ndim(x):
        raise ValueError(f"permute needs the new order of all {np.ndim(x)} axes of x, not {axes}")
    return transpose(x, axes)


@composite
def expand(x, shape):
    """Return x repeated along its axes of length 1, and along new ones in front: `broadcast_to`; -1 keeps a length.

    Raises:
        ValueError: an axis of another length would have to change, or a new one has no length.

    >>> import tinygrad_edu as tge
    >>> tge.zeros(3, 1).expand(2, -1, 4).shape
    (2, 3, 4)
    """
    shape, old = as_shape(shape), np.shape(x)
    new = len(shape) - len(old)
    if new < 0 or any(n == -1 for n in shape[:new]):
        raise ValueError(f"expand: x of shape {old} cannot become {shape}: -1 keeps an axis, and all must be named")
    kept = tuple(m if n == -1 else operator.index(n) for n, m in zip(shape[new:], old, strict=True))
    return broadcast_to(x, (*shape[:new], *kept))
