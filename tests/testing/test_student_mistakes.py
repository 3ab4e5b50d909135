"""Mistakes that a student makes in a rule, or around it, and the sentence that each is answered with."""

import io

import numpy as np
import pytest
from rich.console import Console

import tinygrad_edu as tge
from tinygrad_edu.testing import GradientMismatch, check_gradients, check_primitive


def primitive(forward, **rules):
    p = tge.Primitive(forward)
    for argument, rule in rules.items():
        p.backward(argument)(rule)
    return p


def only_finding(p, **kwargs):
    report = check_primitive(p, **{"examples": 20, **kwargs})
    (finding,) = report.findings
    assert not report.problem
    return finding


def square(x):
    """y = x^2"""
    return x * x


def square_dx(g, y, x):
    """dL/dx = 2 g x"""
    return 2 * g * x


# -- what depends on more than its arguments -------------------------------------------------------------------


def test_a_rule_that_uses_random_numbers():
    rng = np.random.default_rng(0)
    finding = only_finding(primitive(square, x=lambda g, y, x: 2 * g * x * rng.uniform(0.9, 1.1)))
    assert (finding.argument, finding.kind) == ("x", "state")
    assert "does it use random numbers" in finding.diagnosis


@pytest.mark.parametrize("every", [2, 7, 50])
def test_a_rule_that_counts_its_calls(every):
    """Hypothesis would end with FlakyFailure, which says nothing about the rule."""
    count = 0

    def counts(g, y, x):
        nonlocal count
        count += 1
        return (3 if count % every == 0 else 2) * g * x

    report = check_primitive(primitive(square, x=counts))
    said = report.problem or report.findings[0].diagnosis
    assert "between calls" in said or "kept from another call" in said
    assert "Flaky" not in said


def test_a_forward_computation_that_uses_random_numbers():
    rng = np.random.default_rng(0)

    def noisy(x):
        return x + rng.normal(size=np.shape(x))

    finding = only_finding(primitive(noisy, x=lambda g, y, x: g * 1.0))
    assert (finding.argument, finding.rule, finding.kind) == ("", "noisy", "state")
    assert "gives another result each time" in finding.diagnosis


def test_a_forward_computation_that_adds_up_what_it_has_seen():
    seen = [0.0]

    def centred(x):
        """y = x - the largest x so far"""
        seen[0] = max(seen[0], float(np.max(x, initial=0.0)))
        return x - np.asarray(seen[0], x.dtype)

    finding = only_finding(primitive(centred, x=lambda g, y, x: g * 1.0))
    assert (finding.argument, finding.kind) == ("", "state")


def test_a_rule_that_reads_what_the_forward_computation_has_saved():
    """It is right as long as nobody calls it in between."""
    saved = {}

    def relu(x):
        saved["mask"] = x > 0
        return np.maximum(x, 0)

    finding = only_finding(primitive(relu, x=lambda g, y, x: g * saved["mask"]))
    assert finding.kind == "state"
    assert "depends on what was computed before" in finding.diagnosis
    x = np.array([1.0, -2.0, -3.0])
    with pytest.raises(GradientMismatch, match="depends on what was computed before"):
        check_gradients(primitive(relu, x=lambda g, y, x: g * saved["mask"]), x)


def test_a_rule_that_counts_on_another_rule_to_be_fired_first():
    last = {}

    def left(g, y, a, b):
        last["g a"] = g * a
        return g * b

    p = primitive(lambda a, b: a * b, a=left, b=lambda g, y, a, b: last["g a"])
    case = lambda rng: ((rng.random(3), rng.random(3)), {})  # noqa: E731
    finding = only_finding(p, case=case)
    assert (finding.argument, finding.kind) == ("b", "state")


def test_a_rule_that_keeps_what_it_computed_at_its_first_call():
    cache = {}

    def cached(g, y, x):
        return g * cache.setdefault(x.shape, 2 * x)

    finding = only_finding(primitive(square, x=cached))
    assert finding.kind == "state"
    assert "the gradient of an earlier call again" in finding.diagnosis


# -- what writes where it must not -----------------------------------------------------------------------------


