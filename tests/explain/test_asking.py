"""What can be asked, and what is said to what cannot."""

import subprocess
import sys

import numpy as np
import pytest

import tinygrad_edu as tge


@pytest.fixture
def asked():
    x = tge.named("x", tge.Tensor(np.ones((2, 3))))
    w = tge.named("w", tge.Tensor(np.full((2, 3), 0.5), requires_grad=True))
    y = tge.named("y", (x * w).sum())
    return tge.trace_backward(y), x, w, y


def test_a_value_may_be_called_by_its_name_and_an_index_may_count_from_the_end(asked):
    trace, _, w, _ = asked
    for why in (tge.explain(trace, w, (1, 2)), trace.explain("w", (-1, -1)), trace.explain(w, [1, np.int64(2)])):
        assert (why.name, why.index, why.value) == ("dL/d w", (1, 2), 1.0)
        assert all(type(i) is int for i in why.index)
    assert trace.explain("y").value == 1


@pytest.mark.parametrize(
    ("question", "error", "message"),
    [
        (("v", 0), ValueError, r"no value called 'v'; there are: x \(2, 3\), w \(2, 3\), multiply \(2, 3\), y \(\)"),
        (("w", (2, 0)), IndexError, r"w has no element \[2,0\]; it has the shape \(2, 3\): 0 to 1, 0 to 2"),
        (("w", 0), IndexError, r"w has no element \[0\]"),
        (("y", 0), IndexError, "y has no element .* it is one number and takes no index"),
        (("w", (0, 1.5)), TypeError, "one integer for each axis"),
        (("w", (0, slice(None))), TypeError, "one integer for each axis"),
        (("x", (0, 0)), ValueError, r"dL/d x was not computed: not asked for \(make it with requires_grad=True"),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_can(asked, question, error, message):
    with pytest.raises(error, match=message):
        asked[0].explain(*question)


def test_what_is_not_in_the_trace_and_what_is_no_question(asked):
    trace, _, w, _ = asked
    with pytest.raises(ValueError, match="was not computed from this value"):
        trace.explain(tge.ones(2), 0)
    for wrong in ((), (trace,), (np.ones(3), 0), (w, 0, 1)):
        with pytest.raises(TypeError, match="explain needs"):
            tge.explain(*wrong)


def test_a_value_changed_since_the_pass_is_refused_and_not_shown(asked):
    w = asked[2]
    x = tge.Tensor(np.ones((2, 3)), requires_grad=True)
    product = (x * w).sum()
    later = tge.trace_backward(product)
    assert later.explain(x, (0, 0)).value == 0.5
    power = w.exp()
    w.data = w.data * (1 + 1e-9)
    with pytest.raises(RuntimeError, match="was changed"):
        later.explain(x, (0, 0))  # the rule reads w
    with pytest.raises(RuntimeError, match="was changed"):
        tge.explain(product.inputs[0], (0, 0))
    with pytest.raises(RuntimeError, match="was changed"):
        tge.explain(power, (0, 0))
    assert later.explain(w, (0, 0)).value == 1.0  # this rule does not


def test_a_value_changed_a_little_in_float32_is_noticed_where_rounding_would_hide_it():
    rng = np.random.default_rng(0)
    x, w = (tge.Tensor(rng.normal(size=(1, 20_000)).astype(np.float32), requires_grad=True) for _ in range(2))
    product = (x * w).sum()
    trace = tge.trace_backward(product)
    dense = tge.linear(x, w)
    trace.explain(x, (0, 3))
    w.data = w.data * np.float32(1 + 4e-7)
    with pytest.raises(RuntimeError, match="was changed"):
        trace.explain(x, (0, 3))
    w.data = w.data * np.float32(1.1)
    with pytest.raises(RuntimeError, match="was changed"):
        tge.explain(dense, (0, 0))


def test_names_come_from_the_caller_the_model_or_the_tensor():
    model = tge.nn.Linear(2, 1)
    h = model(np.ones((1, 2), np.float32))
    assert tge.explain(h, (0, 0), names={"h": h}, model=model).name == "h"
    assert "weight[0,i]" in tge.explain(h, (0, 0)).formula


def test_what_was_not_computed_is_given():
    why = tge.explain(tge.named("x", tge.tensor([1.5])), 0)
    assert (why.kind, why.value, why.total, len(why.terms), why.factors) == ("given", 1.5, 1.5, 0, [])
    assert (why.primitive, why.rule, why.source, why.derivation) == (None, None, None, "")
    assert "not computed here" in str(why)


def test_a_rule_that_says_that_nothing_flows_is_quoted():
    x = tge.named("x", tge.Tensor([1.5, -2.0], requires_grad=True))
    trace = tge.trace_backward((x.sign() * 2.0).sum())
    why = trace.explain(x, 1)
    assert (why.value, why.total, len(why.terms)) == (0, 0, 0)
    assert why.rule.primitive.name == "sign"


def test_the_room_answers_however_it_was_entered():
    for first in (
        "import tinygrad_edu.explain",
        "from tinygrad_edu.explain.terms import Term",
        "import tinygrad_edu; tinygrad_edu.trace_backward(tinygrad_edu.ones(1, ).sum() * tinygrad_edu.tensor(2., "
        "requires_grad=True)).explain",
        "import tinygrad_edu",
    ):
        code = (
            f"{first}; import tinygrad_edu as tge; print(tge.explain(tge.ones(1), 0).value, tge.explain.Term.__name__)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
        assert (done.stdout, done.stderr) == ("1.0 Term\n", "")
