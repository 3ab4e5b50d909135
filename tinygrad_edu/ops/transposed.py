"""The transposed convolution: what is conv2d's rule for its images, used forward to make images larger."""

from __future__ import annotations

import numpy as np

from ..kernels.geometry import output_size, pair
from .composite import composite
from .convolution import check_bias, check_groups, conv2d_dx
from .padding import pad
from .shape import reshape


@composite
def conv_transpose2d(x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
    """Return y[n,o,row,col] = bias[o] + sum over c,i,j,u,v with that row and col of x[n,c,i,j] * weight[c,o,u,v]

    where row = i*stride - padding + u*dilation, and col likewise: each x[n,c,i,j] paints the kernel, times its value,
    where conv2d would have looked for it. It is the adjoint of conv2d with the same weight, `conv2d_dx`, which also has
    its rules; it undoes conv2d's change of shape, not its values.

    Args:
        x: images (n, c, h, w), or one of them (c, h, w).
        weight: kernels (c, o / groups, kh, kw).
        bias: None, or one number for each output channel (o,).
        stride: how far apart neighbouring pixels paint; an integer or a pair (vertical, horizontal), as are the next
            two and the last.
        padding: rows and columns cut off around the result.
        output_padding: rows and columns added below and to the right, fewer than the stride or the dilation: conv2d
            with a stride s makes the same of s sizes, and this says which one is wanted.
        groups: the channels are split into this many groups that do not see each other.
        dilation: the distance between the pixels that neighbouring kernel elements paint.

    Returns: y (n, o, oh, ow), or (o, oh, ow); oh = (h - 1) stride - 2 padding + dilation (kh - 1) + output_padding + 1.

    Raises:
        ValueError: shapes that do not fit, or a result without pixels.

    Zeiler et al., "Deconvolutional networks" (2010); Dumoulin and Visin, "A guide to convolution arithmetic" (2016).

    >>> import tinygrad_edu as tge
    >>> tge.conv_transpose2d(tge.tensor([[[[1.0, 2.0]]]]), tge.tensor([[[[1.0, 10.0, 100.0]]]]), stride=2).data
    array([[[[  1.,  10., 102.,  20., 200.]]]], dtype=float32)
    """
    x, weight = (v if hasattr(v, "ndim") else np.asarray(v) for v in (x, weight))
    stride, dilation = pair(stride, "stride"), pair(dilation, "dilation")
    padding, more = pair(padding, "padding", least=0), pair(output_padding, "output_padding", least=0)
    _check(x, weight, bias, groups, stride, dilation, more)
    kernel = weight.shape[2:]
    size = tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + m + 1
        for n, s, p, d, k, m in zip(x.shape[-2:], stride, padding, dilation, kernel, more, strict=True)
    )
    if min(size) < 1:
        raise ValueError(
            f"conv_transpose2d: images of {x.shape[-2:]} and kernels of {kernel} with padding {padding} give {size}"
        )
    # With an output padding of a whole stride or more conv2d would see further positions, at which x has nothing.
    rows, columns = (
        a - b for a, b in zip(output_size(size, kernel, stride, padding, dilation), x.shape[-2:], strict=True)
    )
    x = pad(x, (*((0, 0),) * (x.ndim - 2), (0, rows), (0, columns))) if rows or columns else x
    y = conv2d_dx(x, weight, size, stride, padding, dilation, groups)
    return y if bias is None else y + reshape(bias, (-1, 1, 1))


def _check(x, weight, bias, groups, stride, dilation, more):
    """Raise at the user's call where shapes do not fit, naming them and what would."""
    op = "conv_transpose2d"
    if x.ndim not in (3, 4) or weight.ndim != 4 or 0 in weight.shape[1:]:
        raise ValueError(
            f"{op} needs images (n, c, h, w) and weight (c, o / groups, kh, kw), not {x.shape} and {weight.shape}"
        )
    check_groups(op, groups, x.shape[-3], weight.shape[1] * groups)
    if weight.shape[0] != x.shape[-3]:
        raise ValueError(
            f"{op}: images of shape {x.shape} have {x.shape[-3]} channels, but the weight of shape {weight.shape} fits "
            f"{weight.shape[0]}: (c, o / groups, kh, kw)"
        )
    check_bias(op, bias, weight.shape[1] * groups)
    if any(m >= max(s, d) for m, s, d in zip(more, stride, dilation, strict=True)):
        raise ValueError(
            f"{op}: output_padding {more} must be smaller than the stride {stride} or the dilation {dilation}"
        )
