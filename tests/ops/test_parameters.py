"""Whatever value of a parameter the forward pass takes, the rules take too, to the third order; or the call refuses."""

import warnings

import numpy as np
import pytest

import tinygrad_edu as tge

I = np.int64
P = tge.primitives()
AXES = (I(1), -1, np.uint8(0), np.array(1), (I(0), I(1)), (0, -1), (), None)
PAIRS = (I(1), [1, 1], (I(1), 1), np.array([1, 1]), np.array(1), True)

# name: (the operation, by a value of its parameter; the shapes of its arrays; the values)
TAKEN = {
    **{op: (lambda x, v, op=op: P[op](x, axis=v), [(2, 3)], AXES) for op in ("sum", "mean", "max", "min")},
    **{op: (lambda x, v, op=op: P[op](x, axis=v), [(2, 3)], AXES) for op in ("logsumexp", "softmax", "log_softmax")},
    "sum keepdims": (lambda x, v: tge.sum(x, 0, v), [(2, 3)], (np.True_, 1, 0, None)),
    "max keepdims": (lambda x, v: tge.max(x, 0, v), [(2, 3)], (np.True_, 1, 0, None)),
    "reshape": (lambda x, v: tge.reshape(x, v), [(2, 3)], ((I(3), 2), [3, 2], I(6), 6, np.array([3, 2]), (I(-1), 2))),
    "broadcast_to": (lambda x, v: tge.broadcast_to(x, v), [(1, 3)], ((I(2), 3), [2, 3], np.array([2, 3]))),
    "broadcast_to a length": (lambda x, v: tge.broadcast_to(x, v), [(1,)], (3, I(3))),
    "sum_to": (lambda x, v: tge.sum_to(x, v), [(2, 3)], ((I(1), 3), [1, 3], np.array([1, 3]), (), 3, I(3), [3])),
    "flatten": (lambda x, v: tge.flatten(x, v), [(2, 3)], (0, 1, -1, -2, I(1), True)),
    "transpose": (lambda x, v: tge.transpose(x, v), [(2, 3)], ((1, 0), [1, 0], (I(1), -2), np.array([1, 0]), None)),
    "transpose of a vector": (lambda x, v: tge.transpose(x, v), [(3,)], (0, (0,), I(0), -1, [0], np.array(0))),
    "transpose of a number": (lambda x, v: tge.transpose(x, v), [()], ((), None)),
    "swapaxes": (lambda x, v: tge.swapaxes(x, v, 1), [(2, 3)], (I(0), np.array(0), -2)),
    "expand_dims": (lambda x, v: tge.expand_dims(x, v), [(2, 3)], (I(0), (I(0), I(2)), [0, 1], -1, ())),
    "squeeze": (lambda x, v: tge.squeeze(x, v), [(1, 3, 1)], (I(0), (I(0), I(2)), -1, (), None, np.array(0))),
    "pad": (
        lambda x, v: tge.pad(x, v),
        [(2, 3)],
        (1, I(1), (1, 2), [1, 2], [[1, 2], [0, 1]], np.array([[1, 2], [0, 1]]), (1,), [[1], [2]], ((1,), (2,))),
    ),
    "pad mode": (lambda x, v: tge.pad(x, 1, v), [(2, 3)], ("constant", "reflect", "replicate", "circular")),
    "pad value": (lambda x, v: tge.pad(x, 1, value=v), [(2, 3)], (2, I(2), np.float32(0.5), True, np.array(1.5))),
    "roll": (lambda x, v: tge.roll(x, v), [(2, 3)], (1, I(-2), np.array(1), True)),
    "roll axis": (lambda x, v: tge.roll(x, 1, v), [(2, 3)], (0, I(1), -1, (0, 1), None, (I(0), I(1)))),
    "roll shifts": (lambda x, v: tge.roll(x, v, (0, 1)), [(2, 3)], ((1, 2), 1, [I(1), 2], np.array([1, 2]))),
    **{
        op: (lambda x, v, op=op: P[op](x, v), [(2, 3)], (0, I(1), -1, np.array(1)))
        for op in ("cumsum", "cumprod", "prod")
    },
    "prod": (lambda x, v: tge.prod(x, v), [(2, 3)], AXES),
    "var": (lambda x, v: tge.var(x, v), [(2, 3)], (I(1), -1, (0, 1), None)),
    "var correction": (lambda x, v: tge.var(x, 1, v), [(2, 3)], (0, 1, I(1), True, 0.5)),
    "std": (lambda x, v: tge.std(x, v), [(2, 3)], (I(1), -1, (0, 1), None)),
    "norm": (lambda x, v: tge.norm(x, v), [(2, 3)], ("fro", 2, I(2), 1, 3, 0.5, np.float32(2), np.inf, -np.inf, 0)),
    "norm axis": (lambda x, v: tge.norm(x, 2, v), [(2, 3)], (I(1), -1, (0, 1), None)),
    "tile": (lambda x, v: tge.tile(x, v), [(2, 3)], (2, I(2), (2, 1), [1, 2], np.array([2, 2, 1]), ())),
    "repeat_interleave": (lambda x, v: tge.repeat_interleave(x, v, 0), [(2, 3)], (2, I(2), [1, 2], np.array([0, 1]))),
    "split": (lambda x, v: tge.split(x, v, 1)[0], [(2, 3)], (2, I(2), [1, 2], np.array([1, 2]))),
    "chunk": (lambda x, v: tge.chunk(x, v, 1)[0], [(2, 3)], (2, I(2), np.array(2))),
    "gather": (
        lambda x, v: tge.gather(x, 1, v),
        [(2, 3)],
        ([[0], [2]], np.array([[1, 1], [0, 2]], np.uint8), tge.tensor([[2, 0]])),
    ),
    "sort": (lambda x, v: tge.sort(x, v).values, [(2, 3)], (0, I(1), -1)),
    "topk": (lambda x, v: tge.topk(x, v).values, [(2, 3)], (0, 2, I(3), True)),
    "softplus": (lambda x, v: tge.softplus(x, v), [(2, 3)], (1, I(2), np.float32(0.5))),
    "elu": (lambda x, v: tge.elu(x - 1, v), [(2, 3)], (1, I(2), np.float32(0.5), 0)),
    "hardtanh": (lambda x, v: tge.hardtanh(x, -1, v), [(2, 3)], (1, I(2), np.float32(0.7))),
    "nll_loss weight": (
        lambda x, v: tge.nll_loss(x, [1, 0], v),
        [(2, 3)],
        ([1, 2, 3], (0.5, 0, 1), np.ones(3, np.float32), tge.tensor([1.0, 2.0, 3.0]), None),
    ),
    "cross_entropy label_smoothing": (
        lambda x, v: tge.cross_entropy(x, [1, 0], label_smoothing=v),
        [(2, 3)],
        (0, 0.5, 1, np.float32(0.5), True),
    ),
    "flip": (lambda x, v: tge.flip(x, v), [(2, 3)], (I(0), [0, 1], (I(0), I(1)), np.array([0, 1]), -1, (), None)),
    "concatenate": (lambda x, y, v: tge.concatenate([x, y], v), [(2, 3), (2, 3)], (I(0), -1, np.array(1))),
    "concatenate rows": (lambda x, v: tge.concatenate(x, v), [(2, 3)], (0, I(0))),
    "stack": (lambda x, y, v: tge.stack([x, y], v), [(2, 3), (2, 3)], (I(0), -1, np.array(2))),
    "getitem": (
        lambda x, v: tge.getitem(x, v),
        [(2, 3)],
        (
            I(1),
            [0, 1],
            [0, 0],
            (I(0), slice(I(0), I(2))),
            np.uint8(1),
            None,
            ...,
            (),
            [True, False],
            -1,
            slice(9, 0, -1),
        ),
    ),
    "scatter_add": (lambda x, v: tge.scatter_add(x, v, [3]), [(2,)], ([0, 1], [0, 0], np.array([2, 2]), slice(I(2)))),
    "scatter_add shape": (lambda x, v: tge.scatter_add(x, [0, 0], v), [(2,)], (3, I(3), [3], np.array([3]))),
    "astype": (lambda x, v: tge.astype(x, v), [(2, 3)], ("float32", float, np.float32, np.dtype("f8"))),
    "clip": (
        lambda x, v: tge.clip(x, v),
        [(2, 3)],
        (1, I(1), np.float32(0.7), np.array([0.6, 0.7, 0.8]), [0.6, 0.7, 0.8], np.ones((4, 1, 1)), np.nan),
    ),
    "leaky_relu": (
        lambda x, v: tge.leaky_relu(x - 1, v),
        [(2, 3)],
        (I(2), np.float32(0.1), np.array(0.1), -1, 0, True),
    ),
    **{
        f"conv2d {name}": (
            lambda x, w, v, name=name: tge.conv2d(x, w, **{name: v}),
            [(1, 2, 4, 4), (2, 2, 2, 2)],
            PAIRS,
        )
        for name in ("stride", "padding", "dilation")
    },
    "conv2d groups": (lambda x, w, v: tge.conv2d(x, w, groups=v), [(1, 2, 4, 4), (2, 1, 2, 2)], (I(2), np.array(2))),
    "conv2d_dx": (
        lambda g, w, v: tge.conv2d_dx(g, w, v),
        [(1, 2, 2, 2), (2, 1, 2, 2)],
        ([3, 3], 3, I(3), (I(3), 3), np.array([3, 3])),
    ),
    "conv2d_dw": (
        lambda x, g, v: tge.conv2d_dw(x, g, v),
        [(1, 2, 3, 3), (1, 2, 2, 2)],
        ([2, 2], 2, I(2), (I(2), 2), np.array([2, 2])),
    ),
    "conv2d padding of sides": (
        lambda x, w, v: tge.conv2d(x, w, padding=v),
        [(1, 2, 4, 4), (2, 2, 2, 3)],
        (
            "same",
            "valid",
            ((1, 2), (0, 1)),
            [[I(1), 2], [0, 1]],
            np.array([[1, 2], [0, 1]]),
            ((1, 1), (2, 2)),
            (1, [0, 1]),
        ),
    ),
    "conv1d": (
        lambda x, w, v: tge.conv1d(x, w, padding=v, stride=(1,)),
        [(1, 2, 4), (2, 2, 3)],
        (1, I(1), (1,), (1, 2), [0, 1], np.array([0, 1]), "same", "valid"),
    ),
    "conv_transpose2d": (
        lambda x, w, v: tge.conv_transpose2d(x, w, None, v, output_padding=0),
        [(1, 2, 2, 2), (2, 1, 2, 2)],
        PAIRS,
    ),
    "unfold": (lambda x, v: tge.unfold(x, v), [(1, 2, 4, 4)], PAIRS),
    "fold": (lambda x, v: tge.fold(x, v, 2), [(1, 8, 9)], (4, I(4), [4, 4], (I(4), 4), np.array([4, 4]))),
    "max_pool2d": (lambda x, v: tge.max_pool2d(x, 2, v), [(1, 2, 4, 4)], PAIRS),
    "max_pool2d dilation": (lambda x, v: tge.max_pool2d(x, 2, 1, 0, v), [(2, 4, 4)], PAIRS),
    "max_pool2d ceil_mode": (lambda x, v: tge.max_pool2d(x, 2, ceil_mode=v), [(2, 3, 3)], (True, 1, np.True_, 0)),
    "avg_pool2d count_include_pad": (
        lambda x, v: tge.avg_pool2d(x, 2, 1, 1, False, v),
        [(2, 3, 3)],
        (True, 1, np.False_, 0),
    ),
    "avg_pool2d divisor_override": (
        lambda x, v: tge.avg_pool2d(x, 2, divisor_override=v),
        [(2, 3, 3)],
        (None, 3, I(3), np.float32(2.5), -1),
    ),
    "avg_pool2d": (lambda x, v: tge.avg_pool2d(x, v, padding=0), [(1, 2, 4, 4)], PAIRS),
    "avg_pool2d_dx": (lambda g, v: tge.avg_pool2d_dx(g, v, 2), [(1, 2, 2, 2)], ([4, 4], 4, I(4), np.array([4, 4]))),
    "dropout": (lambda x, v: tge.dropout(x, v, rng=np.random.default_rng(0)), [(2, 3)], (0, I(0), np.float32(0.5), 1)),
    "dropout mask": (
        lambda x, v: P["dropout"](x, v, 0.5),
        [(2, 3)],
        ([True, False, True], np.array([1, 0, 2]), np.array([[1.0], [0.0]])),
    ),
    "where": (
        lambda x, y, v: tge.where(v, x, y),
        [(2, 3), (2, 3)],
        (True, 0, np.array([1, 0, 2]), np.array([0.5, 0, 1])),
    ),
    "power": (lambda x, v: x**v, [(2, 3)], (I(2), np.array(2), -1, True, np.float32(2), np.array([1, 2, 3]), 0.5, 0)),
    "nll_loss": (lambda x, v: tge.nll_loss(x, v), [(2, 3)], ([1, 0], (1, 0), np.array([1, 0], np.uint8))),
}


