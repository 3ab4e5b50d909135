"""How many terms: as many as the loops that define the operation have, counted by running those loops on ones."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import tinygrad_edu as tge
from tinygrad_edu.kernels import loops
from tinygrad_edu.kernels.geometry import pair
from tinygrad_edu.testing import strategies as tgst


@given(data=st.data(), c=tgst.conv2d_cases(max_side=5))
def test_convolution_and_its_derivatives_have_the_terms_of_their_loops(data, c):
    x, weight = (
        tge.Tensor(np.random.default_rng(0).normal(size=s), requires_grad=True) for s in (c.x_shape, c.weight_shape)
    )
    y = tge.conv2d(x, weight, None, **c.params)
    trace = tge.trace_backward(y, np.random.default_rng(1).normal(size=y.shape))
    geometry = (pair(c.params["stride"], ""), pair(c.params["padding"], "", least=0), pair(c.params["dilation"], ""))
    ones = [np.ones(t.shape) for t in (x, weight, y)]
    counts = {
        "value": loops.conv2d(ones[0], ones[1], None, *geometry, c.params["groups"]),
        "x": loops.conv2d_dx(ones[2], ones[1], x.shape[2:], *geometry, c.params["groups"]),
        "weight": loops.conv2d_dw(ones[0], ones[2], weight.shape[2:], *geometry, c.params["groups"]),
    }
    assume(all(count.size for count in counts.values()))
    for name, asked in (("value", (y,)), ("x", (trace, x)), ("weight", (trace, weight))):
        index = tuple(data.draw(st.integers(0, n - 1)) for n in counts[name].shape)
        assert len(tge.explain(*asked, index).terms) == counts[name][index]


@given(data=st.data(), window=st.integers(1, 3), stride=st.none() | st.integers(1, 3), seed=st.integers(0, 99))
def test_pooling_has_the_terms_of_its_loops(data, window, stride, seed):
    padding = data.draw(st.integers(0, window // 2))
    rng = np.random.default_rng(seed)
    x = tge.Tensor(rng.normal(size=(1, 2, *rng.integers(window, 6, 2))), requires_grad=True)
    geometry = (window, window), (stride or window,) * 2, (padding, padding)
    y = tge.avg_pool2d(x, window, stride, padding)
    g = rng.normal(size=y.shape)
    counts = loops.avg_pool2d(np.ones(x.shape), *geometry, y.shape[2:], 1)
    counts_dx = loops.avg_pool2d_dx(np.ones(y.shape), x.shape[2:], *geometry, 1)
    won = loops.max_pool2d_scatter(np.ones(y.shape), x.data, *geometry, (1, 1))
    averaged = tge.trace_backward(y, g)
    largest = tge.trace_backward(tge.max_pool2d(x, window, stride, padding), g)
    for index in product(*map(range, y.shape)):
        assert len(tge.explain(y, index).terms) == round(counts[index])
        (winner,) = tge.explain(largest.loss, index).factors
        assert winner.value == largest.loss.data[index]
    for index in product(*map(range, x.shape)):
        assert len(tge.explain(averaged, x, index).terms) == round(counts_dx[index])
        if x in largest.gradients:
            assert len(tge.explain(largest, x, index).terms) == won[index]


@pytest.fixture(scope="module")
def minimal():
    """The minimal CNN and one picture of which all gradients are asked for."""
    tge.manual_seed(1)
    model = tge.models.MinimalCNN()
    images = tge.data.load_digits()[1].images
    image = tge.named("image", tge.Tensor(images[3:4], requires_grad=True))
    logits = tge.named("logits", model(image))
    loss = tge.named("loss", tge.cross_entropy(logits, np.array([3])))
    return tge.trace_backward(loss, model=model), image, logits


def test_a_filters_weight_has_676_terms(minimal):
    trace, image, _ = minimal
    why = tge.explain(trace, "conv.weight", (3, 0, 1, 2))
    assert why.formula == "dL/d conv.weight[3,0,1,2] = sum over i,j = 0..25 of g[0,3,i,j] * image[0,0,i+1,j+2]"
    assert len(why.terms) == len(why.terms.products) == 676
    for term in why.terms:
        g, pixel = term.factors
        assert (g.name, g.kind, pixel.name) == ("g", "gradient", "image")
        assert (*g.index[:2], g.index[2] + 1, g.index[3] + 2) == (0, 3, *pixel.index[2:])
        assert pixel.value == image.data[pixel.index]
    picture = why.terms.laid_out("g")
    assert picture.shape == (1, 8, 26, 26)
    np.testing.assert_allclose(picture[0, 3].sum(), why.value, rtol=1e-5)
    assert not picture[0, :3].any()
    with pytest.raises(ValueError, match="no factor here is called 'h'; there are: g, image"):
        why.terms.laid_out("h")


@pytest.mark.parametrize(
    ("pixel", "count"),
    [((0, 0), 8), ((0, 1), 16), ((0, 9), 24), ((1, 1), 32), ((1, 14), 48), ((14, 14), 72), ((27, 27), 8)],
)
def test_a_pixel_has_as_many_terms_as_positions_see_it(minimal, pixel, count):
    trace, image, _ = minimal
    why = tge.explain(trace, image, (0, 0, *pixel))
    assert len(why.terms) == count
    assert {f.name for f in why.factors} == {"g", "conv.weight"}


def test_a_logit_has_5408_products_and_a_bias(minimal):
    _, _, logits = minimal
    why = tge.explain(logits, (0, 9))
    assert len(why.terms) == 5409
    assert [len(t.factors) for t in why.terms].count(1) == 1
    assert why.formula == "logits[0,9] = sum over i = 0..5407 of dense.weight[9,i] * reshape[0,i] + dense.bias[9]"
    sizes = np.abs(why.terms.products)
    assert (sizes[:-1] >= sizes[1:]).all()
