"""A user's own primitive is explained without anybody having written its definition.  None enters the registry here."""

import numpy as np
import pytest

import tinygrad_edu as tge


def leaf(name, *shape, seed=0):
    return tge.named(name, tge.Tensor(np.random.default_rng(seed).normal(size=shape), requires_grad=True))


@pytest.fixture
def correlate():
    """One-dimensional correlation and its derivatives, all the user's: y[i] = sum over u of x[i + u] * w[u]."""

    def slide(x, w):
        return np.array([x[i : i + len(w)] @ w for i in range(len(x) - len(w) + 1)])

    def spread(g, w):
        y = np.zeros(len(g) + len(w) - 1)
        for i, value in enumerate(g):
            y[i : i + len(w)] += value * w
        return y

    valid = tge.Primitive(lambda x, w: slide(x, w), "my_valid")
    full = tge.Primitive(lambda g, w: spread(g, w), "my_full")
    valid.backward("x")(lambda g, y, x, w: full(g, w))
    valid.backward("w")(lambda g, y, x, w: valid(x, g))
    full.backward("g")(lambda u, y, g, w: valid(u, w))
    full.backward("w")(lambda u, y, g, w: valid(u, g))
    return valid


def test_a_bilinear_rule_names_both_factors(correlate):
    x, w = leaf("x", 7), leaf("w", 3, seed=1)
    x.data = x.data * [1, 1, 0, 1, 1, 1, 1]  # a zero is a factor as any other
    y = correlate(x, w)
    trace = tge.trace_backward(y, np.arange(1.0, 6.0))
    why = trace.explain(w, 1)
    assert why.formula == "dL/d w[1] = sum over i = 1..5 of x[i] * g[i-1]"
    assert len(why.terms) == 5
    assert why.value == pytest.approx(sum((i + 1) * x.data[i + 1] for i in range(5)))
    assert trace.explain(x, 3).formula == "dL/d x[3] = sum over i = 0..2 of w[i] * g[3-i]"
    assert trace.explain(x, 0).formula == "dL/d x[0] = w[0] * g[0]"


def test_its_values_are_a_function_of_the_elements_they_change_with(correlate):
    x, w = leaf("x", 7), leaf("w", 3, seed=1)
    (term,) = tge.explain(correlate(x, w), 2).terms
    assert term.function == "my_valid"
    assert [str(f) for f in term.factors] == ["x[2]", "x[3]", "x[4]", "w[0]", "w[1]", "w[2]"]


def test_a_rule_written_in_primitives_is_multiplied_out():
    softplus = tge.Primitive(lambda x: np.logaddexp(0, x), "my_softplus")

    @softplus.backward("x")
    def softplus_dx(g, y, x):
        """dL/dx = g * sigmoid(x)

        The slope of log(1 + e^x) is e^x / (1 + e^x).
        """
        return g * tge.sigmoid(x)

    x = leaf("x", 3)
    why = tge.trace_backward(softplus(x).sum()).explain(x, 1)
    assert why.formula == "dL/d x[1] = g[1] * sigmoid(x)[1]"
    assert why.derivation == "The slope of log(1 + e^x) is e^x / (1 + e^x)."
    assert why.rule.name == "softplus_dx"
    assert why.source.file == __file__
    assert "return g * tge.sigmoid(x)" in why.source.text


def test_a_derivative_that_is_no_element_stays_a_number_that_can_be_asked():
    scale = tge.Primitive(lambda g, x: g * x * x, "my_scale")
    scale.backward("g")(lambda u, y, g, x: u * x * x)
    scale.backward("x")(lambda u, y, g, x: u * g * x * 2)
    cube = tge.Primitive(lambda x: x * x * x / 3, "my_cube")
    cube.backward("x")(lambda g, y, x: scale(g, x))
    x = leaf("x", 3)
    why = tge.trace_backward(cube(x).sum()).explain(x, 2)
    (term,) = why.terms
    slope = next(f for f in term.factors if f.kind != "gradient")
    assert slope.value == pytest.approx(x.data[2] ** 2)
    assert slope.explain().value == slope.value
    assert "x[2]" in slope.explain().formula


def test_a_rule_that_cannot_be_recorded_is_asked_one_element_of_g_at_a_time():
    mix = tge.Primitive(lambda x: x[::-1] * np.sin(x), "my_mix")

    @mix.backward("x")
    def mix_dx(g, y, x):
        """dL/dx = ..."""
        x = np.asarray(x)
        return np.asarray(g) * x[::-1] * np.cos(x) + (np.asarray(g) * np.sin(x))[::-1]

    x = leaf("x", 4)
    trace = tge.trace_backward(mix(x), np.array([1.0, 2.0, 3.0, 4.0]))
    why = trace.explain(x, 0)
    assert {f.index for f in why.factors if f.name == "g"} == {(0,), (3,)}
    assert why.total == pytest.approx(why.value, rel=1e-14)


def test_a_primitive_that_bears_a_library_name_is_not_taken_for_it():
    mine = tge.Primitive(lambda a, b: a - 3.0 * b, "add")
    mine.backward("a")(lambda g, y, a, b: g)
    mine.backward("b")(lambda g, y, a, b: g * -3.0)
    a, b = leaf("a", 2), leaf("b", 2, seed=1)
    trace = tge.trace_backward(mine(a, b).sum())
    assert trace.explain(b, 0).formula == "dL/d b[0] = g[0] * -3"
    assert tge.explain(trace.steps[1].node, 0).formula == "add[0] = add(a[0], b[0])"


def test_a_rule_that_is_not_linear_in_g_is_refused():
    odd = tge.Primitive(lambda x: x * 1.0, "my_odd")
    odd.backward("x")(lambda g, y, x: g * g)
    x = leaf("x", 2)
    with pytest.raises(ValueError, match="a rule of my_odd, is not linear in g"):
        tge.trace_backward(odd(x).sum()).explain(x, 0)


def test_a_large_bilinear_rule_in_float32_mistakes_no_element_for_another(correlate):
    """In float32 thousands of random marks would not all be different."""
    rng = np.random.default_rng(0)
    x = tge.named("x", tge.Tensor((rng.random(6000) < 0.1).astype(np.float32), requires_grad=True))
    w = tge.named("w", tge.Tensor(rng.normal(size=3).astype(np.float32), requires_grad=True))
    y = correlate(x, w).astype(np.float32)
    why = tge.trace_backward(y, rng.normal(size=y.shape)).explain("my_valid", 5)
    assert why.formula == "dL/d my_valid[5] = g[5]"
    why = tge.trace_backward(y, rng.normal(size=y.shape)).explain(w, 1)
    assert why.formula == "dL/d w[1] = sum over i = 1..5998 of x[i] * g[i-1]"
