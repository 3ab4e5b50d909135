"""Foreign, damaged and hostile files, each kind for a moment.

FUZZ_SECONDS=600 python -m pytest tests/fuzz      ten minutes for each kind, from another seed each time
"""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="alarms and limits of Unix")

SECONDS = float(os.environ.get("FUZZ_SECONDS", "1.5"))
KINDS = (
    "idx", "cifar10", "images", "settings", "safetensors", "weights", "checkpoint-weights", "checkpoint", "calibration",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_any_bytes_are_read_rightly_or_refused(kind):
    seed = secrets.randbelow(10**9) if "FUZZ_SECONDS" in os.environ else 0
    command = [sys.executable, str(Path(__file__).with_name("fuzz.py")), kind, str(SECONDS), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS + 300)
    assert done.returncode == 0, done.stderr[-3000:]
    print(done.stdout)
