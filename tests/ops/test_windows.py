"""What convolutions, pooling and folding take and refuse beyond what the cases of the primitives try."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tge
from tinygrad_edu.testing import strategies as tgst


@given(data=st.data(), case=tgst.pool2d_cases(max_side=5, dilated=True))
def test_indices_say_where_the_largest_pixels_are(data, case):
    x = data.draw(tgst.arrays(shape=case.x_shape, away_from=()))  # with ties: the first
    x = x if data.draw(st.booleans()) or not len(x) else x[0]
    y, indices = tge.max_pool2d(tge.Tensor(x, requires_grad=True), return_indices=True, **case.max_params)
    assert y.shape == indices.shape
    assert indices.dtype.kind == "i"
    assert y.requires_grad
    assert not indices.requires_grad
    flat = x.reshape(*x.shape[:-2], -1) if x.size else x.reshape(*x.shape[:-2], x.shape[-1] * x.shape[-2])
    positions = indices.data.reshape(*y.shape[:-2], y.shape[-1] * y.shape[-2])
    np.testing.assert_array_equal(np.take_along_axis(flat, positions, -1).reshape(y.shape), y.data)
    g = data.draw(tgst.arrays(shape=y.shape, away_from=()))
    (dx,) = tge.grad(y, [y.inputs[0]], g)
    expected = np.zeros(flat.shape)
    for at in np.ndindex(positions.shape):
        expected[(*at[:-1], positions[at])] += g.reshape(positions.shape)[at]
    np.testing.assert_array_equal(dx.data.reshape(flat.shape), expected)


def test_the_smallest_whole_number_wins_over_padding():
    y, indices = tge.max_pool2d(np.zeros((1, 1, 2, 2), np.uint8), 2, 1, 1, return_indices=True)
    assert y.dtype == np.uint8
    np.testing.assert_array_equal(indices, [[[[0, 0, 1], [0, 0, 1], [2, 2, 3]]]])


def test_padding_on_any_side_is_padding_the_image():
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((2, 1, 4, 5)), rng.standard_normal((3, 1, 2, 3))
    padded = np.pad(x, ((0, 0), (0, 0), (0, 2), (3, 1)))
    np.testing.assert_array_equal(tge.conv2d(x, w, padding=((0, 2), (3, 1))), tge.conv2d(padded, w))
    np.testing.assert_array_equal(tge.conv2d(x, w, padding=[[1, 1], [2, 2]]), tge.conv2d(x, w, padding=(1, 2)))
    assert tge.conv2d(x, w, padding="same").shape == (2, 3, 4, 5)
    np.testing.assert_array_equal(tge.conv2d(x, w, padding="valid"), tge.conv2d(x, w))
    signal, kernel = rng.standard_normal((2, 1, 4)), rng.standard_normal((3, 1, 2))
    padded = np.pad(signal, ((0, 0), (0, 0), (2, 1)))
    np.testing.assert_array_equal(tge.conv1d(signal, kernel, padding=(2, 1)), tge.conv1d(padded, kernel))


@given(case=tgst.conv2d_cases(max_side=5), seed=st.integers(0, 99))
def test_a_transposed_convolution_is_the_adjoint_of_the_convolution(case, seed):
    rng = np.random.default_rng(seed)
    u, w, x = (rng.standard_normal(s) for s in (case.x_shape, case.weight_shape, case.y_shape))
    sides = zip(case.input_size, x.shape[2:], case.stride, case.padding, case.dilation, w.shape[2:], strict=True)
    more = tuple(n - ((m - 1) * s - 2 * p + d * (k - 1) + 1) for n, m, s, p, d, k in sides)
    if x.size:
        y = tge.conv_transpose2d(x, w, None, case.stride, case.padding, more, case.groups, case.dilation)
        np.testing.assert_allclose(
            np.vdot(u, y), np.vdot(tge.conv2d(u, w, None, **case.params), x), rtol=1e-9, atol=1e-9
        )


@pytest.mark.parametrize("shape", [(2, 1, 5, 7), (2, 4, 3)])
@pytest.mark.parametrize("size", [1, 2, 3, (4, None), (9, 2)])
def test_adaptive_pooling_says_where_the_largest_pixels_are(shape, size):
    x = np.random.default_rng(0).integers(0, 4, shape).astype(float)  # with ties: the first
    y, indices = tge.adaptive_max_pool2d(tge.Tensor(x), size, return_indices=True)
    flat = x.reshape(*shape[:-2], -1)
    positions = indices.data.reshape(*shape[:-2], -1)
    np.testing.assert_array_equal(np.take_along_axis(flat, positions, -1).reshape(y.shape), y.data)
    for plane in np.ndindex(shape[:-2]):
        for k, at in enumerate(np.ndindex(y.shape[-2:])):
            rows, columns = (
                range(i * n // m, -(-(i + 1) * n // m)) for i, n, m in zip(at, shape[-2:], y.shape[-2:], strict=True)
            )
            first = max(((r, c) for r in rows for c in columns), key=lambda p: x[(*plane, *p)])
            assert positions[(*plane, k)] == first[0] * shape[-1] + first[1]


def test_an_infinite_pixel_reaches_only_the_outputs_that_see_it():
    x = np.zeros((1, 1, 4, 4))
    x[0, 0, 0, 0] = np.inf
    for mode in ("nearest", "bilinear", "area"):
        y = tge.interpolate(x, 4 if mode == "bilinear" else 2, mode=mode)
        assert np.isinf(y[0, 0, 0, 0])
        assert np.isfinite(y.ravel()[1:]).all()


X, W = tge.ones(1, 2, 4, 4), tge.ones(3, 2, 2, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tge.conv2d(X, W, padding="full"), 'padding is a number, a pair, "same" or "valid", not \'full\''),
        (lambda: tge.conv2d(X, W, padding="same", stride=2), r'padding="same" .* needs a stride of 1, not \(2, 2\)'),
        (lambda: tge.conv2d(X, W, padding=((1, -1), (0, 0))), r"padding must be .* each at least 0, not \(1, -1\)"),
        (lambda: tge.conv1d(X, W), r"conv1d needs signals \(n, c, l\), .* and weight .* \(1, 2, 4, 4\)"),
        (lambda: tge.conv1d(tge.ones(1, 2, 4), tge.ones(3, 1, 2)), "have 2 channels, but the weight"),
        (lambda: tge.conv1d(tge.ones(1, 2, 4), tge.ones(3, 2, 5)), "conv1d: a kernel of 5 .* signals of 4"),
        (lambda: tge.conv1d(tge.ones(1, 2, 4), tge.ones(3, 2, 2), stride=0), "conv1d: stride must be"),
        (lambda: tge.conv1d(tge.ones(1, 2, 4), tge.ones(3, 2, 2), padding=(1, 2, 3)), "conv1d: padding must be"),
        (lambda: tge.conv1d(tge.ones(1, 2, 4), tge.ones(3, 2, 2), None, 2, "same"), "conv1d: .* stride of 1, not 2"),
        (lambda: tge.conv_transpose2d(X, W), r"have 2 channels, but the weight of shape \(3, 2, 2, 2\) fits 3"),
        (lambda: tge.conv_transpose2d(X, tge.ones(2, 3, 2, 2), tge.ones(2)), r"the bias has shape \(2,\); 3 output"),
        (lambda: tge.conv_transpose2d(X, tge.ones(2, 3, 2, 2), output_padding=1), r"output_padding \(1, 1\) must be"),
        (lambda: tge.conv_transpose2d(X, tge.ones(2, 3, 2, 2), padding=3), r"with padding \(3, 3\) give \(-1, -1\)"),
        (lambda: tge.conv_transpose2d(X, tge.ones(2, 3, 2, 2), groups=4), "groups=4 must divide the channels, 2 in"),
        (lambda: tge.unfold(X, 5), "unfold: a kernel of 5x5 .* does not fit into images of 4x4"),
        (lambda: tge.unfold(tge.ones(4, 4), 2), r"unfold needs images \(n, c, h, w\), or one of them"),
        (lambda: tge.fold(tge.ones(1, 8, 8), 4, 2), r"are columns \(n, c \* 4, 9\), not of shape \(1, 8, 8\)"),
        (lambda: tge.max_pool2d(X, 3, 1, 0, 2), "max_pool2d: a window of .* does not fit"),
        (lambda: tge.max_pool2d(tge.ones(1, 1, 1, 1), 2, 1, 2, 3), r"would see nothing of images of \(1, 1\) but"),
        (lambda: tge.adaptive_avg_pool2d(X, 0), "adaptive_avg_pool2d: output_size is an integer of at least 1"),
        (lambda: tge.adaptive_max_pool2d(X, 2.5), r"not 2\.5; x has images of \(4, 4\)"),
        (lambda: tge.interpolate(X, 2, mode="linear"), r"for x of shape \(1, 2, 4, 4\) mode is one of nearest, "),
        (lambda: tge.interpolate(X), "takes a size or a scale_factor, one of them"),
        (lambda: tge.interpolate(X, (2, 3, 4)), "size is a number above 0, or one for each of 2 axes"),
        (lambda: tge.interpolate(X, scale_factor=0.1), r"to the size \(0, 0\) has nothing to show"),
        (lambda: tge.interpolate(X, 2, align_corners=True), "align_corners is for the linear and cubic modes, not"),
        (lambda: tge.interpolate(X, 2, antialias=True), 'antialias is for "bilinear" and "bicubic"'),
        (lambda: tge.avg_pool2d(X, 2, divisor_override=0), "divisor_override is a number other than 0, not 0"),
        (lambda: tge.avg_pool2d(tge.ones(4, 4), 2), r"avg_pool2d needs images \(n, c, h, w\), or one of"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
