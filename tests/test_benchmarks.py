"""The benchmark's harness: that it measures, compares what was computed, and says why where it cannot.

Real workers in real processes, with the smallest turns there are; no duration is asserted.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import expressions, goals, networks, page, results, tables  # noqa: E402
from benchmarks.machine import TUNING  # noqa: E402


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        env={k: v for k, v in os.environ.items() if k not in TUNING} | {"OMP_WAIT_POLICY": "passive"},
    )


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """One real run of the smallest size: (figures, the page, what was printed)."""
    folder = tmp_path_factory.mktemp("benchmarks")
    done = run(
        "-w", "train", "-w", "overhead", "-w", "memory", "-c", "backward", "--quick", "-p", "micrograd",
        "--rounds", "2", "--seconds", "0.01", "--json", str(folder / "a.json"), "--write", str(folder / "page.md"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "a.json").read_text()), (folder / "page.md").read_text(), done.stdout


def test_a_run_keeps_every_round_and_describes_the_machine(measured):
    figures, _, _ = measured
    ours = results.figures_of(figures, "overhead", "chain of 500 operations on scalars, backward", "ours")
    assert ours["status"] == "ok"
    assert len(ours["times"]) == 2
    assert min(ours["times"]) > 0
    assert figures["machine"]["cpu"]
    assert figures["machine"]["environment"] == {"OMP_WAIT_POLICY": "passive"}
    assert figures["machine"]["numpy"] == np.__version__
    assert str(ROOT) not in json.dumps(figures)


def test_memory_of_a_graph_grows_with_it(measured):
    figures, _, _ = measured
    small, large = (
        results.figures_of(figures, "memory", f"chain of {n} operations on scalars, backward", "ours")["bytes"]["whole"]
        for n in ("1,000", "10,000")
    )
    assert large > small > 0


def test_a_library_that_is_not_there_or_cannot_is_listed_with_its_reason(measured):
    figures, text, _ = measured
    on_arrays = results.figures_of(figures, "overhead", "chain of 500 operations on 8x8, backward", "micrograd")
    assert on_arrays["status"] in ("missing", "unsupported")
    assert on_arrays["reason"] in text


def test_the_printed_table_and_the_page_come_from_the_figures(measured):
    figures, text, printed = measured
    ours = results.figures_of(figures, "overhead", "chain of 500 operations on scalars, backward", "ours")
    shown = tables.seconds(ours["median"] / 500)
    assert shown in printed
    assert shown in text


def test_the_peers_compute_the_same_losses(tmp_path):
    pytest.importorskip("torch")
    done = run("-w", "train", "-w", "networks", "-c", "step, batch 64", "-p", "pytorch", "--rounds", "1",
               "--seconds", "0", "--json", str(tmp_path / "a.json"))  # fmt: skip
    assert done.returncode == 0, done.stderr
    cases = json.loads((tmp_path / "a.json").read_text())["cases"]
    assert {case["case"].split()[0] for case in cases} == set(networks.NETWORKS)
    for case in cases:
        assert {p: f["status"] for p, f in case["peers"].items()} == {"ours": "ok", "pytorch": "ok"}
        assert len(case["peers"]["ours"]["witness"]) == 5
        assert case["peers"]["pytorch"]["ratio"]["median"] > 0


def test_convolutions_agree_with_pytorchs(tmp_path):
    pytest.importorskip("torch")
    done = run("-w", "conv", "-c", "1->8, 3x3, stride 1", "-p", "pytorch", "--rounds", "1", "--seconds", "0",
               "--json", str(tmp_path / "a.json"))  # fmt: skip
    assert done.returncode == 0, done.stderr
    cases = json.loads((tmp_path / "a.json").read_text())["cases"]
    assert len(cases) == 3
    for case in cases:
        assert case["peers"]["pytorch"]["status"] == case["peers"]["ours"]["status"] == "ok"
        assert goals.share_of_sgemm(case, "ours") > 0


def fake_run(**times):
    """A run of one case with these rounds: {peer: (times, witness)}."""
    peers = {p: {"times": t, "witness": w} for p, (t, w) in times.items()}
    case = {"workload": "train", "case": "minimal step, batch 1", "work": 1, "peers": peers}
    about = {"cpu": "a", "cores": 2, "caches": {}, "memory": "1 GiB", "system": "x", "python": "3", "numpy": "2",
             "blas": "b", "time": "now", "commit": "c", "load": 0.0}  # fmt: skip
    libraries = {p: {"title": p, "status": "ok", "version": "1"} for p in peers}
    settings = {"threads": 2, "quick": True, "data": "none"}
    return results.summarise(
        {"format": 1, "machine": about, "settings": settings, "libraries": libraries, "cases": [case]}
    )


def test_ratios_are_taken_round_by_round():
    figures = fake_run(ours=([1.0, 2.0, 4.0], [1.0]), pytorch=([3.0, 4.0, 20.0], [1.0]))
    ratio = results.figures_of(figures, "train", "minimal step, batch 1", "pytorch")["ratio"]
    assert ratio == {"median": 3.0, "least": 2.0, "most": 5.0}


def test_other_losses_are_not_counted_and_in_a_draw_we_are_the_ones_in_doubt():
    same, other = [2.3, 2.2], [2.3, 2.2 * (1 + 3e-4)]
    figures = fake_run(ours=([1.0], same), pytorch=([1.0], same), jax=([9.0], other))["cases"][0]["peers"]
    assert figures["jax"]["status"] == "differs"
    assert "ratio" not in figures["jax"]
    figures = fake_run(ours=([1.0], same), pytorch=([2.0], other))["cases"][0]["peers"]
    assert figures["ours"]["status"] == "differs"
    assert "ratio" not in figures["pytorch"]


def test_nan_never_agrees():
    assert not results.agree([float("nan")], [float("nan")])


def test_a_goal_is_met_missed_or_open():
    found = {v.goal: v.met for v in goals.verdicts(fake_run(ours=([1.0], [1.0]), pytorch=([1.9], [1.0])))}
    assert found["MinimalCNN step, batch 1: 2x PyTorch"] is False
    assert found["MinimalCNN step, batch 16: 2x PyTorch"] is None
    found = {v.goal: v.met for v in goals.verdicts(fake_run(ours=([1.0], [1.0]), pytorch=([2.1], [1.0])))}
    assert found["MinimalCNN step, batch 1: 2x PyTorch"] is True


def test_a_busy_machine_puts_every_verdict_in_doubt():
    figures = fake_run(ours=([1.0], [1.0]), pytorch=([2.1], [1.0]))
    figures["machine"]["others"] = 0.9
    rows = {row[0]: row[2] for row in tables.tables(figures)[0].rows}
    assert rows["MinimalCNN step, batch 1: 2x PyTorch"] == "met (busy machine)"
    assert any("0.9 cores" in line for line in tables.machine_lines(figures))


def test_the_page_keeps_what_people_wrote(tmp_path):
    path = tmp_path / "performance.md"
    before = fake_run(ours=([2.0], [1.0]), pytorch=([2.0], [1.0]))
    page.write(path, before)
    marker = "<!-- benchmarks:begin train -->"
    path.write_text(path.read_text().replace(marker, f"What bounds it: memory.\n\n{marker}"))
    page.write(path, fake_run(ours=([0.5], [1.0]), pytorch=([2.0], [1.0])), before)
    text = path.read_text()
    assert "What bounds it: memory." in text
    assert text.count(marker) == 1
    assert "4.00x (4.00-4.00)" in text
    assert "| train | minimal step, batch 1 | 2.00 s | 500 ms | 4.00x | 1.00x -> 4.00x | 1.00x |" in text


def test_compare_reads_what_json_wrote(tmp_path):
    for name, ours in (("a", 2.0), ("b", 1.0)):
        results.save(fake_run(ours=([ours], [1.0]), pytorch=([2.0], [1.0])), tmp_path / f"{name}.json")
    done = run("compare", str(tmp_path / "a.json"), str(tmp_path / "b.json"))
    assert done.returncode == 0, done.stderr
    assert "2.00x" in done.stdout


@pytest.mark.parametrize("n", [1, 2, 7, 500])
def test_a_tree_has_as_many_operations_as_it_says(n):
    class Counter:
        count = 0

        def __mul__(self, other):
            Counter.count += 1
            return self

        __add__ = __mul__

    expressions.tree([Counter() for _ in range(n + 1)], n)
    assert Counter.count == n


def test_runs_are_joined_case_by_case(measured):
    figures, _, _ = measured
    first = json.loads(json.dumps(figures))
    again = {**first, "cases": [json.loads(json.dumps(first["cases"][0]))]}
    again["cases"][0]["peers"]["ours"]["median"] = 123.0
    joined = results.join([first, again])
    assert len(joined["cases"]) == len(first["cases"])
    name = first["cases"][0]["workload"], first["cases"][0]["case"]
    assert results.figures_of(joined, *name, "ours")["median"] == 123.0
    assert any("1 cases at" in line for line in tables.machine_lines(joined))


def test_the_limits_of_a_step_are_measured_and_explained():
    done = run("limits", "--seconds", "0.005")
    assert done.returncode == 0, done.stderr
    assert "products alone" in done.stdout
    for batch in ("1 ", "16 ", "64 ", "256 "):
        assert f"│ {batch}" in done.stdout
