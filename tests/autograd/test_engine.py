"""The engine as its users see it: backward, grad, no_grad, and what it says when something does not fit."""

import gc
import sys
import threading
import tracemalloc
import weakref

import numpy as np
import pytest

import tinygrad_edu as tge


def leaf(values, dtype=np.float64):
    return tge.Tensor(np.asarray(values, dtype), requires_grad=True)


# -- backward ----------------------------------------------------------------------------------------------


def test_backward_twice_adds():
    x = leaf([1.0, 2.0])
    y = (x * x).sum()
    y.backward()
    first = x.grad
    y.backward()
    np.testing.assert_array_equal(x.grad.data, [4, 8])
    np.testing.assert_array_equal(first.data, [2, 4])  # what was handed out does not change


def test_contributions_add_where_a_value_fans_out():
    x = leaf([3.0])
    a = x * 2
    y = a * a + a + x  # 4x^2 + 2x + x
    y.backward()
    assert x.grad.item() == 8 * 3 + 3


def test_a_result_used_at_several_depths_is_visited_once_and_last():
    seen = []

    @tge.primitive
    def watched(x):
        """y = x, and tells when its rule fires"""
        return x * 1.0

    @watched.backward("x")
    def watched_dx(g, y, x):
        """dL/dx = g"""
        seen.append(g)
        return g

    x = leaf(2.0)
    w = watched(x)
    deep = w
    for _ in range(5):
        deep = deep + w
    (deep * w).backward()
    assert len(seen) == 1
    assert x.grad.item() == 2 * 6 * 2


def test_backward_with_a_gradient_of_ones_own():
    for g in ([3.0, 5.0], np.array([3.0, 5.0]), tge.Tensor([3.0, 5.0]), np.array([3, 5])):
        x = leaf([1.0, 2.0])
        (x * x).backward(g)
        np.testing.assert_array_equal(x.grad.data, [6, 20])


def test_the_upstream_gradient_takes_the_dtype_of_what_it_belongs_to():
    for g in (np.ones(2), tge.Tensor(np.ones(2))):
        for create_graph in (False, True):
            x = leaf([1.0, 2.0], np.float32)
            x.backward(g, create_graph=create_graph)  # a leaf is its own output
            assert x.grad.dtype == np.float32
            (y,) = tge.grad(x * 2, x, g, create_graph=create_graph)
            assert y.dtype == np.float32


def test_a_leaf_goes_backward_to_itself():
    x = leaf([1.0, 2.0])
    g = np.array([3.0, 4.0])
    x.backward(g)
    g[:] = 0
    np.testing.assert_array_equal(x.grad.data, [3, 4])


def test_what_needs_no_gradient_gets_none_and_its_rules_do_not_fire():
    @tge.primitive
    def half_derived(a, b):
        """y = a + b"""
        return a + b

    @half_derived.backward("a")
    def half_derived_da(g, y, a, b):
        """dL/da = g"""
        return g

    a, b = leaf(1.0), tge.Tensor(2.0)
    half_derived(a, b).backward()
    assert a.grad.item() == 1
    assert b.grad is None
    with pytest.raises(
        NotImplementedError, match="half_derived has no rule for its argument 'b'; write one with @half"
    ):
        half_derived(1.0, leaf(2.0)).backward()


def test_a_missing_rule_is_named_even_where_both_inputs_are_the_same():
    @tge.primitive
    def one_sided(a, b):
        """y = a * b"""
        return a * b

    @one_sided.backward("a")
    def one_sided_da(g, y, a, b):
        """dL/da = g * b"""
        return g * b

    x = leaf(2.0)
    with pytest.raises(NotImplementedError, match="argument 'b'"):
        one_sided(x, x).backward()


def test_a_variadic_primitive_without_a_rule_says_so():
    @tge.primitive
    def total(*xs):
        """y = the sum of all xs"""
        return sum(xs)

    with pytest.raises(NotImplementedError, match="total has no rule for its argument 'xs'"):
        total(leaf(1.0), leaf(2.0)).backward()


