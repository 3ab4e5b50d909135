"""An array in a few numbers, a name in a few characters: for pictures, tables and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Summary:
    """min, mean, max and norm of an array's finite elements, and how many are NaN or infinite.

    The norm is sqrt(sum of x^2). All four are None where there is no finite element.

    >>> summarize(np.array([3.0, -4.0, np.nan]))
    Summary(shape=(3,), dtype='float64', min=-4.0, mean=-0.5, max=3.0, norm=5.0, nan=1, inf=0)
    """

    shape: tuple[int, ...]
    dtype: str
    min: float | None
    mean: float | None
    max: float | None
    norm: float | None
    nan: int
    inf: int

    @property
    def finite(self) -> bool:
        """Whether no element is NaN or infinite."""
        return not (self.nan or self.inf)

    @property
    def bad(self) -> str:
        """The elements that are not finite, in words: '2 NaN, 1 infinite'."""
        parts = ((self.nan, "NaN"), (self.inf, "infinite"))
        return ", ".join(f"{count:,} {what}" for count, what in parts if count)


def summarize(array: Any) -> Summary:
    """Summarize an array or a number."""
    array = np.asarray(array)
    shape, dtype = array.shape, str(array.dtype)
    nan = inf = 0
    flat = array.ravel()
    if array.dtype.kind == "f":
        finite = np.isfinite(flat)
        if not finite.all():
            nan = int(np.isnan(flat).sum())
            inf = int(flat.size - finite.sum()) - nan
            flat = flat[finite]
    if not flat.size:
        return Summary(shape, dtype, None, None, None, None, nan, inf)
    flat = flat.astype(np.float64)
    low, high = float(flat.min()), float(flat.max())
    largest = max(-low, high)
    with np.errstate(over="ignore"):
        if 1e-150 < largest < 1e150:
            mean, norm = float(flat.mean()), float(np.sqrt(flat @ flat))
        else:  # the squares would be infinite, or zero
            flat = flat / (largest or 1.0)
            mean, norm = largest * float(flat.mean()), largest * float(np.sqrt(flat @ flat))
    return Summary(shape, dtype, low, mean, high, norm, nan, inf)


def is_finite(array: Any) -> bool:
    """Tell whether no element is NaN or infinite (integers and booleans never are).

    >>> is_finite(np.array([1.0, np.inf])), is_finite(np.array([1.0, 2.0])), is_finite(np.array([1, 2]))
    (False, True, True)
    """
    return array.dtype.kind != "f" or bool(np.isfinite(array).all())


def number(x: float | None) -> str:
    """Write a number short, with four significant digits at most.

    >>> [number(x) for x in (0.0, 1.0, -0.12345, 1234567.0, 3e-7, None)]
    ['0', '1', '-0.1235', '1.235e+06', '3e-07', '-']
    """
    return "-" if x is None else f"{x:.4g}"


def printable(text: str) -> str:
    """Return a text with what cannot be shown (control characters, line ends, half characters) written as an escape.

    >>> printable("a\\x1b[2J, caf\\u00e9\\n")
    'a\\\\x1b[2J, café\\\\n'
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def shown(name: str, longest: int = 60) -> str:
    """Return a name as pictures and tables show it: printable, and cut in the middle where it is long.

    >>> shown("layers." * 20 + "weight", longest=30)
    'layers.layers.l...ayers.weight'
    """
    name = printable(name)
    half = longest // 2
    return name if len(name) <= longest else f"{name[:half]}...{name[3 - half :]}"
