"""The rooms' imports go one way, and importing the library costs NumPy and no more."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "tinygrad_edu"

# What each room may import of the others, anywhere in its files.
MAY_READ = {
    "errors": set(),
    "files": set(),
    "random": set(),
    "environment": set(),
    "startup": {"environment"},
    "kernels": {"environment"},
    "autograd": {"files", "random"},
    "ops": {"autograd", "kernels", "random"},
    "nn": {"autograd", "ops", "kernels", "random", "errors"},
    "optim": {"autograd", "nn", "ops", "errors"},
    "models": {"autograd", "ops", "nn", "random", "errors"},
    "data": {"errors", "files"},
    "notebook": {"autograd", "viz"},
    "testing": {"autograd", "ops", "kernels", "random", "errors"},
    "explain": {"autograd", "ops", "kernels", "nn"},
    "explorer": {"autograd", "data", "errors", "explain", "models", "nn", "ops", "optim", "random", "training"},
    "viz": {"autograd", "ops", "kernels", "nn", "errors", "files"},
}
# Imported under another name than installed by; what requests streams raises the errors of urllib3.
INSTALLED_AS = {"PIL": "pillow", "urllib3": "requests", "traitlets": "anywidget"}
ENGINE = ("autograd", "ops", "kernels", "random", "environment", "startup", "errors", "files", "__init__")


def room_of(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def files(*rooms):
    return [p for p in sorted(PACKAGE.rglob("*.py")) if not rooms or room_of(p) in rooms]


def imports(path, top_level_only=False):
    """Yield the absolute name of every module that a file imports (but not for type checking)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = ("tinygrad_edu", *path.relative_to(PACKAGE).parts[:-1])

    def walk(node):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            if isinstance(child, ast.Import):
                yield from (alias.name for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = package[: len(package) - child.level + 1] if child.level else ()
                module = ".".join((*base, *([child.module] if child.module else ())))
                yield from (f"{module}.{alias.name}" for alias in child.names)
            elif not (top_level_only and isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))):
                yield from walk(child)

    return list(walk(tree))


def rooms_read(path):
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "tinygrad_edu" and len(parts) > 1:
            yield parts[1], name


@pytest.mark.parametrize("room", MAY_READ)
def test_a_room_reads_only_what_lies_below_it(room):
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in files(room)
        for other, name in rooms_read(path)
        if other != room and other not in MAY_READ[room]
    ]
    assert not wrong, "\n".join(wrong)


def test_every_room_is_known():
    known = {*MAY_READ, "training", "cli", "__init__", "__main__"}
    assert {room_of(p) for p in files()} <= known


def test_training_does_not_know_the_command_line_and_nobody_knows_it_but_main():
    for path in files():
        if room_of(path) not in ("cli", "__main__"):
            assert not [name for other, name in rooms_read(path) if other == "cli"], path


def test_the_engine_never_imports_viz_testing_or_training():
    for path in files(*ENGINE, "nn", "optim", "models"):
        assert not {other for other, _ in rooms_read(path)} & {"viz", "testing", "training", "data", "cli"}, path


def test_the_engine_imports_numpy_and_the_standard_library_only():
    allowed = {*sys.stdlib_module_names, "numpy", "tinygrad_edu"}
    for path in files(*ENGINE):
        for name in imports(path, top_level_only=True):
            assert name.split(".")[0] in allowed, f"{path.relative_to(PACKAGE)} imports {name}"


def test_the_checks_above_can_see_an_import():
    assert "tinygrad_edu.kernels.geometry.pair" in imports(PACKAGE / "ops" / "convolution.py")
    assert ("autograd", "tinygrad_edu.autograd.primitive.primitive") in list(rooms_read(PACKAGE / "ops" / "linear.py"))
    lazily = PACKAGE / "kernels" / "process.py"
    assert "threadpoolctl" in imports(lazily)
    assert "threadpoolctl" not in imports(lazily, top_level_only=True)


def test_importing_the_library_imports_numpy_and_nothing_else():
    code = (
        "import sys, numpy, numpy.random; before = set(sys.modules); import tinygrad_edu; "
        "print(*sorted({m.split('.')[0] for m in set(sys.modules) - before}))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    new = set(result.stdout.split())
    assert new - set(sys.stdlib_module_names) == {"tinygrad_edu"}
    heavy = {"rich", "click", "matplotlib", "hypothesis", "PIL", "pooch", "graphviz", "safetensors", "asyncio"}
    assert not new & heavy
    code = "import sys, tinygrad_edu; print(*sorted(m for m in sys.modules if m.startswith('tinygrad_edu.')))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    rooms = {m.split(".")[1] for m in result.stdout.split()}
    assert rooms == {"autograd", "environment", "kernels", "notebook", "ops", "random", "startup"}


def test_training_a_dense_layer_and_a_convolution_imports_numpy_and_threadpoolctl_and_nothing_else():
    code = (
        "import sys, numpy, numpy.random; before = set(sys.modules)\n"
        "import tinygrad_edu as tge\n"
        "from tinygrad_edu import nn, optim\n"
        "model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 10))\n"
        "tge.cross_entropy(model(tge.rand(2, 1, 4, 4)), numpy.array([3, 1])).backward()\n"
        "optim.SGD(model.parameters(), lr=0.1).step()\n"
        "print(*sorted({m.split('.')[0] for m in set(sys.modules) - before}))\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert set(result.stdout.split()) - set(sys.stdlib_module_names) == {"tinygrad_edu", "threadpoolctl"}


def test_what_is_imported_is_declared_and_the_other_way_round_and_the_readme_says_for_what():
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = project["dependencies"] + project["optional-dependencies"]["jupyter"]
    declared = {re.match(r"[\w-]+", requirement)[0] for requirement in requirements}
    imported = {name.split(".")[0] for path in files() for name in imports(path)}
    ours = {*sys.stdlib_module_names, "tinygrad_edu"}
    assert {INSTALLED_AS.get(name, name) for name in imported - ours} == declared
    section = (PACKAGE.parent / "README.md").read_text(encoding="utf-8").split("## What it stands on")[1]
    assert not {name for name in declared if name not in section.lower()}
