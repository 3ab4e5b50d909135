"""The figures of a run: what is kept as JSON, and what follows from it.

    {"format": 1, "machine": {...}, "settings": {...},
     "libraries": {peer: {"title", "status", "version" or "reason"}},
     "cases": [{"workload", "case", "work", "peers": {peer: figures}}],
     "fits": [{"workload", "group", "peer", "exponent"}]}

figures: "status" is ok, differs (other losses: not counted), missing, unsupported or failed, the last with a "reason".
"times" are the seconds for a unit, round by round, "median" theirs; "ratio" is the peer's time by ours in the same
round: median, least, most. "bytes" is memory above the imported library, "detail" what else there is to know.
"""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

import numpy as np

from tinygrad_edu.files import write_atomically

from .workloads import WORKLOADS

TOLERANCE = 1e-4
FORMAT = 1


def summarise(run: dict[str, Any]) -> dict[str, Any]:
    """Add to the raw figures what follows from them: agreement, medians, ratios, fits."""
    for case in run["cases"]:
        peers = case["peers"]
        mark_disagreement(peers)
        ours = peers.get("ours", {})
        for peer, figures in peers.items():
            if times := figures.get("times"):
                figures["median"] = statistics.median(times)
                if peer != "ours" and "times" in ours and ours["status"] == figures["status"] == "ok":
                    figures["ratio"] = ratio(times, ours["times"])
    run["fits"] = fits(run)
    return run


def ratio(times: list[float], ours: list[float]) -> dict[str, float]:
    """How many times ours the other took, round by round: both met the same moment of the machine."""
    ratios = [t / o for t, o in zip(times, ours, strict=False)]
    return {"median": statistics.median(ratios), "least": min(ratios), "most": max(ratios)}


def mark_disagreement(peers: dict[str, dict[str, Any]]) -> None:
    """Set every status. Right is what most agree with; in a draw PyTorch has the word before us."""
    able = [p for p, figures in peers.items() if figures.get("witness")]
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


def fits(run: dict[str, Any]) -> list[dict[str, Any]]:
    """Exponents p of time (or memory) = const * work^p over the groups of cases that the workloads name."""
    found = []
    for workload in WORKLOADS.values():
        for group, names in workload.fits.items():
            cases = [c for c in run["cases"] if c["workload"] == workload.name and c["case"] in names]
            for peer in workload.peers:
                points = [(c["work"], cost(c["peers"].get(peer, {}))) for c in cases]
                points = [(work, value) for work, value in points if value and value > 0]
                if len(points) >= 3:
                    exponent = float(np.polyfit(*np.log(points).T, 1)[0])
                    found.append({"workload": workload.name, "group": group, "peer": peer, "exponent": exponent})
    return found


def cost(figures: dict[str, Any]) -> float | None:
    """Seconds, or bytes, where they count."""
    if figures.get("status") != "ok":
        return None
    return figures["bytes"]["whole"] if "bytes" in figures else figures.get("median")


def figures_of(run: dict[str, Any], workload: str, case: str, peer: str) -> dict[str, Any]:
    """One peer's figures, {} where it was not measured."""
    for entry in run["cases"]:
        if (entry["workload"], entry["case"]) == (workload, case):
            return entry["peers"].get(peer, {})
    return {}


def join(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Put runs together: what was measured again replaces what was there. The machine is the first run's."""
    whole = {**runs[0], "again": []}
    for run in runs[1:]:
        new = {(c["workload"], c["case"]): c for c in run["cases"]}
        kept = [c for c in whole["cases"] if (c["workload"], c["case"]) not in new]
        order = list(WORKLOADS)
        whole["cases"] = sorted([*kept, *new.values()], key=lambda c: order.index(c["workload"]))
        whole["libraries"] = {**run["libraries"], **whole["libraries"]}
        about = run["machine"]
        names = sorted({c["workload"] for c in run["cases"]}, key=order.index)
        whole["again"].append(f"{', '.join(names)}: {len(new)} cases at {about['time']}, commit {about['commit']}")
        others = max(whole["machine"].get("others", 0), about.get("others", 0))
        whole["machine"] = {**whole["machine"], "others": others}
    return {**whole, "fits": fits(whole)}


def save(run: dict[str, Any], path: Path) -> None:
    """Write the run as JSON, whole or not at all."""
    write_text(path, json.dumps(run, indent=1) + "\n")


def load(path: Path) -> dict[str, Any]:
    run = json.loads(path.read_text())
    if run.get("format") != FORMAT:
        raise ValueError(f"{path}: not figures of format {FORMAT}, as `python -m benchmarks --json` writes them")
    return run


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all, and the folder it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, text)
