"""The goals, and whether a run meets them. What was not measured is said to be open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .results import cost, figures_of
from .workloads import SGEMM_SIZE, TRAIN


@dataclass
class Verdict:
    goal: str
    found: str
    met: bool | None  # None: not measured


def verdicts(run: dict[str, Any]) -> list[Verdict]:
    return [*_training(run), *_convolution(run), *_overhead(run), *_growth(run), *_memory(run), *_import(run)]


def _training(run: dict[str, Any]) -> Iterator[Verdict]:
    for batch in (1, 16, 64, 256):
        case = next((c for c in run["cases"] if c["case"] == f"minimal step, batch {batch}"), {"peers": {}})
        ratios = {p: f["ratio"]["median"] for p, f in case["peers"].items() if "ratio" in f}
        pytorch = ratios.pop("pytorch", None)
        name = f"MinimalCNN step, batch {batch}"
        yield _at_least(f"{name}: 2x PyTorch", pytorch, 2)
        nearest = min(ratios, key=ratios.__getitem__, default=None)
        verdict = _at_least(f"{name}: ahead of every other peer", ratios.get(nearest), 1)  # type: ignore[arg-type]
        if nearest:
            verdict.found += f" ({run['libraries'][nearest]['title']})"
        yield verdict
    figures = figures_of(run, "networks", "mnist-example step, batch 64", "pytorch")
    yield _at_least("PyTorch's MNIST example network, batch 64: 1x PyTorch", figures.get("ratio", {}).get("median"), 1)


def share_of_sgemm(entry: dict[str, Any], peer: str) -> float | None:
    """The rate of a convolution by that of the large matrix product in the same run."""
    seconds, yardstick = (cost(entry["peers"].get(p, {})) for p in (peer, "sgemm"))
    if not seconds or not yardstick:
        return None
    return (entry["work"] / seconds) / (2 * SGEMM_SIZE**3 / yardstick)


def _convolution(run: dict[str, Any]) -> Iterator[Verdict]:
    for what in ("forward", "dx", "dw"):
        name = f"32->64, 3x3, stride 1, batch 64: {what}"
        entry = next((c for c in run["cases"] if c["case"] == name), {"peers": {}})
        share = share_of_sgemm(entry, "ours")
        found = "" if share is None else f"{share:.0%}"
        yield Verdict(f"conv2d {name}: 60 % of sgemm", found, None if share is None else share >= 0.6)


def _overhead(run: dict[str, Any]) -> Iterator[Verdict]:
    for what, most in (("forward", 2), ("backward", 5)):
        name = f"chain of 500 operations on scalars, {what}"
        ours, pytorch = (cost(figures_of(run, "overhead", name, p)) for p in ("ours", "pytorch"))
        goal = f"Overhead of a scalar operation, {'forward' if what == 'forward' else 'forward + backward'}: {most} us"
        if ours is None:
            yield Verdict(goal, "", None)
            continue
        beside = f"; PyTorch {pytorch / 500 * 1e6:.1f} us" if pytorch else ""
        yield Verdict(goal, f"{ours / 500 * 1e6:.1f} us{beside}", ours / 500 <= most * 1e-6)


def _growth(run: dict[str, Any]) -> Iterator[Verdict]:
    for workload, what in (("scaling", "Time"), ("memory", "Memory")):
        for group in ("batch", "graph"):
            found = [f["exponent"] for f in run["fits"]
                     if (f["workload"], f["group"], f["peer"]) == (workload, group, "ours")]  # fmt: skip
            goal = f"{what} against the {group}'s size: exponent at most 1.05"
            yield Verdict(goal, f"{found[0]:.3f}" if found else "", found[0] <= 1.05 if found else None)
    figures = figures_of(run, "scaling", "chain of 1,000,000 operations on scalars, backward", "ours")
    seconds = cost(figures)
    found_text = f"{seconds:.1f} s" if seconds else figures.get("reason", "")
    yield Verdict("A graph of 1,000,000 operations works", found_text, bool(seconds) if figures else None)


def _memory(run: dict[str, Any]) -> Iterator[Verdict]:
    asked = {case.name for case in TRAIN}
    for entry in run["cases"]:
        if entry["workload"] == "memory" and entry["case"] in asked:
            ours, pytorch = (cost(entry["peers"].get(p, {})) for p in ("ours", "pytorch"))
            share = ours / pytorch if ours and pytorch else None
            found = "" if share is None else f"{share:.2f}"
            met = None if share is None else share <= 0.5
            yield Verdict(f"Peak memory, {entry['case']}: at most half of PyTorch's", found, met)


def _import(run: dict[str, Any]) -> Iterator[Verdict]:
    ours, numpy = (cost(figures_of(run, "import", "import", p)) for p in ("ours", "numpy"))
    goal = "Import: at most NumPy's + 50 ms"
    if not ours or not numpy:
        yield Verdict(goal, "", None)
    else:
        yield Verdict(goal, f"+ {(ours - numpy) * 1e3:.0f} ms", ours - numpy <= 0.05)


def _at_least(goal: str, found: float | None, least: float) -> Verdict:
    return Verdict(goal, "" if found is None else f"{found:.2f}x", None if found is None else found >= least)
