"""What the kernels change in the process they run in, once, before the first work. Importing changes nothing.

BLAS gets one thread, for the process's other products too: the pieces are what runs in parallel (threads.py), and with
threads of its own BLAS would give other last digits; it takes threadpoolctl to tell it so. And the C library keeps the
memory of freed arrays (memory.py), unless TINYGRAD_EDU_KEEP_MEMORY is 0.
"""

from __future__ import annotations

from . import memory

prepared = False


def prepare() -> None:
    """Give BLAS one thread, and let freed memory stay with the process."""
    global prepared
    import threadpoolctl

    threadpoolctl.threadpool_limits(1, user_api="blas")
    memory.keep_memory_as_set()
    prepared = True
