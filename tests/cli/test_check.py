"""`tinygrad-edu check`: exit codes, what is printed, and files that behave badly."""

import functools
import json
import re
import time

import pytest

HEADER = "import numpy as np\nimport tinygrad_edu as tge\n\n"

RIGHT = (
    HEADER
    + '''
@tge.primitive
def swish(x):
    """y = x * sigmoid(x)"""
    return x * tge.sigmoid.forward(x)


@swish.backward("x")
def swish_dx(g, y, x):
    """dL/dx = g * (y + s * (1 - y))"""
    s = tge.sigmoid(x)
    return g * (y + s * (1 - y))
'''
)

WRONG = (
    HEADER
    + '''
print("hello from the file")


@tge.primitive
def dense(x, weight, bias):
    """y = x @ weight + bias"""
    return x @ weight + bias


@dense.backward("x")
def dense_dx(g, y, x, weight, bias):
    return g @ tge.swapaxes(weight, 0, 1)


@dense.backward("weight")
def dense_dweight(g, y, x, weight, bias):
    return tge.swapaxes(x, 0, 1) @ g


@dense.backward("bias")
def dense_dbias(g, y, x, weight, bias):
    """dL/dbias = g"""
    return g.mean(axis=0)
'''
)


@pytest.fixture
def run(command_in, tmp_path_factory):
    """Run `tinygrad-edu check`, from another folder than the files'. Each file gets a process of its own from it."""
    return functools.partial(command_in, tmp_path_factory.mktemp("elsewhere"), "check")


