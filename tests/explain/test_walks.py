"""Walking from explanation to explanation: every element of a small CNN, random programs, second derivatives."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tge


def adds_up(why, tolerance):
    size = np.abs(why.terms.products).sum() + abs(why.value)
    assert abs(why.rounding) <= tolerance * size


@pytest.fixture(scope="module")
def small():
    """Conv, ReLU, max-pooling, dense, log-softmax and loss on two 5x5 images, everything asked for, in float64."""
    rng = np.random.default_rng(0)
    shapes = {"image": (2, 1, 5, 5), "weight": (2, 1, 2, 2), "bias": (2,), "dense": (3, 8), "offset": (3,)}
    t = {name: tge.named(name, tge.Tensor(rng.normal(size=s), requires_grad=True)) for name, s in shapes.items()}
    h = tge.max_pool2d(tge.conv2d(t["image"], t["weight"], t["bias"]).relu(), 2).flatten(1)
    loss = tge.cross_entropy(tge.linear(h, t["dense"], t["offset"]), np.array([2, 0]))
    return tge.trace_backward(tge.named("loss", loss))


def test_every_element_of_a_small_network_is_explained_forward_and_backward(small):
    count = 0
    for value in small.graph:
        if isinstance(value, tge.Tensor):
            step = small.step_of(value)
            gradient = np.asarray(small.gradients[value] if step is None else step.gradient)
            for index in np.ndindex(value.shape):
                forward, backward = tge.explain(value, index), tge.explain(small, value, index)
                assert forward.value == value.data[index]
                assert backward.value == gradient[index]
                adds_up(forward, 1e-14)
                adds_up(backward, 1e-14)
                count += 1
    assert count > 200


def test_every_way_on_ends_at_what_was_given_or_at_the_start(small):
    rng = np.random.default_rng(1)
    ends = set()
    for _ in range(40):
        why = small.explain("weight", tuple(rng.integers(0, (2, 1, 2, 2))))
        for _ in range(30):
            if not why.factors:
                break
            factor = why.factors[rng.integers(len(why.factors))]
            why = factor.explain()
            assert why.value == factor.value
        assert not why.factors
        ends.add(why.name if why.kind == "gradient" else why.kind)
    assert ends >= {"given"}


def test_from_a_weight_to_the_loss_by_the_gradients_alone(small):
    why, names = small.explain("weight", (1, 0, 0, 1)), []
    while why.terms:
        names.append(why.primitive.name)
        why = next(f for f in why.factors if f.kind == "gradient" and f.value).explain()
    assert names == ["conv2d", "relu", "max_pool2d", "reshape", "linear", "log_softmax", "nll_loss"]
    assert (why.name, why.value, why.formula) == ("dL/d loss", 1.0, "dL/d loss = 1")


STEPS = [
    lambda a, b: a + b,
    lambda a, b: a * b,
    lambda a, b: a / (2 + b * b),
    lambda a, b: (a @ b.T) @ b if a.ndim == b.ndim == 2 else a - b,
    lambda a, b: tge.tanh(a) * 2 - b,
    lambda a, b: tge.softmax(a, -1) + b.mean(),
    lambda a, b: a[:, [1, 0, 1]] * b[:1, :1],
    lambda a, b: tge.stack([a, b, a]).sum(axis=0),
    lambda a, b: tge.where(a > b, a, 0.5 * b),
    lambda a, b: (a.relu() + 0.1) ** 2 + b.max(axis=0, keepdims=True),
    lambda a, b: a.T.reshape(2, 3).flip(1) - b.logsumexp(),
]


@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_random_programs(data, seed):
    rng = np.random.default_rng(seed)
    leaves = [tge.Tensor(rng.normal(size=(2, 3)), requires_grad=True) for _ in range(2)]
    values = [tge.named(f"leaf{i}", leaf) for i, leaf in enumerate(leaves)]
    for step in data.draw(st.lists(st.sampled_from(STEPS), min_size=2, max_size=6)):
        a, b = (values[data.draw(st.integers(0, len(values) - 1))] for _ in range(2))
        if a.shape == b.shape == (2, 3):
            values.append(step(a, b))
    y = values[-1]
    create_graph = data.draw(st.booleans())
    trace = tge.trace_backward(y, rng.normal(size=y.shape), create_graph=create_graph) if y.requires_grad else None
    if trace is None:
        return
    for value in trace.graph:
        if isinstance(value, tge.Tensor) and value.size:
            index = tuple(int(rng.integers(n)) for n in value.shape)
            adds_up(tge.explain(value, index), 1e-12)
            if value in trace.arrivals:
                why = tge.explain(trace, value, index)
                adds_up(why, 1e-12)
                assert len(why.parts) == len(trace.arrivals[value])
                np.testing.assert_allclose(sum(p.value for p in why.parts), why.value, rtol=1e-12, atol=1e-300)


def test_a_second_derivative_is_explained_too():
    x = tge.named("x", tge.Tensor([0.5, -1.0], requires_grad=True))
    first = tge.trace_backward((x**3.0).sum(), create_graph=True)
    second = tge.trace_backward(first.gradients[x].sum())
    for index in range(2):
        why = second.explain(x, index)
        np.testing.assert_allclose(why.value, 6 * x.data[index])
        adds_up(why, 1e-13)


def test_a_fan_out_is_the_sum_of_its_parts():
    x = tge.named("x", tge.Tensor([2.0, -1.0], requires_grad=True))
    trace = tge.trace_backward((x.tanh() * x + x.exp()).sum())
    why = trace.explain(x, 0)
    assert [p.primitive.name for p in why.parts] == ["exp", "multiply", "tanh"]
    assert [p.where for p in why.parts] == ["3", "4b", "5"]
    assert [len(p.groups) for p in why.parts] == [1, 1, 1]
    assert sorted(t.part for t in why.terms) == [0, 1, 2]
    for term in why.terms:
        assert term.product == pytest.approx(why.parts[term.part].value, rel=1e-14)
    assert why.formula.count(" + ") == 2


def test_numbers_that_are_not_finite_are_shown_first():
    x = tge.named("x", tge.Tensor([1.0, 0.0, 2.0], requires_grad=True))
    w = tge.named("w", tge.Tensor([1.0, np.inf, 2.0], requires_grad=True))
    with np.errstate(all="ignore"):
        why = tge.explain(tge.matmul(x, w), ())
    assert np.isnan(why.value)
    assert np.isnan(why.total)
    assert np.isnan(why.terms[0].product)
    assert [str(f) for f in why.terms[0].factors] == ["x[1]", "w[1]"]
    assert "nan" in str(why)


def test_explaining_does_not_care_whether_recording_is_on(small):
    page = str(small.explain("weight", (0, 0, 1, 1)))
    with tge.no_grad():
        why = small.explain("weight", (0, 0, 1, 1))
        assert str(why) == page
        for factor in itertools.islice(why.factors, 4):
            assert factor.explain().value == factor.value
    assert tge.is_grad_enabled()
