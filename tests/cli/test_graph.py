"""`tinygrad-edu graph`: what it draws, and what it says."""

import functools
import shutil

import pytest

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz's `dot` is not installed")


@pytest.fixture
def graph(command):
    return functools.partial(command, "graph")


@needs_dot
def test_the_minimal_network_and_a_three(graph, tmp_path):
    done = graph("--model", "minimal", "--digit", "3", "--out", "backward.svg")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "wrote backward.svg\n"
    svg = (tmp_path / "backward.svg").read_text()
    assert "not computed: not asked for" in svg
    assert "conv.weight" in svg


def test_dot_files_differ_with_the_options(graph, tmp_path):
    runs = {
        "plain": [],
        "other": ["--digit", "7", "--style", "values"],
        "heat": ["--thumbnails"],
        "none": ["--no-thumbnails"],
        "recorded": ["--create-graph"],
        "forward": ["--forward"],
        "layers": ["--depth", "1"],
        "framed": ["--modules"],
        "one": ["--collapse", "conv"],
    }
    texts = set()
    for name, options in runs.items():
        done = graph("--out", f"{name}.dot", *options)
        assert (done.returncode, done.stderr) == (0, "")
        texts.add((tmp_path / f"{name}.dot").read_text())
    assert len(texts) == len(runs)
    assert (tmp_path / "heat_thumbnails").is_dir()
    assert not (tmp_path / "none_thumbnails").exists()


def test_weights_of_ones_own(graph, tmp_path):
    import tinygrad_edu as tge
    from tinygrad_edu.training import save_weights

    save_weights(tmp_path / "w.safetensors", tge.models.build("minimal", filters=3))
    done = graph("--weights", "w.safetensors", "--out", "g.dot")
    assert (done.returncode, done.stderr) == (0, "")
    assert "(3, 1, 3, 3)" in (tmp_path / "g.dot").read_text()


def test_a_function_of_ones_own(graph, tmp_path):
    (tmp_path / "mine.py").write_text(
        "import tinygrad_edu as tge\n"
        "def loss():\n    return (tge.named('w', tge.ones(3, requires_grad=True)) ** 2).sum()\n"
        "def trace():\n    return tge.trace_backward(loss())\n"
        "def constant():\n    return tge.ones(3).sum()\n"
        "def nothing():\n    pass\n"
    )
    for function in ("loss", "trace"):
        done = graph(f"mine:{function}", "--out", f"{function}.dot")
        assert (done.returncode, done.stderr) == (0, "")
        assert "dL/d <B>w</B>" in (tmp_path / f"{function}.dot").read_text()
    for target, said in {
        "mine:constant": "depends on nothing that requires a gradient",
        "mine:nothing": "returned NoneType",
        "mine:missing": "no function 'missing'",
        "absent:f": "no module 'absent'",
    }.items():
        done = graph(target, "--out", "x.dot")
        assert done.returncode == 1
        assert said in done.stderr
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--out", "b.gif"], "does not end in .svg, .png, .pdf or .dot"),
        (["--model", "minimal", "--weights", "w"], "not several"),
        (["mine"], "not of the form MODULE:FUNCTION"),
        (["mine:loss", "--depth", "1"], "record_modules"),
        (["--style", "pretty"], "'pretty' is not one of"),
    ],
)
def test_wrong_usage(graph, tmp_path, arguments, said):
    done = graph(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_dot_one_line_says_what_to_install(graph, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = graph("--out", "b.svg")
    assert done.returncode == 1
    assert "Install it with" in done.stderr
    assert done.stderr.count("\n") == 1
    assert (tmp_path / "b.dot").exists()


def test_an_unknown_module_is_named(graph, tmp_path):
    done = graph("--collapse", "fc", "--out", "b.dot")
    assert done.returncode == 1
    assert "no module 'fc' was called" in done.stderr
