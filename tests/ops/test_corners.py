"""The choices at kinks, ties and zeros, numbers too large for a naive formula, and mistakes that must be named."""

import warnings

import numpy as np
import pytest

import tinygrad_edu as tge


def gradient(f, *values, g=None):
    """Return dL/dx for each value, from y = f(...) and an upstream gradient (ones if there is one element)."""
    xs = [tge.Tensor(np.asarray(v, np.float64), requires_grad=True) for v in values]
    y = f(*xs)
    y.backward(g)
    found = [x.grad.data.tolist() if x.grad is not None else None for x in xs]
    return found[0] if len(found) == 1 else found


# -- kinks and ties ----------------------------------------------------------------------------------------


def test_relu_has_slope_zero_at_zero():
    assert gradient(tge.relu, [-1.0, -0.0, 0.0, 1.0], g=[5.0, 5.0, 5.0, 5.0]) == [0, 0, 0, 5]


def test_leaky_relu_has_the_lower_slope_at_zero():
    assert gradient(lambda x: x.leaky_relu(0.25), [-1.0, 0.0, 1.0], g=[4.0, 4.0, 4.0]) == [1, 1, 4]


def test_abs_has_slope_zero_at_zero():
    assert gradient(abs, [-2.0, 0.0, 2.0], g=[3.0, 3.0, 3.0]) == [-3, 0, 3]


def test_sign_has_no_gradient():
    assert gradient(tge.sign, 2.0) is None
    (g,) = tge.grad(tge.sign(x := tge.tensor(2.0, requires_grad=True)), x)
    assert g.item() == 0


@pytest.mark.parametrize("f", [tge.maximum, tge.minimum])
def test_equal_arguments_share_the_gradient(f):
    assert gradient(f, [1.0, 2.0], [1.0, 2.0], g=[4.0, 6.0]) == [[2, 3], [2, 3]]


@pytest.mark.parametrize(("f", "x"), [(tge.max, [3.0, 1.0, 3.0]), (tge.min, [1.0, 3.0, 1.0])])
def test_ties_in_a_reduction_share_the_gradient(f, x):
    assert gradient(f, x, g=8.0) == [4, 0, 4]


def test_clip_passes_the_gradient_at_its_bounds():
    assert gradient(lambda x: x.clip(-1, 1), [-2.0, -1.0, 0.0, 1.0, 2.0], g=[3.0] * 5) == [0, 3, 3, 3, 0]


def test_max_pooling_gives_the_gradient_to_the_first_of_equals():
    assert gradient(lambda x: tge.max_pool2d(x, 2), np.ones((1, 1, 2, 2)), g=[[[[7.0]]]]) == [[[[7, 0], [0, 0]]]]


@pytest.mark.parametrize("exponent", [0, 1, 2, 3])
def test_a_power_of_zero_has_all_its_derivatives(exponent):
    # 0 * 0^-1 is nan; it once spoilt the derivative after the one that should be zero.
    x = tge.Tensor(0.0, requires_grad=True)
    y = x**exponent
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for order in range(1, 6):
            (y,) = tge.grad(y, x, create_graph=True)
            assert y.item() == (np.prod(range(1, exponent + 1)) if order == exponent else 0)
            if not y.requires_grad:
                break


def test_the_mixed_derivative_of_a_power_at_exponent_zero():
    # d/db of b a^(b-1) is 1/a at b = 0; a rule that put 0 there for b = 0 lost it.
    a, b = tge.Tensor(2.0, requires_grad=True), tge.Tensor(0.0, requires_grad=True)
    (da,) = tge.grad(a**b, a, create_graph=True)
    (dadb,) = tge.grad(da, b)
    assert dadb.item() == 0.5


def test_zero_to_a_positive_power_has_slope_zero_in_the_exponent():
    assert gradient(lambda a, b: a**b, 0.0, 2.0) == [0, 0]


# -- large numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_overflows(dtype):
    x = tge.Tensor(np.array([[1000.0, -1000.0, 0.0]], dtype), requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for f in (tge.softmax, tge.log_softmax, tge.sigmoid, tge.tanh, lambda t: t.logsumexp(axis=1)):
            x.grad = None
            y = f(x)
            assert y.dtype == dtype
            y.sum().backward()
            assert np.isfinite(y.data).all()
            assert np.isfinite(x.grad.data).all()
        np.testing.assert_array_equal(tge.softmax(x).data, [[1, 0, 0]])
        np.testing.assert_array_equal(tge.sigmoid(x).data, [[1, 0, 0.5]])
        assert tge.logsumexp(x).item() == 1000


def test_logsumexp_of_minus_infinity():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tge.logsumexp(tge.Tensor([-np.inf, -np.inf])).item() == -np.inf
        assert tge.logsumexp(tge.Tensor([-np.inf, 0.0])).item() == 0
        assert tge.logsumexp(tge.Tensor([np.inf, 0.0])).item() == np.inf


# -- dropout and the loss ----------------------------------------------------------------------------------


def test_dropout_keeps_the_mean_and_its_mask():
    x = tge.ones(100, 100, requires_grad=True)
    y = tge.dropout(x, 0.25, rng=np.random.default_rng(0))
    assert set(np.unique(y.data)) == {np.float32(0), np.float32(1 / 0.75)}
    assert y.data.mean() == pytest.approx(1, abs=0.02)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, y.data)


