"""An array that a pending backward pass will read cannot change without an error, whichever way it is changed."""

import numpy as np
import pytest
from cases import CASES
from hypothesis import given
from hypothesis import strategies as st
from oracle import is_float

import tinygrad_edu as tge
from tinygrad_edu import nn, optim

every_primitive = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
seeds = st.integers(0, 2**32 - 1)


class Holder(nn.Module):
    """A network that is nothing but its parameters."""

    def __init__(self, tensors):
        self.tensors = list(tensors)


def by_assignment(tensor, new):
    tensor.data = new


def by_index(tensor, new):
    with tge.no_grad():
        tensor[...] = new


def by_optimizer(tensor, new):
    tensor.grad = tge.Tensor(tensor.data - new)
    optim.SGD([tensor], lr=1.0).step()
    tensor.grad = None


def by_loading(tensor, new):
    holder = Holder([tensor])
    holder.load_state_dict({name: new for name in holder.state_dict()})


PATHS = [by_assignment, by_index, by_optimizer, by_loading]


def leaves_and_result(case, arrays, params):
    leaves = [nn.Parameter(a) if is_float(a) else a if a is None else tge.Tensor(a) for a in arrays]
    return leaves, case(*leaves, **params)


@every_primitive
@given(data=st.data(), seed=seeds)
def test_a_changed_input_raises_if_a_rule_reads_it_and_is_harmless_otherwise(case, data, seed):
    arrays, params = data.draw(case.examples)
    changed = data.draw(st.sampled_from([i for i, a in enumerate(arrays) if a is not None]))
    by = data.draw(st.sampled_from(PATHS)) if is_float(arrays[changed]) else by_assignment
    u = np.asarray(np.random.default_rng(seed).standard_normal(np.shape(case(*arrays, **params))))

    for position, array in enumerate(arrays):
        if not is_float(array):
            continue
        leaves, y = leaves_and_result(case, arrays, params)
        (expected,) = tge.grad(y, leaves[position], u)
        new = leaves[changed].data + (1 if is_float(arrays[changed]) else 0)
        by(leaves[changed], np.asarray(new, arrays[changed].dtype))
        np.testing.assert_array_equal(leaves[changed].data, new)

        argument = case.primitive.argument_at(changed)
        if argument in case.primitive.rules[case.primitive.argument_at(position)].reads:
            with pytest.raises(RuntimeError, match=f"backward pass of {case.name} needs .* argument '{argument}'"):
                tge.grad(y, leaves[position], u)
            with pytest.raises(RuntimeError, match="changed afterwards"):
                tge.grad(y, leaves[position], u, create_graph=True)
        else:
            (given_,) = tge.grad(y, leaves[position], u)
            np.testing.assert_array_equal(given_.data, expected.data)


@every_primitive
@given(data=st.data(), seed=seeds)
def test_arrays_of_the_users_own_can_change_after_the_call(case, data, seed):
    arrays, params = data.draw(case.examples)
    arrays = [None if a is None else a.copy() for a in arrays]
    position = data.draw(st.sampled_from([i for i, a in enumerate(arrays) if is_float(a)]))
    mine = tge.Tensor(arrays[position], requires_grad=True)
    y = case(*arrays[:position], mine, *arrays[position + 1 :], **params)
    value, u = y.data.copy(), np.asarray(np.random.default_rng(seed).standard_normal(y.shape))
    (expected,) = tge.grad(y, mine, u)
    kept_u = u.copy()
    for array in arrays:
        if array is not None:
            array[...] = 0 if array.dtype.kind in "iub" else np.nan
    np.testing.assert_array_equal(y.data, value)
    (given_,) = tge.grad(y, mine, u)
    np.testing.assert_array_equal(given_.data, expected.data)
    u[...] = np.nan
    np.testing.assert_array_equal(given_.data, expected.data)
    assert np.array_equal(mine.data, mine.data)  # no nan came in
    assert not np.isnan(kept_u).any()


def test_an_index_array_of_the_users_own_can_change_after_the_call():
    for read in (lambda x, i: x[i], tge.getitem, lambda x, i: x[i,], lambda x, i: tge.getitem(x, (i, ...))):
        x, index = tge.Tensor(np.array([1.0, 2.0, 3.0]), requires_grad=True), np.array([0, 0])
        y = read(x, index)
        index[...] = 2
        y.sum().backward()
        np.testing.assert_array_equal(x.grad.data, [2, 0, 0])
    x, index = tge.Tensor(np.array([1.0, 2.0]), requires_grad=True), [0, 2]
    y = tge.scatter_add(x, index, (3,))
    index[0] = 1
    y.backward(np.array([3.0, 4.0, 5.0]))
    np.testing.assert_array_equal(x.grad.data, [3, 5])


