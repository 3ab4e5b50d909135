"""Parameter and Buffer: the Tensors that make up a module's state."""

from __future__ import annotations

from typing import Any

from ..autograd.tensor import Tensor


class Parameter(Tensor):
    """A Tensor that training changes: it requires a gradient, and a Module counts it among its parameters."""

    __slots__ = ()

    def __init__(self, data: Any, requires_grad: bool = True):
        super().__init__(data, requires_grad)


class Buffer(Tensor):
    """A Tensor that belongs to a Module's state and is not trained, such as a running mean."""

    __slots__ = ()


class Path(str):
    """A tensor's name where that is its path in a model, which may change; a name that a user gave stays."""

    __slots__ = ()
