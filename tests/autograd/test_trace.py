"""The trace: the order of steps, what each says, names, the table, and the JSON."""

import json

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu.autograd.graph import Graph, collect_names
from tinygrad_edu.autograd.rule import Source
from tinygrad_edu.autograd.summary import number, summarize
from tinygrad_edu.autograd.trace import Arrival
from tinygrad_edu.autograd.trace_json import shown_file


def leaf(*shape, seed=0):
    return tge.Tensor(np.random.default_rng(seed).normal(size=shape), requires_grad=True)


def network():
    """An image nobody asks about, a convolution, a ReLU, and integers."""
    image = tge.named("image", tge.Tensor(np.random.default_rng(3).normal(size=(2, 1, 5, 5))))
    weight, bias, dense = leaf(2, 1, 3, 3), leaf(2, seed=1), leaf(18, 4, seed=2)
    logits = tge.conv2d(image, weight, bias).relu().flatten(1) @ dense
    return tge.cross_entropy(logits, np.array([1, 3])), (weight, bias, dense)


def test_a_trace_is_the_ordinary_pass_and_leaves_grad_alone():
    loss, parameters = network()
    trace = tge.trace_backward(loss)
    assert all(p.grad is None for p in parameters)
    loss.backward()
    for p in parameters:
        np.testing.assert_array_equal(trace.gradients[p], p.grad.data)
    assert set(trace.gradients) == set(parameters)


def test_steps_are_in_firing_order_with_their_rules():
    loss, _ = network()
    trace = tge.trace_backward(loss)
    names = ["nll_loss", "log_softmax", "matmul", "reshape", "relu", "conv2d"]
    assert [s.primitive.name for s in trace.steps] == names
    assert [s.number for s in trace.steps] == [1, 2, 3, 4, 5, 6]
    relu = trace.steps[4]
    (c,) = relu.contributions
    assert (c.argument, c.status, c.input) == ("x", "sent", relu.node.inputs[0])
    assert c.rule.formula == "dL/dx = g * [x > 0]"
    assert c.rule.source.file.endswith("activation.py")
    assert "g" in c.rule.source.text
    np.testing.assert_array_equal(c.gradient, relu.gradient * (c.input.data > 0))
    assert trace.step_of(relu.node) is relu
    assert trace.step_of(tge.ones(1)) is None
    assert trace.steps[-1].values_read() == [("x", trace.steps[-1].node.inputs[0])]


def test_each_input_says_why_it_received_nothing():
    loss, _ = network()
    steps = tge.trace_backward(loss).steps
    assert [c.status for c in steps[-1].contributions] == ["not asked for", "sent", "sent"]
    assert steps[-1].contributions[0].gradient is None
    assert [c.status for c in steps[0].contributions] == ["sent", "no gradient"]
    x = leaf(3)
    trace = tge.trace_backward((x.sign() * 2.0 + tge.conv2d(leaf(1, 1, 2, 2), leaf(1, 1, 2, 2)).sum()).sum())
    by_name = {s.primitive.name: [c.status for c in s.contributions] for s in trace.steps}
    assert by_name["sign"] == ["zero"]
    assert by_name["multiply"] == ["sent", "constant"]
    assert by_name["conv2d"] == ["sent", "sent", "constant"]
    assert x not in trace.gradients


def test_contributions_add_up_to_every_gradient():
    x, w = leaf(3), leaf(3, seed=1)
    h = x * w
    loss = (h * h + h.exp() * x + x * x * x).sum()
    trace = tge.trace_backward(loss)
    assert sum(len(a) > 1 for a in trace.arrivals.values()) >= 2
    for t, arrivals in trace.arrivals.items():
        total = sum(np.asarray(trace.contribution(a)) for a in arrivals)
        step = trace.step_of(t)
        gradient = trace.gradients[t] if step is None else step.gradient
        np.testing.assert_allclose(total, gradient, rtol=1e-12)
    square = next(s for s in trace.steps if all(x is h for x in s.node.inputs) and len(s.node.inputs) == 2)
    assert Arrival(square.number, 0) in trace.arrivals[h]
    assert Arrival(square.number, 1) in trace.arrivals[h]
    assert trace.sum_of([Arrival(0, 0), Arrival(square.number, 1)]) == f"start + {square.number}b"


def test_rules_are_numbered_in_one_way_and_each_differently():
    x = leaf(3)
    trace = tge.trace_backward(tge.stack([x * 1.0] * 28).sum() + x.exp().sum())
    stacked = next(s for s in trace.steps if s.primitive.name == "stack")
    names = [stacked.rule_number(i).removeprefix(str(stacked.number)) for i in range(28)]
    assert (names[0], names[25], names[26], names[27]) == ("a", "z", "aa", "ab")
    alone = next(s for s in trace.steps if s.primitive.name == "exp")
    assert trace.sum_of(trace.arrivals[x]).split(" + ")[0] == str(alone.number)
    assert f"is the sum of {' + '.join(f'{stacked.number}{n}' for n in names)}," in str(trace)