def test_dropout_at_its_ends_and_outside_training():
    x = tge.ones(3)
    assert tge.dropout(x, 0) is x
    assert tge.dropout(x, 0.9, training=False) is x
    np.testing.assert_array_equal(tge.dropout(x, 1).data, np.zeros(3))
    with pytest.raises(ValueError, match=r"probability, a number between 0 and 1, not 1\.5"):
        tge.dropout(x, 1.5)


def test_dropout_draws_from_the_seeded_generator():
    x = tge.ones(50)
    tge.manual_seed(3)
    first = tge.dropout(x).data
    tge.manual_seed(3)
    np.testing.assert_array_equal(tge.dropout(x).data, first)


@pytest.mark.parametrize("targets", [[1, 0], (1, 0), np.array([1, 0], np.uint8), "tensor"])
def test_targets_may_be_lists_arrays_or_tensors(targets):
    targets = tge.tensor([1, 0]) if isinstance(targets, str) else targets
    x = tge.Tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    loss = tge.nll_loss(x, targets, reduction="sum")
    assert loss.item() == -5
    loss.backward()
    np.testing.assert_array_equal(x.grad.data, [[0, -1], [-1, 0]])


@pytest.mark.parametrize(
    ("log_probs", "targets", "reduction", "error", "message"),
    [
        (np.zeros((2, 3)), [0, 3], "mean", ValueError, "target 3 is out of range: 3 classes are numbered 0 to 2"),
        (np.zeros((2, 3)), [0, -1], "mean", ValueError, "target -1 is out of range"),
        (
            np.zeros((2, 3)),
            [0],
            "mean",
            ValueError,
            r"scores of shape \(2, 3\) need targets of shape \(2,\), not \(1,\)",
        ),
        (np.zeros((2, 3)), [0.0, 1.0], "mean", TypeError, "class numbers, integers, not float32"),
        (np.zeros((2, 3)), [True, False], "mean", TypeError, "class numbers, integers, not bool"),
        (np.zeros(3), [0], "mean", ValueError, r"scores of shape \(n, classes\), not \(3,\)"),
        (np.zeros((2, 3)), [0, 1], "average", ValueError, "one of mean, sum, none, not 'average'"),
    ],
)
def test_a_loss_names_what_does_not_fit(log_probs, targets, reduction, error, message):
    with pytest.raises(error, match=message):
        tge.nll_loss(tge.Tensor(log_probs), targets, reduction=reduction)


# -- mistakes at the call ----------------------------------------------------------------------------------


