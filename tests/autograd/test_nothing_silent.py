"""What must never happen: a number that is wrong and says nothing.  Each test is a class of mistakes, with siblings."""

import asyncio
import copy
import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tge
from tinygrad_edu import nn


def leaf(*values, dtype=np.float64):
    return tge.Tensor(np.array(values, dtype), requires_grad=True)


# -- identity that survives copying -------------------------------------------------------------------------------

COPIES = [copy.copy, copy.deepcopy, *(lambda t, p=p: pickle.loads(pickle.dumps(t, p)) for p in (2, 5))]


@pytest.mark.parametrize("make", COPIES)
@given(u=st.lists(st.floats(-9, 9), min_size=2, max_size=2))
def test_a_copy_is_a_leaf_of_its_own(make, u):
    w = tge.named("w", leaf(1.0, 2.0))
    v = make(w)
    (w * 3 + v * 5).backward(np.array(u))
    np.testing.assert_allclose(w.grad.data, np.multiply(3, u))
    np.testing.assert_allclose(v.grad.data, np.multiply(5, u))
    assert (v.name, v.dtype, v.requires_grad, type(v)) == ("w", w.dtype, True, type(w))
    with tge.no_grad():
        v += 1
    np.testing.assert_array_equal(w.data, [1, 2])


@pytest.mark.parametrize("make", COPIES)
def test_a_copy_has_its_own_gradient_and_keeps_its_class(make):
    p = nn.Parameter(np.ones(2))
    p.grad = tge.Tensor(np.full(2, 7.0))
    q = make(p)
    assert type(q) is nn.Parameter
    p.grad = None
    np.testing.assert_array_equal(q.grad.data, [7, 7])


@pytest.mark.parametrize("make", COPIES)
def test_a_graph_is_not_copied_however_deep(make):
    y = leaf(1.0)
    for _ in range(100_000):
        y = y + 1
    with pytest.raises(TypeError, match=r"result of add and has a graph behind it.*x\.detach"):
        make(y)
    assert make(y.detach()).item() == 100_001
    with tge.no_grad():
        assert make(y * 2).item() == 200_002


def test_what_another_process_pickled_goes_backward_here():
    code = (
        "import pickle, sys, numpy as np, tinygrad_edu as tge\n"
        "w = tge.Tensor(np.ones((2, 3)), requires_grad=True)\n"
        "sys.stdout.buffer.write(pickle.dumps([w, tge.relu]))"
    )
    w, relu = pickle.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert relu is tge.relu
    here = [leaf(*range(4)) for _ in range(8)]  # some of these have the stamp that w had over there
    y = relu(w).sum()
    for t in here:
        y = y + (t * 2).sum()
    y.backward()
    np.testing.assert_array_equal(w.grad.data, np.ones((2, 3)))
    for t in here:
        np.testing.assert_array_equal(t.grad.data, [2] * 4)


def test_copying_a_primitive_gives_the_primitive():
    own = [p for p in tge.primitives().values() if p.__module__.startswith("tinygrad_edu.ops.")]
    assert own
    for p in own:
        assert copy.copy(p) is copy.deepcopy(p) is pickle.loads(pickle.dumps(p)) is p


# -- values that leave the graph ------------------------------------------------------------------------------------


def test_storing_a_recorded_value_in_a_leaf_raises():
    w, out = leaf(1.0, 2.0, 3.0), tge.zeros(3)
    for index in (0, slice(None), [0, 1], ...):
        with pytest.raises(RuntimeError, match=r"gradient would be lost.*tge\.stack"):
            out[index] = w[index] ** 2
    with tge.no_grad():
        out[0] = w[0] * 5
    out[1] = w[1].detach()
    np.testing.assert_array_equal(out.data, [5, 2, 0])


def test_storing_in_a_leaf_that_requires_a_gradient_raises_while_recording():
    w = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match=r"with tge\.no_grad\(\)"):
        w[0] = 5
    with tge.no_grad():
        w[0] = 5
    np.testing.assert_array_equal(w.data, [5, 2])


def test_storing_a_fraction_among_whole_numbers_raises():
    n = tge.tensor([1, 2])
    with pytest.raises(TypeError, match="float32 stored in a Tensor of dtype int64"):
        n[0] = 2.5
    n[0] = 3
    assert n.data[0] == 3


