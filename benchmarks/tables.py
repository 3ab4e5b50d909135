"""From figures to tables in Markdown, for the terminal and for a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .peers import TITLES, YARDSTICKS
from .results import cost, figures_of
from .workloads import BATCHES, PARTS, SGEMM_SIZE, WORKLOADS, Workload

RATIO = "x: how many times ours the other took, round by round: median (least-most)."
NOTES = {
    "train": f"Ours: the median time of a unit of work, or the peak above the imported library. {RATIO}",
    "operation": f"Ours: the median time of one operation. {RATIO}",
    "conv": f"The rate of this machine's products of {SGEMM_SIZE}x{SGEMM_SIZE} in the same run is 100 %.",
    "bounds": "Products, passes over memory and calls: each measured alone, with the shapes it has in the step.",
}
BUSY = (
    "NOT A QUIET MACHINE: other processes took {} cores on average. Libraries that wait by spinning (OpenMP: PyTorch) "
    "then look many times slower than they are; measure again."
)


@dataclass
class Table:
    name: str
    title: str
    columns: list[str]
    rows: list[list[str]]
    notes: list[str] = field(default_factory=list)


def tables(run: dict[str, Any]) -> list[Table]:
    """A table for every workload of the run, then what it ran on."""
    found = []
    for workload in WORKLOADS.values():
        cases = [c for c in run["cases"] if c["workload"] == workload.name]
        if cases:
            found.append(_bounds(run) if workload.name == "bounds" else _workload(workload, cases))
    return [*found, Table("machine", "The machine", [], [], machine_lines(run))]


def machine_lines(run: dict[str, Any]) -> list[str]:
    about, settings = run["machine"], run["settings"]
    caches = ", ".join(f"{level} {size}" for level, size in about["caches"].items())
    libraries = run["libraries"].items()
    versions = ", ".join(f"{TITLES[peer]} {known['version']}" for peer, known in libraries if "version" in known)
    return [
        f"{about['cpu']}; {about['cores']} cores; {caches}; {about['memory']}; {about['system']}",
        f"{about['python']}, NumPy {about['numpy']}, {about['blas']}; {versions}",
        f"{about['time']}, commit {about['commit']}; {settings['threads']} threads for each library; images: "
        f"{settings['data']}" + ("; the short form" if settings["quick"] else ""),
        *(f"set in the environment, for all: {k}={v}" for k, v in about.get("environment", {}).items()),
        *(f"{TITLES[peer]} is missing: {known['reason']}" for peer, known in libraries if known["status"] == "missing"),
        *run.get("notes", []),
        *([BUSY.format(about["others"])] if about.get("others", 0) > 0.1 else []),
    ]


def _workload(workload: Workload, cases: list[dict[str, Any]]) -> Table:
    peers = [p for p in workload.peers if p not in YARDSTICKS and any(cost(c["peers"].get(p, {})) for c in cases)]
    rows = [[c["case"], *(_cell(c, p) for p in peers)] for c in cases]
    notes = [NOTES[workload.name], *_reasons(workload, cases)]
    return Table(workload.name, workload.title, ["", *(TITLES[p] for p in peers)], rows, notes)


def _cell(entry: dict[str, Any], peer: str) -> str:
    """Ours: how much; a peer's: how many times ours, median (least-most). A convolution's: its share of sgemm."""
    figures = entry["peers"].get(peer, {})
    value = cost(figures)
    if not value:
        return {"differs": "differs", "failed": "failed"}.get(figures.get("status", ""), "-")
    if entry["workload"] == "conv":
        return f"{share_of_sgemm(entry, peer):.0%}" if cost(entry["peers"].get("sgemm", {})) else seconds(value)
    if ratio := figures.get("ratio"):
        least_and_most = f" ({ratio['least']:.2f}-{ratio['most']:.2f})" if ratio["least"] < ratio["most"] else ""
        return f"{ratio['median']:.2f}x{least_and_most}"
    if entry["unit"] == "B":
        return megabytes(value)
    return seconds(value / entry["work"] if entry["workload"] == "operation" else value)


def share_of_sgemm(entry: dict[str, Any], peer: str) -> float:
    """The rate of a convolution by that of the large matrix product in the same run."""
    return (entry["work"] / cost(entry["peers"][peer])) / (2 * SGEMM_SIZE**3 / cost(entry["peers"]["sgemm"]))


def _reasons(workload: Workload, cases: list[dict[str, Any]]) -> list[str]:
    """Every reason for a missing figure, said once."""
    notes = []
    for peer in workload.peers:
        reasons: dict[str, list[str]] = {}
        for c in cases:
            figures = c["peers"].get(peer, {})
            if figures.get("status") not in (None, "ok", "missing"):
                reasons.setdefault(f"{figures['status']}: {figures['reason']}", []).append(c["case"])
        for reason, names in reasons.items():
            notes.append(f"{TITLES[peer]} ({names[0]}{' and others' if len(names) > 1 else ''}) {reason}")
    return notes


def _bounds(run: dict[str, Any]) -> Table:
    """The parts of a step beside the step itself, and how much of it they explain."""
    rows = []
    for batch in BATCHES:
        values = [cost(figures_of(run, "bounds", f"batch {batch}: {part}", "ours")) for part in PARTS]
        if all(values):
            *parts, step = values
            rows.append([str(batch), *map(seconds, values), f"{sum(parts) / step:.0%}"])
    columns = ["batch", "products", "passes over memory", "calls", "the step", "explained"]
    return Table("bounds", WORKLOADS["bounds"].title, columns, rows, [NOTES["bounds"]])


def seconds(value: float) -> str:
    """Three digits and the unit that suits them: 1.23 ms.

    >>> seconds(0.00123), seconds(12.345), seconds(4.2e-07)
    ('1.23 ms', '12.3 s', '0.420 us')
    """
    unit, size = next(((u, s) for u, s in (("s", 1.0), ("ms", 1e-3)) if value >= s), ("us", 1e-6))
    number = f"{value / size:#.3g}".rstrip(".") if value / size < 1000 else f"{value / size:,.0f}"
    return f"{number} {unit}"


def megabytes(value: float) -> str:
    return f"{value / 1e6:.1f} MB" if value < 1e8 else f"{value / 1e6:,.0f} MB"


def markdown(table: Table) -> str:
    """A table with its notes below, in columns that can be read as they stand."""
    lines = [table.columns, *table.rows] if table.columns else []
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    cells = [[f"{c:>{w}}" if i else f"{c:<{w}}" for i, (c, w) in enumerate(zip(line, widths, strict=True))]
             for line in lines]  # fmt: skip
    if cells:
        cells.insert(1, ["-" * (w - 1) + ":" if i else "-" * w for i, w in enumerate(widths)])
    rows = ["| " + " | ".join(line) + " |" for line in cells]
    return "\n".join([*rows, *([""] if rows else []), *(f"- {note}" for note in table.notes)])