def test_a_given_gradient_starts_the_pass():
    x, g = leaf(3), np.array([2.0, -1.0, 0.5])
    trace = tge.trace_backward(x * 3.0, g)
    np.testing.assert_array_equal(trace.gradients[x], 3 * g)
    np.testing.assert_array_equal(trace.contribution(Arrival(0, 0)), g)


@pytest.mark.parametrize(
    ("loss", "said"), [(lambda: tge.ones(()), "depends on nothing"), (lambda: leaf(3) * 2, "gradient of that shape")]
)
def test_what_cannot_be_differentiated_raises(loss, said):
    with pytest.raises(ValueError, match=said):
        tge.trace_backward(loss())


def test_a_leaf_is_its_own_loss():
    x = leaf()
    trace = tge.trace_backward(x)
    assert trace.steps == []
    assert trace.gradients[x] == 1
    assert repr(trace) == "<BackwardTrace of tensor: 0 steps>"


def test_a_recorded_pass_lists_its_primitives():
    x = leaf(3)
    trace = tge.trace_backward((x.tanh() * x).sum(), create_graph=True)
    by_name = {s.primitive.name: [t.primitive.name for t in s.primitives] for s in trace.steps}
    assert by_name["tanh"] == ["multiply", "subtract", "multiply"]
    gradient = trace.gradients[x]
    again = tge.trace_backward(gradient.sum()).gradients[x]
    t = np.tanh(x.data)
    np.testing.assert_allclose(again, (1 - t * t) * (2 - 2 * x.data * t))
    plain = tge.trace_backward((x.tanh() * x).sum())
    assert all(s.primitives == () for s in plain.steps)


def test_names_come_from_the_model_the_tensor_or_a_dict():
    model = tge.nn.Sequential(tge.nn.Linear(3, 2))
    x, h = tge.ones(1, 3), tge.named("own", tge.ones(2))
    given = collect_names({"x": x, "h": h, "n": 3, "model": model, "cls": tge.nn.Linear})
    assert given == {x: "x", h: "own", model[0].weight: "0.weight", model[0].bias: "0.bias"}
    assert collect_names(model=model)[model[0].weight] == "0.weight"
    trace = tge.trace_backward(model(x).sum())
    trace.rename({x: "renamed"})
    assert "renamed" in [trace.graph.label(v) for v in trace.graph]
    trace.rename({})


def test_the_graph_numbers_by_order_alone():
    def ids():
        x = leaf(2)
        y = x.exp()
        graph = Graph([(y * y + y * 2.0 + np.ones(2)).sum(), x])
        assert x in graph
        assert tge.ones(1) not in graph
        return [(graph.id(v), graph.label(v), graph.number(v)) for v in graph]

    first = ids()
    tge.ones(3).exp()
    assert ids() == first
    assert [label for _, label, _ in first][:3] == ["x of exp", "exp", "multiply"]
    assert "multiply #2" in [label for _, label, _ in first]


def test_the_table_says_what_happened():
    loss, (weight, *_) = network()
    x = leaf(2)
    text = str(tge.trace_backward(loss + (x * x).sum() + x.sign().sum(), names={"w": weight, "x": x}))
    assert "dL/d image was not computed: not asked for (requires_grad=False)" in text
    assert "dL/dx = g * [x > 0]" in text
    assert "nothing" in text  # sign sends none
    assert "..." in text  # a long formula is cut
    lines = text.splitlines()
    assert any(line.startswith("w ") and "(2, 1, 3, 3)" in line for line in lines)
    y = x.exp()
    assert "g is the sum of 2a + 2b" in str(tge.trace_backward((y * y).sum()))


# -- JSON ------------------------------------------------------------------------------------------------------

ARRAY = {"shape", "dtype", "min", "mean", "max", "norm", "nan", "inf"}


def check_array(a):
    assert set(a) - {"values", "ref"} == ARRAY
    assert all(isinstance(n, int) for n in (*a["shape"], a["nan"], a["inf"]))


