"""From figures to tables of text, which report.py prints and page.py writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .goals import share_of_sgemm, verdicts
from .peers import TITLES
from .results import cost
from .workloads import WORKLOADS, Workload


@dataclass
class Table:
    name: str
    title: str
    columns: list[str]
    rows: list[list[str]]
    notes: list[str] = field(default_factory=list)


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


def tables(run: dict[str, Any]) -> list[Table]:
    """All the tables of a run: goals first, then workload by workload."""
    found = [_goals(run)]
    for workload in WORKLOADS.values():
        cases = [c for c in run["cases"] if c["workload"] == workload.name]
        if cases:
            found.append(_import(cases[0]) if workload.kind == "import" else _workload(run, workload, cases))
    return found


BUSY = (
    "NOT A QUIET MACHINE: other processes took {} cores on average. Libraries that wait by spinning (OpenMP: PyTorch) "
    "then look many times slower than they are; measure again."
)


def busy(run: dict[str, Any]) -> bool:
    """Whether others used the machine during the run, so that its ratios cannot be trusted."""
    return run["machine"].get("others", 0) > 0.1


def machine_lines(run: dict[str, Any]) -> list[str]:
    about, settings = run["machine"], run["settings"]
    caches = ", ".join(f"{level} {size}" for level, size in about["caches"].items())
    versions = ", ".join(
        f"{library['title']} {library['version']}" for library in run["libraries"].values() if "version" in library
    )
    absent = [f"{lib['title']}: {lib['reason']}" for lib in run["libraries"].values() if lib["status"] == "missing"]
    return [
        f"{about['cpu']}; {about['cores']} cores; {caches}; {about['memory']}; {about['system']}",
        f"{about['python']}, NumPy {about['numpy']}, {about['blas']}; {versions}",
        f"{about['time']}, commit {about['commit']}; {settings['threads']} threads for each library; images: "
        f"{settings['data']}" + ("; the short form" if settings["quick"] else ""),
        *(f"set in the environment, for all: {k}={v}" for k, v in about.get("environment", {}).items()),
        *(f"not measured: {line}" for line in absent),
        *(f"measured in a run of their own: {line}" for line in run.get("again", [])),
        *([BUSY.format(about["others"])] if busy(run) else []),
    ]


def _goals(run: dict[str, Any]) -> Table:
    words = {True: "met", False: "missed", None: "not measured"}
    doubt = " (busy machine)" if busy(run) else ""
    rows = [[v.goal, v.found, words[v.met] + (doubt if v.found else "")] for v in verdicts(run)]
    return Table("goals", "Goals", ["goal", "found", ""], rows)


def _workload(run: dict[str, Any], workload: Workload, cases: list[dict[str, Any]]) -> Table:
    peers = [p for p in workload.peers if any(cost(c["peers"].get(p, {})) for c in cases)]
    rows = [[c["case"], *(_cell(workload, c, p) for p in peers)] for c in cases]
    for group in workload.fits:
        fits = [f for f in run["fits"] if (f["workload"], f["group"]) == (workload.name, group)]
        powers = {f["peer"]: f["exponent"] for f in fits}
        if powers:
            rows.append([f"exponent: {group}", *(f"{powers[p]:.3f}" if p in powers else "" for p in peers)])
    return Table(workload.name, workload.question, ["", *(TITLES[p] for p in peers)], rows, _notes(workload, cases))


def _cell(workload: Workload, entry: dict[str, Any], peer: str) -> str:
    """One measurement: how much, and how many times ours it is (median, least to most over the rounds)."""
    figures = entry["peers"].get(peer, {})
    value = cost(figures)
    if not value:
        return {"differs": "differs", "failed": "failed"}.get(figures.get("status", ""), "-")
    if workload.kind == "memory":
        ours = cost(entry["peers"].get("ours", {}))
        times = f", {value / ours:.2f}x" if ours and peer != "ours" else ""
        return f"{megabytes(value)} (then {megabytes(figures['bytes']['steady'])}){times}"
    if workload.name == "conv":
        share = share_of_sgemm(entry, peer)
        if peer == "sgemm" or share is None:
            return seconds(value)
        return f"{share:.0%} ({seconds(value)})"
    text = seconds(value / entry["work"]) + " each" if workload.name == "overhead" else seconds(value)
    if "epochs" in figures.get("detail", {}):
        text += f", {figures['detail']['epochs']} epochs"
    if ratio := figures.get("ratio"):
        text += f", {ratio['median']:.2f}x ({ratio['least']:.2f}-{ratio['most']:.2f})"
    return text


NOTES = {
    "time": "Median time of a unit. x: how many times ours the other took, round by round: median (least-most).",
    "memory": "Peak above the imported library and its data, from the first step on, compilers included; "
    "then: the peak once all is warm. x: how many times ours.",
}
CONV_NOTE = "Share of the sgemm rate in the same run (median time)."


def _notes(workload: Workload, cases: list[dict[str, Any]]) -> list[str]:
    """What the figures are, and every reason for a missing one, said once."""
    notes = [CONV_NOTE if workload.name == "conv" else NOTES[workload.kind]]
    for peer in workload.peers:
        reasons: dict[str, list[str]] = {}
        for c in cases:
            figures = c["peers"].get(peer, {})
            if "reason" in figures:
                reasons.setdefault(f"{figures['status']}: {figures['reason']}", []).append(c["case"])
        for reason, names in reasons.items():
            where = "" if len(names) == len(cases) else f" ({names[0]}{' and others' if len(names) > 1 else ''})"
            notes.append(f"{TITLES[peer]}{where}: {reason}")
    return notes


def _import(entry: dict[str, Any]) -> Table:
    numpy = cost(entry["peers"].get("numpy", {})) or 0.0
    rows, notes = [], ["Median over fresh processes, without the start of Python itself."]
    for peer, figures in entry["peers"].items():
        if value := cost(figures):
            rows.append([TITLES[peer], f"{value * 1e3:.0f} ms", f"{(value - numpy) * 1e3:+.0f} ms"])
        else:
            notes.append(f"{TITLES[peer]}: {figures.get('reason', 'not measured')}")
    return Table("import", WORKLOADS["import"].question, ["", "import", "against NumPy's"], rows, notes)


def comparison(before: dict[str, Any], after: dict[str, Any]) -> Table:
    """Our figures in two runs; PyTorch's beside them tell whether the machine was the same."""
    rows = []
    for new in after["cases"]:
        old = next((c for c in before["cases"] if all(c[k] == new[k] for k in ("workload", "case"))), None)
        if old is None:
            continue
        a, b = (cost(c["peers"].get("ours", {})) for c in (old, new))
        if not a or not b:
            continue
        show = megabytes if WORKLOADS[new["workload"]].kind == "memory" else seconds
        p, q = (cost(c["peers"].get("pytorch", {})) for c in (old, new))
        rows.append([
            new["workload"], new["case"], show(a), show(b), f"{a / b:.2f}x",
            f"{p / a:.2f}x -> {q / b:.2f}x" if p and q else "", f"{p / q:.2f}x" if p and q else "",
        ])  # fmt: skip
    columns = ["workload", "", "before", "after", "gain", "PyTorch by ours", "PyTorch's own gain"]
    machines = [f"{name}: {run['machine']['time']}, commit {run['machine']['commit']}, {run['machine']['cpu']}"
                for name, run in (("before", before), ("after", after))]  # fmt: skip
    note = "PyTorch did not change between the runs: its own gain is the machine's."
    return Table("comparison", "Before and after", columns, rows, [note, *machines])
