"""When the loss is no longer a number: which tensor went bad first."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd import Tensor
from ..autograd.graph import Graph, is_result
from ..nn import Parameter


class NonFiniteLoss(ArithmeticError):
    """A loss is NaN or infinite; `culprit` describes the tensor that went bad first."""

    def __init__(self, value: float, culprit: str | None):
        super().__init__(f"the loss is {value}; the first tensor to go bad was {culprit}")
        self.value, self.culprit = value, culprit


def first_bad_tensor(loss: Tensor) -> str | None:
    """Describe the oldest value in the loss' graph that holds NaN or infinity; None if there is none.

    Values are visited in the order in which they were computed, so the first bad one is where it began; a bad
    parameter was already bad before the forward pass: the update of the step before spoilt it.

    >>> import tinygrad_edu as tge
    >>> x = tge.named("x", tge.tensor([0.0, 1.0], requires_grad=True))
    >>> with np.errstate(divide="ignore"):
    ...     loss = (x.log() * 2).sum()
    >>> first_bad_tensor(loss)
    'the result of log, shape (2,): 1 of its 2 values is -inf'
    """
    # What was given comes first, then the results as they were computed.
    for value in sorted(Graph([loss]), key=is_result):
        array = value.data if isinstance(value, Tensor) else value
        bad = _describe(array)
        if bad:
            return f"{_called(value)}, shape {array.shape}: {bad}"
    return None


def _called(value: Any) -> str:
    if not isinstance(value, Tensor):
        return "the input"
    if value.primitive is not None:
        return f"the result of {value.primitive.name}" + (f" ({value.name})" if value.name else "")
    kind = "parameter" if isinstance(value, Parameter) else "tensor"
    return f"the {kind} {value.name or 'without a name'}"


def _describe(array: np.ndarray) -> str:
    """Say how many values are not finite, and what the first of them is; '' if all are finite."""
    if array.dtype.kind != "f":
        return ""
    bad = array[~np.isfinite(array)]
    if not bad.size:
        return ""
    count = "its value" if array.size == 1 else f"{bad.size:,} of its {array.size:,} values"
    kinds = sorted({str(v) for v in bad.ravel()[:1000]})
    return f"{count} {'is' if bad.size == 1 else 'are'} {' or '.join(kinds)}"
