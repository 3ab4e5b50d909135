"""Wrong rules of convolution."""

import numpy as np
from wrong import wrong

import tinygrad_edu as tge
from tinygrad_edu import conv2d_dw, conv2d_dx, flip
from tinygrad_edu.kernels.geometry import pair

conv = tge.conv2d


@wrong(conv, "x", "flipped")
def conv_dx_kernel_flipped(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    return conv2d_dx(g, flip(weight, (2, 3)), x.shape[2:], stride, padding, dilation, groups)


@wrong(conv, "weight", "flipped")
def conv_dw_flipped(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    return flip(conv2d_dw(x, g, weight.shape[2:], stride, padding, dilation, groups), (2, 3))


@wrong(conv, "weight", "flipped")
def conv_dw_g_flipped(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    return conv2d_dw(x, flip(g, (2, 3)), weight.shape[2:], stride, padding, dilation, groups)


@wrong(conv, "weight", "transposed", "shape")
def conv_dw_rows_and_columns(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    return tge.swapaxes(conv2d_dw(x, g, weight.shape[2:], stride, padding, dilation, groups), 2, 3)


@wrong(conv, "weight", "sign")
def conv_dw_minus(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    return -conv2d_dw(x, g, weight.shape[2:], stride, padding, dilation, groups)


@wrong(conv, "weight", "factor")
def conv_dw_mean_over_batch(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    return conv2d_dw(x, g, weight.shape[2:], stride, padding, dilation, groups) / x.shape[0]


@wrong(conv, "weight", "missing sum")
def conv_dw_first_image(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    return conv2d_dw(x[:1], g[:1], weight.shape[2:], stride, padding, dilation, groups)


@wrong(conv, "bias", "missing sum")
def conv_bias_first_image(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    return g[0].sum(axis=(1, 2))


@wrong(conv, "bias", "missing sum")
def conv_bias_not_over_batch(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    return g.sum(axis=(2, 3))


@wrong(conv, "bias", "wrong axis")
def conv_bias_wrong_axes(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    return g.sum(axis=(1, 2, 3))


@wrong(conv, "bias", "factor")
def conv_bias_mean(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    return g.mean(axis=(0, 2, 3))


@wrong(conv, "x", "parameter ignored")
def conv_dx_ignores_padding(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    return conv2d_dx(g, weight, x.shape[2:], stride, _least_padding(x, g, weight, stride, dilation), dilation, groups)


def _least_padding(x, g, weight, stride, dilation):
    """No padding, where the result allows that; else as much as it needs."""
    needed = []
    for size, out, k, s, d in zip(x.shape[2:], g.shape[2:], weight.shape[2:], pair(stride, "s"), pair(dilation, "d"),
                                  strict=True):  # fmt: skip
        needed.append(max(0, (s * (out - 1) + d * (k - 1) + 1 - size + 1) // 2))
    return tuple(needed)


@wrong(conv, "x", "parameter ignored")
def conv_dx_ignores_stride(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    return conv2d_dx(g, weight, x.shape[2:], 1, padding, dilation, groups)


@wrong(conv, "weight", "parameter ignored")
def conv_dw_ignores_dilation(g, y, x, weight, bias, *, stride, padding, dilation, groups):
    return conv2d_dw(x, g, weight.shape[2:], stride, padding, 1, groups)


def simple_conv(x, weight, *, stride=1):
    """y[n,o,i,j] = sum over c,u,v of x[n,c,i*stride+u,j*stride+v] * weight[o,c,u,v]"""
    return tge.conv2d.forward(x, weight, None, stride=stride, padding=0, dilation=1, groups=1)


def _each_window(g, x, weight, stride):
    for i in range(g.shape[2]):
        for j in range(g.shape[3]):
            window = np.einsum("no,ocuv->ncuv", np.asarray(g)[:, :, i, j], np.asarray(weight))
            rows = slice(i * stride, i * stride + weight.shape[2])
            columns = slice(j * stride, j * stride + weight.shape[3])
            yield (slice(None), slice(None), rows, columns), window


simple = tge.Primitive(simple_conv)


@simple.backward("x")
def _simple_dx(g, y, x, weight, *, stride):
    return conv2d_dx(g, weight, x.shape[2:], stride)


@simple.backward("weight")
def _simple_dw(g, y, x, weight, *, stride):
    return conv2d_dw(x, g, weight.shape[2:], stride)


@wrong(simple, "x", "overwritten")
def conv_dx_overwrites(g, y, x, weight, *, stride):
    dx = np.zeros(x.shape, g.dtype)
    for where, window in _each_window(g, x, weight, stride):
        dx[where] = window
    return dx


@wrong(simple, "x", "first order only")
def conv_dx_in_loops(g, y, x, weight, *, stride):
    dx = np.zeros(x.shape, g.dtype)
    for where, window in _each_window(g, x, weight, stride):
        dx[where] += window
    return dx


@wrong(simple, "weight", "no upstream")
def conv_dw_forgets_g(g, y, x, weight, *, stride):
    return conv2d_dw(x, g * 0.0 + 1.0, weight.shape[2:], stride)


@wrong(simple, "weight", "zero")
def conv_dw_zero(g, y, x, weight, *, stride):
    return weight * 0.0


@wrong(simple, "x", "parameter ignored")
def simple_dx_ignores_stride(g, y, x, weight, *, stride):
    return conv2d_dx(g, weight, x.shape[2:], 1)


@wrong(tge.unfold, "x", "factor", "sum", "averaged")
def unfold_averages(g, y, x, *, kernel_size, dilation, padding, stride):
    times = tge.fold(np.ones(g.shape), x.shape[-2:], kernel_size, dilation, padding, stride)
    return tge.fold(g, x.shape[-2:], kernel_size, dilation, padding, stride) / np.maximum(times, 1)


@wrong(tge.unfold, "x", "sign")
def unfold_with_minus(g, y, x, *, kernel_size, dilation, padding, stride):
    return -tge.fold(g, x.shape[-2:], kernel_size, dilation, padding, stride)


@wrong(tge.fold, "x", "sign")
def fold_with_minus(g, y, x, *, output_size, kernel_size, dilation, padding, stride):
    return -tge.unfold(g, kernel_size, dilation, padding, stride)


@wrong(tge.fold, "x", "no upstream")
def fold_forgets_g(g, y, x, *, output_size, kernel_size, dilation, padding, stride):
    return tge.unfold(g * 0.0 + 1.0, kernel_size, dilation, padding, stride)


@wrong(tge.conv2d_dx, "g", "flipped")
def transposed_dg_flipped(u, y, g, weight, *, input_size, stride, padding, dilation, groups):
    return tge.conv2d(u, flip(weight, (2, 3)), None, stride, padding, dilation, groups)
