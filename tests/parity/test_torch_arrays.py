"""Reductions, orderings, sums of products and changes of shape, against PyTorch's of the same name, to second order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch_parity import compare_to_second_order

import tinygrad_edu as tge
from tinygrad_edu.testing import strategies as tgst

torch = pytest.importorskip("torch")

seeds = st.integers(0, 2**32 - 1)
X = np.random.default_rng(0).standard_normal((2, 3, 4))
M = np.random.default_rng(1).standard_normal((3, 4))
V = np.array([1.5, -2.0, 0.5, 4.0])
INDEX = np.array([[0, 2, 2], [1, 1, 0]])

# what is written alike here and in PyTorch, of x
ALIKE = {
    "var": (X, [lambda x: x.var(), lambda x: x.var(dim=1), lambda x: x.var(dim=(0, 2), correction=0, keepdim=True)]),
    "std": (X, [lambda x: x.std(), lambda x: x.std(dim=-1, keepdim=True), lambda x: x.std(dim=(0, 1), correction=0)]),
    "prod": (X, [lambda x: x.prod(), lambda x: x.prod(dim=1), lambda x: x.prod(dim=-1, keepdim=True)]),
    "cumsum": (X, [lambda x: x.cumsum(dim=1), lambda x: x.cumsum(-1)]),
    "cumprod": (X, [lambda x: x.cumprod(dim=0), lambda x: x.cumprod(-1)]),
    "norm": (X, [
        lambda x: x.norm(), lambda x: x.norm(1, dim=1), lambda x: x.norm(dim=(0, 2), keepdim=True),
        lambda x: x.norm(float("inf"), dim=2), lambda x: x.norm(-float("inf")), lambda x: x.norm(3, dim=0),
        lambda x: x.norm(0.5, dim=-1), lambda x: x.norm(2, dim=(1, 2)),
    ]),
    "sort": (M, [
        lambda x: x.sort()[0], lambda x: x.sort(dim=0, descending=True).values, lambda x: x.sort(dim=1, stable=True)[0],
    ]),
    "topk": (M, [
        lambda x: x.topk(2)[0], lambda x: x.topk(2, dim=0, largest=False).values, lambda x: x.topk(4).values,
        lambda x: x.topk(2, sorted=False)[0].sort()[0],
    ]),
    "split": (M, [
        lambda x: x.split(2)[1], lambda x: x.split(3, dim=1)[0], lambda x: x.split([1, 3], dim=1)[1],
        lambda x: x.split(9)[0],
    ]),
    "chunk": (M, [lambda x: x.chunk(2)[1], lambda x: x.chunk(3, dim=1)[1], lambda x: x.chunk(1)[0]]),
    "repeat": (M, [lambda x: x.repeat(2, 3), lambda x: x.repeat(2, 1, 2), lambda x: x.repeat((1, 0))]),
    "tile": (M, [lambda x: x.tile((2,)), lambda x: x.tile((2, 1, 2))]),
    "repeat_interleave": (M, [
        lambda x: x.repeat_interleave(2), lambda x: x.repeat_interleave(3, dim=1),
    ]),
    "tril": (X, [lambda x: x.tril(), lambda x: x.tril(1), lambda x: x.tril(diagonal=-1)]),
    "triu": (X, [lambda x: x.triu(), lambda x: x.triu(1), lambda x: x.triu(diagonal=-2)]),
    "roll": (X, [lambda x: x.roll(2), lambda x: x.roll(shifts=(1, -1), dims=(0, 2)), lambda x: x.roll(-1, 1)]),
    "flatten": (X, [lambda x: x.flatten(), lambda x: x.flatten(1), lambda x: x.flatten(start_dim=0, end_dim=1)]),
    "square": (X, [lambda x: x.square()]),
}  # fmt: skip


@pytest.mark.parametrize("name", ALIKE)
def test_what_is_written_alike(name):
    array, calls = ALIKE[name]
    for call in calls:
        compare_to_second_order(call, call, [array], 0)


def test_where_things_are():
    for x in (M, np.array([[2.0, 1.0, 2.0, 1.0], [np.nan, 0.0, np.nan, -1.0]])):
        ours, theirs = tge.Tensor(x), torch.tensor(x)
        for descending in (False, True):
            for axis in (0, 1):
                found = ours.sort(axis, descending, stable=True)
                expected = theirs.sort(dim=axis, descending=descending, stable=True)
                np.testing.assert_array_equal(found.indices.data, expected.indices)
                np.testing.assert_array_equal(found.values.data, expected.values)
                order = ours.argsort(axis, descending, stable=True)
                np.testing.assert_array_equal(order.data, theirs.argsort(dim=axis, descending=descending, stable=True))
    assert ours.topk(2).indices.dtype == np.int64
    np.testing.assert_array_equal(tge.Tensor(M).topk(3).indices.data, torch.tensor(M).topk(3).indices)
    plain = tge.sort(M, 0)
    assert isinstance(plain.values, np.ndarray)
    assert isinstance(plain.indices, np.ndarray)


@pytest.mark.parametrize("largest", [False, True])
def test_the_largest_of_many_in_any_order(largest):
    x = np.random.default_rng(3).permutation(np.arange(4000.0)).reshape(2, 2000)
    found = tge.topk(tge.Tensor(x), 7, largest=largest, sorted=False)
    expected = torch.topk(torch.tensor(x), 7, largest=largest).values
    np.testing.assert_array_equal(np.sort(found.values.data), np.sort(expected))
    np.testing.assert_array_equal(np.take_along_axis(x, found.indices.data, 1), found.values.data)


@pytest.mark.parametrize("zeros", [0, 1, 2])
def test_products_with_zeros(zeros):
    x = np.array([1.5, -2.0, 0.5, 4.0, 3.0])
    x[[1, 3][:zeros]] = 0
    compare_to_second_order(lambda t: t.prod(), lambda t: t.prod(), [x], 0)
    compare_to_second_order(lambda t: t.cumprod(0), lambda t: t.cumprod(0), [x], 0)
    expected = [np.prod(np.delete(x, i)) for i in range(5)]
    t = tge.Tensor(x, requires_grad=True)
    (first,) = tge.grad(t.prod(), t, create_graph=True)
    np.testing.assert_array_equal(first.data, expected)
    for i in range(5):
        (second,) = tge.grad(first[i], t, create_graph=True)
        others = [0 if i == j else np.prod(np.delete(x, [i, j])) for j in range(5)]
        np.testing.assert_array_equal(second.data, others)


@pytest.mark.parametrize("f", [lambda x: x.norm(), lambda x: x.std(), lambda x: x.norm(1), lambda x: x.norm(3)])
def test_the_slope_at_a_kink_is_zero_as_in_pytorch(f):
    x, t = tge.Tensor(np.zeros(3), requires_grad=True), torch.zeros(3, dtype=torch.float64, requires_grad=True)
    f(x).backward()
    f(t).backward()
    np.testing.assert_array_equal(x.grad.data, np.zeros(3))
    np.testing.assert_array_equal(t.grad, np.zeros(3))


def test_ties_of_the_largest_norm_are_shared_as_in_pytorch():
    x = np.array([2.0, -2.0, 1.0])
    compare_to_second_order(lambda t: t.norm(np.inf), lambda t: t.norm(np.inf), [x], 0)


@given(seed=seeds)
def test_gather(seed):
    compare_to_second_order(
        lambda x: tge.gather(x, 1, INDEX), lambda t: torch.gather(t, 1, torch.tensor(INDEX)), [M], seed
    )
    compare_to_second_order(
        lambda x: x.gather(dim=0, index=INDEX), lambda t: t.gather(dim=0, index=torch.tensor(INDEX)), [M], seed
    )


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("ij,jk->ik", [(2, 3), (3, 4)]),
        ("ij,jk", [(2, 3), (3, 4)]),
        ("ba", [(2, 3)]),
        ("ii->i", [(3, 3)]),
        ("ii", [(3, 3)]),
        ("iij->ij", [(2, 2, 3)]),
        ("...ij,...jk->...ik", [(5, 2, 3), (3, 4)]),
        ("...ij,...jk", [(2, 1, 2, 3), (5, 3, 4)]),
        ("i...->...i", [(2, 3, 4)]),
        ("i...->...", [(2, 3, 4)]),
        ("b i, b j -> b i j", [(2, 3), (2, 4)]),
        ("i,j,k->kij", [(2,), (3,), (4,)]),
        ("bi,ij,bj->b", [(5, 2), (2, 3), (5, 3)]),
        ("ij,ij->", [(2, 3), (2, 3)]),
        ("bhqd,bhkd->bhqk", [(2, 2, 3, 4), (2, 2, 5, 4)]),
        ("ij,j->ij", [(2, 3), (1,)]),
        ("i,->i", [(3,), ()]),
        ("ij,kl->k", [(2, 3), (4, 2)]),
        ("iij,jkk,k->ki", [(2, 2, 3), (3, 4, 4), (4,)]),
        ("...,...->...", [(2, 3), (3,)]),
    ],
)
def test_einsum_has_the_whole_grammar(equation, shapes):
    rng = np.random.default_rng(0)
    operands = [rng.standard_normal(s) for s in shapes]
    compare_to_second_order(
        lambda *xs: tge.einsum(equation, *xs), lambda *ts: torch.einsum(equation, *ts), operands, 0
    )
    if (1,) not in shapes:
        np.testing.assert_allclose(tge.einsum(equation, *operands), np.einsum(equation, *operands), rtol=1e-12)


@pytest.mark.parametrize(
    ("axes", "shape"),
    [
        (0, (2,)),
        (1, (4, 2)),
        (2, (3, 4, 5)),
        (([0], [1]), (5, 2)),
        (([2, 1], [0, 1]), (4, 3)),
        (([1, -1], [1, 0]), (4, 3)),
    ],
)
def test_tensordot(axes, shape):
    b = np.random.default_rng(2).standard_normal(shape)
    compare_to_second_order(
        lambda a, b: tge.tensordot(a, b, axes), lambda a, b: torch.tensordot(a, b, dims=axes), [X, b], 0
    )


def test_products_of_vectors():
    compare_to_second_order(lambda a, b: tge.outer(a, b), torch.outer, [V, V[:2] + 1], 0)
    compare_to_second_order(lambda a, b: a.dot(b), torch.dot, [V, V + 1], 0)


@pytest.mark.parametrize("name", ["vstack", "hstack"])
def test_stacking(name):
    for arrays in ([V, V + 1], [M, V[None]] if name == "vstack" else [M, M[:, :1]], [np.array(1.0), np.array(2.0)]):
        compare_to_second_order(
            lambda *xs: getattr(tge, name)(xs), lambda *ts: getattr(torch, name)(ts), [np.asarray(a) for a in arrays], 0
        )


def test_each_element_so_many_times():
    compare_to_second_order(
        lambda x: x.repeat_interleave([2, 0, 1], 0),
        lambda t: t.repeat_interleave(torch.tensor([2, 0, 1]), 0),
        [M],
        0,
    )


@given(data=st.data(), seed=seeds)
def test_padding_in_pytorchs_order(data, seed):
    rng = np.random.default_rng(seed)
    mode = data.draw(st.sampled_from(["constant", "reflect", "replicate", "circular"]))
    x = np.asarray(rng.standard_normal((2, 2, 3, 4)))
    side = st.integers(-1, 3) if mode == "constant" else st.integers(0, 2)
    pairs = data.draw(st.integers(1, 4) if mode == "constant" else st.just(2))
    pad = [data.draw(side) for _ in range(2 * pairs)]
    given = {"value": data.draw(st.sampled_from([None, 2.5]))} if mode == "constant" else {}
    compare_to_second_order(
        lambda x: tge.nn.functional.pad(x, pad, mode, **given),
        lambda t: torch.nn.functional.pad(t, pad, mode, **given),
        [x],
        seed,
    )


@given(data=st.data())
def test_pieces_are_the_whole(data):
    x = data.draw(tgst.arrays(shape=tgst.shapes(min_dims=1), away_from=()))
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    for pieces in (tge.split(x, data.draw(st.integers(1, 5)), axis), tge.chunk(x, data.draw(st.integers(1, 5)), axis)):
        if x.shape[axis]:
            np.testing.assert_array_equal(tge.concatenate(pieces, axis), x)
    lengths = [p.shape[axis] for p in tge.split(x, 2, axis)]
    assert lengths == [p.shape[axis] for p in torch.split(torch.tensor(x.copy()), 2, axis)]
    chunks = [p.shape[axis] for p in tge.chunk(x, 3, axis)]
    assert chunks == [p.shape[axis] for p in torch.chunk(torch.tensor(x.copy()), 3, axis)]
