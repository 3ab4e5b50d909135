"""Every primitive answers: its terms add up to the engine's number, and its factors are the elements they name."""

import math

import numpy as np
import pytest
from cases import CASES
from hypothesis import assume, given
from hypothesis import strategies as st
from oracle import is_float

import tinygrad_edu as tge

every_primitive = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def drawn(case, data, seed):
    """Call a primitive on named Tensors that need gradients; return them by name, the result, and a g without zeros."""
    arrays, params = data.draw(case.examples)
    leaves = [tge.Tensor(a, requires_grad=True) if is_float(a) else a for a in arrays]
    by_name = {f"input{i}": tge.named(f"input{i}", t) for i, t in enumerate(leaves) if isinstance(t, tge.Tensor)}
    y = tge.named("y", case(*leaves, **params))
    assume(y.size)
    g = np.random.default_rng(seed).uniform(0.5, 2, y.shape) * np.random.default_rng(seed + 1).choice([-1, 1], y.shape)
    return by_name, y, np.asarray(g)


def an_index(data, array):
    return tuple(data.draw(st.integers(0, n - 1)) for n in array.shape)


def check(explanation, value, arrays):
    """Check an explanation against the engine's number, and its factors against the arrays they are named after."""
    assert explanation.value == value
    size = np.abs(explanation.terms.products).sum()
    assert abs(explanation.total - value) <= 1e-12 * size
    assert explanation.rounding == value - explanation.total
    found = [term.product for term in explanation.terms]
    np.testing.assert_array_equal(found, explanation.terms.products)
    assert found == sorted(found, key=abs, reverse=True)
    for term in explanation.terms:
        if term.function is None:
            values = [1 / f.value if f.divides else f.value for f in term.factors]
            assert math.isclose(term.product, term.sign * math.prod(values), rel_tol=1e-14)
        for f in term.factors:
            if f.name in arrays:
                assert f.value == arrays[f.name][f.index]


@every_primitive
@given(data=st.data())
def test_a_value(case, data):
    by_name, y, _ = drawn(case, data, 0)
    index = an_index(data, y.data)
    why = tge.explain(y, index)
    check(why, y.data[index], {name: t.data for name, t in by_name.items()})
    assert why.primitive is case.primitive
    for factor in why.factors:
        assert factor.explain().value == factor.value


@every_primitive
@given(data=st.data(), seed=st.integers(0, 1000))
def test_a_gradient_and_its_jacobian(case, data, seed):
    by_name, y, g = drawn(case, data, seed)
    trace = tge.trace_backward(y, g)
    x = data.draw(st.sampled_from([t for t in by_name.values() if t.requires_grad]))
    assume(x.size)
    index = an_index(data, x.data)
    why = tge.explain(trace, x, index)
    value = trace.gradients[x][index] if x in trace.gradients else 0
    check(why, value, {"g": g, "y": y.data, **{name: t.data for name, t in by_name.items()}})
    assert why.rule.primitive is case.primitive

    by_terms, by_engine = np.zeros(g.shape), np.zeros(g.shape)
    for term in why.terms:
        arrived = [f for f in term.factors if f.name == "g"]
        assert len(arrived) == 1 or term.product == 0
        for f in arrived:
            by_terms[f.index] += term.product / f.value
    for j in np.ndindex(g.shape):
        one = np.zeros(g.shape)
        one[j] = 1
        by_engine[j] = tge.grad(y, x, one)[0].data[index]
    np.testing.assert_allclose(by_terms, by_engine, rtol=1e-12, atol=1e-12 * np.abs(by_engine).max(initial=1))