@pytest.mark.parametrize("create_graph", [False, True])
def test_a_rule_of_the_wrong_shape_is_named(create_graph):
    @tge.primitive
    def forgetful(x):
        """y = 3x, summed"""
        return np.sum(3 * x)

    @forgetful.backward("x")
    def forgetful_dx(g, y, x):
        """dL/dx = 3 g (and forgets to repeat it)"""
        return 3 * g

    with pytest.raises(
        ValueError, match=r"rule forgetful_dx of forgetful returned .* shape \(\) for an argument of shape \(2,\)"
    ):
        forgetful(leaf([1.0, 2.0])).backward(create_graph=create_graph)


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("returned", [2.0, [2.0], "gradient"])
def test_a_rule_that_returns_no_array_is_named(create_graph, returned):
    @tge.primitive
    def careless(x):
        """y = 2x"""
        return 2 * x

    @careless.backward("x")
    def careless_dx(g, y, x):
        """dL/dx = 2"""
        return returned

    with pytest.raises(TypeError, match=f"rule careless_dx of careless returned a {type(returned).__name__}"):
        careless(leaf([1.0])).backward(create_graph=create_graph)


def test_a_rule_that_leaves_the_graph_still_leaves_a_tensor():
    @tge.primitive
    def numpy_only(x):
        """y = 2x"""
        return 2 * x

    @numpy_only.backward("x")
    def numpy_only_dx(g, y, x):
        """dL/dx = 2 g, by NumPy, so that the second order is lost"""
        return np.multiply(np.asarray(g), 2)

    x = leaf([1.0, 2.0])
    numpy_only(x).backward(np.ones(2), create_graph=True)
    assert isinstance(x.grad, tge.Tensor)
    assert not x.grad.data.flags.writeable
    numpy_only(x).backward(np.ones(2), create_graph=True)
    np.testing.assert_array_equal(x.grad.data, [4, 4])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: leaf([1.0, 2.0]).backward(), r"from shape \(2,\) needs a gradient of that shape"),
        (lambda: (leaf([1.0, 2.0]) * 2).backward(np.ones(3)), r"gradient has shape \(3,\), the Tensor .* \(2,\)"),
        (lambda: (leaf([1.0, 2.0]) * 2).backward(1.0), r"gradient has shape \(\)"),
        (lambda: tge.ones(1).backward(), "depends on nothing that requires a gradient"),
        (lambda: tge.grad(leaf(1.0) * 2, tge.ones(1)), "does not require a gradient"),
        (lambda: tge.grad([leaf(1.0), leaf(2.0)], leaf(3.0), [1.0]), "2 outputs need as many grad_outputs, not 1"),
        (lambda: tge.grad(tge.ones(1), leaf(1.0)), "depends on nothing"),
        (lambda: tge.ones(2).item(), r"one element, not one of shape \(2,\)"),
    ],
)
def test_mistakes_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_only_floating_tensors_can_require_a_gradient():
    with pytest.raises(TypeError, match="only floating dtypes can require a gradient, not int64"):
        tge.Tensor([1, 2], requires_grad=True)
    with pytest.raises(TypeError, match="numbers or booleans, not dtype"):
        tge.Tensor(["a"])
    with pytest.raises(TypeError, match="not dtype complex128"):
        tge.Tensor([1j])


# -- grad --------------------------------------------------------------------------------------------------


def test_grad_leaves_every_grad_alone():
    x, w = leaf(2.0), leaf(3.0)
    x.grad = kept = tge.Tensor(np.array(7.0))
    (dx,) = tge.grad(x * w, x)
    assert dx.item() == 3
    assert x.grad is kept
    assert w.grad is None


def test_grad_with_respect_to_results_and_to_the_output_itself():
    x = leaf([1.0, 2.0])
    a = x * 3
    y = (a * a).sum()
    da, dx, dy = tge.grad(y, [a, x, y])
    np.testing.assert_array_equal(da.data, 2 * a.data)
    np.testing.assert_array_equal(dx.data, 6 * a.data)
    assert dy.item() == 1


