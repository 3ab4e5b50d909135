"""check_gradients: passes what is right, at every order; refuses what is wrong, and says who is to blame."""

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu.testing import GradientMismatch, KinkCrossed, check_gradients
from tinygrad_edu.testing.calls.call import Call
from tinygrad_edu.testing.checks.second_order import second_order_fault


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def primitive(forward, **rules):
    made = tge.Primitive(forward)
    for argument, rule in rules.items():
        made.backward(argument)(rule)
    return made


def square(x):
    return x * x


def half_square_dx(g, y, x):
    return g * x


def right_square_dx(g, y, x):
    return 2 * g * x


# -- what is right passes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [1, 2, 3])
def test_right_gradients_pass_at_every_order(order, rng):
    x, w = rng.normal(size=(2, 2, 4, 3)), rng.normal(size=(3, 2, 2, 2))
    report = check_gradients(tge.conv2d, x, w, rng.normal(size=3), order=order, rng=rng, stride=2, padding=1)
    assert report.checked > x.size + w.size
    assert report.max_error < 1e-7
    assert not report.kinks


def test_a_composite_with_integers_passes(rng):
    def loss(x, w, targets):
        return tge.cross_entropy((x @ w).tanh(), targets)

    check_gradients(loss, rng.normal(size=(3, 4)), rng.normal(size=(4, 2)), np.array([0, 1, 1]), order=2)


def test_tensors_float32_and_scalars_are_taken(rng):
    x = tge.tensor(rng.normal(size=3).astype(np.float32))
    assert check_gradients(tge.multiply, x, 2.0).checked == 4
    assert x.dtype == np.float32


def test_lists_are_taken_as_arrays():
    assert check_gradients(tge.multiply, [1.0, 2.0], (3.0, 4.0)).checked == 4


def test_a_function_that_depends_on_nothing_has_zero_gradients_at_every_order():
    report = check_gradients(lambda x: tge.ones(2, dtype=np.float64), np.ones(3), order=3)
    assert report.checked == 3 + 5 + 6


def test_variadic_primitives(rng):
    join = tge.primitives()["concatenate"]
    check_gradients(join, rng.normal(size=(2, 1)), rng.normal(size=(2, 3)), axis=1, order=2)


def test_a_module_is_checked_with_its_parameters_and_left_as_it_was(rng):
    model = tge.nn.Sequential(tge.nn.Linear(3, 4), tge.nn.Tanh(), tge.nn.Linear(4, 2))
    before = [p.data for p in model.parameters()]
    report = check_gradients(model, rng.normal(size=(2, 3)))
    assert report.checked == 6 + sum(p.size for p in model.parameters())
    for p, value in zip(model.parameters(), before, strict=True):
        assert p.dtype == np.float32
        np.testing.assert_array_equal(p.data, value)


def test_a_module_with_running_means_keeps_them(rng):
    model = tge.nn.BatchNorm2d(2, dtype=np.float64)
    before = {name: b.data for name, b in model.named_buffers()}
    check_gradients(model, rng.normal(size=(3, 2, 2, 2)))
    for name, b in model.named_buffers():
        np.testing.assert_array_equal(b.data, before[name])


def test_inputs_are_not_changed(rng):
    x = rng.normal(size=(2, 2))
    copy = x.copy()
    check_gradients(tge.exp, x)
    np.testing.assert_array_equal(x, copy)


def test_the_upstream_gradient_is_random_and_never_all_ones():
    seen = []

    def remember(g, y, x):
        seen.append(np.array(g.data if isinstance(g, tge.Tensor) else g))
        return 2 * g * x

    p = primitive(square, x=remember)
    check_gradients(p, np.array([1.0, 2.0, 3.0]))
    check_gradients(p, np.array([1.0, 2.0, 3.0]))
    full = [g for g in seen if g.shape == (3,)]
    assert len({g.tobytes() for g in full}) >= 2
    assert all(len(np.unique(g)) == 3 for g in full)


def test_large_inputs_are_sampled_and_that_is_said(rng):
    report = check_gradients(tge.tanh, rng.normal(size=400), max_elements=30)
    assert report.checked == 30
    assert "370 elements" in report.notes[0]


# -- kinks -----------------------------------------------------------------------------------------------------------


def test_elements_on_a_kink_are_left_out_and_counted():
    report = check_gradients(tge.relu, np.array([0.0, 1.0, -1.0, 0.0]))
    assert (report.checked, report.kinks) == (2, 2)
    assert "2 elements lie on kinks" in str(report)


def test_nothing_but_kinks_is_an_error_of_its_own():
    with pytest.raises(KinkCrossed, match="3 elements lie on kinks"):
        check_gradients(tge.abs, np.zeros(3))


def test_ties_of_max_are_kinks():
    report = check_gradients(tge.max, np.array([3.0, 3.0, 1.0]))
    assert report.kinks == 2


# -- what is wrong is refused ------------------------------------------------------------------------------------------


def test_a_wrong_rule_is_named_with_argument_index_and_values():
    p = primitive(square, x=half_square_dx)
    with pytest.raises(GradientMismatch, match="square: the rule for x is wrong") as caught:
        check_gradients(p, np.array([[1.0, 2.0, 5.0]]), rng=0)
    error = caught.value
    assert (error.primitive, error.argument, error.order) == ("square", "x", 1)
    assert error.diagnosis.kind == "factor"
    assert len(error.index) == 2
    assert error.given == pytest.approx(error.expected / 2, rel=1e-5)
    assert isinstance(error, AssertionError)


def test_in_a_composite_the_culprit_is_found():
    p = primitive(square, x=half_square_dx)
    with pytest.raises(GradientMismatch) as caught:
        check_gradients(lambda x: (p(x.exp()) * 3).sum().log(), np.array([1.0, 2.0]))
    assert (caught.value.primitive, caught.value.argument) == ("square", "x")


