"""check_primitive: no false alarm on the library's own rules, the smallest example for a wrong one, users' cases."""

import json

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import tinygrad_edu as tge
from tinygrad_edu.testing.calls import smallest
from tinygrad_edu.testing.calls.case import CannotCall, Unusable, make_call
from tinygrad_edu.testing.calls.guess import guesses
from tinygrad_edu.testing.calls.layouts import alike, broadcast, images
from tinygrad_edu.testing.calls.pick import DrawnPick, RandomPick
from tinygrad_edu.testing.check_primitive import cases_of, check_primitive
from tinygrad_edu.testing.checks import first_order_faults, overflow_fault
from tinygrad_edu.testing.checks.second_order import second_order_fault
from tinygrad_edu.testing.reports.findings import PrimitiveReport

OWN = {name: p for name, p in tge.primitives().items() if p.forward.__module__.startswith("tinygrad_edu.")}


@pytest.fixture(scope="module")
def ways():
    """How each of the library's own primitives is called."""
    return {name: cases_of(p) for name, p in OWN.items()}


@pytest.mark.parametrize("name", sorted(OWN))
@given(data=st.data())
def test_no_false_alarm_on_a_right_rule(name, ways, data):
    """With --hypothesis-profile=thorough: 1,000 calls of each primitive, half of them of random numbers."""
    pick = DrawnPick(data.draw)
    rng = pick.generator()
    try:
        if pick.choice([True, False]):
            call = make_call(OWN[name], pick.choice(ways[name]), RandomPick(rng))
        else:
            call = make_call(OWN[name], pick.choice(ways[name]), pick)
    except Unusable:
        assume(False)
    faults = list(first_order_faults(call, call.random_gradient(rng)))
    assert not faults, (faults[0].argument, faults[0].kind, faults[0].text, faults[0].given, faults[0].expected)
    deeper = overflow_fault(call, rng) or second_order_fault(call, rng)
    assert deeper is None, (deeper.argument, deeper.kind, deeper.text)


@pytest.mark.parametrize("name", sorted(OWN))
def test_check_primitive_finds_every_own_primitive_right(name):
    report = check_primitive(OWN[name], examples=12)
    assert report.ok, (report.problem, report.findings)
    assert report.calls > 5


# -- the smallest example ----------------------------------------------------------------------------------------------


def wrong(forward, **rules):
    p = tge.Primitive(forward)
    for argument, rule in rules.items():
        p.backward(argument)(rule)
    return p


def test_the_example_is_as_small_as_it_can_be():
    def triple(x):
        return 3 * x

    finding = check_primitive(wrong(triple, x=lambda g, y, x: -3 * g)).findings[0]
    assert np.size(finding.example.inputs["x"]) == 1
    assert finding.example.inputs["x"] == [1.0]
    assert finding.example.g == [1.0]
    assert (finding.example.given, finding.example.expected) == ([-3.0], [3.0])


def test_the_example_is_no_smaller_than_the_mistake_needs():
    """A batch of one does not show that the mean over the batch was forgotten."""

    def mean(x):
        return x.mean()

    finding = check_primitive(wrong(mean, x=lambda g, y, x: x * 0.0 + g)).findings[0]
    assert np.size(finding.example.inputs["x"]) == 2
    assert finding.kind == "factor"
    assert "number of elements" in finding.diagnosis or "first axis" in finding.diagnosis


def test_several_wrong_rules_are_all_reported():
    def product(a, b):
        return a * b

    p = wrong(product, a=lambda g, y, a, b: tge.sum_to(-g * b, a.shape), b=lambda g, y, a, b: tge.sum_to(g, b.shape))
    report = check_primitive(p)
    assert [(f.argument, f.kind) for f in report.findings] == [("a", "sign"), ("b", "factor missing")]


def test_a_rule_that_is_wrong_rarely_is_found_by_looking_at_many_calls():
    """It is wrong only for a length of 3."""

    def double(x):
        return 2 * x

    p = wrong(double, x=lambda g, y, x: 2 * g if x.shape != (3,) else 2 * g[::-1])
    finding = check_primitive(p, examples=200).findings[0]
    assert np.shape(finding.example.inputs["x"]) == (3,)


