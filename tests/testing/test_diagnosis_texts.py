"""What is said of mistakes that the catalogue does not have: one wrong rule each, and the sentence for it."""

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu.testing import check_gradients
from tinygrad_edu.testing.check_primitive import check_primitive
from tinygrad_edu.testing.reports.gradient_report import GradientMismatch


def wrong(forward, **rules):
    p = tge.Primitive(forward)
    for argument, rule in rules.items():
        p.backward(argument)(rule)
    return p


def findings(primitive, case=None):
    report = check_primitive(primitive, case=case, examples=30, smallest=False)
    assert report.calls, report.problem
    return {f.argument: (f.kind, f.diagnosis) for f in report.findings}


def square_matrices(rng):
    return (rng.normal(size=(3, 3)), rng.normal(size=(3, 3))), {}


def product(a, b):
    return a * b


# -- axes and places -------------------------------------------------------------------------------------------


def test_a_transposed_upstream_gradient():
    p = wrong(product, a=lambda g, y, a, b: g.T * b, b=lambda g, y, a, b: g * a)
    assert findings(p, square_matrices) == {
        "a": ("transposed", "the upstream gradient is transposed in it, or is to be transposed")
    }


def test_rules_that_stand_in_each_others_place():
    right = {name: rule.function for name, rule in tge.divide.rules.items()}
    assert findings(wrong(tge.divide.forward, a=right["b"], b=right["a"])) == {
        "a": ("swapped", "the rules are swapped: that of a belongs to b, and the other way round"),
        "b": ("swapped", "the rules are swapped: that of b belongs to a, and the other way round"),
    }


@pytest.mark.parametrize(
    ("index", "axes"),
    [
        ((slice(None), None), "axis 1"),
        ((slice(None), None, None), "axes 1, 2"),
        ((None, slice(None)), "axis 0 (the batch)"),
    ],
)
def test_a_missing_sum_names_the_axes(index, axes):
    def add(x, bias):
        return x + bias[index]

    def case(rng):
        shape = rng.integers(2, 4, size=len(index))
        return (rng.normal(size=shape), rng.normal(size=shape[index.index(slice(None))])), {}

    p = wrong(add, x=lambda g, y, x, bias: g, bias=lambda g, y, x, bias: g)
    assert findings(p, case) == {
        "bias": ("missing sum", f"the sum over {axes} is missing: bias was used there again and again")
    }


def test_sums_in_the_rule_of_an_elementwise_function():
    p = wrong(lambda x: np.exp(x), x=lambda g, y, x: np.cumsum(g).reshape(g.shape) * y)
    kind, text = findings(p)["x"]
    assert kind == "wrong axis"
    assert text.endswith("instead of []")


# -- parameters ------------------------------------------------------------------------------------------------


def blend(x, *, by=1.0):
    """y = x (1 + (by - 1) x)"""
    return x * (1 + (by - 1) * x)


def test_a_parameter_that_is_read_but_not_taken_into_account():
    p = wrong(blend, x=lambda g, y, x, *, by: g * (1 + (by - 1) * x))
    assert findings(p) == {
        "x": ("parameter ignored", "by is not taken into account: the rule is right only for by=1.0")
    }


def test_a_rule_without_source_may_read_every_parameter():
    """The sentence "by is ignored" needs to know that the rule never reads it."""
    text = "def blend_dx(g, y, x, *, by):\n    return g * (1 + 0.0 * x)"
    space = {}
    exec(text, space)
    kinds = findings(wrong(blend, x=space["blend_dx"]))
    assert "by is ignored" not in kinds["x"][1]
    seen = wrong(blend, x=lambda g, y, x, *, by: g * (1 + 0.0 * x))
    assert findings(seen) == {"x": ("parameter ignored", "by is ignored: the rule is right only for by=1.0")}


# -- nothing that is known -------------------------------------------------------------------------------------

UNKNOWN = ("unknown", "the numbers differ, in a way that fits no mistake this program knows")


@pytest.mark.parametrize(
    "rule",
    [
        lambda g, y, x: g * np.sin(17 * x),
        lambda g, y, x: g * y * np.abs(x).sum(),  # a constant factor in each call, but not the same in all
        lambda g, y, x: g * np.sin(17 * x) if x.ndim == 2 else np.cumsum(g).reshape(g.shape),  # two mistakes
    ],
)
def test_a_mistake_that_is_not_known_is_called_so(rule):
    assert findings(wrong(lambda x: np.exp(x), x=rule)) == {"x": UNKNOWN}


def test_of_a_variadic_primitive_calls_with_more_and_fewer_arrays_are_looked_at():
    def total(*xs):
        return sum(xs)

    p = wrong(total, xs=lambda g, y, *xs, position: g * np.sin(17 * xs[position]))
    assert findings(p) == {"xs": UNKNOWN}
    report = check_primitive(p)
    assert list(report.findings[0].example.inputs) == ["xs[0]"]


def test_a_diagnosis_prints_as_its_sentence():
    p = wrong(lambda x: 2 * x, x=lambda g, y, x: -2 * g)
    with pytest.raises(GradientMismatch) as caught:
        check_gradients(p, np.ones(3))
    assert str(caught.value.diagnosis) == "its sign is flipped"
