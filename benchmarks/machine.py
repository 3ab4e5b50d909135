"""The machine and what runs on it, as far as it matters for speed. No host or user name, no path."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

# What a user's environment may ask of these libraries beside the number of threads: all workers inherit it.
TUNING = ("OPENBLAS_CORETYPE", "OMP_WAIT_POLICY", "OMP_PROC_BIND", "GOMP_SPINCOUNT", "KMP_BLOCKTIME",
          "MKL_ENABLE_INSTRUCTIONS", "ONEDNN_MAX_CPU_ISA", "XLA_FLAGS", "MALLOC_TOP_PAD_")  # fmt: skip
CACHES = Path("/sys/devices/system/cpu/cpu0/cache")


def describe() -> dict[str, Any]:
    import numpy as np
    import threadpoolctl

    np.ones((2, 2)) @ np.ones((2, 2))  # BLAS is there to be seen
    blas = [pool for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]
    return {
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "commit": _git("rev-parse", "--short", "HEAD") + ("+" if _git("status", "--porcelain", "-uno") else ""),
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "caches": _caches(),
        "memory": _memory(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "numpy": np.__version__,
        "environment": {k: v for k, v in sorted(os.environ.items()) if k in TUNING},
        "blas": ", ".join(f"{b['internal_api']} {b['version']} ({b.get('architecture', '?')})" for b in blas),
    }


def busy_seconds() -> float:
    """CPU seconds that the machine has worked since it started, for anybody; 0 where it does not tell."""
    try:
        user, nice, system = Path("/proc/stat").read_text().split(maxsplit=4)[1:4]
    except OSError:
        return 0.0
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")


def own_seconds() -> float:
    """CPU seconds of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _cpu() -> str:
    """The model and, since virtual machines hide it, family and model numbers and the widest vectors."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    facts: dict[str, str] = {}
    for line in lines:
        key, _, value = line.partition(":")
        facts.setdefault(key.strip(), value.strip())
    flags = facts.get("flags", "").split()
    vectors = next((f for f in ("avx512f", "avx2", "avx") if f in flags), "")
    family = f"family {facts['cpu family']}, model {facts['model']}" if "cpu family" in facts else ""
    return ", ".join(filter(None, (facts.get("model name", platform.machine()), family, vectors)))


def _caches() -> dict[str, str]:
    """{"L1d": "48K", "L2": "1024K", "L3": "32768K"}, where Linux tells."""
    found = {}
    for folder in sorted(CACHES.glob("index*")):
        try:
            level, kind, size = ((folder / name).read_text().strip() for name in ("level", "type", "size"))
        except OSError:
            continue
        if kind != "Instruction":
            found[f"L{level}" + ("d" if kind == "Data" else "")] = size
    return found


def _memory() -> str:
    if sys.platform == "win32":
        return "unknown"
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def _git(*arguments: str) -> str:
    """What git says about this source tree; "" where there is no git."""
    try:
        done = subprocess.run(["git", *arguments], cwd=Path(__file__).parent, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip()
