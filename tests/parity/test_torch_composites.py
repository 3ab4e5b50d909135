"""Operations made of other operations, against PyTorch's of the same name: values, gradients, their gradients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch_parity import compare_to_second_order

import tinygrad_edu as tge
from tinygrad_edu.testing import strategies as tgst

torch = pytest.importorskip("torch")
functional = torch.nn.functional

seeds = st.integers(0, 2**32 - 1)
reductions = st.sampled_from(["mean", "sum", "none"])
EVERYWHERE = [-30.0, -6.0, -2.5, -0.5, -1e-3, 1e-3, 0.5, 2.5, 5.5, 6.5, 30.0]  # no kink among them

# name: what it is given besides x
ACTIVATIONS = {
    "silu": [{}],
    "mish": [{}],
    "gelu": [{}, {"approximate": "tanh"}],
    "selu": [{}],
    "relu6": [{}],
    "logsigmoid": [{}],
    "elu": [{}, {"alpha": 0.3}],
    "hardtanh": [{}, {"min_val": -2.0, "max_val": 0.4}],
    "softplus": [{}, {"beta": 2.0, "threshold": 3.0}],
}


@pytest.mark.parametrize(("name", "given"), [(n, g) for n, several in ACTIVATIONS.items() for g in several])
def test_activations(name, given):
    x = np.array(EVERYWHERE)
    compare_to_second_order(
        lambda x: getattr(tge, name)(x, **given), lambda t: getattr(functional, name)(t, **given), [x], 0
    )
    as_float32 = getattr(tge, name)(tge.Tensor(x.astype(np.float32)), **given)
    assert as_float32.dtype == np.float32
    theirs = getattr(functional, name)(torch.tensor(x), **given)
    np.testing.assert_allclose(as_float32.data, theirs, rtol=1e-5, atol=2e-7)


@pytest.mark.parametrize("name", ["relu6", "hardtanh", "elu", "selu", "relu", "leaky_relu"])
def test_the_slope_at_a_kink_is_pytorchs(name):
    x, t = tge.Tensor([-1.0, 0.0, 1.0, 6.0], requires_grad=True), torch.tensor([-1.0, 0.0, 1.0, 6.0])
    getattr(tge, name)(x).backward([1.0, 2.0, 3.0, 4.0])
    getattr(functional, name)(t.requires_grad_()).backward(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    np.testing.assert_allclose(x.grad.data, t.grad, rtol=1e-6)


# -- losses ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss", "smooth_l1_loss"])
@given(data=st.data(), reduction=reductions, seed=seeds)
def test_regression(name, data, reduction, seed):
    rng = np.random.default_rng(seed)
    shape = data.draw(tgst.shapes(min_side=1))
    predictions, targets = (np.asarray(rng.standard_normal(shape) * 2) for _ in range(2))
    given = {"reduction": reduction}
    if name in ("huber_loss", "smooth_l1_loss"):
        given["delta" if name == "huber_loss" else "beta"] = data.draw(st.sampled_from([1.0, 0.5, 2.0]))
    elif data.draw(st.booleans()):
        given["weight"] = rng.random(shape)
    theirs = {k: torch.tensor(v) if k == "weight" else v for k, v in given.items()}
    compare_to_second_order(
        lambda p, t: getattr(tge, name)(p, t, **given),
        lambda p, t: getattr(functional, name)(p, t, **theirs),
        [predictions, targets],
        seed,
    )


def test_huber_with_weights_and_smooth_l1_without_a_parabola():
    rng = np.random.default_rng(0)
    p, t, w = rng.standard_normal((3, 4, 2)) * 2
    for reduction in ("mean", "sum", "none"):
        compare_to_second_order(
            lambda p, r=reduction: tge.huber_loss(p, t, weight=w, reduction=r),
            lambda p, r=reduction: functional.huber_loss(p, torch.tensor(t), weight=torch.tensor(w), reduction=r),
            [p],
            0,
        )
    ours = tge.smooth_l1_loss(tge.Tensor(p), t, beta=0)
    assert ours.item() == pytest.approx(functional.smooth_l1_loss(torch.tensor(p), torch.tensor(t), beta=0).item())


@st.composite
def classifications(draw):
    """Draw the shape of some scores, and everything else that a loss of classes takes."""
    rng = np.random.default_rng(draw(seeds))
    around = draw(st.sampled_from([(), (1,), (3,), (2, 3), (2, 1, 2)]))
    classes = draw(st.integers(1, 4))
    logits = np.asarray(rng.standard_normal((*around[:1], classes, *around[1:])) * 3)
    given = {
        "reduction": draw(reductions),
        "label_smoothing": draw(st.sampled_from([0.0, 0.1, 1.0])),
        "weight": draw(st.sampled_from([None, rng.random(classes) + 0.5])),
    }
    return rng, around, classes, logits, given


def in_torch(given):
    return {k: torch.tensor(v) if k == "weight" and v is not None else v for k, v in given.items()}


@given(drawn=classifications(), ignored=st.booleans(), seed=seeds)
def test_cross_entropy_of_class_numbers(drawn, ignored, seed):
    rng, around, classes, logits, given = drawn
    targets = np.asarray(rng.integers(0, classes, around))
    if ignored and targets.size > 1:
        given["ignore_index"] = 7
        targets.reshape(-1)[1] = 7
    compare_to_second_order(
        lambda x: tge.cross_entropy(x, targets, **given),
        lambda t: functional.cross_entropy(t, torch.tensor(targets), **in_torch(given)),
        [logits],
        seed,
    )


@given(drawn=classifications(), seed=seeds)
def test_cross_entropy_of_probabilities(drawn, seed):
    rng, _, _, logits, given = drawn
    targets = np.asarray(rng.random(logits.shape))
    compare_to_second_order(
        lambda x, t: tge.cross_entropy(x, t, **given),
        lambda x, t: functional.cross_entropy(x, t, **in_torch(given)),
        [logits, targets],
        seed,
    )


@given(data=st.data(), reduction=reductions, seed=seeds)
def test_yes_or_no(data, reduction, seed):
    rng = np.random.default_rng(seed)
    shape = data.draw(tgst.shapes(min_dims=1, min_side=1))
    logits, targets = np.asarray(rng.standard_normal(shape) * 4), np.asarray(rng.random(shape))
    given = {"reduction": reduction}
    for name in data.draw(st.sets(st.sampled_from(["weight", "pos_weight"]))):
        given[name] = rng.random(shape[-1:]) + 0.5
    theirs = {k: torch.tensor(v) if "weight" in k else v for k, v in given.items()}
    compare_to_second_order(
        lambda x, t: tge.binary_cross_entropy_with_logits(x, t, **given),
        lambda x, t: functional.binary_cross_entropy_with_logits(x, t, **theirs),
        [logits, targets],
        seed,
    )
    given.pop("pos_weight", None)
    theirs.pop("pos_weight", None)
    compare_to_second_order(
        lambda x, t: tge.binary_cross_entropy(x, t, **given),
        lambda x, t: functional.binary_cross_entropy(x, t, **theirs),
        [np.asarray(rng.uniform(0.3, 0.7, shape)), targets],  # PyTorch adds 1e-12 to denominators
        seed,
    )


def test_certain_answers():
    for dtype in (np.float32, np.float64):
        p, y = np.array([0, 0, 1, 1], dtype), np.array([0, 1, 0, 1], dtype)
        x, t = tge.Tensor(p, requires_grad=True), torch.tensor(p, requires_grad=True)
        ours = tge.binary_cross_entropy(x, y, reduction="none")
        theirs = functional.binary_cross_entropy(t, torch.tensor(y), reduction="none")
        np.testing.assert_array_equal(ours.data, theirs.detach())
        ours.backward(np.ones(4, dtype))
        theirs.backward(torch.ones(4, dtype=t.dtype))
        np.testing.assert_allclose(x.grad.data, t.grad, rtol=1e-6)


@given(data=st.data(), log_target=st.booleans(), seed=seeds)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none", "batchmean"])
@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")
def test_divergence(data, reduction, log_target, seed):
    rng = np.random.default_rng(seed)
    shape = data.draw(tgst.shapes(min_dims=1, min_side=1))
    log_probs, targets = np.asarray(rng.standard_normal(shape)), np.asarray(rng.random(shape) + 0.1)
    compare_to_second_order(
        lambda x, t: tge.kl_div(x, t, reduction, log_target),
        lambda x, t: functional.kl_div(x, t, reduction=reduction, log_target=log_target),
        [log_probs, targets],
        seed,
    )


def test_a_target_of_zero_adds_nothing_to_the_divergence():
    ours = tge.kl_div(tge.Tensor([-1.0, -2.0]), tge.Tensor([0.0, 0.5]), reduction="none").data
    theirs = functional.kl_div(torch.tensor([-1.0, -2.0]), torch.tensor([0.0, 0.5]), reduction="none")
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)