@pytest.mark.parametrize(
    ("operation", "shapes", "value"),
    [pytest.param(f, shapes, v, id=f"{name} {v!r}") for name, (f, shapes, values) in TAKEN.items() for v in values],
)
def test_a_value_that_is_taken_works_to_the_third_order(operation, shapes, value):
    rng = np.random.default_rng(0)
    arrays = [rng.random(s) + 0.5 for s in shapes]
    leaves = [tge.Tensor(a, requires_grad=True) for a in arrays]
    y = operation(*leaves, value)
    np.testing.assert_array_equal(y.data, operation(*arrays, value))
    for _ in range(3):
        if not y.requires_grad:
            return
        g = tge.Tensor(rng.standard_normal(y.shape).astype(y.dtype), requires_grad=True)
        leaves.append(g)
        plain = tge.grad(y, leaves[:-1], g)
        gradients = tge.grad(y, leaves[:-1], g, create_graph=True)
        for one, other, leaf in zip(plain, gradients, leaves, strict=False):
            assert one.shape == leaf.shape
            np.testing.assert_allclose(one.data, other.data, rtol=1e-12)
        y = sum((d * d).sum() for d in gradients)


X = tge.ones(2, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: X.sum(axis=[0, 1]), r"sum: axis is an integer or a tuple .* not \[0, 1\]; write axis=\(0, 1\)"),
        (lambda: tge.mean(X, np.array([0, 1])), r"mean: axis .* write axis=\(0, 1\)"),
        (lambda: tge.max(X, 1.0), r"max: axis is an integer or a tuple of them, not 1\.0"),
        (lambda: tge.sum(X, True), "sum: axis is an integer or a tuple of them, not True"),
        (lambda: tge.min(X, "0"), "min: axis is an integer"),
        (lambda: tge.logsumexp(X, [1]), r"logsumexp: axis .* write axis=\(1,\)"),
        (lambda: tge.softmax(X, [1]), r"softmax: axis .* write axis=\(1,\)"),
        (lambda: tge.log_softmax(X, 1.5), r"log_softmax: axis is .* not 1\.5"),
        (lambda: tge.squeeze(X, [1]), r"squeeze: axis .* write axis=\(1,\)"),
        (lambda: tge.concatenate(X, X), r"not an array of shape \(2, 3\); .* concatenate\(\[a, b\]"),
        (lambda: tge.stack(X, X), r"all arrays go into one list: stack\(\[a, b\], axis=0\)"),
        (lambda: tge.concatenate([X, X], axis=None), "concatenate: axis is an integer, not None"),
        (lambda: tge.flatten(X, 5), r"start_axis=5, but x of shape \(2, 3\) has the axes 0 to 1"),
        (lambda: tge.flatten(X, -3), "start_axis=-3"),
        (lambda: tge.transpose(X, 0), r"axes=0 does not name each axis of x, of shape \(2, 3\), once; swapaxes"),
        (lambda: tge.transpose(tge.ones(2, 3, 4), (1, 2)), r"axes=\(1, 2\) does not name each axis"),
        (lambda: tge.pad(X, {0: (1, 2)}), "pad: pad_width is a number, a pair, or one pair"),
        (lambda: tge.astype(X, object), "a Tensor holds booleans, integers or floats, not object"),
        (lambda: tge.astype(X, complex), "a Tensor holds booleans, integers or floats, not complex"),
        (lambda: tge.leaky_relu(X, np.array([0.1, 0.2, 0.3])), r"one number, not .*where\(x > 0, x, slope \* x\)"),
        (lambda: tge.conv2d(tge.ones(1, 2, 4, 4), tge.ones(2, 1, 2, 2), groups=2.0), r"groups is an integer, not 2\.0"),
        (lambda: tge.pad(X, 1, "edge"), "pad: mode must be one of constant, reflect, replicate, circular, not 'edge'"),
        (lambda: tge.pad(X, 2, "reflect"), r"a border of 2 along axis 0 .*mode='reflect' finds in x .*: at most 1"),
        (lambda: tge.pad(X, ((0, 0), (4, 0)), "circular"), r"a border of 4 along axis 1 .*: at most 3"),
        (lambda: tge.nn.functional.pad(X, (1, 1, 1)), r"\[1, 1, 1\] is not a pair \(before, after\)"),
        (lambda: tge.nn.functional.pad(X, (1, 1), "reflect", 2.0), "mode='reflect' takes no value"),
        (lambda: tge.nn.functional.pad(X, (-2, -2)), r"cuts off more than there is in x of shape \(2, 3\)"),
        (lambda: tge.cumsum(X, None), "cumsum: axis is one integer, not None"),
        (lambda: tge.cumprod(X, 2), r"cumprod: axis=2, but x of shape \(2, 3\) has 2 axes"),
        (lambda: tge.prod(X, (0, 5)), "prod: axis=5"),
        (lambda: tge.recurrence(X, tge.ones(3), 0), r"recurrence: a and b need the same shape, .*and \(3,\)"),
        (lambda: tge.norm(X, "nuc"), "norm: p is a number or \"fro\", not 'nuc'"),
        (lambda: tge.split(X, [1, 1], 1), r"split: sizes \[1, 1\] do not add up to 3, the length of axis 1"),
        (lambda: tge.split(X, 0), "split: size=0, but a piece is at least 1 long"),
        (lambda: tge.chunk(X, 0), "chunk: chunks=0"),
        (lambda: tge.repeat(tge.ones(2, 3), 2), r"repeat: sizes \(2,\) are fewer than the axes .* repeat_interleave"),
        (lambda: tge.tile(X, -1), "tile: x cannot stand -1 times beside itself"),
        (lambda: tge.repeat_interleave(X, [1, 2], 1), "repeat_interleave: 2 repeats for an axis of length 3"),
        (lambda: tge.repeat_interleave(X, 1.5), "repeats is a whole number, or one for each element, not 1.5"),
        (lambda: tge.gather(X, 1, [[3]]), "gather: 3 is out of range: axis 1 of x has the numbers 0 to 2"),
        (lambda: tge.gather(X, 1, [[-1]]), "gather: -1 is out of range"),
        (lambda: tge.gather(X, 1, [0]), r"gather: index of shape \(1,\) needs as many axes as x, of shape \(2, 3\)"),
        (lambda: tge.gather(X, 1, [[0.0]]), "gather: index holds whole numbers, not float32"),
        (lambda: tge.topk(X, 4), r"topk: k=4, but axis 1 of x, of shape \(2, 3\), has 3 elements"),
        (lambda: tge.sort(tge.tensor(1.0)), r"sort: axis=-1, but x of shape \(\) has 0 axes"),
        (lambda: tge.tril(tge.ones(3)), r"tril: x needs rows and columns, .*not the shape \(3,\)"),
        (lambda: tge.outer(X, X), r"outer is of two vectors, not of shapes \(2, 3\) and \(2, 3\)"),
        (lambda: tge.einsum("ij,jk", X, X), r"einsum: index j of 'ij,jk' is 2 long in an operand .*, but 3 elsewhere"),
        (lambda: tge.einsum("ij", X, X), "einsum: 'ij' has 1 terms, but there are 2 operands"),
        (lambda: tge.einsum("ijk->i", X), r"einsum: the term 'ijk' of 'ijk->i' names 3 axes of an operand \(2, 3\)"),
        (lambda: tge.einsum("ij->k", X), "after the arrow of 'ij->k', index k is in no operand"),
        (lambda: tge.einsum("ij->ii", X), "after the arrow of 'ij->ii', index i stands there twice"),
        (lambda: tge.einsum("i1->i", X), "holds more than letters"),
        (lambda: tge.einsum(X, X), 'einsum: the equation comes first, "ij,jk->ik" or the like, not Tensor'),
        (lambda: tge.tensordot(X, X, 1), "tensordot: axis 1 of a, .* and axis 0 of b, .* differ"),
        (lambda: tge.tensordot(X, X, 3), r"tensordot: axes=3, but shapes are \(2, 3\) and \(2, 3\)"),
        (lambda: tge.flatten(X, 1, 0), "flatten: end_axis=0 comes before start_axis=1"),
        (lambda: tge.gelu(X, "erf"), 'gelu: approximate must be "none" or "tanh", not \'erf\''),
        (lambda: tge.hardtanh(X, 1, 1), "hardtanh: min_val=1 must be less than max_val=1"),
        (lambda: tge.softplus(X, 0), "softplus: beta is a number above 0, not 0"),
        (lambda: tge.dropout(X, "half"), "dropout: p is a probability, a number between 0 and 1, not 'half'"),
    ],
)  # fmt: skip
def test_a_value_that_is_not_taken_is_refused_at_the_call_with_what_to_write(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()


def normalized(**given):
    return tge.nn.functional.batch_norm(tge.ones(2, 3, 4, 4), **given)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tge.cross_entropy([0, 1], X), r"not \(2,\); the scores come first, then the targets"),
        (lambda: tge.cross_entropy(X, np.eye(2, 3, dtype=int)), r"take the class numbers, .*argmax\(axis=1\)"),
        (lambda: tge.cross_entropy(X, [0, 1], "sum"), r"3 classes, .*, not 'sum'; reduction= is given by name"),
        (lambda: tge.cross_entropy(X, [0, 1], [1.0]), r"number for each of the 3 classes, .*shape \(1,\)"),
        (lambda: tge.cross_entropy(X, [0, 1], label_smoothing=2), "label_smoothing is a number from 0 to 1, not 2"),
        (lambda: tge.cross_entropy(X, X, ignore_index=1), "ignore_index names a class, but these targets"),
        (lambda: tge.cross_entropy(X, [0, 9], ignore_index=8), "target 9 is out of range"),
        (lambda: tge.mse_loss(tge.ones(3, 1), tge.ones(3)), r"mse_loss: .*\(3, 1\) need targets of .*, not \(3,\)"),
        (lambda: tge.l1_loss(X, X, tge.ones(3)), r"l1_loss: .*\(2, 3\) need weight of the same shape, not \(3,\)"),
        (lambda: tge.huber_loss(X, X, delta=0), "huber_loss: delta is a number above 0, not 0"),
        (lambda: tge.smooth_l1_loss(X, X, beta=-1), "smooth_l1_loss: beta is a number from 0 up, not -1"),
        (lambda: tge.mse_loss(X, X, reduction="batchmean"), "reduction must be one of mean, sum, none"),
        (lambda: tge.kl_div(X, X, reduction="all"), "reduction must be one of mean, sum, none, batchmean"),
        (lambda: tge.kl_div(X, tge.ones(3)), r"kl_div: log_probs of shape \(2, 3\) need targets of the same shape"),
        (lambda: tge.binary_cross_entropy(X * 2, X), "probs are numbers from 0 to 1, not 2.0; of scores .*with_logits"),
        (lambda: tge.binary_cross_entropy(X, X, tge.ones(4, 2, 3)), r"weight of shape \(4, 2, 3\) does not broadcast"),
        (lambda: tge.linear(2.0, X), r"x of shape \(\) does not fit a weight of shape \(2, 3\)"),
        (lambda: tge.linear(X, None), r"x of shape \(2, 3\) does not fit a weight of shape \(\)"),
        (lambda: tge.linear(X, X, 1.0), r"the bias has shape \(\); 2 outputs need \(2,\)"),
        (lambda: tge.conv2d(3.0, tge.ones(1, 1, 2, 2)), r"not shapes \(\) and \(1, 1, 2, 2\)"),
        (lambda: tge.conv2d(tge.ones(1, 1, 4, 4), tge.ones(1, 1, 2, 2), 2), r"the bias has shape \(\); .* \(1,\)"),
        (lambda: tge.max_pool2d(3.0, 2), r"max_pool2d needs images .* not shape \(\)"),
        (
            lambda: normalized(running_mean=np.zeros(3), running_var=np.ones(3)),
            r"running_mean is a Tensor, .* not ndarray; write tge\.tensor\(running_mean\)",
        ),
        (lambda: normalized(running_mean=tge.zeros(3), running_var=[1.0] * 3), "running_var is a Tensor, .* not list"),
        (
            lambda: normalized(weight=tge.ones(2), training=True),
            r"has 3 channels; weight must be .* \(3,\), not .* \(2,\)",
        ),
        (lambda: normalized(bias=[0.0] * 3, training=True), "bias must be an array or a Tensor .* not a list"),
        (lambda: tge.nn.functional.batch_norm([1.0]), r"batch_norm needs images .* an array or a Tensor"),
    ],
)
def test_an_argument_that_does_not_fit_is_named_with_what_would(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()


def test_lists_and_numbers_are_arrays_and_whole_numbers_have_an_average():
    np.testing.assert_array_equal(tge.linear([[1.0, 2.0]], [[1.0, 2.0], [3.0, 4.0]], [1.0, 2.0]), [[6, 13]])
    np.testing.assert_array_equal(tge.conv2d([[[[1.0, 2.0]]]], [[[[2.0]]]], [1.0]), [[[[3, 5]]]])
    np.testing.assert_array_equal(tge.dropout([1.0, 2.0], 1), [0, 0])
    assert tge.flatten([[1.0, 2.0]]).shape == (2,)
    assert tge.sum_to([[1.0, 2.0]], (1,)) == 3
    assert tge.sum(3.0) == tge.mean(3.0) == tge.logsumexp(3.0) == 3
    np.testing.assert_array_equal(tge.avg_pool2d(np.array([[[[1, 2], [2, 2]]]]), 2), [[[[1.75]]]])


def test_a_long_product_of_float16_is_summed_with_more_digits():
    ones = np.ones((1, 5000), np.float16)  # one after another they end at 2048
    assert tge.matmul(ones, ones.T) == tge.linear(ones, ones) == 5000


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.int8, bool])
@pytest.mark.parametrize("op", ["softmax", "log_softmax", "logsumexp", "sigmoid"])
def test_scores_may_be_whole_numbers(op, dtype):
    scores = np.array([[1, 0, 1], [0, 0, 1]], dtype)
    y = P[op](scores) if op == "sigmoid" else P[op](scores, axis=1)
    assert y.dtype == np.float32
    expected = P[op](scores.astype(float)) if op == "sigmoid" else P[op](scores.astype(float), axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_allclose(y, expected, rtol=1e-6)
        np.testing.assert_allclose(P[op](tge.Tensor(scores)).data, P[op](scores), rtol=1e-6)
