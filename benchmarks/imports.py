"""Import times, each in a fresh process, turn by turn; NumPy's beside them, since most of these import it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from .workloads import Case

PROGRAM = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"


def measure(case: Case, modules: dict[str, str], rounds: int, environment: dict[str, str]) -> dict[str, Any]:
    """The seconds that `import module` takes inside a new interpreter. The first round is a warm-up."""
    results: dict[str, dict[str, Any]] = {peer: {"times": []} for peer in modules}
    for i in range(rounds + 1):
        for peer, result in results.items():
            if "reason" in result:
                continue
            done = subprocess.run(
                [sys.executable, "-c", PROGRAM.format(modules[peer])], capture_output=True, text=True, env=environment
            )
            if done.returncode:
                last = done.stderr.strip().splitlines()[-1:] or ["no message"]
                result.update(status="missing", reason=last[0][:200])
            elif i:
                result["times"].append(float(done.stdout.split()[-1]))
    return {"case": case.name, "work": 1, "peers": results}
