"""Every primitive, reduction, loss and the minimal network against PyTorch: values, gradients, their gradients."""

import numpy as np
import pytest
from cases import CASES
from hypothesis import given
from hypothesis import strategies as st
from oracle import is_float

import tinygrad_edu as tge
from tinygrad_edu.testing import strategies as tgst

torch = pytest.importorskip("torch")


def as_torch(array, requires_grad=True):
    if array is None:
        return None
    tensor = torch.from_numpy(np.array(array))
    return tensor.requires_grad_() if requires_grad and is_float(array) else tensor


def close(ours, theirs):
    theirs = theirs.numpy(force=True) if isinstance(theirs, torch.Tensor) else theirs
    assert np.shape(ours) == np.shape(theirs)
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)


def torch_gradients(y, xs, u, create_graph=False):
    if not y.requires_grad:
        return [torch.zeros_like(x) for x in xs]
    found = torch.autograd.grad(y, xs, u, create_graph=create_graph, allow_unused=True)
    return [torch.zeros_like(x) if g is None else g for g, x in zip(found, xs, strict=True)]


def our_gradients(y, xs, u, create_graph=False):
    if not y.requires_grad:
        return [tge.Tensor(np.zeros(x.shape)) for x in xs]
    return tge.grad(y, xs, u, create_graph=create_graph)


def compare_to_second_order(ours, theirs, arrays, seed):
    """Compare y, dL/dx and d(sum of w * dL/dx)/d(x and the upstream gradient)."""
    rng = np.random.default_rng(seed)
    mine = [tge.Tensor(a, requires_grad=True) if is_float(a) else a for a in arrays]
    others = [as_torch(a) for a in arrays]
    y, z = ours(*mine), theirs(*others)
    close(y.data, z)
    u = np.asarray(rng.standard_normal(y.shape))
    xs, ts = ([x for x, a in zip(all_, arrays, strict=True) if is_float(a)] for all_ in (mine, others))
    ux, ut = tge.Tensor(u, requires_grad=True), as_torch(u)
    first, torch_first = our_gradients(y, xs, ux, True), torch_gradients(z, ts, ut, True)
    weights = [np.asarray(rng.standard_normal(x.shape)) for x in xs]
    for g, h in zip(first, torch_first, strict=True):
        close(g.data, h)
    total = sum((g * w).sum() for g, w in zip(first, weights, strict=True))
    torch_total = sum((g * torch.from_numpy(w)).sum() for g, w in zip(torch_first, weights, strict=True))
    second = our_gradients(total, [*xs, ux], None)
    torch_second = torch_gradients(torch_total, [*ts, ut], None)
    for g, h in zip(second, torch_second, strict=True):
        close(g.data, h)


def torch_can(name, arrays):
    """PyTorch refuses a few empty shapes, and its mixed derivative of a^b at b = 0 is 0 instead of 1/a."""
    if name == "power":
        return arrays[1].all()
    if name.startswith(("max_pool2d", "avg_pool2d", "conv2d")):
        return all(a is None or a.size for a in arrays)
    return True


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_values_gradients_and_gradients_of_gradients(case, data, seed):
    arrays, params = data.draw(case.examples.filter(lambda drawn: torch_can(case.name, drawn[0])))
    compare_to_second_order(lambda *xs: case(*xs, **params), lambda *ts: case.torch(torch, *ts, **params), arrays, seed)


@given(data=st.data(), case=tgst.conv2d_cases(max_side=8), seed=st.integers(0, 2**32 - 1))
def test_convolutions_of_every_stride_padding_dilation_and_groups(data, case, seed):
    rng = np.random.default_rng(seed)
    arrays = [rng.standard_normal(s) for s in (case.x_shape, case.weight_shape, (case.o,))]
    if not arrays[0].size:
        arrays[0] = rng.standard_normal((1, *case.x_shape[1:]))
    compare_to_second_order(
        lambda *xs: tge.conv2d(*xs, **case.params),
        lambda *ts: torch.nn.functional.conv2d(*ts, **case.params),
        arrays,
        seed,
    )


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@given(n=st.integers(1, 5), classes=st.integers(1, 5), seed=st.integers(0, 2**32 - 1))
def test_cross_entropy(reduction, n, classes, seed):
    rng = np.random.default_rng(seed)
    logits, targets = rng.standard_normal((n, classes)) * 5, rng.integers(0, classes, n)
    compare_to_second_order(
        lambda x: tge.cross_entropy(x, targets, reduction),
        lambda t: torch.nn.functional.cross_entropy(t, torch.from_numpy(targets), reduction=reduction),
        [logits],
        seed,
    )


@pytest.mark.parametrize("name", ["max", "min"])
def test_ties_are_shared_as_in_amax(name):
    x = np.array([[1.0, 1.0, 0.0], [2.0, 2.0, 2.0]])
    compare_to_second_order(
        lambda t: tge.primitives()[name](t, axis=1), lambda t: getattr(torch, f"a{name}")(t, dim=1), [x], 0
    )


def test_max_pooling_picks_the_same_of_equals():
    x = np.random.default_rng(0).integers(0, 3, (2, 2, 6, 7)).astype(float)
    for kernel, stride, padding in ((2, 2, 0), (3, 2, 1), (3, 1, 1)):
        compare_to_second_order(
            lambda t, k=kernel, s=stride, p=padding: tge.max_pool2d(t, k, s, p),
            lambda t, k=kernel, s=stride, p=padding: torch.nn.functional.max_pool2d(t, k, s, p),
            [x],
            0,
        )
