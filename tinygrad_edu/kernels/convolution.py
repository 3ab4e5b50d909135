"""Convolution as matrix products: the fast twins of the loops in `loops.py`.

Every window of an image becomes a column of a matrix (im2col), so that the sum over c, u, v is one product:

    y (o, oh*ow)   =  weight (o, c*kh*kw)  @  columns (c*kh*kw, oh*ow)
    dcolumns       =  weight^T             @  g (o, oh*ow)                then every column is added back to its pixels
    dweight        =  g                    @  columns^T                  summed over the images

and groups are independent products.  The columns hold each pixel kh*kw times, so they are made a few images at a time
and used while they are still in the cache.  Source: Chellapilla, Puri, Simard, "High performance convolutional neural
networks for document processing" (2006).
"""

from __future__ import annotations

from itertools import product

import numpy as np

from . import reductions
from .geometry import output_size, pad_image, seen_through, windows
from .threads import pieces, run


def im2col(x, kernel, stride, padding, dilation, groups, size, ones=0):
    """Return the columns (n, groups, c/groups * kh * kw + ones, oh * ow) of the images x (n, c, h, w).

    With `ones=1` each column ends in a 1, for a bias to be multiplied with.
    """
    x = pad_image(x, padding)
    (n, c, h, _), (kh, kw), (oh, ow) = x.shape, kernel, size
    if stride[0] == 1 and n * c > 4:
        # In two steps: each kernel column's view of all rows; of that, each kernel row's. Where the output's rows
        # follow each other without a gap, long runs are copied at once.
        across = windows(x, (1, kw), (1, stride[1]), (1, dilation[1]), (h, ow)).reshape(n, c * kw, h, ow)
        down = windows(across, (kh, 1), (1, 1), (dilation[0], 1), size)
        seen = down.reshape(n, c, kw, kh, oh, ow).swapaxes(2, 3)
    else:
        seen = windows(x, kernel, stride, dilation, size)
    rows = c // groups * kh * kw
    if not ones:
        return seen.reshape(n, groups, rows, oh * ow)
    columns = np.empty((n, groups, rows + 1, oh * ow), x.dtype)
    by_channel = (n, groups, c // groups, kh, kw, oh, ow)
    columns[:, :, :rows].reshape(by_channel)[...] = seen.reshape(by_channel)
    columns[:, :, rows] = 1
    return columns


def col2im(columns, image, kernel, stride, dilation, size):
    """Add every column to the pixels of the padded images (n, c, h, w) it belongs to: the transpose of `im2col`.

    With stride 1 the outputs' rows may be as wide as the image's, filled up with zeros: then they lie as far apart
    as the pixels they go to, and each kernel position is one long run.
    """
    (n, c, h, w), (kh, kw), (oh, ow) = image.shape, kernel, size
    if stride == (1, 1) and ow == w:
        columns, flat = columns.reshape(n, c, kh, kw, oh * ow), image.reshape(n, c, h * w)
        for u, v in product(range(kh), range(kw)):
            first, count = u * dilation[0] * w + v * dilation[1], oh * w - v * dilation[1]
            flat[:, :, first : first + count] += columns[:, :, u, v, :count]
    else:
        columns = columns.reshape(n, c, kh, kw, oh, ow)
        for u, v in product(range(kh), range(kw)):
            image[seen_through(u, v, stride, dilation, size)] += columns[:, :, u, v]


def _cut(n, channels, kernel, size, dtype):
    """Cut n images into pieces whose columns fit the cache."""
    return pieces(n, channels * kernel[0] * kernel[1] * size[0] * size[1] * dtype.itemsize)


def conv2d(x, weight, bias, stride, padding, dilation, groups):
    """y[n,o,i,j] = bias[o] + sum over c,u,v of x[n,c,row,col] * weight[o,c,u,v]"""
    (n, c), (o, _, *kernel) = x.shape[:2], weight.shape
    size = output_size(x.shape[2:], kernel, stride, padding, dilation)
    w = weight.reshape(groups, o // groups, -1)
    if bias is not None:
        w = np.concatenate([w, bias.reshape(groups, -1, 1)], axis=2)
    y = np.empty((n, groups, o // groups, size[0] * size[1]), np.result_type(x, w))

    def forward(s):
        columns = im2col(x[s], kernel, stride, padding, dilation, groups, size, ones=int(bias is not None))
        np.matmul(w, columns, out=y[s])

    run(forward, _cut(n, c, kernel, size, y.dtype))
    return y.reshape(n, o, *size)


def conv2d_dx(g, weight, input_size, stride, padding, dilation, groups):
    """dx[n,c,row,col] = sum over o,i,j,u,v with that row and col of g[n,o,i,j] * weight[o,c,u,v]"""
    (n, o, oh, ow), (_, c_per_group, *kernel) = g.shape, weight.shape
    (h, w), (p, q), c = input_size, padding, c_per_group * groups
    transposed = weight.reshape(groups, o // groups, -1).swapaxes(-1, -2)
    padded = np.empty((n, c, h + 2 * p, w + 2 * q), np.result_type(g, weight))
    width = w + 2 * q if stride == (1, 1) else ow  # see col2im

    def backward(s):
        wide = np.empty((s.stop - s.start, o, oh, width), g.dtype)
        wide[..., :ow], wide[..., ow:] = g[s], 0
        columns = np.matmul(transposed, wide.reshape(len(wide), groups, o // groups, oh * width))
        padded[s] = 0
        col2im(columns, padded[s], kernel, stride, dilation, (oh, width))

    run(backward, _cut(n, c, kernel, (oh, width), padded.dtype))
    return np.ascontiguousarray(padded[:, :, p : p + h, q : q + w])


def conv2d_dw(x, g, kernel_size, stride, padding, dilation, groups):
    """dw[o,c,u,v] = sum over n,i,j of g[n,o,i,j] * x[n,c,row,col]"""
    n, o, *size = g.shape
    transposed = g.reshape(n, groups, o // groups, size[0] * size[1]).swapaxes(-1, -2)

    def backward(s):
        columns = im2col(x[s], kernel_size, stride, padding, dilation, groups, size)
        return reductions.sum(np.matmul(columns, transposed[s]), 0)  # dw^T: BLAS takes longer for g @ columns^T

    dw = reductions.add(run(backward, _cut(n, x.shape[1], kernel_size, size, g.dtype)))
    return np.ascontiguousarray(dw.swapaxes(-1, -2)).reshape(o, x.shape[1] // groups, *kernel_size)


def unfold(x, kernel_size, stride, padding, dilation):
    """y[n, (c,u,v), (i,j)] = x[n,c,row,col], the pixel that position (i, j) sees through (u, v); 0 outside"""
    size = output_size(x.shape[2:], kernel_size, stride, padding, dilation)
    (n, c), (kh, kw) = x.shape[:2], kernel_size
    y = np.empty((n, c * kh * kw, size[0] * size[1]), x.dtype)

    def forward(s):
        y[s] = im2col(x[s], kernel_size, stride, padding, dilation, 1, size)[:, 0]

    run(forward, _cut(n, c, kernel_size, size, y.dtype))
    return y


def fold(columns, image_size, kernel_size, stride, padding, dilation):
    """y[n,c,row,col] = sum of columns[n, (c,u,v), (i,j)] over all i,j,u,v that see (row, col)"""
    size = output_size(image_size, kernel_size, stride, padding, dilation)
    n, c = len(columns), columns.shape[1] // (kernel_size[0] * kernel_size[1])
    (h, w), (p, q) = image_size, padding
    padded = np.zeros((n, c, h + 2 * p, w + 2 * q), columns.dtype)

    def backward(s):
        col2im(columns[s], padded[s], kernel_size, stride, dilation, size)

    run(backward, _cut(n, c, kernel_size, size, columns.dtype))
    return np.ascontiguousarray(padded[:, :, p : p + h, q : q + w])
