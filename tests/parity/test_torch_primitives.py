"""Every primitive, reduction, loss and the minimal network against PyTorch: values, gradients, their gradients."""

import numpy as np
import pytest
from cases import CASES
from hypothesis import given
from hypothesis import strategies as st
from torch_parity import compare_to_second_order

import tinygrad_edu as tge
from tinygrad_edu.testing import strategies as tgst

torch = pytest.importorskip("torch")


def torch_can(name, arrays):
    """PyTorch refuses a few empty shapes, and its mixed derivative of a^b at b = 0 is 0 instead of 1/a."""
    if name == "power":
        return arrays[1].all()
    if name.startswith(("max_pool2d", "avg_pool2d", "conv2d", "unfold", "fold", "embedding")):
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
        lambda x: tge.cross_entropy(x, targets, reduction=reduction),
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