def test_a_forward_computation_that_writes_into_its_input():
    def clamp(x):
        x[x < 0] = 0
        return x

    finding = only_finding(primitive(clamp, x=lambda g, y, x: g * (x > 0)))
    assert (finding.argument, finding.kind) == ("", "mutation")
    assert "changes its input x" in finding.diagnosis
    assert np.min(finding.example.inputs["x"]) < 0  # the example is as it was before


@pytest.mark.parametrize("name", ["g", "y", "x"])
def test_a_rule_that_writes_into_what_it_is_given(name):
    def writes(g, y, x):
        given = {"g": g, "y": y, "x": x}
        dx = 2 * g * x
        given[name] *= 3
        return dx

    finding = only_finding(primitive(square, x=writes))
    assert finding.kind == "mutation"
    assert "let it make a new array" in finding.diagnosis


# -- precision -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("back", [False, True], ids=["stays", "cast back"])
def test_a_forward_computation_that_rounds_does_not_make_a_right_rule_look_wrong(dtype, back):
    def rounded(x):
        y = np.asarray(x, dtype) ** 2
        return y.astype(x.dtype) if back else y

    finding = only_finding(primitive(rounded, x=square_dx), order=1)
    assert (finding.argument, finding.kind) == ("", "precision" if back else "dtype")
    assert "too much for finite differences" in finding.diagnosis


@pytest.mark.parametrize("steps", [np.floor, np.sign, lambda x: (x > 0) * 1.0], ids=["floor", "sign", "step"])
def test_a_step_function_is_not_called_imprecise(steps):
    assert only_finding(primitive(lambda x: steps(x), x=lambda g, y, x: g * 1.0), order=1).kind != "precision"


# -- form ------------------------------------------------------------------------------------------------------


def test_a_rule_without_return():
    def forgets(g, y, x):
        dx = 2 * g * x  # noqa: F841

    finding = only_finding(primitive(square, x=forgets))
    assert finding.kind == "zero"
    assert "it returned None" in finding.diagnosis
    assert "`return`" in finding.diagnosis


def test_a_rule_that_returns_only_sometimes():
    def sometimes(g, y, x):
        if x.sum() > 0:
            return 2 * g * x

    assert "it returned None" in only_finding(primitive(square, x=sometimes)).diagnosis


def test_none_is_right_where_the_gradient_is_zero():
    p = primitive(lambda x: np.sign(x))
    p.zero_gradient("x")
    assert check_primitive(p, examples=10).ok


def test_a_forward_computation_without_return():
    def forgets(x):
        y = x * x  # noqa: F841

    assert check_primitive(primitive(forgets, x=square_dx)).problem == (
        "its forward computation returned None; is a `return` missing?"
    )


def test_a_forward_computation_that_returns_a_tensor():
    finding = only_finding(primitive(lambda x: tge.Tensor(2 * x), x=lambda g, y, x: 2 * g))
    assert (finding.argument, finding.kind) == ("", "dtype")
    assert "leave out tge.Tensor" in finding.diagnosis


def test_a_forward_computation_that_takes_arrays_for_tensors():
    assert "leave out .data" in check_primitive(primitive(lambda x: 2 * x.data, x=lambda g, y, x: 2 * g)).problem


def test_a_dropout_that_draws_its_own_mask():
    """On one element two masks are often alike by chance."""
    rng = np.random.default_rng(0)
    p = primitive(lambda x: x * (rng.random(np.shape(x)) > 0.5) * 2.0, x=lambda g, y, x: g * (y != 0) * 2.0)
    assert "gives another result each time" in only_finding(p).diagnosis


def test_a_forward_computation_that_returns_no_numbers_is_not_told_to_write_a_case():
    problem = check_primitive(primitive(lambda x: x > 0, x=square_dx)).problem
    assert "dtype bool" in problem
    assert "CASES" not in problem


def scale(x, *, by=2.0):
    """y = by x"""
    return by * x


@pytest.mark.parametrize(
    ("forward", "rule", "header"),
    [
        (square, lambda g, x: 2 * g * x, "def square_dx(g, y, x)"),
        (square, lambda y, x, g: 2 * g * x, "def square_dx(g, y, x)"),
        (scale, lambda g, y, x: 2 * g, "def scale_dx(g, y, x, *, by)"),
        (lambda *xs: sum(xs), lambda g, y, *xs: g * 1.0, "(g, y, *xs, position)"),
    ],
    ids=["too few", "other order", "no parameter", "no position"],
)
def test_a_rule_with_other_arguments_is_told_its_first_line(forward, rule, header):
    p = primitive(forward, **{next(iter(tge.Primitive(forward).arguments)): rule})
    finding = only_finding(p)
    assert finding.kind == "signature"
    assert header in finding.diagnosis


