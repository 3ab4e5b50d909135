"""The benchmark's harness: that it measures, compares what was computed, and says why where it cannot.

Real workers in real processes, with the smallest turns there are; no duration is asserted.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import networks, page, results, tables  # noqa: E402
from benchmarks.machine import TUNING  # noqa: E402
from benchmarks.workloads import BATCHES, PARTS, WORKLOADS  # noqa: E402


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
    """One real run of the smallest size: (figures, what was printed)."""
    file = tmp_path_factory.mktemp("benchmarks") / "a.json"
    done = run("-w", "operation", "-w", "bounds", "--quick", "-p", "micrograd", "--rounds", "2", "--seconds", "0.01",
               "--json", str(file))  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(file.read_text()), done.stdout


def test_a_run_keeps_every_round_and_describes_the_machine(measured):
    figures, _ = measured
    ours = results.figures_of(figures, "operation", "chain of 500 operations, backward", "ours")
    assert ours["status"] == "ok"
    assert len(ours["values"]) == 2
    assert min(ours["values"]) > 0
    assert figures["machine"]["cpu"]
    assert figures["machine"]["environment"] == {"OMP_WAIT_POLICY": "passive"}
    assert figures["machine"]["numpy"] == np.__version__
    assert str(ROOT) not in json.dumps(figures)


def test_a_library_that_is_not_there_or_cannot_is_listed_with_its_reason(measured):
    figures, printed = measured
    twice = results.figures_of(figures, "operation", "chain of 500 operations, twice", "micrograd")
    assert twice["status"] in ("missing", "unsupported")
    assert twice["reason"] in printed


def test_the_printed_tables_come_from_the_figures(measured):
    figures, printed = measured
    ours = results.figures_of(figures, "operation", "chain of 500 operations, backward", "ours")
    assert tables.seconds(ours["median"] / 500) in printed
    for batch in BATCHES:
        values = {p: results.figures_of(figures, "bounds", f"batch {batch}: {p}", "ours")["median"] for p in PARTS}
        assert f"{(sum(values.values()) - values['step']) / values['step']:.0%}" in printed


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux's account of memory")
def test_the_memory_of_a_step_is_measured(tmp_path):
    done = run("-w", "train", "-c", "minimal step of 64: peak memory", "-p", "micrograd",
               "--json", str(tmp_path / "a.json"))  # fmt: skip
    assert done.returncode == 0, done.stderr
    (case,) = json.loads((tmp_path / "a.json").read_text())["cases"]
    (most,) = case["peers"]["ours"]["values"]
    assert (case["unit"], most > 64 * 28 * 28 * 4) == ("B", True)


def test_the_peers_compute_the_same_losses(tmp_path):
    pytest.importorskip("torch")
    done = run("-w", "train", "-c", "step, batch 64", "-p", "pytorch", "--rounds", "1", "--seconds", "0",
               "--json", str(tmp_path / "a.json"))  # fmt: skip
    assert done.returncode == 0, done.stderr
    cases = json.loads((tmp_path / "a.json").read_text())["cases"]
    assert {case["case"].split()[0] for case in cases} == set(networks.NETWORKS)
    for case in cases:
        assert {p: f["status"] for p, f in case["peers"].items()} == {"ours": "ok", "pytorch": "ok"}
        assert len(case["peers"]["ours"]["witness"]) == 5
        assert case["peers"]["pytorch"]["ratio"]["median"] > 0


def test_convolutions_agree_with_pytorchs(tmp_path):
    pytest.importorskip("torch")
    done = run("-w", "conv", "-c", "1->8", "-p", "pytorch", "--rounds", "1", "--seconds", "0",
               "--json", str(tmp_path / "a.json"))  # fmt: skip
    assert done.returncode == 0, done.stderr
    cases = json.loads((tmp_path / "a.json").read_text())["cases"]
    assert len(cases) == 3
    for case in cases:
        assert {p: f["status"] for p, f in case["peers"].items()} == dict.fromkeys(("sgemm", "ours", "pytorch"), "ok")
        assert tables.share_of_sgemm(case, "ours") > 0


def fake_run(**values):
    """A run of one case with these rounds: {peer: (values, witness)}."""
    peers = {p: {"values": v, "witness": w} for p, (v, w) in values.items()}
    case = {"workload": "train", "case": "minimal step, batch 1", "unit": "s", "work": 1, "peers": peers}
    about = {"cpu": "a", "cores": 2, "caches": {}, "memory": "1 GiB", "system": "x", "python": "3", "numpy": "2",
             "blas": "b", "time": "now", "commit": "c", "load": 0.0}  # fmt: skip
    libraries = {p: {"status": "ok", "version": "1"} for p in peers}
    settings = {"threads": 2, "quick": True, "data": "none"}
    return results.summarise(
        {"format": results.FORMAT, "machine": about, "settings": settings, "libraries": libraries, "cases": [case]}
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


def test_a_busy_machine_puts_the_tables_in_doubt():
    figures = fake_run(ours=([1.0], [1.0]), pytorch=([2.1], [1.0]))
    figures["machine"]["others"] = 0.9
    assert any("0.9 cores" in line for line in tables.machine_lines(figures))


def test_the_page_keeps_what_people_wrote(tmp_path):
    path, file = tmp_path / "performance.md", tmp_path / "a.json"
    markers = "<!-- benchmarks:begin {0} -->\nold\n<!-- benchmarks:end {0} -->\n"
    path.write_text("What bounds it: memory.\n" + markers.format("train") + markers.format("conv"))
    results.save(fake_run(ours=([0.5], [1.0]), pytorch=([2.0], [1.0])), file)
    assert run("write", str(path), str(file)).returncode == 0
    text = path.read_text()
    assert text.startswith("What bounds it: memory.\n")
    assert "| minimal step, batch 1 |       500 ms |   4.00x |" in text
    assert text.endswith(markers.format("conv"))


PAGE, RECORDED = ROOT / "docs" / "performance.md", sorted((ROOT / "benchmarks" / "results").glob("*.json"))


def test_the_tables_of_the_page_on_speed_are_those_of_the_latest_recorded_run():
    text = PAGE.read_text(encoding="utf-8")
    assert text == page.filled(text, results.load(RECORDED[-1]))
    assert text.count("benchmarks:begin") == len(WORKLOADS) + 1


def test_the_page_on_speed_gives_no_figure_but_in_its_tables():
    text = PAGE.read_text(encoding="utf-8")
    prose = re.sub(r"<!-- benchmarks:begin.*?benchmarks:end \w+ -->", "", text, flags=re.DOTALL)
    assert not re.findall(r"\d[\d.,]*(?: ?(?:us|ms|s|%|x|MB|KiB|GFLOP/s)| times)(?!\w)", prose)
