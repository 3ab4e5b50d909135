"""What each operation is, element by element: definitions in indices.

A definition is called as `definition(at, *operands, **parameters)`. It yields the products whose sum is the output's
element at the index `at`. These are the loops of `kernels/loops.py`, and their like for every other operation,
written so that they name their elements instead of multiplying them. Tests hold each to its primitive.

An operation without a definition is explained all the same, by derivatives; it only loses names.
"""

from . import (  # noqa: F401
    arithmetic,
    convolution,
    elementwise,
    embedding,
    folding,
    linear,
    loss,
    pooling,
    reduction,
    resampling,
    shape,
    softmax,
)
from .register import defines, definition_of

__all__ = ["defines", "definition_of"]