def test_conversions_to_arrays_raise():
    w = leaf(1.0, 2.0)
    array = np.zeros(2)
    calls = [
        lambda: np.asarray(w),
        lambda: np.array([w[0], 2.0]),
        lambda: array.__setitem__(slice(None), w),
        lambda: tge.mean([w, 3 * w]),
        lambda: tge.sum([w, w]),
        lambda: tge.softmax([w]),
        lambda: tge.relu([w, w]),
        lambda: tge.reshape([w, w], (4,)),
        lambda: tge.tensor([w, w]),
        lambda: tge.Tensor([w[0], w[1]]),
        lambda: w * [w, w],
        lambda: w.backward([w[0], w[1]]),
    ]
    for call in calls:
        with pytest.raises(RuntimeError, match=r"gradient would be lost.*tge\.concatenate.*x\.detach"):
            call()
    np.testing.assert_array_equal(np.asarray(w.detach()), [1, 2])
    with tge.no_grad():
        np.testing.assert_array_equal(np.asarray(w), [1, 2])


def test_numpy_functions_of_one_element_at_a_time_record():
    x = leaf(0.5, 2.0)
    for name in ("exp", "log", "sqrt", "sign", "tanh", "abs", "negative"):
        value = getattr(np, name)(x)
        assert value.primitive.name == name
        np.testing.assert_array_equal(value.data, getattr(np, name)(x.data))
    for name in ("add", "subtract", "multiply", "divide", "power", "maximum", "minimum"):
        for a, b in ((x, np.ones(2)), (np.ones(2), x), (np.float64(3), x), (x, x)):
            value = getattr(np, name)(a, b)
            assert value.primitive.name == name
            plain = [t.data if isinstance(t, tge.Tensor) else t for t in (a, b)]
            np.testing.assert_array_equal(value.data, getattr(np, name)(*plain))
    assert (np.ones((3, 2)) @ x).primitive.name == "matmul"
    np.testing.assert_array_equal((np.ones(2) < x).data, [False, True])
    array = np.ones(2)
    with pytest.raises(TypeError, match=r"np\.multiply into a NumPy array"):
        array *= x
    with pytest.raises(TypeError, match=r"np\.exp into a NumPy array"):
        np.exp(x, out=array)
    np.testing.assert_array_equal(array, 1)


def test_numpy_functions_inside_a_rule_can_be_differentiated_again():
    @tge.primitive
    def growth(x):
        """y = e^x"""
        return np.exp(x)

    @growth.backward("x")
    def growth_dx(g, y, x):
        """dL/dx = g * e^x"""
        return g * np.exp(x)

    tge.testing.check_gradients(growth, tge.randn(3), order=2)


@pytest.mark.parametrize("setting", ["leaky_relu", "clip", "dropout"])
def test_a_setting_that_requires_a_gradient_is_refused(setting):
    x, t = leaf(-1.0, 2.0), leaf(0.3).sum()
    call = {
        "leaky_relu": lambda: tge.leaky_relu(x, t),
        "clip": lambda: x.clip(low=t),
        "dropout": lambda: tge.primitives()["dropout"](x, np.ones(2), p=t),
    }[setting]
    with pytest.raises(TypeError, match=r"is a setting, and no gradient flows to it.*t\.item\(\)"):
        call()
    with tge.no_grad():
        call()  # as a number it is welcome
    np.testing.assert_array_equal(x.clip(low=tge.tensor(0.5)).data, [0.5, 2])


# -- changing a leaf in place ---------------------------------------------------------------------------------------


def test_the_training_loop_of_pytorchs_tutorial_trains():
    model = nn.Linear(3, 2)
    x = tge.randn(5, 3)
    before = [p.numpy() for p in model.parameters()]
    (model(x) ** 2).sum().backward()
    with tge.no_grad():
        for p in model.parameters():
            p -= 0.1 * p.grad
    for p, old in zip(model.parameters(), before, strict=True):
        np.testing.assert_allclose(p.data, old - np.float32(0.1) * p.grad.data)
        assert isinstance(p, nn.Parameter)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "pow"])