@pytest.fixture
def write(tmp_path):
    def write(text, name="my_ops.py"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_right_file_exits_with_0(run, write):
    done = run(write(RIGHT))
    assert done.returncode == 0, done.stderr
    assert "right  swish(x)" in done.stdout
    assert "1 checked, 0 wrong" in done.stdout


def test_a_wrong_rule_is_shown_with_its_place_its_numbers_and_what_is_wrong(run, write):
    path = write(WRONG)
    done = run(path)
    assert done.returncode == 1
    assert "wrong  dense(x, weight, bias)" in done.stdout
    line = path.read_text().splitlines().index('@dense.backward("bias")') + 1
    assert f"dense_dbias for bias, {path}:{line}" in done.stdout
    assert "formula:     dL/dbias = g" in done.stdout
    assert "off by the factor 1 / n" in done.stdout
    assert "expected dL/dbias" in done.stdout
    assert "given" in done.stdout
    assert "<- wrong" in done.stdout
    assert "hello from the file" not in done.stdout
    assert "\x1b[" not in done.stdout  # no colours where nobody looks at a terminal


def test_an_operation_with_the_name_of_one_of_the_librarys_is_called_by_its_own_arguments(run, write):
    done = run(write(RIGHT.replace("swish", "clip")))
    assert done.returncode == 0, done.stdout


def test_what_rules_print_is_dropped_however_much_it_is(run, write):
    done = run(write(RIGHT.replace("    s = tge", "    print(g, 'x' * 50_000)\n    s = tge")))
    assert done.returncode == 0, done.stderr
    assert "xxx" not in done.stdout


def test_calls_that_were_guessed_are_said_to_be(run, write):
    assert "guessed from its arguments; CASES in the file can give others" in run(write(RIGHT)).stdout
    given = "\nCASES = {'swish': lambda rng: ((rng.normal(size=3),), {})}\n"
    assert "guessed" not in run(write(RIGHT + given)).stdout


def test_a_rule_that_counts_its_calls(run, write):
    text = RIGHT.replace("    s = tge", "    calls.append(1)\n    if len(calls) % 40 == 0: g = 2 * g\n    s = tge")
    done = run(write(text + "\ncalls = []\n"))
    assert done.returncode == 1
    assert "Flaky" not in done.stdout
    assert "between calls" in done.stdout or "from another call" in done.stdout


def test_json(run, write):
    done = run(write(WRONG), "--json")
    assert done.returncode == 1
    (report,) = json.loads(done.stdout)
    assert not report["ok"]
    (finding,) = report["primitives"][0]["findings"]
    assert (finding["argument"], finding["kind"]) == ("bias", "factor")
    assert len(finding["example"]["inputs"]["x"]) == 2  # a batch of one would hide it
    assert finding["example"]["expected"] == [2.0]
    assert finding["example"]["given"] == [1.0]


def test_several_files(run, write):
    done = run(write(RIGHT, "one.py"), write(WRONG, "two.py"))
    assert done.returncode == 1
    assert "2 checked, 1 wrong" in done.stdout


def test_a_case_given_by_the_file(run, write):
    text = HEADER + (
        "@tge.primitive\n"
        "def picky(x, *, n):\n"
        "    if x.shape != (7,): raise ValueError('7 elements, please')\n"
        "    return n * x\n"
        "@picky.backward('x')\n"
        "def picky_dx(g, y, x, *, n):\n"
        "    return n * g\n"
    )
    done = run(write(text))
    assert done.returncode == 1
    assert "not checked  picky" in done.stdout
    assert "7 elements, please" in done.stdout
    assert "CASES" in done.stdout
    done = run(write(text + "CASES = {'picky': lambda rng: ((rng.random(7),), {'n': 3})}\n"))
    assert done.returncode == 0, done.stdout


def test_it_imports_its_neighbours_and_may_have_any_name(run, write):
    write("FACTOR = 3\n", "neighbour.py")
    text = RIGHT.replace("import numpy as np", "import numpy as np\nimport neighbour")
    assert run(write(text, "json.py")).returncode == 0


BAD = [
    ("def f(:\n", "does not import: SyntaxError"),
    ("import a_module_that_is_not_there\n", "does not import: ModuleNotFoundError"),
    ("x = 1\ny = x / 0\n", "ZeroDivisionError: division by zero (line 2)"),
    ("x = 1\n", "defines no primitive"),
    ("", "defines no primitive"),
    ("import sys; sys.exit(3)\n", "sys.exit(3)"),
    ("import os; os._exit(5)\n", "ended the whole Python process (exit code 5)"),
    ("input('your name? ')\n", "does not import: EOFError"),
    (RIGHT + "CASES = [1]\n", "CASES must be a dict"),
    (RIGHT + "CASES = {'swich': None}\n", "its CASES has 'swich', but its primitives are: swish"),
    (RIGHT.replace("@tge.primitive\n", ""), "put @tge.primitive above def swish (line 5)"),
    (RIGHT.replace('backward("x")', "backward"), '@swish.backward("x") (line 11)'),
    ("while True: pass\n", "did not end within 1 s"),
    ("import time\nwhile True: print('x' * 100); time.sleep(0.01)\n", "did not end within 1 s"),
    ("while True: print('x' * 10000)\n", "printed more than 1 MB"),
    (RIGHT.replace("s = tge.sigmoid(x)", "import time; time.sleep(100)"), "checking swish did not end within 3 s"),
]


@pytest.mark.parametrize(("text", "message"), BAD, ids=[m for _, m in BAD])
def test_a_file_that_cannot_be_checked_gets_one_line_and_exit_code_2(run, write, text, message):
    limit = re.search(r"(\d+) s$", message)
    done = run(write(text), "--time-limit", limit[1] if limit else "60")
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""
    assert done.returncode == 2


def test_what_a_file_starts_ends_with_it(run, write, tmp_path):
    """A child process that would write a file after the time limit is gone by then."""
    late = tmp_path / "late"
    child = f"import time; time.sleep(5); open({str(late)!r}, 'w')"
    text = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {child!r}]).wait()\n"
    done = run(write(text), "--time-limit", "2")
    assert "did not end" in done.stderr
    time.sleep(4)
    assert not late.exists()


@pytest.mark.parametrize("arguments", [["nowhere.py"], ["--time-limit", "0", "x.py"], ["--order", "7"]])
def test_wrong_usage(run, arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_file_that_is_no_python(run, write):
    assert "a Python file" in run(write("x", "notes.txt")).stderr


def test_without_a_file_the_librarys_own_rules_are_checked(start):
    """In a process of its own: other tests register primitives in this one."""
    done = start("check", "--examples", "3", "--order", "1", "--json")
    printed, _ = done.communicate(timeout=300)
    assert done.returncode == 0, printed
    names = {p["name"] for p in json.loads(printed)[0]["primitives"]}
    assert {"conv2d", "matmul", "getitem", "concatenate"} <= names
