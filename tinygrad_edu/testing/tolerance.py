"""When two gradients count as equal: the tolerance follows from what finite differences can know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .differences import Jacobian

RELATIVE = 1e-6


def difference(
    given: np.ndarray, found: Jacobian, g: np.ndarray, relative: float = RELATIVE
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Compare a gradient with the Jacobian pulled back, on the rows of the Jacobian.

    Returns: expected, the relative errors (0 at kinks), and whether each element is right. An element is right if it
    differs by no more than ten times the estimated error of the differences, plus `relative` times the sizes of the
    terms that were added up to make it.
    """
    expected, error = found.pull_back(g)
    flat = np.asarray(given, dtype=np.float64).reshape(-1)[found.elements]
    size = found.magnitude(g)
    floor = 1e-9 * np.max(size, initial=0.0) + 1e-12
    with np.errstate(all="ignore"):
        off = np.abs(flat - expected)
        right = ~found.smooth | (off <= 10 * error + relative * size + floor)
        relative_error = np.where(found.smooth, off / (size + floor), 0.0)
    return expected, relative_error, right
