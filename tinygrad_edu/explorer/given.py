"""What the user gives the explorer to show: a network, a picture, and the class that is right."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ..autograd import Tensor
from ..errors import UserError
from ..nn import Module


def copied(model: Any) -> Any:
    """Return a copy of a network, in evaluation mode: what the user does with their own later changes nothing here."""
    if not isinstance(model, Module):
        raise UserError(f"the explorer looks at an nn.Module, not at {type(model).__name__}")
    try:
        return copy.deepcopy(model).eval()
    except Exception as error:  # something in it can be of any kind
        raise UserError(f"the network cannot be copied: {type(error).__name__}: {error}") from error


def as_picture(image: Any) -> np.ndarray:
    """Return one picture as (1, c, h, w); (c, h, w) and (h, w) are taken too."""
    array = image.numpy() if isinstance(image, Tensor) else np.array(image)
    shape = (1,) * (4 - array.ndim) + array.shape
    if array.ndim < 2 or len(shape) != 4 or shape[0] != 1 or array.size == 0:
        raise UserError(f"the explorer shows one picture, (1, c, h, w), not an array of shape {array.shape}")
    if array.dtype.kind not in "fiub":
        raise UserError(f"a picture is made of numbers, not of {array.dtype}")
    return array.reshape(shape)


def as_label(label: Any) -> int:
    """Return the number of a class, also from an array or a Tensor that holds one."""
    array = label.numpy() if isinstance(label, Tensor) else np.asarray(label)
    if array.size != 1 or array.dtype.kind not in "iu" or int(array.item()) < 0:
        raise UserError(f"the label is the number of a class, from 0, not {label!r}")
    return int(array.item())
