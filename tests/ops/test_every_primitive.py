"""What must hold for every primitive: its values, its rules to second order and more, dtypes, shapes, memory."""

import functools
import inspect
from pathlib import Path

import numpy as np
import pytest
from cases import CASES
from hypothesis import given
from hypothesis import strategies as st
from oracle import check_orders, is_float

import tinygrad_edu as tge

every_primitive = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
seeds = st.integers(0, 2**32 - 1)


def own_primitives():
    """Return the library's primitives, without those that tests and the examples in docstrings define."""
    library = str(Path(tge.__file__).parent)
    return {n for n, p in tge.primitives().items() if p.source.file.startswith(library)}


def test_every_primitive_has_a_case():
    missing = sorted(own_primitives() - CASES.keys())
    assert not missing, f"primitives without a case in tests/support/cases.py: {', '.join(missing)}"
    gone = sorted(CASES.keys() - own_primitives())
    assert not gone, f"cases for primitives that do not exist: {', '.join(gone)}"


def test_every_argument_has_a_rule_and_everything_a_formula():
    for name in own_primitives():
        p = tge.primitives()[name]
        assert p.formula.startswith("y"), name
        assert set(p.rules) == set(p.arguments), name
        for rule in p.rules.values():
            assert rule.formula.startswith("dL/d"), rule


@every_primitive
@given(data=st.data())
def test_forward(case, data):
    arrays, params = data.draw(case.examples)
    before = [None if a is None else a.copy() for a in arrays]
    y = case(*arrays, **params)
    expected = np.asarray(case.reference(*arrays, **params))
    assert np.shape(y) == expected.shape
    if case.exact:
        np.testing.assert_array_equal(y, expected)
    else:
        np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)
    for array, copy in zip(arrays, before, strict=True):
        assert array is None or np.array_equal(array, copy), "an input was changed"


@every_primitive
@given(data=st.data(), seed=seeds)
def test_rules_to_every_order_that_is_promised(case, data, seed):
    arrays, params = data.draw(case.examples)
    check_orders(lambda *xs: case(*xs, **params), arrays, case.order, np.random.default_rng(seed))


def rules_of(case, arrays):
    """Return the rule of every input, as the engine would call it."""
    for position in range(len(arrays)):
        rule = case.primitive.rules[case.primitive.argument_at(position)]
        yield rule, functools.partial(rule.function, position=position) if case.primitive.variadic else rule.function


def called_by_the_engine(case, arrays, params):
    """Call a primitive on Tensors that need gradients; return the leaves and the result."""
    leaves = [tge.Tensor(a, requires_grad=True) if is_float(a) else a for a in arrays]
    return leaves, case(*leaves, **params)


@every_primitive
@given(data=st.data(), seed=seeds)
def test_rules_read_alike_with_arrays_and_with_tensors(case, data, seed):
    arrays, params = data.draw(case.examples)
    _, y = called_by_the_engine(case, arrays, params)
    g = np.asarray(np.random.default_rng(seed).standard_normal(y.shape))
    for _, rule in rules_of(case, arrays):
        from_arrays = rule(g, y.data, *(a.data if isinstance(a, tge.Tensor) else a for a in y.inputs), **y.params)
        from_tensors = rule(tge.Tensor(g, requires_grad=True), y, *y.inputs, **y.params)
        if from_arrays is None:
            assert from_tensors is None
            continue
        assert not isinstance(from_arrays, tge.Tensor)
        assert isinstance(from_tensors, tge.Tensor)
        assert from_tensors.requires_grad
        np.testing.assert_allclose(from_tensors.data, from_arrays, rtol=1e-13, atol=1e-13)


@every_primitive
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(data=st.data())
def test_dtype_and_shape_are_kept(case, dtype, data):
    arrays, params = data.draw(case.examples)
    arrays = [a.astype(dtype) if is_float(a) else a for a in arrays]
    if "dtype" in params:
        params = {**params, "dtype": np.dtype(dtype)}
    raw = case(*arrays, **params)
    assert raw.dtype == dtype, "called with arrays"
    leaves, y = called_by_the_engine(case, arrays, params)
    assert y.dtype == dtype
    g = np.ones(y.shape, dtype)
    values = [a.data if isinstance(a, tge.Tensor) else a for a in y.inputs]
    for rule, fire in rules_of(case, arrays):  # the rules themselves, before the engine could cast
        d = fire(g, y.data, *values, **y.params)
        assert d is None or d.dtype == dtype, rule
    y.backward(g)
    for leaf in leaves:
        if isinstance(leaf, tge.Tensor) and leaf.grad is not None:
            assert leaf.grad.dtype == dtype
            assert leaf.grad.shape == leaf.shape


