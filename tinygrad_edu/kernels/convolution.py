"""Convolution as matrix products: the fast twins of the loops in `loops.py`.

Every window of an image becomes a column of a matrix (im2col), so that the sum over c, u, v is one product:

    y (o, oh*ow)          =  weight (o, c*kh*kw)     @  columns (c*kh*kw, oh*ow)
    dcolumns              =  weight^T                @  g (o, oh*ow)                then every column is added back
    dweight               =  g                       @  columns^T                   summed over the images

and the groups are simply independent products.  Source: Chellapilla, Puri, Simard, "High performance convolutional
neural networks for document processing" (2006).
"""

from __future__ import annotations

from itertools import product

import numpy as np

from .geometry import output_size, pad_image, seen_through, windows


def im2col(x, kernel, stride, padding, dilation, groups, size):
    """Return the columns (n, groups, c/groups * kh * kw, oh * ow) of the images x (n, c, h, w)."""
    seen = windows(pad_image(x, padding), kernel, stride, dilation, size)
    rows = x.shape[1] // groups * kernel[0] * kernel[1]
    return seen.reshape(x.shape[0], groups, rows, size[0] * size[1])


def col2im(columns, x_shape, kernel, stride, padding, dilation, size):
    """Add every column back to the pixels it was taken from: the transpose of `im2col`."""
    (n, c, h, w), (p, q) = x_shape, padding
    image = np.zeros((n, c, h + 2 * p, w + 2 * q), columns.dtype)
    columns = columns.reshape(n, c, *kernel, *size)
    if columns.size:
        for u, v in product(range(kernel[0]), range(kernel[1])):
            image[seen_through(u, v, stride, dilation, size)] += columns[:, :, u, v]
    return image[:, :, p : p + h, q : q + w]


def conv2d(x, weight, stride, padding, dilation, groups):
    """y[n,o,i,j] = sum over c,u,v of x[n,c,row,col] * weight[o,c,u,v]"""
    o, _, *kernel = weight.shape
    size = output_size(x.shape[2:], kernel, stride, padding, dilation)
    columns = im2col(x, kernel, stride, padding, dilation, groups, size)
    y = weight.reshape(groups, o // groups, columns.shape[2]) @ columns
    return y.reshape(x.shape[0], o, *size)


def conv2d_dx(g, weight, input_size, stride, padding, dilation, groups):
    """dx[n,c,row,col] = sum over o,i,j,u,v with that row and col of g[n,o,i,j] * weight[o,c,u,v]"""
    (n, o, *size), (_, c, *kernel) = g.shape, weight.shape
    w = weight.reshape(groups, o // groups, c * kernel[0] * kernel[1])
    columns = w.swapaxes(-1, -2) @ g.reshape(n, groups, o // groups, size[0] * size[1])
    return col2im(columns, (n, c * groups, *input_size), kernel, stride, padding, dilation, size)


def conv2d_dw(x, g, kernel_size, stride, padding, dilation, groups):
    """dw[o,c,u,v] = sum over n,i,j of g[n,o,i,j] * x[n,c,row,col]"""
    n, o, *size = g.shape
    columns = im2col(x, kernel_size, stride, padding, dilation, groups, size)
    dw = g.reshape(n, groups, o // groups, size[0] * size[1]) @ columns.swapaxes(-1, -2)
    return dw.sum(axis=0).reshape(o, x.shape[1] // groups, *kernel_size)
