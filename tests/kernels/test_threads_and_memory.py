"""The threads that share a kernel's work, and the memory that is kept: results never depend on either."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu.kernels import fast, geometry, memory, process, threads


@pytest.fixture(autouse=True)
def as_many_threads_as_before():
    before = tge.get_num_threads()
    yield
    tge.set_num_threads(before)


@pytest.mark.parametrize("count", [0, 1, 2, 7, 100])
@pytest.mark.parametrize("number", [1, 2, 3, 8, 1000])
def test_a_cut_covers_everything_once_in_nearly_equal_parts(count, number):
    cut = threads.cut(count, number)
    assert [i for s in cut for i in range(s.start, s.stop)] == list(range(count))
    lengths = [s.stop - s.start for s in cut]
    assert len(cut) <= max(number, 1)
    assert max(lengths) - min(lengths) <= 1


def test_results_are_the_same_bit_for_bit_for_any_number_of_threads():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((64, 3, 28, 28)).astype(np.float32)
    w, b = rng.standard_normal((8, 3, 3, 3)).astype(np.float32), rng.standard_normal(8).astype(np.float32)
    left, right = rng.standard_normal((300, 500)), rng.standard_normal((500, 200))
    g = rng.standard_normal((64, 8, 26, 26)).astype(np.float32)
    wide = rng.standard_normal((150, 2000))

    def everything():
        return [
            tge.conv2d(x, w, b),
            tge.conv2d_dx(g, w, input_size=(28, 28)),
            tge.conv2d_dw(x, g, kernel_size=(3, 3)),
            tge.matmul(left, right),
            tge.matmul(right.T, left.T),
            tge.matmul(wide, wide.T),
        ]

    results = []
    for number in (1, 2, 5):
        tge.set_num_threads(number)
        assert tge.get_num_threads() == number
        results.append(everything())
    for other in results[1:]:
        for a, c in zip(results[0], other, strict=True):
            np.testing.assert_array_equal(a, c)
    np.testing.assert_allclose(results[0][3], left @ right, rtol=1e-12, atol=1e-10)
    np.testing.assert_allclose(results[0][4], (left @ right).T, rtol=1e-12, atol=1e-10)


@pytest.mark.parametrize(
    ("m", "k", "n"),
    [
        (5, 1, 7),
        (1, 4, 1),
        (0, 3, 2),
        (2, 0, 3),
        (2000, 60, 50),
        (50, 60, 2000),
        (150, 2000, 140),
        (60, 2000, 50),
        (4000, 60, 8),
        (8, 60, 4000),
    ],
)
def test_products_of_every_proportion(m, k, n):
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((m, k)), rng.standard_normal((k, n))
    tge.set_num_threads(3)
    y = fast.matmul(a, b)
    assert y.shape == (m, n)
    np.testing.assert_allclose(y, np.einsum("ij,jk->ik", a, b), rtol=1e-11, atol=1e-11)


def test_an_error_in_a_piece_reaches_the_caller():
    def task(i):
        if i == 5:
            raise ArithmeticError("piece 5")
        return i

    for number in (1, 3):
        tge.set_num_threads(number)
        with pytest.raises(ArithmeticError, match="piece 5"):
            threads.run(task, range(8))
        assert threads.run(lambda i: i * i, range(6)) == [0, 1, 4, 9, 16, 25]


def test_an_error_in_a_helper_reaches_the_caller():
    tge.set_num_threads(2)
    caller = threading.get_ident()
    waiting = threading.Event()

    def task(i):
        if threading.get_ident() == caller:
            waiting.wait(10)  # so that a helper gets a piece
            return i
        waiting.set()
        raise ArithmeticError("in a helper")

    with pytest.raises(ArithmeticError, match="in a helper"):
        threads.run(task, range(8))


def test_a_piece_may_itself_have_pieces():
    tge.set_num_threads(3)
    assert threads.run(lambda i: sum(threads.run(lambda j: i * j, range(4))), range(5)) == [0, 6, 12, 18, 24]


def test_several_threads_may_ask_at_once():
    tge.set_num_threads(3)
    results = {}

    def ask(k):
        results[k] = threads.run(lambda i: i + k, range(20))

    asking = [threading.Thread(target=ask, args=(k,)) for k in range(5)]
    for t in asking:
        t.start()
    for t in asking:
        t.join(30)
    assert results == {k: list(range(k, k + 20)) for k in range(5)}


def run_python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, env={**os.environ, **environment}
    )


def test_the_environment_sets_the_number_of_threads():
    code = "import tinygrad_edu as tge; print(tge.get_num_threads())"
    assert run_python(code, TINYGRAD_EDU_THREADS="3").stdout.strip() == "3"
    assert int(run_python(code, TINYGRAD_EDU_THREADS="").stdout) >= 1
    for nonsense in ("0", "many", "\u00b2", "-1", "1.5", "9" * 30):
        said = run_python(code, TINYGRAD_EDU_THREADS=nonsense).stderr
        assert "the environment variable TINYGRAD_EDU_THREADS is " in said


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_computes_too():
    code = (
        "import os, numpy as np, tinygrad_edu as tge\n"
        "from tinygrad_edu.kernels import threads\n"
        "tge.set_num_threads(2)\n"
        "assert threads.run(lambda i: i, range(4)) == [0, 1, 2, 3]\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(0 if threads.run(lambda i: i, range(4)) == [0, 1, 2, 3] else 1)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
    )
    result = run_python(code)
    assert result.returncode == 0, result.stderr


def test_processors_are_counted_where_affinity_is_unknown(monkeypatch):
    monkeypatch.delenv("TINYGRAD_EDU_THREADS", raising=False)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert threads._available_processors() == 1


def test_keeping_and_releasing_memory(monkeypatch):
    linux = memory._gnu_c_library() is not None
    assert memory.keep_memory() is linux
    assert memory.release_memory() in (True, False)
    asked = []
    monkeypatch.setattr(memory, "_asked", False)
    monkeypatch.setattr(memory, "keep_memory", asked.append)
    for setting, expected in (
        ("0", []),
        ("7", [7 * 2**20]),
        ("", [memory.DEFAULT_BOUND]),
    ):
        monkeypatch.setenv("TINYGRAD_EDU_KEEP_MEMORY", setting)
        asked.clear()
        memory.keep_memory_as_set()
        assert asked == expected
    for nonsense in ("x", "\u00b2", "-1"):
        monkeypatch.setenv("TINYGRAD_EDU_KEEP_MEMORY", nonsense)
        with pytest.raises(ValueError, match="the environment variable TINYGRAD_EDU_KEEP_MEMORY is "):
            memory.keep_memory_as_set()


def test_the_first_work_does_not_overrule_what_the_user_asked_of_memory(monkeypatch):
    monkeypatch.setattr(memory, "_asked", False)
    monkeypatch.setattr(memory, "_gnu_c_library", lambda: None)
    memory.keep_memory(5 * 2**20)
    monkeypatch.setattr(memory, "keep_memory", lambda _: pytest.fail("asked again"))
    process.prepare()


@pytest.mark.skipif(memory._gnu_c_library() is None, reason="needs the GNU C library")
def test_importing_changes_nothing_in_the_process_and_the_first_work_two_things():
    code = (
        "import numpy as np, threadpoolctl, tinygrad_edu as tge\n"
        "def resident():\n"
        "    return int(open('/proc/self/statm').read().split()[1]) * 4096 / 2**20\n"
        "def given_back():\n"
        "    array = np.ones(24 * 2**20, np.uint8); before = resident(); del array\n"
        "    return before - resident() > 12\n"
        "def blas_threads():\n"
        "    return {pool['num_threads'] for pool in threadpoolctl.threadpool_info() if pool['user_api'] == 'blas'}\n"
        "threadpoolctl.threadpool_limits(2, user_api='blas')\n"
        "print(given_back(), *blas_threads())\n"
        "tge.nn.Linear(2, 3)(tge.rand(4, 2))\n"
        "print(given_back(), *blas_threads())\n"
    )
    result = run_python(code, TINYGRAD_EDU_KEEP_MEMORY="")
    assert result.stdout.split() == ["True", "2", "False", "1"], result.stderr


def test_elsewhere_memory_is_left_alone(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    assert memory.keep_memory() is False
    assert memory.release_memory() is False


@pytest.mark.parametrize(
    ("value", "expected"),
    [(3, (3, 3)), ((2, 5), (2, 5)), ([1, 2], (1, 2)), (np.int64(4), (4, 4)), (np.array([1, 2]), (1, 2))],
)
def test_a_pair_from_whatever_is_given(value, expected):
    assert geometry.pair(value, "stride") == expected


@pytest.mark.parametrize("value", [0, -1, 1.5, "2", None, (1,), (1, 2, 3), (1, 0), (1.0, 2), []])
def test_no_pair_from_anything_else(value):
    with pytest.raises(ValueError, match="stride must be an integer or a pair of them, each at least 1"):
        geometry.pair(value, "stride")


def test_the_setting_is_read_in_this_process_too(monkeypatch):
    monkeypatch.setenv("TINYGRAD_EDU_THREADS", "3")
    assert threads._available_processors() == 3


def test_the_process_is_prepared_by_whoever_multiplies_first(monkeypatch):
    monkeypatch.setattr(process, "prepared", False)
    np.testing.assert_array_equal(fast.matmul(np.ones((2, 3)), np.ones((3, 2))), np.full((2, 2), 3.0))
    assert process.prepared


def test_what_a_forked_child_forgets(monkeypatch):
    monkeypatch.setattr(threads, "_workers", 5)
    monkeypatch.setattr(threads, "_jobs", threads._jobs)
    threads._forget_workers()
    assert threads._workers == 0
    assert threads.run(lambda i: -i, range(4)) == [0, -1, -2, -3]
