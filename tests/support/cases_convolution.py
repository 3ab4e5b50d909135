"""The cases of convolution and its derivatives, of unfold and fold."""

from __future__ import annotations

import numpy as np
from case import ANYWHERE, case
from hypothesis import strategies as st

from tinygrad_edu.kernels import loops
from tinygrad_edu.testing import strategies as tgst


@st.composite
def geometries(draw):
    """Draw the sizes of a convolution, its output's shape, and its parameters with padding in any of its forms."""
    c = draw(tgst.conv2d_cases(max_side=5))
    form = draw(st.sampled_from(["pair", "pair", "sides", "same", "valid"]))
    params = dict(c.params)
    if form == "sides":
        params["padding"] = tuple((p, p + draw(st.integers(0, 2))) for p in c.padding)
    elif form == "same":
        params.update(padding="same", stride=1)
    elif form == "valid" and all(
        d * (k - 1) < n for n, k, d in zip(c.input_size, c.kernel_size, c.dilation, strict=True)
    ):
        params["padding"] = "valid"
    x = np.zeros((1, 1, *c.input_size))
    size = conv2d_reference(x, np.zeros((1, 1, *c.kernel_size)), None, **{**params, "groups": 1}).shape[2:]
    return c, (c.n, c.o, *size), params


def image(x, batched):
    """Return one image without its batch axis unless `batched`, or where there is not one."""
    return x if batched or len(x) != 1 else x[0]


def of_one_image_too(reference):
    """Let a reference for a batch take one image, by making it a batch of one."""

    def either(x, *args, **params):
        return reference(x, *args, **params) if x.ndim == 4 else reference(x[None], *args, **params)[0]

    return either


@st.composite
def convolutions(draw):
    c, _, params = draw(geometries())
    bias = draw(st.none() | tgst.arrays(shape=(c.o,), **ANYWHERE))
    return (
        image(draw(tgst.arrays(shape=c.x_shape, **ANYWHERE)), draw(st.booleans())),
        draw(tgst.arrays(shape=c.weight_shape, **ANYWHERE)),
        bias,
    ), params


@st.composite
def convolutions_dx(draw):
    c, y_shape, params = draw(geometries())
    return (
        image(draw(tgst.arrays(shape=y_shape, **ANYWHERE)), draw(st.booleans())),
        draw(tgst.arrays(shape=c.weight_shape, **ANYWHERE)),
    ), {"input_size": c.input_size, **params}


@st.composite
def convolutions_dw(draw):
    c, y_shape, params = draw(geometries())
    batched = draw(st.booleans())
    return (
        image(draw(tgst.arrays(shape=c.x_shape, **ANYWHERE)), batched),
        image(draw(tgst.arrays(shape=y_shape, **ANYWHERE)), batched),
    ), {"kernel_size": c.kernel_size, **params}


