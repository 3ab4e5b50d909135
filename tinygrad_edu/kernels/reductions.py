"""Sums that NumPy computes several times faster in another form."""

from __future__ import annotations

import numpy as np


def sum(x, axis=None, keepdims=False):
    """y = the sum of x over `axis`

    Many images are summed by channel, as for a bias's gradient, with einsum: it takes a third of the time.
    """
    if axis == (0, 2, 3) and x.size >= 2**15 and x.ndim == 4 and x.dtype.kind == "f" and not keepdims:
        return np.einsum("nchw->c", x)
    return np.add.reduce(x, axis, keepdims=keepdims)
