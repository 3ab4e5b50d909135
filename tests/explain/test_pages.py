"""How an explanation prints, as a page, as HTML and as JSON: every number on it is the explanation's."""

import json
import math
import re

import numpy as np
import pytest

import tinygrad_edu as tge


@pytest.fixture
def trace():
    rng = np.random.default_rng(0)
    image = tge.named("image", tge.Tensor(rng.uniform(size=(1, 1, 5, 5)) * (rng.random((1, 1, 5, 5)) < 0.7), True))
    weight = tge.named("weight", tge.Tensor(rng.normal(size=(2, 1, 2, 2)), requires_grad=True))
    dense = tge.named("dense", tge.Tensor(rng.normal(size=(3, 32)), requires_grad=True))
    h = tge.conv2d(image, weight).relu()
    return tge.trace_backward(tge.cross_entropy(tge.linear(h.flatten(1), dense), np.array([1])))


def numbers(text):
    return [float(n) for n in re.findall(r"(?<![\w.\[,])[-+]?\d+\.?\d*(?:e[-+]?\d+)?(?![\w\],])", text)]


def test_a_page_can_be_checked_with_a_pocket_calculator(trace):
    why = trace.explain("weight", (0, 0, 1, 0))
    page = why.page(terms=5, digits=9)
    lines = page.splitlines()
    assert lines[0] == f"dL/d weight[0,0,1,0] = {why.value:.9g}"
    assert lines[1] == "  = sum over i,j = 0..3 of g[0,0,i,j] * image[0,0,i+1,j]"
    rows = [line.split(" = ") for line in lines if line.startswith("    ") and " = " in line and "[0,0," in line]
    rows = [row for row in rows if "sum over" not in row[0] and "step" not in row[0]]
    assert 0 < len(rows) <= 5
    total = 0.0
    for (left, right), term in zip(rows, why.terms, strict=False):
        factors = left.split("  ")[-1].replace("(", "").replace(")", "")
        assert math.prod(map(float, factors.split(" * "))) == pytest.approx(float(right), rel=1e-7)
        assert float(right) == pytest.approx(term.product, rel=1e-8)
        total += float(right)
    (more,) = [line for line in lines if " more " in line]
    assert total + float(more.split("=")[1]) == pytest.approx(why.value, rel=1e-6)
    assert int(more.split()[0]) == len(why.terms) - len(rows)
    assert f"step {why.parts[0].where}: g is the gradient that arrives at conv2d" in page
    assert "return conv2d_dw(x, g, weight.shape[2:], stride, padding, dilation, groups)" in page
    assert re.search(r"tinygrad_edu/ops/convolution\.py, line \d+", page)


def test_zeros_have_reasons(trace):
    why = trace.explain("weight", (0, 0, 1, 0))
    zero = why.terms.products == 0
    reasons = why.terms.zeros()
    assert sum(reasons.values()) == zero.sum() > 0
    g = next(s for s in trace.steps if s.primitive.name == "conv2d").gradient
    assert reasons["g"] == (g[0, 0] == 0).sum()
    lines = str(why).splitlines()
    assert sum("image[0,0," in line and " = " in line for line in lines) == 1 + (~zero).sum()  # and the formula
    (more,) = [line for line in lines if " more " in line]
    assert more.split() == [str(zero.sum()), "more", "=", "0"]
    census = next(line for line in str(why).splitlines() if "are 0" in line)
    assert f"{reasons['g']} because g is 0" in census


def test_a_gate_says_open_or_closed(trace):
    conv = next(v for v in trace.graph if trace.graph.label(v) == "conv2d")
    seen = set()
    for index in np.ndindex(conv.shape):
        x = conv.data[index]
        backward, forward = trace.explain(conv, index), trace.explain("relu", index, forward=True)
        state = "open" if x > 0 else "closed"
        assert backward.parts[0].remark.startswith(f"{state}, for x is {x:.6g}: g")
        assert forward.parts[0].remark == f"{state}, for x is {x:.6g}"
        assert (backward.value == 0) == (state == "closed")
        assert backward.parts[0].remark in str(backward)
        seen.add(state)
    assert seen == {"open", "closed"}


def test_the_target_is_named():
    logits = tge.Tensor(np.array([[1.0, 2.0, 0.5]]), requires_grad=True)
    trace = tge.trace_backward(tge.cross_entropy(logits, np.array([1])))
    assert trace.explain("log_softmax", (0, 1)).parts[0].remark == "the target"
    other = trace.explain("log_softmax", (0, 0))
    assert other.parts[0].remark == "not the target: the loss does not look at it"
    assert other.value == other.total == 0


def test_all_of_a_page_is_there_for_every_kind(trace):
    for value in trace.graph:
        if isinstance(value, tge.Tensor):
            for forward in (True, False):
                why = trace.explain(value, (0,) * value.ndim, forward=forward)
                page, html = str(why), why._repr_html_()
                assert page.startswith(f"{why.name}")
                assert f"{why.value + 0.0:.6g}" in page.splitlines()[0]
                assert f"{why.value:.6g}" in html
                assert html.count("<tr>") == html.count("</tr>")
                for line in page.splitlines():
                    assert line == line.rstrip()


def test_html_is_escaped():
    x = tge.named("<b>&", tge.Tensor([1.0], requires_grad=True))
    html = tge.explain(x * 2.0, 0)._repr_html_()
    assert "<b>&" not in html
    assert "&lt;b&gt;&amp;[0]" in html


def test_json_holds_everything(trace):
    why = trace.explain("weight", (0, 0, 1, 0))
    document = json.loads(why.to_json(max_terms=4))
    assert document["value"] == why.value
    assert document["formula"] == why.formula
    assert document["count"] == 16
    assert document["products"] == why.terms.products.tolist()
    assert len(document["terms"]) == 4
    for written, term in zip(document["terms"], why.terms, strict=False):
        assert written["product"] == term.product
        for f, factor in zip(written["factors"], term.factors, strict=True):
            expected = {"name": factor.name, "index": list(factor.index), "value": factor.value,
                        "kind": factor.kind, "divides": factor.divides}  # fmt: skip
            assert f == expected
    (part,) = document["parts"]
    assert part["rule"]["name"] == "conv2d_dw_rule"
    assert part["source"]["line"] == why.source.line
    assert math.isclose(document["above"] + document["below"], why.total, rel_tol=1e-12)
    assert json.loads(trace.explain("image", (0, 0, 0, 0), forward=True).to_json())["kind"] == "given"


def test_json_of_what_is_not_finite_is_strict():
    x = tge.named("x", tge.Tensor([np.inf, -np.inf], requires_grad=True))
    with np.errstate(all="ignore"):
        document = json.loads(tge.explain(x.sum(), ()).to_json(), parse_constant=pytest.fail)
    assert document["value"] == "nan"
    assert sorted(document["products"]) == ["-inf", "inf"]
