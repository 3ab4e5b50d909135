"""What the documentation says is so: its code runs, its links lead somewhere, and the names it gives exist."""

import contextlib
import doctest
import functools
import importlib
import io
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tinygrad_edu
from tinygrad_edu.cli import COMMANDS

ROOT = Path(__file__).parents[1]
TOP = [ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG")]
PAGES = [*TOP, *sorted((ROOT / "docs").rglob("*.md"))]
OF_THE_READER = {"my_ops.py", "mine.svg", "backward.svg", "trace.npz"}  # files that the pages tell a reader to make

CODE = r"^```(?:python|\{code-cell\}[^\n]*)\n(?::[^\n]*\n)*(.*?)^```\n(\n```text\n(.*?)^```)?"

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def prose(page):
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def anchors(page):
    """The ids that a page's headings get, in Sphinx as on a repository's pages."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@every_page
def test_the_code_on_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace: dict = {}
    for block, _, shown in re.findall(CODE, page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(block, str(page), "exec"), namespace)
        if shown:  # a block of text that follows is what the code prints; "..." stands for anything
            same = doctest.OutputChecker().check_output(shown, printed.getvalue(), doctest.ELLIPSIS)
            assert same, f"{page.name} shows\n{shown}\nbut its code prints\n{printed.getvalue()}"


@every_page
def test_the_commands_on_a_page_are_there_with_their_options(page):
    text = page.read_text(encoding="utf-8")
    lines = [*"\n".join(blocks(page, "sh")).splitlines(), *re.findall(r"`(tinygrad-edu [^`]*)`", text)]
    for line in lines:
        for found in re.findall(r"tinygrad-edu ([a-z]+\b.*)", line):
            name, *rest = shlex.split(found, comments=True)
            command = getattr(importlib.import_module(f"tinygrad_edu.cli.{COMMANDS[name][0]}"), name)
            named = [(*parameter.opts, *parameter.secondary_opts) for parameter in command.params]
            known = {option for names in named for option in names} | {"--help"}
            assert {word for word in rest if word.startswith("--")} <= known, line


@every_page
def test_links_lead_somewhere(page):
    for label, target in re.findall(r"(!?\[[^\]]*\])\(([^)\s]+)\)", prose(page)):
        assert label not in ("[]", "![]"), f"{target}: a link or picture without words"
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name} links to {target}"
        assert not anchor or anchor in anchors(file), f"{page.name} links to {target}"


@every_page
def test_the_files_it_names_are_there(page):
    named = set(re.findall(r"`([\w*-][\w.*/-]*/|[\w./-]+\.(?:py|md|toml|yml|json|svg|npz))`", prose(page)))
    places = [ROOT, ROOT / "tinygrad_edu", ROOT / "docs"]
    missing = {n for n in named - OF_THE_READER if not any((place / n).exists() for place in places)}
    assert not missing


@every_page
def test_the_public_names_it_gives_are_there(page):
    for name in re.findall(r"`tge\.([\w.]+)", prose(page)):
        functools.reduce(getattr, name.split("."), tinygrad_edu)


def test_every_page_is_in_the_table_of_contents():
    contents = runpy.run_path(str(ROOT / "docs" / "_extensions" / "contents.py"))["CONTENTS"]
    named = [page for group in contents.values() for page in group if not page.startswith("reference/")]
    docs = ROOT / "docs"
    there = [page.relative_to(docs).with_suffix("").as_posix() for page in docs.rglob("*.md")]
    assert sorted(named) == sorted(there)


def test_the_operation_that_contributing_adds_in_two_places_is_all_there(tmp_path):
    contributing = ROOT / "CONTRIBUTING.md"
    for part in ("tinygrad_edu", "tests", "tools"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for diff in blocks(contributing, "diff"):
        (name, *added) = re.findall(r"^(?:--- |\+)(.*)$", diff, re.MULTILINE)
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write("\n\n" + "\n".join(added) + "\n")

    def python(*arguments):
        done = subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)},
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    python("tools/write_stubs.py")
    use = "import tinygrad_edu as t; print(t.nn.functional.arctan is t.arctan, t.ones(1).arctan().item())"
    assert python("-c", use).startswith("True 0.7853")
    tested = python("-m", "pytest", "-q", "tests/ops", "-k", "arctan or stubs")
    assert int(re.search(r"(\d+) passed", tested)[1]) > 5


def test_the_checks_above_can_see():
    graphs = ROOT / "docs" / "graphs.md"
    assert "how-to-read-the-picture" in anchors(graphs)
    assert len(blocks(graphs, "python")) >= 3
    assert "`shapes`" in prose(graphs)