def test_a_missing_rule_is_told_how_to_write_it():
    p = primitive(lambda a, b: a * b, a=lambda g, y, a, b: tge.sum_to(g * b, a.shape))
    finding = only_finding(p)
    assert (finding.argument, finding.kind) == ("b", "no rule")
    assert '.backward("b")' in finding.diagnosis


def test_a_parameter_that_stands_before_the_star():
    def leaky(x, slope=0.1):
        return np.where(x > 0, x, slope * x)

    report = check_primitive(primitive(leaky, x=lambda g, y, x, slope: g * np.where(x > 0, 1.0, slope)))
    assert any("put slope behind a *" in f.diagnosis for f in report.findings)

    def total(x, axis):
        return x.sum(axis=axis)

    assert "Then write def total(x, *, axis)" in check_primitive(primitive(total)).problem


def test_one_rule_for_two_arguments_at_once():
    def both(g, y, a, b):
        return g * b, g * a

    report = check_primitive(primitive(lambda a, b: a * b, a=both, b=both), examples=5)
    assert [f.argument for f in report.findings] == ["a", "b"]
    assert "each argument has a rule of its own" in report.findings[0].diagnosis


def test_arrays_taken_for_tensors():
    finding = only_finding(primitive(square, x=lambda g, y, x: 2 * g.data * x.data))
    assert "leave out .data" in finding.diagnosis


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (lambda g, y, x: g * np.cosh(x), "np.cosh cannot be recorded"),
        (lambda g, y, x: g * np.asarray(np.sqrt(1 + np.asarray(y) ** 2)), "make a plain array of a Tensor"),
    ],
    ids=["function", "conversion"],
)
def test_numpy_in_a_rule(rule, told):
    p = primitive(lambda x: np.sinh(x), x=rule)
    finding = only_finding(p)
    assert finding.kind == "first order only"
    assert told in finding.diagnosis
    with pytest.raises(GradientMismatch, match=told):
        check_gradients(lambda x: p(x * 2), np.array([0.3, 1.0]), order=2)


@pytest.mark.parametrize("decorate", [lambda p: p.backward(square_dx), lambda p: p.backward()(square_dx)])
def test_a_rule_that_does_not_say_whose_it_is(decorate):
    with pytest.raises(TypeError, match=r'@square\.backward\("x"\)'):
        decorate(tge.Primitive(square))


@pytest.mark.parametrize("error", [KeyError, IndexError, ZeroDivisionError, RuntimeError, NameError])
def test_whatever_a_rule_raises_is_laid_at_its_door(error):
    def raises(g, y, x):
        raise error("what")

    with pytest.raises(GradientMismatch, match=f"square: the rule for x is wrong: it raised {error.__name__}"):
        check_gradients(primitive(square, x=raises), np.ones(3))


# -- values ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "kind", "text"),
    [
        (lambda g, y, x, *, axis: g - tge.exp(y), "no upstream", "with g = 0 it is not zero"),
        (lambda g, y, x, *, axis: g + tge.exp(y) * g.sum(axis=axis, keepdims=True), "sign", "sign of the sum"),
        (lambda g, y, x, *, axis: g - tge.exp(y) * g.mean(axis=axis, keepdims=True), "factor", "the sum in it is off"),
        (lambda g, y, x, *, axis: g * g - tge.exp(y) * g.sum(axis=axis, keepdims=True), "not linear", "twice g"),
    ],
)
def test_log_softmax(rule, kind, text):
    finding = only_finding(primitive(tge.log_softmax.forward, x=rule), order=1)
    assert finding.kind == kind
    assert text in finding.diagnosis


def test_a_division_by_zero_in_a_rule():
    finding = only_finding(primitive(square, x=lambda g, y, x: g * y / (x - x)))
    assert finding.kind == "not finite"