def test_in_place_arithmetic_changes_a_leaf_and_makes_a_new_result(name):
    in_place, plain = (lambda a, b: getattr(a, f"__i{name}__")(b)), (lambda a, b: getattr(a, f"__{name}__")(b))
    w, expected = leaf(1.0, 2.0), plain(leaf(1.0, 2.0), 3.0).data
    with pytest.raises(RuntimeError, match="leaf that requires a gradient cannot be changed"):
        in_place(w, 3.0)
    with tge.no_grad():
        assert in_place(w, 3.0) is w
    np.testing.assert_array_equal(w.data, expected)

    constant = tge.Tensor(np.array([1.0, 2.0]))
    assert in_place(constant, 3.0) is constant
    np.testing.assert_array_equal(constant.data, expected)

    y = leaf(1.0, 2.0) * 1
    z = in_place(y, 3.0)  # a result stays as it is: other names for it still mean the old value
    assert z is not y
    np.testing.assert_array_equal(y.data, [1, 2])
    np.testing.assert_array_equal(z.data, expected)


def test_a_sum_that_begins_with_a_constant_keeps_the_graph():
    w = leaf(1.0, 2.0)
    total = tge.Tensor(np.zeros(2))
    for k in (1, 2, 3):
        total += k * w
    total.backward(np.array([1.0, -2.0]))
    np.testing.assert_array_equal(w.grad.data, [6, -12])


def test_in_place_arithmetic_that_would_change_shape_or_dtype_raises():
    n, s = tge.tensor([1, 2]), tge.tensor(1.0)
    for call in (lambda: n.__iadd__(0.5), lambda: s.__iadd__(tge.ones(2))):
        with pytest.raises(ValueError, match="cannot become an array of shape"):
            call()


def test_a_pending_backward_pass_notices_arithmetic_in_place():
    w = leaf(2.0, 3.0)
    y = w * w
    with tge.no_grad():
        w *= 2
    with pytest.raises(RuntimeError, match="changed afterwards"):
        y.backward(np.ones(2))


# -- what is recorded: plain arrays that nobody can write to -----------------------------------------------------------


def test_a_matrix_counts_as_its_numbers():
    a, matrix = leaf([1.0, 2.0], [3.0, 4.0]), np.array([[1.0, 2.0], [3.0, 4.0]]).view(np.matrix).copy()
    matrix.setflags(write=False)
    for m in (matrix, tge.Tensor(matrix), matrix.copy()):
        a.grad = None
        y = a * m
        np.testing.assert_array_equal(y.data, [[1, 4], [9, 16]])
        assert type(y.inputs[1]) in (np.ndarray, tge.Tensor)
        (y @ np.ones((2, 2))).backward(np.array([[1.0, -1.0], [2.0, 0.0]]))
        np.testing.assert_array_equal(a.grad.data, [[0, 0], [6, 8]])
    a.data = matrix
    assert type(a.data) is np.ndarray


def test_a_masked_array_is_refused():
    masked = np.ma.array([1.0, 2.0], mask=[True, False])
    w = leaf(1.0, 2.0)
    for call in (
        lambda: tge.Tensor(masked),
        lambda: tge.tensor(masked),
        lambda: w * masked,
        lambda: tge.sum(masked),
        lambda: setattr(w, "data", masked),
        lambda: w.sum().backward(np.ma.array(1.0)),
    ):
        with pytest.raises(TypeError, match=r"lose its mask; fill it first: array\.filled\(0\)"):
            call()


def test_memory_that_somebody_else_can_write_to_is_copied(tmp_path):
    owner = bytearray(np.array([1.0, 2.0]).tobytes())
    file = np.memmap(tmp_path / "numbers", np.float64, "w+", shape=(2,))
    file[...] = [1, 2]
    writable_elsewhere = np.memmap(tmp_path / "numbers", np.float64, "r")
    views = [np.frombuffer(owner), np.frombuffer(memoryview(owner).toreadonly()), writable_elsewhere]
    w = leaf(1.0, 1.0)
    leaves = [tge.Tensor(v) for v in views]
    products = [w * v for v in views]
    for t, v in zip([tge.Tensor(np.zeros(2)) for _ in views], views, strict=True):
        t.data = v
        leaves.append(t)
    owner[:] = np.array([9.0, 9.0]).tobytes()
    file[...] = 9
    for t in leaves:
        np.testing.assert_array_equal(t.data, [1, 2])
    for y in products:
        w.grad = None
        y.backward(np.array([1.0, 3.0]))
        np.testing.assert_array_equal(w.grad.data, [1, 6])
    kept = np.frombuffer(bytes(owner))  # nobody can write to bytes
    assert np.shares_memory(tge.Tensor(kept).data, kept)


