"""PyTorch's names for what NumPy calls otherwise, and Python's own signs and functions, on Tensors."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tge
from tinygrad_edu import nn
from tinygrad_edu.testing import strategies as tgst

X = np.array([[1.5, -2.0, 0.5], [3.0, 1.5, 0.0]])


def leaf(array=X):
    return tge.Tensor(array, requires_grad=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda t: t.sum(dim=1), lambda t: t.sum(axis=1)),
        (lambda t: tge.sum(t, dim=(0, 1), keepdim=True), lambda t: t.sum((0, 1), True)),
        (lambda t: tge.max(x=t, dim=1, keepdims=True), lambda t: t.max(1, True)),
        (lambda t: t.softmax(dim=0), lambda t: t.softmax(0)),
        (lambda t: nn.functional.log_softmax(t, dim=0), lambda t: t.log_softmax(0)),
        (lambda t: tge.concatenate([t, t], dim=1), lambda t: tge.concatenate([t, t], 1)),
        (lambda t: tge.stack([t, t], dim=2), lambda t: tge.stack([t, t], 2)),
        (lambda t: t.flatten(start_dim=0), lambda t: t.flatten()),
        (lambda t: t.flip(dims=(0, 1)), lambda t: t.flip((0, 1))),
        (lambda t: t.swapaxes(dim0=0, dim1=1), lambda t: t.T),
        (lambda t: t.clip(min=0, max=1), lambda t: t.clip(0, 1)),
        (lambda t: t.transpose(dim=(1, 0)), lambda t: t.T),
        (lambda t: t.permute(dims=(1, 0)), lambda t: t.T),
        (lambda t: nn.Softmax(dim=0)(t), lambda t: nn.Softmax(0)(t)),
        (lambda t: nn.Flatten(start_dim=0)(t), lambda t: nn.Flatten(0)(t)),
    ],
)
def test_dim_is_another_name_for_axis_everywhere(one, other):
    np.testing.assert_array_equal(one(leaf()).data, other(leaf()).data)


@pytest.mark.parametrize(
    "both",
    [
        lambda t: t.sum(dim=1, axis=1),
        lambda t: t.sum(1, dim=1),
        lambda t: tge.mean(t, keepdim=True, keepdims=True),
        lambda t: tge.stack([t, t], axis=0, dim=0),
        lambda t: t.flip(dim=0, dims=0),
        lambda t: nn.Softmax(dim=1, axis=1),
        lambda t: t.argmax(0, dim=0),
    ],
)
def test_an_axis_given_twice_raises(both):
    with pytest.raises(TypeError, match=r"two names of one argument|twice|multiple values"):
        both(leaf())


def test_a_name_that_is_no_other_name_raises_as_before():
    with pytest.raises(TypeError, match="sum has no parameter dmi; it has: axis, keepdims"):
        tge.sum(leaf(), dmi=0)
    with pytest.raises(TypeError, match="dim"):
        leaf().reshape(dim=3)
    with pytest.raises(TypeError, match="dmi"):
        tge.stack([leaf()], dmi=0)


def test_an_operation_of_ones_own_keeps_a_parameter_called_dim():
    @tge.primitive
    def own_dim(x, *, dim=0, axis=1):
        """y = x * dim"""
        return x * dim

    assert (own_dim(3.0, dim=2), own_dim(3.0, axis=2)) == (6, 0)


@given(x=tgst.arrays())
def test_shapes_by_pytorchs_names(x):
    t = leaf(x)
    assert t.view(-1).shape == t.view((-1,)).shape == (x.size,)
    assert t.numel() == t.size == np.prod(x.shape)
    assert t.tolist() == x.tolist()
    order = tuple(np.random.default_rng(x.size).permutation(x.ndim).tolist())
    for axis in range(-x.ndim - 1, x.ndim + 1):
        np.testing.assert_array_equal(t.unsqueeze(axis).data, np.expand_dims(x, axis))
    np.testing.assert_array_equal(t.permute(*order).data, np.transpose(x, order))
    np.testing.assert_array_equal(tge.permute(t, order).data, np.transpose(x, order))
    np.testing.assert_array_equal(t.expand(2, *[-1] * x.ndim).data, np.stack([x, x]))
    assert t.clone().primitive.name == "clone"


def test_lengths_that_expand_cannot_give_are_named():
    assert leaf(X[:, :1]).expand(2, 2, 4).shape == (2, 2, 4)
    for shape in ((3,), (-1, 2, 3), (2, 4)):
        with pytest.raises(ValueError, match=r"\(2, ?3\)"):
            leaf().expand(shape)
    with pytest.raises(ValueError, match="all 2 axes"):
        leaf().permute(0)


def test_a_size_is_a_plain_int():
    """One that could say what t.size() means was none to NumPy: dividing by it made float64 of float32."""
    x = tge.ones(3)
    assert type(x.size) is int
    assert (x / x.size).dtype == (x.data / x.size).dtype == np.float32


@given(data=st.data(), x=tgst.arrays(), dtype=st.sampled_from([np.float64, np.int64, bool]))
def test_which_and_whether_agree_with_numpy(data, x, dtype):
    x = x.astype(dtype)
    axis = data.draw(st.none() | st.integers(-x.ndim, x.ndim - 1)) if x.ndim else None
    keepdims = data.draw(st.booleans())
    for name in ("any", "all", *(("argmax", "argmin") if x.size else ())):
        expected = getattr(np, name)(x, axis=axis, keepdims=keepdims)
        for y in (getattr(tge.Tensor(x), name)(axis, keepdims), getattr(tge, name)(x, axis=axis, keepdims=keepdims)):
            np.testing.assert_array_equal(np.asarray(y), expected)
            assert y.dtype == expected.dtype


def test_an_answer_has_no_gradient_and_says_which_axis_it_takes():
    assert not leaf().argmax().requires_grad
    assert isinstance(leaf().any(), tge.Tensor)
    with pytest.raises(TypeError, match="argmax: axis is one integer"):
        leaf().argmax(axis=(0, 1))
    with pytest.raises(TypeError, match=r"any: axis is .* write axis=\(0, 1\)"):
        leaf().any(axis=[0, 1])


@given(
    targets=st.lists(st.integers(0, 4), min_size=1, max_size=6),
    more=st.integers(0, 2),
    rows=st.booleans(),
)
def test_one_hot_is_a_row_of_the_identity(targets, more, rows):
    targets = np.array([targets, targets] if rows else targets)
    classes = targets.max() + 1
    np.testing.assert_array_equal(tge.one_hot(tge.Tensor(targets)).data, np.eye(classes)[targets])
    np.testing.assert_array_equal(tge.one_hot(targets, int(classes) + more), np.eye(classes + more)[targets])
    assert tge.one_hot(tge.Tensor(targets)).dtype == np.int64


@pytest.mark.parametrize(
    ("targets", "classes", "error", "says"),
    [
        ([0.0], 2, TypeError, "integers, not float32"),
        ([0, 2], 2, ValueError, "target 2 is out of range: 2 classes"),
        ([-1], 2, ValueError, "target -1"),
        (np.zeros(0, int), -1, ValueError, "num_classes"),
    ],
)
def test_targets_that_are_no_classes_are_named(targets, classes, error, says):
    with pytest.raises(error, match=says):
        tge.one_hot(targets, classes)


def test_like_another_in_shape_and_dtype():
    for like in (leaf(), X, leaf(X.astype(np.float32)), tge.arange(3), [[1.0, 2.0]]):
        for made, value in ((tge.zeros_like(like), 0), (tge.ones_like(like), 1), (tge.full_like(like, 7), 7)):
            expected = like if hasattr(like, "dtype") else tge.tensor(like)
            assert (made.shape, made.dtype, made.requires_grad) == (expected.shape, expected.dtype, False)
            assert (made.data == value).all()
    assert tge.zeros_like(X, requires_grad=True, dtype=np.float32).dtype == np.float32


@pytest.mark.parametrize("sign", [operator.mod, operator.floordiv])
def test_division_with_remainder(sign):
    t = leaf()
    for a, b in ((t, 1.25), (7.0, t + 3), (t, X + 3), (X, t + 3), (t, [1.0, 2.0, 4.0])):
        y = sign(a, b)
        plain = [v.data if isinstance(v, tge.Tensor) else v for v in (a, b)]
        np.testing.assert_array_equal(y.data, sign(*(np.asarray(v) for v in plain)))
        assert y.requires_grad


@pytest.mark.parametrize("sign", [operator.and_, operator.or_, operator.xor])
def test_booleans_combine(sign):
    a, b = X > 0, X > 1
    s, t = tge.Tensor(a), tge.Tensor(b)
    for y in (sign(s, t), sign(s, b), sign(a, t), sign(s, b.tolist()), sign(a.tolist(), t)):
        assert isinstance(y, tge.Tensor)
        np.testing.assert_array_equal(y.data, sign(a, b))
    np.testing.assert_array_equal(sign(tge.tensor([5, 6]), 3).data, sign(np.array([5, 6]), 3))
    np.testing.assert_array_equal(sign(True, t).data, sign(True, b))
    np.testing.assert_array_equal((~t).data, ~b)
    for call in (lambda: sign(leaf(), t), lambda: sign(t, 1.0), lambda: sign(X, t), lambda: ~leaf()):
        with pytest.raises(TypeError, match=r"(booleans and whole numbers|not supported).*"):
            call()


def test_numbers_print_as_numbers():
    loss = leaf().mean()
    assert f"{loss:.3f} {loss:8.2e}|{tge.tensor(3):>4d}" == f"{X.mean():.3f} {X.mean():8.2e}|   3"
    assert f"{loss}" == str(loss)
    with pytest.raises(TypeError, match=r"one number, not for a Tensor of shape \(2, 3\)"):
        f"{leaf():.3f}"


def test_python_rounds_tensors():
    np.testing.assert_array_equal(round(leaf(X / 3), 2).data, np.round(X / 3, 2))
    np.testing.assert_array_equal(round(leaf(X)).data, np.round(X))


def test_plus_x_is_x():
    t = leaf()
    assert +t is t
