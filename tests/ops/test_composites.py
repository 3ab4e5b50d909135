"""Operations made of others keep the dtype, of arrays and of Tensors, and are silent about ordinary numbers."""

import warnings

import numpy as np
import pytest

import tinygrad_edu as tge

X = np.random.default_rng(0).random((3, 4))
NAMED = ["silu", "mish", "gelu", "selu", "relu6", "logsigmoid", "var", "std", "prod", "norm", "tril", "triu", "flatten"]
CALLS = {
    **{name: getattr(tge, name) for name in NAMED},
    "gelu by tanh": lambda x: tge.gelu(x, "tanh"),
    "norm 1": lambda x: tge.norm(x, 1),
    "norm 3": lambda x: tge.norm(x, 3, 0),
    "norm inf": lambda x: tge.norm(x, np.inf),
    "norm 0": lambda x: tge.norm(x, 0),
    "var along an axis": lambda x: tge.var(x, 0, correction=0),
    "sort": lambda x: tge.sort(x).values,
    "topk": lambda x: tge.topk(x, 2).values,
    "gather": lambda x: tge.gather(x, 1, [[0], [1], [2]]),
    "einsum": lambda x: tge.einsum("ij,kj,kl->il", x, x, x),
    "tensordot": lambda x: tge.tensordot(x, x, ([0], [0])),
    "outer": lambda x: tge.outer(x[0], x[1]),
    "dot": lambda x: tge.dot(x[0], x[1]),
    "split": lambda x: tge.split(x, 2)[0],
    "chunk": lambda x: tge.chunk(x, 2, 1)[1],
    "vstack": lambda x: tge.vstack([x, x]),
    "hstack": lambda x: tge.hstack([x, x]),
    "tile": lambda x: tge.tile(x, 2),
    "repeat": lambda x: tge.repeat(x, (2, 2)),
    "repeat_interleave": lambda x: tge.repeat_interleave(x, 2),
    "pad in PyTorch's order": lambda x: tge.nn.functional.pad(x, (1, 1)),
    "mse_loss": lambda x: tge.mse_loss(x, x / 2, x),
    "l1_loss": lambda x: tge.l1_loss(x, x / 2),
    "huber_loss": lambda x: tge.huber_loss(x, x / 2, delta=0.25),
    "smooth_l1_loss": lambda x: tge.smooth_l1_loss(x, x / 2, beta=0.25),
    "binary_cross_entropy": lambda x: tge.binary_cross_entropy(x, x),
    "binary_cross_entropy_with_logits": lambda x: tge.binary_cross_entropy_with_logits(x, x),
    "kl_div": lambda x: tge.kl_div(x, x, "batchmean"),
    "cross_entropy": lambda x: tge.cross_entropy(x, [0, 1, 2], [1.0, 2.0, 0.5, 1.0], label_smoothing=0.1),
    "cross_entropy of probabilities": lambda x: tge.cross_entropy(x, x, [1.0, 2.0, 0.5, 1.0], label_smoothing=0.1),
}


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("name", CALLS)
def test_the_dtype_is_kept(name, dtype):
    x = X.astype(dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain = CALLS[name](x)
        leaf = tge.Tensor(x, requires_grad=True)
        y = CALLS[name](leaf)
        assert isinstance(plain, (np.ndarray, np.generic))
        assert plain.dtype == y.dtype == dtype
        np.testing.assert_array_equal(plain, y.data)
        y.sum().backward()
    assert leaf.grad is None or leaf.grad.dtype == dtype
    exact = CALLS[name](X)
    np.testing.assert_allclose(y.data, exact, rtol=2e-2 if dtype == np.float16 else 1e-5, atol=2e-3)


def test_the_spread_of_a_single_number_is_not_a_number():
    with pytest.warns(RuntimeWarning):
        assert np.isnan(tge.var(tge.tensor([3.0])).item())