# -- what is shown ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [lambda g, y, x: 2 * g.reshape(-1) * x.reshape(-1), lambda g, y, x: (2 * g * x)[None], lambda g, y, x: g[:1]],
    ids=["flat", "one more axis", "cut"],
)
def test_the_shapes_in_the_diagnosis_are_those_of_the_example(rule):
    finding = only_finding(primitive(square, x=rule), case=lambda rng: ((rng.random(rng.integers(2, 5, 2)),), {}))
    if finding.kind == "shape":
        assert f"x has shape {np.shape(finding.example.inputs['x'])}" in finding.diagnosis
        assert f"its shape is {np.shape(finding.example.given)}" in finding.diagnosis


def test_what_a_rule_raises_is_told_of_the_example_that_is_shown():
    def raises(g, y, x):
        raise ValueError(f"x has shape {x.shape}")

    finding = only_finding(primitive(square, x=raises))
    assert finding.diagnosis == f"it raised ValueError: x has shape {np.shape(finding.example.inputs['x'])}"


def test_the_example_shows_what_the_diagnosis_says():
    """At one axis a sum over the wrong axis is no mistake, at a length of 1 neither."""

    def softmax_dx(g, y, x, *, axis):
        return y * (g - (g * y).sum(axis=0, keepdims=True))

    finding = only_finding(primitive(tge.softmax.forward, x=softmax_dx), order=1)
    assert finding.kind in ("wrong axis", "parameter ignored")
    assert np.ndim(finding.example.inputs["x"]) >= 2


def printed(*reports):
    from tinygrad_edu.testing.reports.terminal import print_reports

    console = Console(file=io.StringIO(), width=100, color_system=None)
    print_reports(reports, console)
    return console.file.getvalue()


def test_calls_that_were_guessed_are_said_to_be():
    wrong = primitive(square, x=lambda g, y, x: g * x)
    for p in (primitive(square, x=square_dx), wrong):
        text = printed(check_primitive(p, examples=10, smallest=False))
        assert "guessed" in text
        assert "CASES" in text
        text = printed(check_primitive(p, case=lambda rng: ((rng.random(3),), {}), examples=10, smallest=False))
        assert "guessed" not in text


def test_where_no_number_is_wrong_no_table_is_shown():
    def writes(g, y, x):
        g *= 2 * x
        return g

    text = printed(check_primitive(primitive(square, x=writes), examples=5))
    assert "expected" not in text


def test_a_forward_computation_that_overflows_is_shown_by_its_result():
    p = primitive(lambda x: np.log(1 + np.exp(x)), x=lambda g, y, x: g * tge.sigmoid(x))
    text = printed(check_primitive(p))
    assert "expected y" in text
    assert "logaddexp" in text
    with pytest.raises(GradientMismatch, match="overflows on large inputs"):
        check_gradients(p, np.linspace(-1, 1, 9))  # which `check_primitive` alone used to reject


# -- cases -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "seen"),
    [
        (lambda rng: rng.random(3), "a ndarray"),
        (lambda rng: (rng.random(3), {}), "(ndarray, dict)"),
        (lambda rng: ((rng.random(3),),), "a tuple"),
        (lambda rng: None, "a NoneType"),
    ],
)
def test_a_case_that_gives_something_else_than_arrays_and_parameters(case, seen):
    problem = check_primitive(primitive(square, x=square_dx), case=case).problem
    assert problem == (
        f"a case has to give a tuple of the arrays and a dict of the parameters, ((x,), {{}}), not {seen}"
    )


def test_a_case_that_draws_from_another_generator_than_its_own():
    """The rule is wrong for some numbers, which are never the same."""
    other = np.random.default_rng(0)

    def case(rng):
        return (other.uniform(-1, 1, 2),), {}

    p = primitive(square, x=lambda g, y, x: np.where(x.sum() > 1.5, 3 * g * x, 2 * g * x))
    problem = check_primitive(p, case=case, examples=10).problem
    assert "the same call was right at one time and wrong at another" in problem
    assert "a case takes random numbers from its rng alone" in problem


def test_what_cannot_be_called_gets_a_line_to_copy():
    problem = check_primitive(primitive(lambda table, ids, *, n: table[ids, n])).problem
    assert 'lambda rng: ((rng.random((2, 3)), rng.random((2, 3))), {"n": ...})' in problem