def around(padding, kernel, dilation):
    """Return ((top, bottom), (left, right)) of a padding in any form."""
    if padding == "same":
        return [((d * (k - 1)) // 2, (d * (k - 1) + 1) // 2) for k, d in zip(kernel, dilation, strict=True)]
    return [(0, 0)] * 2 if padding == "valid" else [p if isinstance(p, tuple) else (p, p) for p in padding]


def with_border(x, padding, kernel, dilation):
    """Return images with their padding around them."""
    (top, bottom), (left, right) = around(padding, kernel, dilation)
    y = np.zeros((*x.shape[:2], x.shape[2] + top + bottom, x.shape[3] + left + right), x.dtype)
    y[:, :, top : top + x.shape[2], left : left + x.shape[3]] = x
    return y


@of_one_image_too
def conv2d_reference(x, weight, bias, stride, padding, dilation, groups):
    x, stride = with_border(x, padding, weight.shape[2:], dilation), (1, 1) if stride == 1 else stride
    return loops.conv2d(x, weight, bias, stride, (0, 0), dilation, groups)


@of_one_image_too
def conv2d_dx_reference(g, weight, input_size, stride, padding, dilation, groups):
    (top, bottom), (left, right) = around(padding, weight.shape[2:], dilation)
    (h, w), stride = input_size, (1, 1) if stride == 1 else stride
    larger = loops.conv2d_dx(g, weight, (h + top + bottom, w + left + right), stride, (0, 0), dilation, groups)
    return larger[:, :, top : top + h, left : left + w]


def conv2d_dw_reference(x, g, kernel_size, stride, padding, dilation, groups):
    x, g = (a if a.ndim == 4 else a[None] for a in (x, g))
    x, stride = with_border(x, padding, kernel_size, dilation), (1, 1) if stride == 1 else stride
    return loops.conv2d_dw(x, g, kernel_size, stride, (0, 0), dilation, groups)


def torch_transpose(torch, function, of, g):
    """Return the transpose of a linear function applied to g, as PyTorch derives it; differentiable again."""
    start = torch.zeros(of, dtype=torch.float64, requires_grad=True)
    return torch.autograd.grad(function(start), start, g, create_graph=True)[0]


def torch_conv2d(torch, x, weight, bias=None, *, padding, **params):
    (top, bottom), (left, right) = around(padding, weight.shape[2:], params["dilation"])
    return torch.nn.functional.conv2d(torch.nn.functional.pad(x, (left, right, top, bottom)), weight, bias, **params)


case("conv2d", convolutions(), conv2d_reference, torch_conv2d, order=3)
case(
    "conv2d_dx",
    convolutions_dx(),
    conv2d_dx_reference,
    lambda torch, g, weight, input_size, groups, **params: torch_transpose(
        torch,
        lambda x: torch_conv2d(torch, x, weight, groups=groups, **params),
        (*g.shape[:-3], weight.shape[1] * groups, *input_size),
        g,
    ),
    order=3,
)
case(
    "conv2d_dw",
    convolutions_dw(),
    conv2d_dw_reference,
    lambda torch, x, g, kernel_size, groups, **params: torch_transpose(
        torch,
        lambda weight: torch_conv2d(torch, x, weight, groups=groups, **params),
        (g.shape[-3], x.shape[-3] // groups, *kernel_size),
        g,
    ),
    order=3,
)


@st.composite
def foldings(draw, back):
    c = draw(tgst.conv2d_cases(max_side=5))
    params = {name: getattr(c, name) for name in ("kernel_size", "dilation", "padding", "stride")}
    columns = c.n, c.c * c.kernel_size[0] * c.kernel_size[1], c.y_shape[2] * c.y_shape[3]
    x = draw(tgst.arrays(shape=columns if back else c.x_shape, **ANYWHERE))
    x = x[0] if len(x) == 1 and draw(st.booleans()) else x
    return (x,), {"output_size": c.input_size, **params} if back else params


def unfolded(x, kernel_size, dilation, padding, stride):
    """Multiply by one kernel for each channel and position, which is 1 there: its convolution is that row."""
    images = x if x.ndim == 4 else x[None]
    c, kh, kw = images.shape[1], *kernel_size
    picks = np.eye(c * kh * kw).reshape(-1, c, kh, kw)
    y = loops.conv2d(images, picks, None, stride, padding, dilation, 1)
    y = y.reshape(*y.shape[:2], y.shape[2] * y.shape[3])
    return y if x.ndim == 4 else y[0]


def folded(x, output_size, kernel_size, dilation, padding, stride):
    columns = x if x.ndim == 3 else x[None]
    (kh, kw), (h, w) = kernel_size, output_size
    c = columns.shape[1] // (kh * kw)
    seen = unfolded(np.arange(1.0, c * h * w + 1).reshape(c, h, w), kernel_size, dilation, padding, stride)
    y = np.zeros((len(columns), c * h * w + 1))  # what falls outside is added to number 0
    for n, r, k in np.ndindex(columns.shape):
        y[n, int(seen[r, k])] += columns[n, r, k]
    y = y[:, 1:].reshape(len(columns), c, h, w)
    return y if x.ndim == 3 else y[0]


case(
    "unfold",
    foldings(back=False),
    unfolded,
    lambda torch, x, **params: torch.nn.functional.unfold(x, **params),
    exact=True,
)
case(
    "fold",
    foldings(back=True),
    folded,
    lambda torch, x, **params: torch.nn.functional.fold(x, **params),
)
