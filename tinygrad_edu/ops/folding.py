"""Unfold lays an image's windows side by side as columns; fold adds columns to the pixels. Each is the other's rule.

They are the two halves of convolution: conv2d(x, weight) is one matrix product with the columns of unfold(x) (im2col),
and its gradient by x is one more, folded (col2im); see `kernels/convolution.py`.
"""

from __future__ import annotations

import numpy as np

from ..autograd.primitive import primitive
from ..kernels import active
from ..kernels.geometry import output_size, pair
from .convolution import check_fit
from .pooling import check_images


def _geometry(kernel_size, dilation, padding, stride):
    """Return kernel, stride, padding and dilation as pairs, in the order in which the kernels take them."""
    return (
        pair(kernel_size, "kernel_size"),
        pair(stride, "stride"),
        pair(padding, "padding", least=0),
        pair(dilation, "dilation"),
    )


@primitive
def unfold(x, *, kernel_size, dilation=1, padding=0, stride=1):
    """y[n, (c,u,v), (i,j)] = x[n, c, i*stride - padding + u*dilation, ...]: each window of x as a column

    Also called im2col. Outside the image x counts as 0.

    Args:
        x: images (n, c, h, w), or one of them (c, h, w).
        kernel_size: the window (kh, kw), an integer or a pair (vertical, horizontal), as are the next three.
        dilation: the distance between neighbouring pixels in a window.
        padding: rows and columns of zeros around the image.
        stride: how far the window moves.

    Returns: y (n, c * kh * kw, oh * ow): a row for each channel c and window position (u, v), in this order, a column
        for each place (i, j) of the window. oh = floor((h + 2 padding - dilation (kh - 1) - 1) / stride) + 1.

    Raises:
        ValueError: x that is no image, or a window larger than the padded image.

    >>> import tinygrad_edu as tge
    >>> tge.unfold(tge.arange(9).reshape(1, 1, 3, 3), 2).data
    array([[[0, 1, 3, 4], [1, 2, 4, 5], [3, 4, 6, 7], [4, 5, 7, 8]]])
    """
    kernel_size, *geometry = _geometry(kernel_size, dilation, padding, stride)
    check_images("unfold", x)
    check_fit("unfold", x.shape[-2:], kernel_size, *geometry)
    y = active.kernels.unfold(x if x.ndim == 4 else x[None], kernel_size, *geometry)
    return y if x.ndim == 4 else y[0]


@unfold.backward("x")
def unfold_dx(g, y, x, *, kernel_size, dilation, padding, stride):
    """dL/dx = fold(g): every element of g added to the pixel it was copied from

    y[n,(c,u,v),(i,j)] is the one pixel x[n,c,row,col], of slope 1, or the constant 0 outside the image. So x[n,c,row,
    col] receives the sum of the g of all windows and positions that see it: <g, unfold(x)> = <fold(g), x>.
    """
    return fold(g, x.shape[-2:], kernel_size, dilation, padding, stride)


@primitive
def fold(x, *, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """y[n,c,row,col] = sum of x[n, (c,u,v), (i,j)] over all u,v,i,j for which the window at (i, j) sees (row, col)

    Also called col2im. Columns that `unfold` made of an image come back as the image times the number of windows that
    see each pixel: fold(unfold(x)) = fold(unfold(ones)) * x.

    Args:
        x: columns (n, c * kh * kw, oh * ow), or those of one image, without n.
        output_size: of the images, (h, w): a stride that does not tile them leaves it open.
        kernel_size, dilation, padding, stride: as in `unfold`.

    Returns: y (n, c, h, w), or (c, h, w).

    Raises:
        ValueError: columns that no images of this size have.

    >>> import tinygrad_edu as tge
    >>> tge.fold(tge.ones(1, 4, 4), 3, 2).data
    array([[[[1., 2., 1.], [2., 4., 2.], [1., 2., 1.]]]], dtype=float32)
    """
    size, (kernel, *geometry) = pair(output_size, "output_size"), _geometry(kernel_size, dilation, padding, stride)
    check_fit("fold", size, kernel, *geometry)
    _check_columns(x, size, kernel, geometry)
    y = active.kernels.fold(x if x.ndim == 3 else x[None], size, kernel, *geometry)
    return y if x.ndim == 3 else y[0]


@fold.backward("x")
def fold_dx(g, y, x, *, output_size, kernel_size, dilation, padding, stride):
    """dL/dx = unfold(g): every element of x receives the g of the pixel that it was added to

    y is linear in x and the adjoint of unfold, so its rule is the adjoint of that: unfold itself. What fell outside the
    image was added nowhere, and receives 0.
    """
    return unfold(g, kernel_size, dilation, padding, stride)


def _check_columns(x, size, kernel, geometry):
    """Raise unless x has as many rows and columns as images of this size unfold to."""
    shape, taps = np.shape(x), kernel[0] * kernel[1]
    count = int(np.prod(output_size(size, kernel, *geometry)))
    if len(shape) not in (2, 3) or shape[-2] % taps or shape[-1] != count:
        raise ValueError(
            f"fold: images of {size} under windows of {kernel} are columns (n, c * {taps}, {count}), "
            f"not of shape {shape}"
        )
