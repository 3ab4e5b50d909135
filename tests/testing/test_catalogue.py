"""The catalogue of wrong rules: each must be rejected, and nine in ten given the right diagnosis."""

import importlib
import sys
from pathlib import Path

import pytest
from wrong import ENTRIES as FOUND

from tinygrad_edu.testing.check_primitive import check_primitive

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
for file in sorted((HERE / "catalogue").glob("*.py")):
    importlib.import_module(f"catalogue.{file.stem}")

ENTRIES = list(FOUND.values())
SEEDS = (0, 1)
PARTS = 4  # of the catalogue, each with something of every group, so that several processes can share the work


def case_of(primitive):
    """The case that an entry's forward function brings along, as a function of a generator."""
    from tinygrad_edu.testing.calls.pick import RandomPick

    case = getattr(primitive.forward, "case", None)
    return None if case is None else lambda rng: case(RandomPick(rng))


def findings(entry, seed):
    report = check_primitive(entry.primitive, case=case_of(entry.primitive), examples=40, seed=seed, smallest=False)
    assert report.calls, f"{entry.name}: {report.problem}"
    return [f for f in report.findings if f.argument in (entry.argument, "")]  # "": the forward computation


def test_it_is_large_enough_and_covers_all_groups():
    assert len(ENTRIES) >= 80
    assert len({e.name for e in ENTRIES}) == len(ENTRIES)
    assert {e.group for e in ENTRIES} == {
        "arithmetic", "elementwise", "activation", "reduction", "shape", "matmul", "convolution", "pooling",
        "resampling", "normalization", "softmax",
        "loss",
    }  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("part", range(PARTS))
def test_every_wrong_rule_is_rejected_and_nine_in_ten_are_named(part, seed, record_property):
    entries = ENTRIES[part::PARTS]
    missed, misnamed = [], []
    for entry in entries:
        found = findings(entry, seed)
        if not found:
            missed.append(entry.name)
        elif found[0].kind not in entry.kinds:
            misnamed.append(f"{entry.name}: {found[0].kind} ({found[0].diagnosis}), expected {entry.kinds}")
    named = len(entries) - len(missed) - len(misnamed)
    record_property("wrong rules rejected", len(entries) - len(missed))
    record_property("rightly diagnosed", named)
    print(  # shown with -s
        f"catalogue, part {part}, seed {seed}: {len(entries)} wrong rules, {len(entries) - len(missed)} rejected, "
        f"{named} rightly diagnosed",
        *misnamed,
        sep="\n  ",
    )
    assert not missed
    assert named >= 0.9 * len(entries), misnamed