def test_unused_inputs_have_gradient_zero():
    x, unused = leaf([1.0]), leaf(np.ones((2, 3), np.float32), np.float32)
    for create_graph in (False, True):
        _, zero = tge.grad(x.sum(), [x, unused], create_graph=create_graph)
        np.testing.assert_array_equal(zero.data, np.zeros((2, 3)))
        assert zero.dtype == np.float32


def test_several_outputs_add_up():
    x = leaf([1.0, 2.0])
    (dx,) = tge.grad([x * 2, (x * x).sum()], x, [np.array([1.0, 10.0]), None])
    np.testing.assert_array_equal(dx.data, [2 + 2, 20 + 4])
    (dx,) = tge.grad([x.sum(), x.sum()], [x])
    np.testing.assert_array_equal(dx.data, [2, 2])
    y = x.sum()
    (dx,) = tge.grad([y, y], x)
    np.testing.assert_array_equal(dx.data, [2, 2])


def test_grad_fires_only_the_rules_on_the_way():
    fired = []

    @tge.primitive
    def counted(x, *, name):
        """y = x"""
        return x * 1.0

    @counted.backward("x")
    def counted_dx(g, y, x, *, name):
        """dL/dx = g"""
        fired.append(name)
        return g

    x, w = leaf(1.0), leaf(2.0)
    y = counted(x, name="x") * counted(w, name="w")
    tge.grad(y, x)
    assert fired == ["x"]


def test_create_graph_to_the_fourth_order():
    x = leaf(2.0)
    y = x**4
    for expected in (32, 48, 48, 24):
        (y,) = tge.grad(y, x, create_graph=True)
        assert y.item() == expected


def test_backward_with_create_graph_accumulates_and_can_be_differentiated():
    x = leaf(3.0)
    (x**3).backward(create_graph=True)
    (x**2).backward(create_graph=True)
    assert x.grad.item() == 27 + 6
    (second,) = tge.grad(x.grad, x)
    assert second.item() == 18 + 2


def test_a_gradient_penalty():
    x, w = leaf([1.0, 2.0]), leaf([0.5, -1.5])
    y = ((x * w).tanh()).sum()
    (dx,) = tge.grad(y, x, create_graph=True)
    (dx * dx).sum().backward()
    h, values = 1e-6, w.data

    def penalty(w):
        return np.sum((w * (1 - np.tanh(x.data * w) ** 2)) ** 2)

    numeric = [(penalty(values + h * e) - penalty(values - h * e)) / (2 * h) for e in np.eye(2)]
    np.testing.assert_allclose(w.grad.data, numeric, rtol=1e-6)


# -- no_grad -----------------------------------------------------------------------------------------------


def test_no_grad_records_nothing_and_ends_with_its_block():
    x = leaf(2.0)
    with tge.no_grad():
        assert not tge.is_grad_enabled()
        y = x * 3
        assert not y.requires_grad
        assert y.primitive is None
        assert y.inputs == ()
        with tge.set_grad_enabled(True):
            assert (x * 3).requires_grad
    assert tge.is_grad_enabled()
    with pytest.raises(KeyError), tge.no_grad():
        raise KeyError
    assert tge.is_grad_enabled()


def test_no_grad_as_a_decorator_works_every_time():
    @tge.no_grad()
    def evaluate(x):
        return x * 2

    x = leaf(1.0)
    assert not evaluate(x).requires_grad
    assert not evaluate(x).requires_grad
    assert (x * 2).requires_grad


def test_a_decorated_function_may_run_in_several_threads_at_once():
    entered = [threading.Event(), threading.Event()]
    leave = [threading.Event(), threading.Event()]
    after = {}

    @tge.no_grad()
    def evaluate(i):
        entered[i].set()
        assert leave[i].wait(10)

    def work(i, enabled):
        with tge.set_grad_enabled(enabled):
            evaluate(i)
            after[i] = tge.is_grad_enabled()

    threads = [threading.Thread(target=work, args=(i, enabled)) for i, enabled in enumerate((True, False))]
    for i, thread in enumerate(threads):
        thread.start()
        assert entered[i].wait(10)
    for i, thread in enumerate(threads):  # who came first leaves first
        leave[i].set()
        thread.join(10)
    assert after == {0: True, 1: False}


