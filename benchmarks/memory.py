"""How much memory this process takes, from the operating system."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def resident() -> int:
    """Bytes in memory now."""
    return _status("VmRSS") or _peak_ever()


def peak() -> int:
    """The most bytes that were in memory at once since `forget_peak`."""
    return _status("VmHWM") or _peak_ever()


def forget_peak() -> bool:
    """Let the peak start anew from what is in memory now. False where the system cannot: then it is since ever."""
    try:
        CLEAR.write_text("5")
    except OSError:
        return False
    return True


def _peak_ever() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _status(field: str) -> int:
    try:
        lines = STATUS.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(field + ":")), 0)
