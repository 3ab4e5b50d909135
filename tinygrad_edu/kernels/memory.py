"""Keep the memory of freed arrays instead of giving it back to the operating system.

A training step makes and frees the same large arrays again and again. By default the C library returns each to the
operating system, and the next one faults in again page by page, which costs more than the arithmetic (see
docs/performance.md). So the allocator is asked to keep up to `bound` bytes of free memory. NumPy allocates as ever;
nothing else in this library knows of it.

It is asked before the first work (process.py), for the whole process. The environment variable
TINYGRAD_EDU_KEEP_MEMORY sets the bound in MiB; 0 leaves the allocator as it is. Who has called `keep_memory` before
is not overruled.
Only the GNU C library can be asked; elsewhere both functions do nothing and say so by returning False.
"""

from __future__ import annotations

import ctypes
import sys

from ..environment import whole_number

DEFAULT_BOUND = 512 * 2**20
LARGEST_KEPT_ARRAY = 32 * 2**20  # the most that the GNU C library takes for M_MMAP_THRESHOLD

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3

_asked = False


def _gnu_c_library() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None


def keep_memory(bound: int = DEFAULT_BOUND) -> bool:
    """Let up to `bound` bytes of freed memory stay with the process; return whether the allocator agreed."""
    global _asked
    _asked = True
    library = _gnu_c_library()
    if library is None:
        return False
    agreed = library.mallopt(_M_MMAP_THRESHOLD, LARGEST_KEPT_ARRAY)
    return bool(library.mallopt(_M_TRIM_THRESHOLD, min(bound, 2**31 - 1)) and agreed)


def release_memory() -> bool:
    """Give the kept memory back to the operating system now; return whether there was any to give.

    >>> import tinygrad_edu as tge
    >>> tge.release_memory() in (True, False)
    True
    """
    library = _gnu_c_library()
    return bool(library is not None and library.malloc_trim(0))


def keep_memory_as_set() -> None:
    """Apply TINYGRAD_EDU_KEEP_MEMORY, or the default bound, where nobody has asked for another."""
    bound = whole_number("TINYGRAD_EDU_KEEP_MEMORY")
    if not _asked and bound != 0:
        keep_memory(DEFAULT_BOUND if bound is None else bound * 2**20)