def test_no_grad_belongs_to_one_thread():
    x = leaf(1.0)
    inside, go_on = threading.Event(), threading.Event()
    seen = []

    def evaluate():
        with tge.no_grad():
            inside.set()
            go_on.wait(10)
            seen.append((x * 2).requires_grad)

    thread = threading.Thread(target=evaluate)
    thread.start()
    assert inside.wait(10)
    assert (x * 2).requires_grad
    go_on.set()
    thread.join(10)
    assert seen == [False]


def test_threads_go_backward_each_on_their_own():
    def work(results, k):
        x = leaf(np.full(50, float(k)))
        y = x
        for _ in range(30):
            y = y * 1.0 + x * 0.5
        y.sum().backward()
        results[k] = x.grad.data[0]

    results = {}
    threads = [threading.Thread(target=work, args=(results, k)) for k in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(30)
    assert results == {k: 16.0 for k in range(6)}


def test_backward_works_under_no_grad():
    x = leaf(2.0)
    y = x * x
    with tge.no_grad():
        y.backward()
        assert x.grad.item() == 4
        assert not x.grad.requires_grad


def test_detach_cuts_the_graph():
    x = leaf(3.0)
    y = x * x.detach()
    y.backward()
    assert x.grad.item() == 3
    assert x.detach().is_leaf


# -- depth and memory --------------------------------------------------------------------------------------


def test_a_chain_of_100_000_operations():
    x = leaf(1.0)
    y = x
    for _ in range(100_000):
        y = y + 0.0
    assert sys.getrecursionlimit() < 100_000
    y.backward()
    assert x.grad.item() == 1
    x.grad = None
    (dx,) = tge.grad(y, x)
    assert dx.item() == 1
    del y, dx  # and freeing it does not recurse either


def test_a_deep_chain_can_be_differentiated_twice():
    x = leaf(1.0)
    y = x
    for _ in range(3_000):
        y = y * 1.0
    (dx,) = tge.grad(y * y, x, create_graph=True)
    (d2x,) = tge.grad(dx, x)
    assert d2x.item() == 2


@pytest.fixture
def no_garbage_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_garbage_collector")
def test_dropping_the_loss_frees_the_graph():
    x = leaf(np.ones((4, 1, 8, 8)))
    w = leaf(np.ones((3, 1, 3, 3)))
    hidden = tge.conv2d(x, w).relu()
    loss = tge.max_pool2d(hidden, 2)[:, 0].log_softmax(axis=1).mean()
    loss.backward()
    alive = [weakref.ref(t) for t in (hidden, loss, loss.inputs[0])]
    del hidden, loss
    assert [r() for r in alive] == [None] * 3


@pytest.mark.usefixtures("no_garbage_collector")
def test_a_training_loops_memory_stays_flat():
    rng = np.random.default_rng(0)
    w1, w2 = leaf(rng.standard_normal((3, 1, 3, 3))), leaf(rng.standard_normal((10, 27)))
    images, targets = rng.standard_normal((4, 1, 8, 8)), np.array([0, 1, 2, 3])

    def step():
        h = tge.max_pool2d(tge.conv2d(images, w1).relu(), 2)
        loss = tge.cross_entropy(tge.linear(h.flatten(1), w2), targets)
        for w in (w1, w2):
            w.grad = None
        loss.backward()
        for w in (w1, w2):
            w.data = w.data - 0.01 * w.grad.data

    def living():
        return sum(type(o) is tge.Tensor for o in gc.get_objects())

    for _ in range(3):
        step()
    tensors = living()
    tracemalloc.start()
    step()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(50):
        step()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert living() == tensors
    assert grown < 20_000  # one step's graph alone is larger


@pytest.mark.usefixtures("no_garbage_collector")
def test_an_error_on_the_way_back_leaves_nothing_behind():
    x = leaf([1.0, 2.0])
    y = x * x
    x.data = np.zeros(2)
    with pytest.raises(RuntimeError, match="changed afterwards"):
        y.backward(np.ones(2))
    assert x.grad is None
    assert tge.is_grad_enabled()


# -- dtypes and operators ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "f",
    [
        lambda x: x + 1, lambda x: 1 - x, lambda x: x * 2.5, lambda x: 2.5 / x, lambda x: x**2, lambda x: 2.0**x,
        lambda x: x**0.5, lambda x: -x, abs, lambda x: x.maximum(0.0), lambda x: tge.minimum(1, x),
        lambda x: tge.where(x > 1, x, 0.0), lambda x: x.clip(0, 1.5), lambda x: x.leaky_relu(), lambda x: x.mean(),
        lambda x: x.sum() * 3, lambda x: x.max() / 2, lambda x: x[0] ** 3.0, lambda x: (x + True),
        lambda x: x.mean() ** -1,
    ],
)  # fmt: skip
@pytest.mark.parametrize("create_graph", [False, True])
def test_python_numbers_never_promote(f, dtype, create_graph):
    x = leaf([1.0, 2.0], dtype)
    y = f(x)
    assert y.dtype == dtype
    y.sum().backward(create_graph=create_graph)
    assert x.grad.dtype == dtype
    assert x.grad.data.dtype == dtype