def test_lists_beside_a_tensor_count_as_arrays():
    x = tge.tensor([[1.0, 2.0]], requires_grad=True)
    y = x @ [[1.0], [2.0]]
    assert y.item() == 5
    y.backward([[2.0]])
    np.testing.assert_array_equal(x.grad.data, [[2, 4]])
    assert x.__add__([1, 2]).dtype == np.float32


# -- one rule for dtypes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (lambda: tge.tensor([1, 2]) * 0.5, "float32"),
        (lambda: 0.5 - tge.tensor([1, 2]), "float32"),
        (lambda: tge.tensor([1, 2]) / 2, "float32"),
        (lambda: tge.tensor([True, False]) * 0.5, "float32"),
        (lambda: tge.tensor([1, 2]).exp(), "float32"),
        (lambda: tge.tensor([1, 2]).mean(), "float32"),
        (lambda: tge.tensor([1, 2]) + 1, "int64"),
        (lambda: tge.tensor([True, False]).sum(), "int64"),
        (lambda: tge.Tensor([1.0, 2.0]), "float32"),
        (lambda: tge.Tensor(1.0), "float32"),
        (lambda: tge.tensor([[1.0], [2.0]]), "float32"),
        (lambda: tge.tensor([np.float64(1.0)]), "float64"),
        (lambda: tge.tensor([[1.0], [np.float64(1.0)]]), "float64"),
        (lambda: tge.exp(tge.tensor(np.array([20], np.int8))), "float32"),
        (lambda: tge.tensor([np.array([1.0, 2.0])]), "float64"),
        (lambda: tge.tensor(np.float64(1.0)), "float64"),
        (lambda: tge.tensor([1.0], dtype=np.float16), "float16"),
        (lambda: tge.ones(2) * np.float64(2), "float32"),
        (lambda: np.float64(2) * tge.ones(2), "float32"),
        (lambda: tge.ones(2) * np.int64(2), "float32"),
        (lambda: tge.tensor([1, 2]) * np.float64(0.5), "float32"),
        (lambda: tge.ones(2, dtype=np.float64) * np.float32(2), "float64"),
        (lambda: tge.ones(2) * np.array([2.0, 2.0]), "float64"),
        (lambda: tge.ones(2) * tge.tensor([1, 2]), "float32"),
        (lambda: tge.ones(2) * np.arange(2), "float32"),
        (lambda: tge.ones(2, dtype=np.float16) + tge.tensor([1, 2]), "float16"),
        (lambda: tge.ones(2, dtype=np.float64) + tge.tensor([1, 2]), "float64"),
        (lambda: tge.tensor([1, 2]).astype(np.float64), "float64"),
        (lambda: tge.mean([1.0, 2.0]), "float32"),
        (lambda: tge.where(tge.tensor([True]), 1.0, 0.0), "float32"),
    ],
)
@pytest.mark.parametrize("recorded", [False, True])
def test_the_rule_for_dtypes_is_pytorchs(value, dtype, recorded):
    found = value() if recorded else tge.no_grad(value)()
    assert found.dtype == dtype


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.int64])
def test_functions_of_whole_numbers_are_computed_as_float32(dtype):
    x = np.array([1, 20, 100], dtype)
    for name in ("exp", "log", "sqrt", "tanh", "sigmoid", "softmax", "log_softmax", "logsumexp", "mean"):
        function = getattr(tge, name)
        with np.errstate(over="ignore"):
            expected = function(tge.tensor(x.astype(np.float32))).data
            np.testing.assert_allclose(function(tge.tensor(x)).data, expected, rtol=1e-6)


def test_reductions_by_numpys_name_record():
    w = leaf([1.0, 4.0], [3.0, 2.0])
    for name in ("sum", "mean", "max", "min"):
        value = getattr(np, name)(w, axis=0)
        assert value.primitive.name == name
        np.testing.assert_array_equal(value.data, getattr(np, name)(w.data, axis=0))
    clipped = np.clip(w, 1.5, 3.5)
    assert clipped.primitive.name == "clip"
    np.testing.assert_array_equal(clipped.data, [[1.5, 3.5], [3, 2]])


def test_numpy_functions_of_a_tensor_without_a_gradient_compute():
    t = tge.tensor([1.5, np.nan])
    np.testing.assert_array_equal(np.isnan(t), [False, True])
    np.testing.assert_array_equal(np.add.reduce(tge.ones(3)), 3)
    with tge.no_grad():
        np.testing.assert_array_equal(np.floor(leaf(1.5)), [1])