def test_a_report_survives_json():
    def triple(x):
        return 3 * x

    report = check_primitive(wrong(triple, x=lambda g, y, x: g * float("nan")), smallest=False)
    text = json.dumps(report.to_dict(), allow_nan=False)
    again = PrimitiveReport.from_dict(json.loads(text))
    assert again.findings[0].kind == report.findings[0].kind
    assert not again.ok


# -- how it is called --------------------------------------------------------------------------------------------------


def test_the_domain_is_guessed():
    assert {g.domain for g in guesses(tge.log)} == {"positive"}
    assert {g.domain for g in guesses(tge.exp)} == {"real"}
    assert {g.domain for g in guesses(tge.Primitive(lambda x: np.arcsin(x)))} == {"unit"}
    assert {g.domain for g in guesses(tge.Primitive(lambda x: np.arccosh(x)))} == {"above one"}


@pytest.mark.parametrize(
    ("forward", "shapes"),
    [
        (lambda a, b: a @ b if a.ndim == b.ndim == 2 else 1 / 0, (2, 2)),
        (lambda x, weight, *, stride=1, padding=0: tge.conv2d.forward(
            x, weight, stride=stride, padding=padding, dilation=1, groups=1), (4, 4)),
        (lambda x, *, kernel_size, stride=None: tge.max_pool2d(x, kernel_size, stride), (4,)),
        (lambda logits, targets: -logits[np.arange(len(targets)), targets], (2, 1)),
        (lambda x, weight, bias: x @ weight.T + bias if x.ndim == 2 else 1 / 0, (2, 2, 1)),
    ],
)  # fmt: skip
def test_shapes_are_guessed(forward, shapes):
    p = tge.Primitive(forward, "op")
    pick = RandomPick(np.random.default_rng(0))
    worked = []
    for _ in range(40):
        try:
            worked.append(make_call(p, pick.choice(guesses(p)), pick))
        except Unusable:
            continue
    assert len(worked) > 20
    assert any(tuple(np.ndim(x) for x in call.inputs) == shapes for call in worked)


def test_shapes_do_not_depend_on_the_primitives_name():
    def conv(a, b):
        return tge.conv2d.forward(a, b, None, stride=1, padding=0, dilation=1, groups=1)

    assert {g.layout for g in guesses(tge.Primitive(conv, "op"))} == {images}
    assert {g.layout for g in guesses(tge.Primitive(lambda a, b: a * b, "convex"))} == {alike, broadcast}


def test_parameters_of_any_name_are_moved_about_their_defaults():
    seen = []

    def op(x, *, flag=True, count=3, rate=0.5, mode="fast", needed):
        seen.append((flag, count, rate, mode, needed))
        return x * 2

    assert check_primitive(wrong(op, x=lambda g, y, x, **params: 2 * g), examples=30, order=1).ok
    flags, counts, rates, modes, given_ = map(set, zip(*seen, strict=True))
    assert flags == {True, False}
    assert counts == {3, 4}
    assert rates == {0.25, 0.5, 1.0}
    assert modes == {"fast"}
    assert given_ == {2, 0.5, 1, 3}


def test_a_way_that_works_now_and_then_is_better_than_none():
    def three(x):
        if x.ndim != 1 or len(x) != 3:
            raise ValueError("3 elements, please")
        return 2 * x

    assert len(guesses(tge.Primitive(three))) == 1
    assert check_primitive(wrong(three, x=lambda g, y, x: 2 * g)).ok


def test_what_cannot_be_called_says_how_to_help():
    def picky(x):
        raise ValueError("x must be a Latin square of order 7")

    with pytest.raises(CannotCall, match=r"Latin square.*CASES"):
        guesses(tge.Primitive(picky))
    assert "Latin square" in check_primitive(tge.Primitive(picky)).problem


def only_seven(x, *, n):
    """y = n x, for 7 elements"""
    if x.shape != (7,):
        raise ValueError("7 elements, please")
    return n * x