def test_an_array_may_stand_on_the_left_of_every_operator():
    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    values = np.array([[2.0, 3.0], [4.0, 5.0]])
    for left in (a, np.float64(3.0), 3.0, 3):
        x = leaf(values)
        pairs = [
            (left + x, left + values), (left - x, left - values), (left * x, left * values),
            (left / x, left / values), (left**x, left**values),
        ]  # fmt: skip
        for given, expected in pairs:
            assert isinstance(given, tge.Tensor)
            assert given.requires_grad
            np.testing.assert_allclose(given.data, expected)
        for given, expected in [(left < x, left < values), (left == x, left == values), (left >= x, left >= values)]:
            assert isinstance(given, tge.Tensor)
            np.testing.assert_array_equal(given.data, expected)
    product = a @ leaf(values)
    assert isinstance(product, tge.Tensor)
    np.testing.assert_array_equal(product.data, a @ values)


def test_a_tensor_as_a_python_number():
    assert float(leaf([[2.5]])) == 2.5
    assert int(tge.tensor([3])) == 3
    assert [10, 20][tge.tensor(1)] == 20
    assert bool(leaf(1.0))
    assert not (leaf(1.0) > 2)
    assert len(leaf([1.0, 2.0])) == 2
    with pytest.raises(TypeError, match="without axes"):
        len(leaf(1.0))


def test_how_tensors_and_their_operations_print():
    x = tge.tensor([1.0, 2.0], requires_grad=True)
    assert repr(x) == "tensor([1., 2.], requires_grad=True)"
    assert repr(x * 2) == "tensor([2., 4.], primitive=multiply)"
    assert repr(tge.tensor([1, 2])) == "tensor([1, 2], dtype=int64)"
    assert repr(tge.relu) == "<primitive relu(x): y = max(x, 0)>"
    assert repr(tge.primitives()["relu"].rules["x"]) == "<rule relu_dx: dL/dx = g * [x > 0]>"
    assert tge.primitives()["relu"].source.file.endswith("activation.py")
    assert "def relu(x):" in tge.primitives()["relu"].source.text


# -- creating ----------------------------------------------------------------------------------------------


def test_creation():
    assert tge.zeros(2, 3).shape == tge.zeros((2, 3)).shape == (2, 3)
    assert tge.zeros().shape == tge.zeros(()).shape == ()
    assert tge.ones(2).dtype == np.float32
    assert tge.full((2,), 7.0, dtype=np.float64).data.tolist() == [7, 7]
    assert tge.eye(2, 3).data.tolist() == [[1, 0, 0], [0, 1, 0]]
    assert tge.arange(1, 7, 2).data.tolist() == [1, 3, 5]
    assert tge.arange(0.0, 1.0, 0.5).dtype == np.float32
    assert tge.tensor([1, 2], requires_grad=True).dtype == np.float32
    assert tge.tensor(np.ones(2)).dtype == np.float64
    assert tge.tensor([1.0], dtype=np.float64).dtype == np.float64
    assert tge.tensor(tge.ones(2)).data.tolist() == [1, 1]
    assert tge.randn(3, dtype=np.float64, requires_grad=True).requires_grad
    assert not tge.zeros(2).data.flags.writeable