def test_whole_numbers_need_no_gradient():
    x = leaf(1.0, 2.0)
    whole = x.astype(int)
    assert not whole.requires_grad
    assert whole.is_leaf
    y = x * whole
    y.backward(np.array([1.0, 3.0]))
    np.testing.assert_array_equal(x.grad.data, [1, 6])
    with pytest.raises(TypeError, match="only floating dtypes"):
        whole.requires_grad = True
    assert not (x > 1).requires_grad


@pytest.mark.parametrize("other", [1j, np.array([1j, 2]), np.array([None, 2]), np.array([1, 2], "m8[s]")])
def test_a_result_that_no_tensor_holds_is_refused(other):
    for recorded in (True, False):
        with tge.set_grad_enabled(recorded), pytest.raises(TypeError):
            leaf(1.0, 2.0) * other
    with pytest.raises(TypeError, match="holds numbers or booleans"):
        tge.Tensor(other)


def test_a_forward_without_return_says_so():
    @tge.primitive
    def forgets(x):
        """y = 2x"""
        2 * x

    with pytest.raises(TypeError, match="returned None; it lacks a return"):
        forgets(leaf(1.0))


# -- what a Tensor's attributes may be --------------------------------------------------------------------------------


def test_a_gradient_fits_its_tensor():
    w = leaf(1.0, 2.0)
    for wrong in (0, 0.0, np.zeros(2), [0.0, 0.0]):
        with pytest.raises(TypeError, match="a gradient is a Tensor or None"):
            w.grad = wrong
    for wrong in (tge.Tensor(np.zeros(3)), tge.Tensor(np.zeros((2, 1))), tge.zeros(2)):
        with pytest.raises(ValueError, match=r"shape \(2,\) and dtype float64 cannot be one of"):
            w.grad = wrong
    w.grad = tge.Tensor(np.zeros(2))
    w.grad = None


def test_requires_grad_is_true_or_false_and_a_leafs_own():
    w = leaf(1.0)
    for wrong in (1, None, "yes"):
        with pytest.raises(TypeError, match="True or False"):
            w.requires_grad = wrong
        with pytest.raises(TypeError, match="True or False"):
            tge.Tensor([1.0], wrong)
    with pytest.raises(TypeError, match=r"True or False, not 3.*tge\.zeros"):
        tge.Tensor(2, 3)
    w.requires_grad = False
    assert not (w * 2).requires_grad
    w.requires_grad = True
    y = w * 2
    with pytest.raises(ValueError, match=r"result of multiply.*detach\(\)"):
        y.requires_grad = False


def test_a_tensor_of_several_elements_is_neither_true_nor_false():
    with pytest.raises(ValueError, match=r"neither true nor false.*x\.any"):
        bool(leaf(1.0, 2.0))
    with pytest.raises(ValueError, match="neither true nor false"):
        bool(tge.zeros(0))


# -- rules and threads -----------------------------------------------------------------------------------------------


def test_a_rule_cannot_change_what_another_rule_will_read():
    @tge.primitive
    def total(a, b):
        """y = a + b"""
        return a + b

    @total.backward("a")
    def total_da(g, y, a, b):
        """dL/da = g"""
        g *= 2
        return g

    @total.backward("b")
    def total_db(g, y, a, b):
        """dL/db = g"""
        return g

    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    with pytest.raises(ValueError, match="read-only"):
        total(a, b).backward(np.array([1.0, 5.0]))
    assert a.grad is b.grad is None


def test_passes_in_several_threads_lose_nothing_of_each_others():
    w, threads, passes = leaf(*range(20_000)), 8, 40
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:

        def go_backward():
            for _ in range(passes):
                (w * 1.0).backward(np.ones(20_000))

        running = [threading.Thread(target=go_backward) for _ in range(threads)]
        for t in running:
            t.start()
        for t in running:
            t.join()
    finally:
        sys.setswitchinterval(before)
    np.testing.assert_array_equal(w.grad.data, threads * passes)


def test_a_leaf_that_changes_during_a_pass_keeps_all_its_contributions():
    w = leaf(1.0)

    @tge.primitive
    def meddling(x):
        """y = x"""
        return np.array(x)

    @meddling.backward("x")
    def meddling_dx(g, y, x):
        """dL/dx = g"""
        w.data = np.array([5.0])  # as an optimizer in another thread might
        return g

    (w + meddling(w) + w).backward(np.array([3.0]))
    assert w.grad.item() == 9


