"""Embedding: against PyTorch's, with a row for padding and rows that are kept short; sums of many rows."""

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import nn


@pytest.mark.parametrize("settings", [{}, {"padding_idx": 1}, {"padding_idx": -1}, {"max_norm": 1.0},
                                      {"max_norm": 0.5, "norm_type": 1.0, "padding_idx": 2}])  # fmt: skip
@pytest.mark.parametrize("indices", [[[1, 3, 1], [2, 1, 0]], [4], 3])
def test_it_is_pytorchs(settings, indices):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    layer, theirs = nn.Embedding(5, 3, dtype=np.float64, **settings), torch.nn.Embedding(5, 3, **settings).double()
    layer.weight.data = rng.standard_normal((5, 3))
    theirs.load_state_dict({"weight": torch.tensor(np.array(layer.weight.data))})
    y, y_theirs = layer(np.array(indices)), theirs(torch.tensor(indices))
    g = rng.standard_normal(y.shape)
    y.backward(g)
    y_theirs.backward(torch.tensor(g))
    np.testing.assert_allclose(y.data, y_theirs.detach(), rtol=1e-12)
    np.testing.assert_allclose(layer.weight.data, theirs.weight.detach(), rtol=1e-12)
    np.testing.assert_allclose(layer.weight.grad.data, theirs.weight.grad, rtol=1e-12)


def test_the_row_for_padding_starts_as_zeros_and_has_no_second_derivative_either():
    layer = nn.Embedding(3, 2, padding_idx=-2, dtype=np.float64)
    assert layer.padding_idx == 1
    assert not layer.weight.data[1].any()
    y = layer(tge.tensor([0, 1, 1]))
    g = tge.Tensor(np.ones(y.shape), requires_grad=True)
    (dweight,) = tge.grad(y, [layer.weight], g, create_graph=True)
    (dg,) = tge.grad(dweight, [g], np.arange(6.0).reshape(3, 2))
    np.testing.assert_array_equal(dg.data, [[0, 1], [0, 0], [0, 0]])


def test_a_row_that_is_looked_up_ten_million_times_receives_every_gradient():
    count = 2**24 + 8  # one after another, float32 would end at 2^24
    weight = tge.zeros(2, 1, requires_grad=True)
    tge.embedding(np.zeros(count, np.uint8), weight).backward(np.ones((count, 1), np.float32))
    assert weight.grad.data.tolist() == [[count], [0]]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: tge.embedding([3], tge.ones(3, 2)), ValueError, "there is no row 3; 3 rows are numbered 0 to 2"),
        (lambda: tge.embedding([-1], tge.ones(3, 2)), ValueError, "there is no row -1"),
        (lambda: tge.embedding([1.0], tge.ones(3, 2)), TypeError, "embedding: indices are integers, not float32"),
        (lambda: tge.embedding([1], tge.ones(3)), ValueError, r"needs a weight \(num_embeddings, .* \(3,\)"),
        (lambda: tge.embedding([1], tge.ones(3, 2), 3), ValueError, "padding_idx is the number of one of 3 rows"),
        (lambda: nn.Embedding(3, 2)(tge.ones(2)), TypeError, "array of integers, not float32"),
        (lambda: nn.Embedding(3, 2)([1, 2]), TypeError, r"array of integers, not list; use tge\.tensor"),
        (lambda: tge.embedding_dweight(tge.ones(3, 2), [1, 2], 3), ValueError, r"indices of shape \(2,\) do not fit g"),
    ],
)  # fmt: skip
def test_what_is_no_row_is_an_error(call, error, message):
    with pytest.raises(error, match=message):
        call()