def test_what_a_rule_raises_comes_through_if_the_call_is_too_large_to_be_looked_into():
    def refuses(g, y, x):
        raise ValueError("not that many")

    with pytest.raises(ValueError, match="not that many"):
        check_gradients(primitive(square, x=refuses), np.ones(2001), max_elements=3)


def test_leaving_the_graph_blames_no_primitive():
    with pytest.raises(GradientMismatch, match="leave the graph") as caught:
        check_gradients(lambda x: x * tge.Tensor(np.exp(x.data)), np.array([1.0, 2.0]))
    assert caught.value.primitive is None


@pytest.mark.parametrize("position", [0, 1])
def test_a_rule_that_is_wrong_where_ones_are_upstream_too(position):
    """A softmax rule that returns zeros passes a check whose upstream gradient is all ones."""

    def zero(g, y, x):
        return g * 0.0

    p = primitive(lambda x: tge.softmax.forward(x, axis=-1), x=zero)
    with pytest.raises(GradientMismatch) as caught:
        check_gradients(p, np.array([[1.0, 2.0], [0.5, -1.0]])[position])
    assert caught.value.diagnosis.kind == "zero"


def test_right_at_first_order_only():
    p = primitive(lambda x: np.exp(x), x=lambda g, y, x: g * (y.data if isinstance(y, tge.Tensor) else y))
    check_gradients(p, np.array([0.3, 1.0]))
    with pytest.raises(GradientMismatch, match="right at first order only") as caught:
        check_gradients(p, np.array([0.3, 1.0]), order=2)
    assert caught.value.order == 2
    assert caught.value.diagnosis.kind == "first order only"


@pytest.mark.parametrize("values", [np.asarray, np.cosh])  # one leaves the graph, the other has no primitive here
def test_a_rule_that_cannot_read_tensors(values):
    p = primitive(lambda x: np.sinh(x), x=lambda g, y, x: g * np.cosh(values(x) if values is np.asarray else x))
    check_gradients(p, np.array([0.3, 1.0]))
    with pytest.raises(GradientMismatch, match="first order only"):
        check_gradients(lambda x: p(x * 2), np.array([0.3, 1.0]), order=2)


def test_the_rules_of_the_rules_are_blamed_at_second_order():
    """The rule of `cube` is right, but it uses `square`, whose own rule is wrong."""
    p = primitive(square, x=half_square_dx)
    cube = primitive(lambda x: x**3, x=lambda g, y, x: 3 * g * p(x))
    check_gradients(cube, np.array([0.3, 1.0]))
    with pytest.raises(GradientMismatch) as caught:
        check_gradients(cube, np.array([0.3, 1.0]), order=2)
    assert caught.value.primitive == "square"


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        (lambda g, y, x: g.sum(), "shape"),
        (lambda g, y, x: np.float64(2) * np.asarray(g, np.float64) * np.asarray(x, np.float64), "dtype"),
        (lambda g, y, x: x > 0, "no upstream"),
        (lambda g, y, x: 0, "dtype"),
    ],
)
def test_form_counts_too(rule, kind):
    with pytest.raises(GradientMismatch) as caught:
        check_gradients(primitive(square, x=rule), np.array([1.5, 2.0, 0.25]))
    assert caught.value.diagnosis.kind == kind


def test_a_rule_that_writes_into_what_it_is_given():
    def writes(g, y, x):
        g = np.asarray(g)
        if g.flags.writeable:
            g *= 2 * np.asarray(x)
            return g
        return 2 * g * x

    with pytest.raises(GradientMismatch, match="it changed its upstream gradient"):
        check_gradients(primitive(square, x=writes), np.array([1.5, 2.0]))


def test_a_missing_rule():
    with pytest.raises(GradientMismatch, match="no rule"):
        check_gradients(primitive(square), np.array([1.5, 2.0]))


def test_randomness_inside_is_an_error_of_the_caller():
    with pytest.raises(ValueError, match="dropout"):
        check_gradients(lambda x: tge.dropout(x, 0.5), np.ones(50))


def test_a_function_that_returns_no_tensor():
    with pytest.raises(TypeError, match="must return a Tensor"):
        check_gradients(lambda x: 3.0, np.ones(2))


@pytest.mark.parametrize("factor", [1 + 1e-4, 1 - 1e-4])
def test_a_factor_that_is_off_by_a_ten_thousandth_is_seen(factor):
    p = primitive(square, x=lambda g, y, x: 2 * factor * g * x)
    with pytest.raises(GradientMismatch):
        check_gradients(p, np.array([1.5, 2.0, -0.25]))


def test_wrong_primitives_stay_out_of_the_registry():
    before = tge.primitives()
    primitive(square, x=half_square_dx)
    assert tge.primitives() == before


def test_the_upstream_gradient_is_random_at_second_order_too():
    seen = []

    def remember(g, y, x):
        seen.append(np.array(g.data if isinstance(g, tge.Tensor) else g))
        return 2 * g * x

    check_gradients(primitive(square, x=remember), np.array([1.0, 2.0, 3.0]), order=2)
    assert not any(np.array_equal(g, np.ones(3)) for g in seen)


def test_a_rule_that_reads_tensors_otherwise_than_arrays():
    """Each reading is consistent in itself, so only the comparison of the two tells."""

    def two_faced(g, y, x):
        return 3 * g * x if isinstance(x, tge.Tensor) else 2 * g * x

    fault = second_order_fault(Call.of(primitive(square, x=two_faced), np.array([1.0, 2.0])), np.random.default_rng(0))
    assert fault is not None
    assert fault.kind == "readings"
