"""Which of the two families of kernels is in use. Every thread has its own choice, as it has its own `no_grad`."""

from __future__ import annotations

import threading
from typing import Any


class _Active(threading.local):
    kernels: Any = None  # the module `fast` until something else is chosen; it is set where both are known


active = _Active()