@every_primitive
@given(data=st.data(), seed=seeds)
def test_nothing_is_changed_and_no_gradient_shares_memory(case, data, seed):
    arrays, params = data.draw(case.examples)
    leaves, y = called_by_the_engine(case, arrays, params)
    seed_gradient = np.asarray(np.random.default_rng(seed).standard_normal(y.shape))
    kept = [
        seed_gradient,
        y.data,
        *(leaf.data for leaf in leaves if isinstance(leaf, tge.Tensor)),
        *filter(is_float, arrays),
    ]
    before = [a.copy() for a in kept]
    assert not y.data.flags.writeable
    y.backward(seed_gradient)
    gradients = [x.grad.data for x in leaves if isinstance(x, tge.Tensor) and x.grad is not None]
    for a, b in zip(kept, before, strict=True):
        np.testing.assert_array_equal(a, b, err_msg="the backward pass changed an array")
    for i, gradient in enumerate(gradients):
        assert not gradient.flags.writeable
        assert 0 not in gradient.strides or gradient.size <= 1 or 1 in gradient.shape, "a gradient repeats its memory"
        for other in (*kept, *gradients[:i]):
            assert not np.shares_memory(gradient, other), "two gradients, or a gradient and a value, share memory"


@every_primitive
@given(data=st.data(), seed=seeds)
def test_a_rule_reads_no_value_that_it_does_not_say_it_reads(case, data, seed):
    arrays, params = data.draw(case.examples)
    _, y = called_by_the_engine(case, arrays, params)
    g = np.asarray(np.random.default_rng(seed).standard_normal(y.shape))
    values = [a.data if isinstance(a, tge.Tensor) else a for a in y.inputs]
    for rule, fire in rules_of(case, arrays):
        reads = rule.reads
        expected = fire(g, y.data, *values, **y.params)
        poisoned = [
            v if case.primitive.argument_at(i) in reads or not is_float(v) else np.full_like(v, np.nan)
            for i, v in enumerate(values)
        ]
        poisoned_y = y.data if "y" in reads else np.full_like(y.data, np.nan)
        given_ = fire(g, poisoned_y, *poisoned, **y.params)
        if expected is not None:
            np.testing.assert_array_equal(given_, expected)


@pytest.mark.parametrize(
    ("name", "argument", "reads"),
    [
        ("add", "a", set()),
        ("multiply", "a", {"b"}),
        ("divide", "b", {"b", "y"}),
        ("exp", "x", {"y"}),
        ("sum", "x", set()),
        ("mean", "x", set()),
        ("matmul", "a", {"b"}),
        ("matmul", "b", {"a"}),
        ("linear", "x", {"weight"}),
        ("linear", "weight", {"x"}),
        ("linear", "bias", set()),
        ("conv2d", "x", {"weight"}),
        ("conv2d", "weight", {"x"}),
        ("conv2d", "bias", set()),
        ("stack", "xs", set()),
        ("getitem", "x", set()),
        ("max", "x", {"x", "y"}),
        ("max_pool2d", "x", {"x"}),
        ("avg_pool2d", "x", set()),
    ],
)
def test_what_a_rule_reads_is_found_exactly(name, argument, reads):
    assert tge.primitives()[name].rules[argument].reads == reads


def rules():
    found = {rule.function: rule for name in sorted(own_primitives()) for rule in tge.primitives()[name].rules.values()}
    return [pytest.param(rule, id=f"{rule.primitive.name}: {rule.name}") for rule in found.values()]


@pytest.mark.parametrize("rule", sorted(rules(), key=lambda r: r.id))
def test_every_rule_derives_its_formula(rule):
    formula, _, derivation = inspect.cleandoc(rule.function.__doc__).partition("\n\n")
    assert "\n" not in formula
    lines = derivation.splitlines()
    assert derivation.strip(), "say from the docstring's third line on how the formula follows from the forward pass"
    assert len(lines) <= 4, "a derivation that needs more than four lines wants a simpler forward pass"
