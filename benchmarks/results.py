"""The figures of a run: what is kept as JSON, and what follows from it.

    {"format": 2, "machine": {...}, "settings": {...}, "notes": [...],
     "libraries": {peer: {"status", "version" or "reason"}},
     "cases": [{"workload", "case", "unit", "work", "peers": {peer: figures}}]}

figures: "status" is ok, differs (other losses: not counted), missing, unsupported or failed, the last with a "reason".
"values" are the seconds for a unit of work (or bytes) round by round, "median" theirs; "ratio" is the peer's value by
ours in the same round: median, least, most. "detail" is what else there is to know.
"""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_edu.files import write_atomically

from .peers import YARDSTICKS

TOLERANCE = 1e-4
FORMAT = 2


def summarise(run: dict[str, Any]) -> dict[str, Any]:
    """Add to the raw figures what follows from them: agreement, medians, ratios."""
    for case in run["cases"]:
        peers = case["peers"]
        mark_disagreement(peers)
        ours = peers.get("ours", {})
        for peer, figures in peers.items():
            if values := figures.get("values"):
                figures["median"] = statistics.median(values)
                if peer != "ours" and "values" in ours and ours["status"] == figures["status"] == "ok":
                    figures["ratio"] = ratio(values, ours["values"])
    return run


def ratio(values: list[float], ours: list[float]) -> dict[str, float]:
    """How many times ours the other took, round by round: both met the same moment of the machine."""
    ratios = [v / o for v, o in zip(values, ours, strict=False)]
    return {"median": statistics.median(ratios), "least": min(ratios), "most": max(ratios)}


def mark_disagreement(peers: dict[str, dict[str, Any]]) -> None:
    """Set every status. Right is what most agree with; in a draw PyTorch has the word before us."""
    able = [p for p, figures in peers.items() if figures.get("witness") and p not in YARDSTICKS]
    able.sort(key=lambda p: (p == "ours", p != "pytorch"))
    friends = {p: [q for q in able if agree(peers[p]["witness"], peers[q]["witness"])] for p in able}
    right = max(friends.values(), key=len, default=[])
    for peer, figures in peers.items():
        figures.setdefault("status", "ok")
        if peer in friends and peer not in right and figures["status"] == "ok":
            figures.update(status="differs", reason="computes other numbers than most: not counted")


def agree(a: list[float], b: list[float]) -> bool:
    """Whether all numbers agree to 1e-4 of themselves, give or take 1e-5 of the largest (float32 sums)."""
    if len(a) != len(b) or not np.isfinite([*a, *b]).all():
        return False
    scale = max(map(abs, b))
    return bool(np.allclose(a, b, rtol=TOLERANCE, atol=TOLERANCE / 10 * scale))


def cost(figures: dict[str, Any]) -> float | None:
    """Seconds, or bytes, where they count."""
    return figures.get("median") if figures.get("status") == "ok" else None


def figures_of(run: dict[str, Any], workload: str, case: str, peer: str) -> dict[str, Any]:
    """One peer's figures, {} where it was not measured."""
    for entry in run["cases"]:
        if (entry["workload"], entry["case"]) == (workload, case):
            return entry["peers"].get(peer, {})
    return {}


def save(run: dict[str, Any], path: Path) -> None:
    """Write the run as JSON, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps(run, indent=1) + "\n")


def load(path: Path) -> dict[str, Any]:
    run = json.loads(path.read_text())
    if run.get("format") != FORMAT:
        raise ValueError(f"{path}: not figures of format {FORMAT}, as `python -m benchmarks --json` writes them")
    return run