# -- recording or not --------------------------------------------------------------------------------------------------


def test_set_grad_enabled_acts_as_a_statement_too():
    try:
        tge.set_grad_enabled(False)
        assert not (leaf(1.0) * 2).requires_grad
        with tge.set_grad_enabled(True):
            assert (leaf(1.0) * 2).requires_grad
        assert not tge.is_grad_enabled()
    finally:
        tge.set_grad_enabled(True)
    with tge.set_grad_enabled(False):
        assert not tge.is_grad_enabled()
    assert tge.is_grad_enabled()

    @tge.set_grad_enabled(False)
    def inside():
        return tge.is_grad_enabled()

    assert tge.is_grad_enabled()
    assert not inside()
    for wrong in (None, 0, "off"):
        with pytest.raises(TypeError, match="True or False"):
            tge.set_grad_enabled(wrong)


def test_a_decorated_generator_records_nothing_and_leaves_its_caller_alone():
    seen = []

    @tge.no_grad()
    def steps(n):
        """Yield whether operations are recorded."""
        try:
            for _ in range(n):
                seen.append((yield tge.is_grad_enabled()))
        except KeyError:
            yield "caught"
        finally:
            seen.append(tge.is_grad_enabled())
        return "end"

    generator = steps(2)
    assert next(generator) is False
    assert tge.is_grad_enabled()
    assert generator.send("sent") is False
    assert generator.throw(KeyError) == "caught"
    with pytest.raises(StopIteration, match="end"):
        next(generator)
    assert seen == ["sent", False]
    generator = steps(2)
    next(generator)
    generator.close()
    assert seen == ["sent", False, False]
    assert tge.is_grad_enabled()
    assert steps.__name__ == "steps"


def test_a_decorated_coroutine_records_nothing_and_leaves_other_tasks_alone():
    @tge.no_grad
    async def evaluate():
        before = tge.is_grad_enabled()
        await asyncio.sleep(0)
        return before, tge.is_grad_enabled()

    async def train():
        seen = []
        for _ in range(4):
            seen.append(tge.is_grad_enabled())
            await asyncio.sleep(0)
        return seen

    async def both():
        return await asyncio.gather(evaluate(), train())

    assert asyncio.run(both()) == [(False, False), [True] * 4]
    with pytest.raises(TypeError, match="yields and awaits"):

        @tge.no_grad()
        async def stream():
            yield 1


# -- derivatives of what is constant -----------------------------------------------------------------------------------


def test_the_derivative_of_a_constant_gradient_is_zero():
    x, c = leaf(2.0, 3.0), leaf(1.0)
    (dy,) = tge.grad((3 * x).sum(), x, create_graph=True)
    np.testing.assert_array_equal(tge.grad(dy, x, np.array([1.0, 5.0]))[0].data, [0, 0])
    (unused,) = tge.grad((3 * x).sum(), c, create_graph=True)
    np.testing.assert_array_equal(tge.grad(unused, c)[0].data, [0])
    (3 * x).sum().backward(create_graph=True)
    np.testing.assert_array_equal(tge.grad((x.grad**2).sum() + x.sum(), x)[0].data, [1, 1])
    with pytest.raises(ValueError, match="no_grad"):  # while what was never recorded still says so
        tge.grad(tge.ones(1), x)


# -- names -------------------------------------------------------------------------------------------------------------


def test_a_primitive_of_ones_own_takes_no_other_ones_place():
    before = tge.primitives()

    @tge.primitive
    def relu(x):
        """y = x, a namesake"""
        return x * 1.0

    try:
        assert tge.primitives()["relu"] is tge.relu is before["relu"]
        assert tge.primitives()[f"{__name__}.relu"] is relu
        assert relu.name == "relu"
        assert relu(leaf(-1.0)).item() == -1
    finally:
        from tinygrad_edu.autograd.primitive import _registry

        del _registry[f"{__name__}.relu"]


def test_importing_everything_hides_no_function_of_pythons():
    space = {}
    exec("from tinygrad_edu import *", space)
    import builtins

    assert not {name for name in space if hasattr(builtins, name)} - {"__builtins__"}
    assert space["relu"] is tge.relu
    assert tge.sum is not sum
