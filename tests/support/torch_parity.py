"""The same computation here and in PyTorch: values, gradients, and the gradients of those."""

import numpy as np
import pytest
from oracle import is_float

import tinygrad_edu as tge

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