def images(*shape):
    return tge.zeros(*shape)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tge.conv2d(images(3, 8), images(4, 3, 3, 3)), r"\(3, 8\) and \(4, 3, 3, 3\)"),
        (lambda: tge.conv2d(images(1, 3, 8), images(4, 3, 3, 3)), r"shape \(1, 3, 8\) have 1 channels, .* fits 3"),
        (lambda: tge.conv2d(images(1, 3, 8, 8), images(4, 2, 3, 3)), "have 3 channels, but .* fits 2"),
        (lambda: tge.conv2d(images(1, 3, 8, 8), images(4, 3, 3, 3), groups=2), "groups=2 must divide"),
        (lambda: tge.conv2d(images(1, 4, 8, 8), images(3, 2, 3, 3), groups=2), "groups=2 must divide"),
        (lambda: tge.conv2d(images(1, 3, 8, 8), images(4, 3, 3, 3), groups=0), "groups=0"),
        (lambda: tge.conv2d(images(1, 3, 8, 8), images(4, 3, 3, 3), images(3)), r"4 output channels need \(4,\)"),
        (lambda: tge.conv2d(images(1, 3, 2, 8), images(4, 3, 3, 3)), "3x3 .* does not fit into images of 2x8"),
        (lambda: tge.conv2d(images(1, 3, 8, 8), images(4, 3, 0, 3)), "does not fit"),
        (lambda: tge.conv2d(images(1, 3, 4, 4), images(4, 3, 3, 3), dilation=2), "does not fit"),
        (lambda: tge.conv2d(images(1, 3, 8, 8), images(4, 3, 3, 3), stride=0), "stride must be .* at least 1, not 0"),
        (lambda: tge.conv2d(images(1, 3, 8, 8), images(4, 3, 3, 3), stride=1.5), r"stride must be an integer .* 1\.5"),
        (lambda: tge.conv2d(images(1, 3, 8, 8), images(4, 3, 3, 3), padding=-1), "padding must be .* at least 0"),
        (lambda: tge.conv2d(images(1, 3, 8, 8), images(4, 3, 3, 3), padding=(1, 2, 3)), "padding must be"),
        (lambda: tge.max_pool2d(images(8, 8), 2), r"images \(n, c, h, w\), or one .* not shape \(8, 8\)"),
        (lambda: tge.max_pool2d(images(1, 3, 8, 8), 9), "does not fit"),
        (lambda: tge.avg_pool2d(images(1, 3, 8, 8), 2, padding=2), "more than half"),
        (lambda: tge.max_pool2d(images(1, 3, 8, 8), (2, 2, 2)), "kernel_size must be"),
        (lambda: tge.matmul(images(2, 3), images(2, 3)), r"\(2, 3\) and \(2, 3\) do not fit"),
        (lambda: tge.matmul(images(2, 3), tge.tensor(1.0)), r"\(2, 3\) and \(\) do not fit"),
        (
            lambda: tge.linear(images(2, 3), images(4, 2)),
            r"x of shape \(2, 3\) does not fit a weight of shape \(4, 2\)",
        ),
        (lambda: tge.linear(images(2, 3), images(4, 3), images(3)), r"4 outputs need \(4,\)"),
        (lambda: tge.sum_to(images(2, 3), (2,)), r"shape \(2,\) does not broadcast to \(2, 3\)"),
        (lambda: tge.sum_to(images(3), (1, 1, 3)), "does not broadcast"),
        (lambda: tge.add(images(2), images(3)), "could not be broadcast"),
        (lambda: tge.reshape(images(2, 3), (4,)), "cannot reshape"),
        (lambda: tge.concatenate([images(2, 3), images(2, 4)]), "must match"),
        (lambda: tge.stack([images(2), images(3)]), "same shape"),
        (lambda: tge.use_kernels("quick"), "no kernels named 'quick'; there are: fast, loops"),
        (lambda: tge.set_num_threads(0), "at least 1, not 0"),
    ],
)
def test_a_mistake_raises_at_the_call_and_names_what_it_saw(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_pair_may_be_a_list():
    x = tge.Tensor(np.arange(40.0).reshape(1, 1, 5, 8), requires_grad=True)
    weight = np.arange(6.0).reshape(1, 1, 2, 3)
    results = []
    for kind in (tuple, list, np.array):
        y = tge.conv2d(x, weight, stride=kind([2, 1]), padding=kind([0, 1]), dilation=kind([1, 2]))
        results.append((y.data, *(d.data for d in tge.grad(y, [x], y.data))))
    assert results[0][0].shape == (1, 1, 2, 6)
    for other in results[1:]:
        for one, two in zip(results[0], other, strict=True):
            np.testing.assert_array_equal(one, two)


# -- indices -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "index",
    [
        [1, 0, 1],
        [True, False, True],
        [],
        ([0, 1], [1, 1]),
        (slice(None), [0, 0]),
        (np.array([True, False, True]), 1),
        np.int64(1),
        (np.array(2), slice(None)),
        True,
        (None, 1, ..., None),
        np.array([[0, 1], [2, 2]]),
        (slice(None, None, -2), -1),
    ],
    ids=repr,
)
def test_indices_of_every_kind(index):
    values = np.arange(6.0).reshape(3, 2)
    x = tge.Tensor(values, requires_grad=True)
    y = x[index]
    np.testing.assert_array_equal(y.data, values[index])
    g = np.random.default_rng(0).integers(1, 9, y.shape).astype(float)
    y.backward(g)
    expected = np.zeros((3, 2))
    np.add.at(expected, index, g)
    np.testing.assert_array_equal(x.grad.data, expected)


def test_a_tensor_indexes_and_later_changes_to_it_do_not_matter():
    x = tge.Tensor([1.0, 2.0, 3.0], requires_grad=True)
    index = tge.tensor([2, 2, 0])
    y = x[index]
    index.data = np.array([0, 0, 0])
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.data, [1, 0, 2])
    assert x[tge.tensor(1)].item() == 2
    np.testing.assert_array_equal(x[x > 1.5].data, [2, 3])


def test_rows_can_be_walked_through_but_not_a_single_number():
    assert [row.data.tolist() for row in tge.tensor([[1, 2], [3, 4]])] == [[1, 2], [3, 4]]
    with pytest.raises(TypeError):
        list(tge.tensor(1.0))
    with pytest.raises(TypeError):
        range(tge.tensor(2.0) + 1)
    assert list(range(tge.tensor(1) + 1)) == [0, 1]
    with pytest.raises(IndexError):
        tge.tensor([1.0, 2.0])[2]


def test_what_becomes_an_integer_has_no_gradient():
    x = tge.Tensor([1.5, 2.5], requires_grad=True)
    whole = x.astype("int64")
    (x * whole).sum().backward()
    np.testing.assert_array_equal(x.grad.data, [1, 2])  # and not [2.5, 4.5], as if rounding had slope 1


def test_astype_between_floating_dtypes_casts_the_gradient_back():
    x = tge.Tensor(np.array([1.5, 2.5], np.float32), requires_grad=True)
    y = x.astype(np.float64)
    assert y.dtype == np.float64
    (y * y).sum().backward()
    assert x.grad.dtype == np.float32
    np.testing.assert_array_equal(x.grad.data, [3, 5])
