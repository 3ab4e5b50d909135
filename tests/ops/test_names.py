"""An operation is named once, where it is defined; every other place that knows it follows from there."""

import inspect
import runpy
from pathlib import Path

import pytest

import tinygrad_edu as tge
from tinygrad_edu import ops
from tinygrad_edu.nn import functional
from tinygrad_edu.ops.composite import composites

ROOT = Path(__file__).parents[2]


def test_every_primitive_and_composite_is_exported_under_its_name():
    own = {name for name, p in tge.primitives().items() if (p.forward.__module__ or "").startswith("tinygrad_edu.ops.")}
    assert own | set(composites()) == set(ops.__all__)
    for name in ops.__all__:
        assert getattr(tge, name) is getattr(ops, name)
        assert getattr(functional, name) is getattr(ops, name) or name == "pad"  # PyTorch's order of the axes


@pytest.mark.parametrize("name", ops.__all__)
def test_an_operation_on_x_is_a_method_of_x(name):
    first, *others = inspect.signature(getattr(ops, name)).parameters
    is_method = first in ("x", "a", "logits", "log_probs") and "g" not in others
    assert hasattr(tge.Tensor, name) == is_method
    if is_method and name != "transpose":
        assert getattr(tge.Tensor, name).__doc__.startswith(getattr(ops, name).__doc__)


@pytest.mark.parametrize("name", sorted(tge.primitives()))
def test_help_shows_every_rule_with_its_derivation(name):
    primitive = tge.primitives()[name]
    shown = " ".join(primitive.__doc__.split())
    assert " ".join(inspect.cleandoc(primitive.forward.__doc__).split()) in shown
    for rule in primitive.rules.values():
        assert " ".join(f"{rule.name}: {inspect.cleandoc(rule.function.__doc__)}".split()) in shown


def test_the_stubs_for_editors_are_up_to_date():
    script = ROOT / "tools" / "write_stubs.py"
    if not script.exists():
        pytest.skip("no tools/ beside the tests")
    for path, text in runpy.run_path(str(script))["stubs"]().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run python tools/write_stubs.py"


def test_a_type_checker_knows_the_operations(tmp_path):
    api = pytest.importorskip("mypy.api")
    (tmp_path / "student.py").write_text(
        "import tinygrad_edu as tge\n"
        "t = tge.zeros(3)\n"
        "t.shpae\n"
        "tge.relu(t).shpae\n"
        "tge.softmax(t, axsi=1)\n"
        "(t + 1).smu()\n"
        "tge.relu.rules['x'].formula\n"
        "tge.reshape(t, (3, 1)).T.sum(axis=0)\n"
        "@tge.primitive\n"
        "def cube(x):\n"
        "    return x**3\n"
        "cube.backwards('x')\n",
        encoding="utf-8",
    )
    report, _, _ = api.run(["--cache-dir", str(tmp_path / "cache"), str(tmp_path / "student.py")])
    errors = [line for line in report.splitlines() if " error: " in line]
    assert [int(line.split(".py:")[1].split(":")[0]) for line in errors] == [3, 4, 5, 6, 12], report
    assert 'maybe "shape"?' in errors[0]
    assert 'Unexpected keyword argument "axsi"' in errors[2]
