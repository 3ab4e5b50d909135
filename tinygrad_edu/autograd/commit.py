"""Changing several things at once: all of them or none, whatever interrupts.

Ctrl-C arrives between two steps of the interpreter, so a loop that changes one parameter after another can be left
with half of them changed. What is computed first and then handed to `at_once` cannot: it is one call into C, during
which the interpreter looks at no signal and at no other thread.
"""

from __future__ import annotations

from itertools import chain, starmap
from operator import call
from typing import TYPE_CHECKING, Any

import numpy as np

from .arrays import frozen, plain
from .tensor import Tensor, last_change, next_stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_slots: Any = Tensor  # a slot's descriptor sets it in C; to mypy it is the slot's value
_set_data = _slots._data.__set__
_set_stamp = _slots._stamp.__set__
_set_grad = _slots._grad.__set__


def at_once(*changes: tuple[Any, ...]) -> None:
    """Make the changes, each (function of C, its arguments ...), with nothing in between.

    >>> a, b = {"t": 1}, {"lr": 0.1}
    >>> at_once((dict.update, a, {"t": 2}), (dict.update, b, {"lr": 0.05}))
    >>> a, b
    ({'t': 2}, {'lr': 0.05})
    """
    list(starmap(call, changes))


def change_leaves(leaves: Sequence[Tensor], values: Iterable[Any], *more: tuple[Any, ...]) -> None:
    """Give every leaf its new value, as `leaf.data = value` does, and make the changes in `more`, all at once.

    >>> import tinygrad_edu as tge
    >>> w, b = tge.zeros(2), tge.zeros(1)
    >>> change_leaves([w, b], [tge.ones(2).data, tge.ones(1).data])
    >>> w.data, b.data
    (array([1., 1.], dtype=float32), array([1.], dtype=float32))
    """
    old = [leaf._data for leaf in leaves]  # what goes is freed after the changes: that could run code
    new = []
    for leaf, before, value in zip(leaves, old, values, strict=True):
        fits = type(value) is np.ndarray and value.shape == before.shape and value.dtype is before.dtype
        array = value if fits and value.base is None else _fitting(leaf, value)
        array.setflags(False)  # type: ignore[call-arg]  # by position it is quicker
        new.append(array)
    stamps = [next_stamp() for _ in new]
    last_change.stamp = next_stamp()  # noted early, it costs a pending backward pass time and no more
    list(chain(map(_set_stamp, leaves, stamps), map(_set_data, leaves, new), starmap(call, more)))


def _fitting(leaf: Tensor, value: Any) -> np.ndarray:
    """Return a value as an array that could be the leaf's, or raise."""
    array = plain(value)
    if array.shape != leaf.shape or array.dtype != leaf.dtype:
        leaf.data = array  # raises, and says what would fit
    return array if array.base is None else frozen(array)  # a view: its owner could still write to it


def change_gradients(leaves: Iterable[Tensor], gradients: Iterable[Tensor | None]) -> None:
    """Give every leaf its gradient, of its own shape and dtype, or None, all at once."""
    list(map(_set_grad, leaves, gradients))