def test_a_read_only_view_of_an_array_that_can_change_is_copied():
    # Read-only is not enough: whoever owns the memory could still write to it.
    owner = np.array([1.0, 2.0])
    view = owner[:]
    view.setflags(write=False)
    repeated = np.broadcast_to(owner, (2, 2))
    x, y = tge.Tensor(view, requires_grad=True), tge.Tensor(repeated)
    p = tge.Tensor(np.array([0.0, 0.0]))
    p.data = view
    q = tge.Tensor(np.array([1.0, 1.0]), requires_grad=True)
    product = q * view
    owner[...] = 9
    np.testing.assert_array_equal(x.data, [1, 2])
    np.testing.assert_array_equal(y.data, [[1, 2], [1, 2]])
    np.testing.assert_array_equal(p.data, [1, 2])
    product.sum().backward()
    np.testing.assert_array_equal(q.grad.data, [1, 2])


def test_a_read_only_array_of_its_own_is_not_copied():
    array = np.arange(3.0)
    array.setflags(write=False)
    assert np.shares_memory(tge.Tensor(array).data, array)
    x = tge.Tensor(np.arange(3.0))
    assert np.shares_memory(x.detach().data, x.data)


@every_primitive
@given(data=st.data())
def test_a_raw_write_into_a_result_or_a_tensor_raises(case, data):
    arrays, params = data.draw(case.examples)
    leaves, y = leaves_and_result(case, arrays, params)
    for tensor in (y, *leaves):
        if tensor is None:
            continue
        with pytest.raises(ValueError, match="read-only"):
            tensor.data[...] = 0
        if tensor.ndim:
            with pytest.raises(ValueError, match="read-only"):
                np.add(tensor.data, 1, out=tensor.data, casting="unsafe")
        with tge.no_grad(), pytest.raises(ValueError, match="read-only"):
            np.asarray(tensor)[...] = 0
        assert tensor.numpy().flags.writeable
    with pytest.raises(ValueError, match="result of"):
        y.data = y.numpy()
    with pytest.raises(ValueError, match="result of"):
        y[...] = 0


def test_the_error_names_the_tensor_that_was_changed():
    w = tge.named("weight", tge.Tensor(np.array([2.0, 3.0]), requires_grad=True))
    loss = (w * w).sum()
    w.data = np.zeros(2)
    with pytest.raises(RuntimeError, match=r"\(weight, shape \(2,\)\).*call backward\(\) before changing it"):
        loss.backward()
    assert w.grad is None
    (w * w).sum().backward()
    np.testing.assert_array_equal(w.grad.data, [0, 0])


def test_data_must_keep_its_shape_and_dtype():
    w = tge.Tensor(np.zeros((2, 3), np.float32), requires_grad=True)
    with pytest.raises(ValueError, match=r"shape \(2, 3\) and dtype float32; it cannot .* shape \(3, 2\)"):
        w.data = np.zeros((3, 2), np.float32)
    with pytest.raises(ValueError, match="dtype float64"):
        w.data = np.zeros((2, 3))
    w.data = tge.Tensor(np.ones((2, 3), np.float32))
    with tge.no_grad():
        w[0, 1:] = tge.tensor([5.0, 6.0])
    np.testing.assert_array_equal(w.data, [[1, 5, 6], [1, 1, 1]])


def test_a_view_that_is_assigned_does_not_let_its_owner_in():
    owner = np.zeros(4)
    w = tge.Tensor(np.array([1.0, 1.0]), requires_grad=True)
    w.data = owner[:2]
    owner[0] = 7
    np.testing.assert_array_equal(w.data, [0, 0])


def test_an_array_that_is_assigned_is_no_longer_writable():
    mine = np.zeros(2)
    w = tge.Tensor(np.array([1.0, 1.0]))
    w.data = mine
    with pytest.raises(ValueError, match="read-only"):
        mine[0] = 7


def test_a_rule_that_takes_all_its_inputs_at_once_counts_as_reading_them_all():
    @tge.primitive
    def scaled_product(a, b):
        """y = a * b"""
        return a * b

    @scaled_product.backward("a")
    def scaled_product_da(g, y, *inputs):
        """dL/da = g * b"""
        return g * inputs[1]

    @scaled_product.backward("b")
    def scaled_product_db(g, *everything):
        """dL/db = g * a"""
        return g * everything[1]

    assert scaled_product.rules["a"].reads == {"a", "b"}
    assert scaled_product.rules["b"].reads == {"y", "a", "b"}
    a, b = (tge.Tensor(np.array([v]), requires_grad=True) for v in (2.0, 3.0))
    y = scaled_product(a, b)
    a.data = np.array([5.0])
    with pytest.raises(RuntimeError, match="changed afterwards"):
        y.backward()


def test_a_rule_whose_source_is_not_to_be_had_counts_as_reading_everything():
    @tge.primitive
    def twice_as_much(x):
        """y = 2x"""
        return 2 * x

    twice_as_much.backward("x")(lambda g, y, x: 2 * g)
    assert twice_as_much.rules["x"].reads == {"y", "x"}
    space = {}
    exec("def rule(g, y, x):\n    return 2 * g", space)
    twice_as_much.backward("x")(space["rule"])
    assert twice_as_much.rules["x"].source.text == ""
    assert twice_as_much.rules["x"].reads == {"y", "x"}