def test_random_numbers_follow_the_seed_and_the_given_generator():
    tge.manual_seed(1)
    state = tge.random.get_state()
    a = tge.randn(4).data
    tge.random.set_state(state)
    np.testing.assert_array_equal(tge.randn(4).data, a)
    np.testing.assert_array_equal(
        tge.rand(4, rng=np.random.default_rng(5)).data, tge.rand(4, rng=np.random.default_rng(5)).data
    )


# -- defining primitives -----------------------------------------------------------------------------------


def test_calls_are_bound_as_python_would():
    x = np.ones((1, 1, 4, 4))
    w = np.ones((1, 1, 2, 2))
    np.testing.assert_array_equal(tge.conv2d(x, w, None, 2, 1), tge.conv2d(weight=w, x=x, padding=1, stride=2))
    np.testing.assert_array_equal(tge.sum(x, (2, 3), True), tge.sum(x, keepdims=True, axis=(2, 3)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tge.sum(1.0, None, False, 3), "sum takes at most 3 arguments, got 4"),
        (lambda: tge.sum(np.ones(2), 0, axis=0), "sum got the parameter 'axis' twice"),
        (lambda: tge.sum(np.ones(2), along=0), "sum has no parameter along; it has: axis, keepdims"),
        (lambda: tge.exp(np.ones(2), axis=0), "exp has no parameter axis; it has: none"),
        (lambda: tge.add(np.ones(2)), "add needs the argument 'b'"),
        (lambda: tge.reshape(np.ones(2)), "reshape needs the parameter 'shape'"),
    ],
)
def test_calls_that_do_not_fit(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_a_rule_for_an_argument_that_is_not_there():
    @tge.primitive(name="identity-of-a-test")
    def identity(x):
        """y = x"""
        return x

    assert identity.name == "identity-of-a-test"
    with pytest.raises(ValueError, match="has no array argument 'z'; it has x"):
        identity.backward("z")


def test_parameters_must_be_named():
    with pytest.raises(TypeError, match=r"primitive loose: \*\*anything cannot be recorded"):

        @tge.primitive
        def loose(x, **anything):
            """y = x"""
            return x


def test_the_rooms_open_when_they_are_entered():
    assert tge.nn.Linear
    with pytest.raises(AttributeError, match="has no attribute 'gpu'"):
        tge.gpu  # noqa: B018


def test_transposing_in_every_way_of_writing_it():
    values = np.arange(6.0).reshape(1, 2, 3)
    x = leaf(values)
    for given_, expected in [
        (x.transpose(), values.T), (x.T, values.T), (x.transpose(2, 0, 1), values.transpose(2, 0, 1)),
        (x.transpose((1, 0, 2)), values.transpose(1, 0, 2)), (x.reshape((3, 2)), values.reshape(3, 2)),
        (x.reshape(3, -1), values.reshape(3, -1)),
    ]:  # fmt: skip
        np.testing.assert_array_equal(given_.data, expected)


def test_a_forward_may_return_a_python_number():
    @tge.primitive
    def count(x):
        """y = how many elements x has"""
        return float(np.size(x))

    y = count(tge.ones(2, 3))
    assert isinstance(y, tge.Tensor)
    assert y.item() == 6


def test_asking_for_the_rule_at_a_position():
    matmul, stack = tge.primitives()["matmul"], tge.primitives()["stack"]
    assert matmul.rule_for(1) is matmul.rules["b"].function
    assert stack.rule_for(2).keywords == {"position": 2}


def test_changing_the_params_of_a_result_changes_no_other_result():
    @tge.primitive
    def scaled(x, *, by=2.0):
        """y = by * x"""
        return by * x

    x = leaf([1.0])
    scaled(x).params["by"] = 5.0
    (tge.ones(2) + 1).params["by"] = 5.0
    y = scaled(x)
    assert y.params == {"by": 2.0}
    assert y.item() == 2
    assert (tge.ones(2) + 1).params == {}