def test_the_json_keeps_to_its_documentation():
    loss, (weight, *_) = network()
    document = json.loads(tge.trace_backward(loss).to_json())
    assert set(document) == {
        "format", "version", "create_graph", "loss", "seed", "primitives", "values", "steps", "gradients"
    }  # fmt: skip
    assert (document["format"], document["version"]) == ("tinygrad_edu.backward_trace", 1)
    ids = [v["id"] for v in document["values"]]
    assert len(set(ids)) == len(ids)
    assert document["loss"] == ids[-1]
    check_array(document["seed"])
    for v in document["values"]:
        assert set(v) == {"id", "name", "label", "requires_grad", "primitive", "inputs", "params", "array"}
        check_array(v["array"])
        for x in v["inputs"]:
            assert x is None or x.get("value") in ids or "constant" in x
    for p in document["primitives"].values():
        assert set(p) == {"formula", "source", "arguments", "variadic", "rules"}
        for source in (p["source"], *(r["source"] for r in p["rules"].values())):
            assert set(source) == {"file", "line", "text"}
            assert source["file"].startswith("tinygrad_edu/")
    for n, s in enumerate(document["steps"], 1):
        assert set(s) == {"number", "value", "primitive", "upstream", "sum_of", "contributions", "recorded"}
        assert s["number"] == n
        check_array(s["upstream"])
        for c in s["contributions"]:
            assert set(c) == {"argument", "to", "status", "rule", "reads", "gradient"}
            assert (c["gradient"] is not None) == (c["status"] == "sent")
    assert [len(g["sum_of"]) for g in document["gradients"]] == [1, 1, 1]
    assert document["steps"][-1]["contributions"][0]["status"] == "not asked for"
    conv = next(v for v in document["values"] if v["primitive"] == "conv2d")
    assert conv["params"]["stride"] == 1
    g = document["gradients"][0]["gradient"]
    np.testing.assert_allclose(g["values"], tge.trace_backward(loss).gradients[weight])


def test_large_arrays_are_summarised_or_written_beside(tmp_path):
    loss, (*_, dense) = network()
    trace = tge.trace_backward(loss)
    document = json.loads(trace.to_json())
    assert "values" not in document["gradients"][2]["gradient"]
    path = tmp_path / "trace.npz"
    document = json.loads(trace.to_json(arrays=path, indent=1))
    ref = document["gradients"][2]["gradient"]["ref"]
    assert ref["file"] == "trace.npz"
    with np.load(path, allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays[ref["key"]], trace.gradients[dense])


def test_the_json_is_strict_where_numbers_are_not_finite():
    x = tge.tensor([1.0, 0.0, -1.0], requires_grad=True)
    with np.errstate(all="ignore"):
        trace = tge.trace_backward((x.log() * float("inf")).sum())
    text = trace.to_json()

    def refuse(word):
        raise AssertionError(word)

    document = json.loads(text, parse_constant=refuse)
    log = next(v["array"] for v in document["values"] if v["primitive"] == "log")
    assert (log["nan"], log["inf"], log["values"]) == (1, 1, [0.0, "-inf", "nan"])
    assert {"constant": "inf"} in document["values"][2]["inputs"]
    with np.errstate(all="ignore"):
        assert "3 infinite" in str(trace)


def test_parameters_that_json_does_not_have_become_text():
    x = leaf(20)
    wide, narrow = np.arange(10), np.array([0, 1])
    loss = x[wide].sum() + x[narrow].sum() + x[1:3].sum() + x.reshape((4, 5)).sum()
    params = [v["params"] for v in json.loads(tge.trace_backward(loss).to_json())["values"]]
    indices = [p["index"] for p in params if "index" in p]
    assert indices == ["array of shape (10,)", [0, 1], "slice(1, 3, None)"]
    assert {"shape": [4, 5]} in params


def test_foreign_files_are_named_in_full(tmp_path):
    assert shown_file(Source("/elsewhere/rules.py", 1, "")) == "/elsewhere/rules.py"
    assert shown_file(Source(str(tmp_path.cwd() / "mine.py"), 1, "")) == "mine.py"


def test_summaries_count_what_is_not_finite():
    s = summarize(np.array([np.nan, np.inf, -np.inf, 2.0]))
    assert (s.nan, s.inf, s.mean, s.norm, s.finite, s.bad) == (1, 2, 2.0, 2.0, False, "1 NaN, 2 infinite")
    for size in (1e300, 1e-300):  # their squares are infinite, or zero
        large = summarize(np.array([3.0, 4.0]) * size)
        np.testing.assert_allclose([large.mean, large.norm], [3.5 * size, 5 * size])
    assert summarize(np.full(9, 1.7e308)).mean == 1.7e308
    assert summarize(np.zeros(0)).norm is None
    assert summarize(np.array([True, False])).mean == 0.5
    assert number(None) == "-"


def test_a_step_that_reads_its_own_result_says_y():
    trace = tge.trace_backward(leaf(3).exp().sum())
    assert trace.steps[1].values_read() == [("y", trace.steps[1].node)]


def test_an_argument_left_out_is_null():
    document = json.loads(tge.trace_backward(tge.conv2d(leaf(1, 1, 2, 2), leaf(1, 1, 1, 1)).sum()).to_json())
    conv = next(v for v in document["values"] if v["primitive"] == "conv2d")
    assert [x and "value" in x for x in conv["inputs"]] == [True, True, None]
    assert document["steps"][1]["contributions"][2]["to"] is None