STRATEGY = st.tuples(
    st.tuples(st.lists(st.integers(1, 9), min_size=7, max_size=7).map(lambda v: np.array(v, float))),
    st.fixed_dictionaries({"n": st.integers(2, 4)}),
)


@pytest.mark.parametrize(
    "case",
    [
        lambda rng: ((rng.random(7),), {"n": 3}),
        STRATEGY,
        [STRATEGY, lambda rng: ((rng.random(7),), {"n": 3})],
    ],
    ids=["function", "strategy", "list"],
)
def test_a_case_may_be_given(case):
    right = wrong(only_seven, x=lambda g, y, x, *, n: n * g)
    assert check_primitive(right, case=case).ok
    finding = check_primitive(wrong(only_seven, x=lambda g, y, x, *, n: n * g[::-1]), case=case).findings[0]
    assert finding.kind == "flipped"
    assert np.shape(finding.example.inputs["x"]) == (7,)


def test_a_case_that_is_nothing_of_the_kind():
    assert "must be a function" in check_primitive(tge.Primitive(only_seven), case=3).problem


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        (
            lambda rng: ((np.array([1, 2]),), {}),
            "its result has dtype int64, which has no gradient; let it return floating numbers",
        ),
        (lambda rng: ((np.array([np.inf]),), {}), "its result has nan or inf"),
        (lambda rng: ((np.ones(1000),), {}), "its arrays are empty, or have more than 300 elements"),
        (lambda rng: 1 / 0, "ZeroDivisionError: division by zero"),
    ],
)
def test_a_case_that_never_gives_a_usable_call_says_why(case, problem):
    report = check_primitive(wrong(lambda x: 2 * x, x=lambda g, y, x: 2 * g), case=case)
    assert (report.ok, report.calls, report.problem) == (False, 0, problem)


def test_an_argument_that_may_be_left_out_is_checked_where_it_is_given():
    def affine(x, weight, bias=None):
        return x @ weight + (0 if bias is None else bias)

    p = wrong(
        affine,
        x=lambda g, y, x, weight, bias: g @ weight.T,
        weight=lambda g, y, x, weight, bias: x.T @ g,
        bias=lambda g, y, x, weight, bias: -g.sum(axis=0),
    )
    (finding,) = check_primitive(p, order=1).findings
    assert (finding.argument, finding.kind) == ("bias", "sign")
    assert finding.example.inputs["bias"] == [1.0]


def test_calls_without_the_argument_show_nothing_of_its_rule():
    def scale(x, factor=None):
        return x * (1.0 if factor is None else factor)

    p = wrong(
        scale,
        x=lambda g, y, x, factor: g * (1.0 if factor is None else factor),
        factor=lambda g, y, x, factor: -(g * x),
    )
    numbers = st.integers(1, 9).map(lambda n: np.array([float(n)]))
    case = st.tuples(st.tuples(numbers, st.none() | numbers), st.just({}))  # the simplest is to leave it out
    (finding,) = check_primitive(p, case=case, order=1).findings
    assert (finding.argument, finding.kind) == ("factor", "sign")
    assert finding.example.inputs == {"x": [1.0], "factor": [1.0]}


def test_a_missing_rule_is_reported():
    report = check_primitive(tge.Primitive(lambda x: 2 * x, "double"))
    assert not report.ok
    assert "no rule" in report.findings[0].diagnosis


def test_hypothesis_finds_what_random_numbers_never_hit():
    """It is wrong only where x is exactly 2."""

    def double(x):
        return 2 * x

    p = wrong(double, x=lambda g, y, x: np.where(x == 2.0, 0.0, 2 * g))
    finding = check_primitive(p, order=1).findings[0]
    assert finding.example.inputs["x"] == [2.0]


def test_making_an_example_small_ends_when_patience_does(monkeypatch):
    monkeypatch.setattr(smallest, "PATIENCE", 20)
    tried = []

    def big(example):
        tried.append(example)
        return sum(example) > 1000

    assert sum(smallest.smallest(st.lists(st.integers(0, 10**6), min_size=30), big, 100, 0)) > 1000
    assert len(tried) <= 21
