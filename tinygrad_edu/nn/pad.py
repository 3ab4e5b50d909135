"""A border in PyTorch's order of the axes; `tge.pad` has NumPy's."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from .. import ops
from ..ops.parameters import shape_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def pad(x: Any, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Any:
    """Return x with a border, given for the *last* axis first: pad=(left, right), or (left, right, top, bottom), ...

    `tge.pad` is the same for pairs in the order of the axes, the first axis first.

    Args:
        x: any shape, such as images (n, c, h, w).
        pad: two widths for each axis, from the last one on; axes that are not named have no border. A negative width
            cuts off as many elements.
        mode: "constant", "reflect", "replicate" or "circular", see `tge.pad`.
        value: what a constant border holds; None is 0.

    Raises:
        ValueError: an odd number of widths, or more than x has axes for; another mode; a value in a mode without one.

    >>> import tinygrad_edu as tge
    >>> tge.nn.functional.pad(tge.zeros(1, 1, 2, 2), (1, 1, 2, 0)).shape
    (1, 1, 4, 4)
    """
    widths = [operator.index(w) for w in pad]
    shape = shape_of(x)
    if len(widths) % 2 or len(widths) > 2 * len(shape):
        raise ValueError(f"pad: {widths} is not a pair (before, after) for each of the last axes of x {shape}")
    if value is not None and mode != "constant":
        raise ValueError(f"pad: mode={mode!r} takes no value; value={value!r} is what a constant border holds")
    pairs = [(0, 0)] * (len(shape) - len(widths) // 2) + list(zip(widths[-2::-2], widths[::-2], strict=True))
    if any(w < 0 for w in widths):
        kept = [slice(max(0, -b), n - max(0, -a)) for n, (b, a) in zip(shape, pairs, strict=True)]
        if any(s.stop < s.start for s in kept):
            raise ValueError(f"pad: {widths} cuts off more than there is in x of shape {shape}")
        x = ops.getitem(x, tuple(kept))
        pairs = [(max(0, b), max(0, a)) for b, a in pairs]
    return ops.pad(x, tuple(pairs), mode, 0.0 if value is None else value)
