"""The cases of pooling."""

from __future__ import annotations

import itertools

import numpy as np
from case import ANYWHERE, case
from cases_convolution import image, torch_transpose
from hypothesis import strategies as st

from tinygrad_edu.testing import strategies as tgst


@st.composite
def poolings(draw):
    p, batched = draw(tgst.pool2d_cases(max_side=5, dilated=True)), draw(st.booleans())
    return (image(draw(tgst.arrays(shape=p.x_shape, distinct=True, **ANYWHERE)), batched),), p.max_params


def averaged(draw, p):
    counted = {"count_include_pad": draw(st.booleans()), "divisor_override": draw(st.sampled_from([None, 3]))}
    return {**p.params, **counted}


@st.composite
def averages(draw):
    p, batched = draw(tgst.pool2d_cases(max_side=5)), draw(st.booleans())
    return (image(draw(tgst.arrays(shape=p.x_shape, **ANYWHERE)), batched),), averaged(draw, p)


@st.composite
def averages_back(draw):
    p, batched = draw(tgst.pool2d_cases(max_side=5)), draw(st.booleans())
    g = image(draw(tgst.arrays(shape=p.y_shape, **ANYWHERE)), batched)
    return (g,), {"input_size": p.input_size, **averaged(draw, p)}


@st.composite
def selections(draw, gather):
    p, batched = draw(tgst.pool2d_cases(max_side=5, dilated=True)), draw(st.booleans())
    moved = draw(tgst.arrays(shape=p.x_shape if gather else p.y_shape, **ANYWHERE))
    x = draw(tgst.arrays(shape=p.x_shape, distinct=True, **ANYWHERE))
    return (image(moved, batched), image(x, batched)), p.max_params


def windows(x, kernel_size, stride, padding, ceil_mode, dilation=(1, 1)):
    """Yield (i, j), and of the window there the rows and columns that lie in the image and in the padded image."""
    stride, size = stride or kernel_size, x.shape[-2:]
    starts = []
    for n, k, s, p, d in zip(size, kernel_size, stride, padding, dilation, strict=True):
        own = list(range(-p, n + p - d * (k - 1), s))
        if ceil_mode and own[-1] + d * (k - 1) + 1 < n + p and own[-1] + s < n:
            own.append(own[-1] + s)  # the last one reaches over the edge
        starts.append(own)
    for (i, top), (j, left) in itertools.product(*map(enumerate, starts)):
        seen = [[a + u * d for u in range(k)] for a, k, d in zip((top, left), kernel_size, dilation, strict=True)]
        inside = [[a for a in at if 0 <= a < n] for at, n in zip(seen, size, strict=True)]
        counted = [sum(a < n + p for a in at) for at, n, p in zip(seen, size, padding, strict=True)]
        yield (i, j), inside, counted[0] * counted[1]


def pool_size(x, **geometry):
    return tuple(n + 1 for n in list(windows(x, **geometry))[-1][0])


def winner(x, inside):
    """Return of a window in one channel where the largest pixel is."""
    return max(itertools.product(*inside), key=lambda at: x[at])


def max_pool_reference(x, **geometry):
    return gather_reference(x, x, **geometry)


def gather_reference(u, x, **geometry):
    y = np.zeros((*x.shape[:-2], *pool_size(x, **geometry)))
    for plane in np.ndindex(x.shape[:-2]):
        for at, inside, _ in windows(x, **geometry):
            y[(*plane, *at)] = u[plane][winner(x[plane], inside)]
    return y


def scatter_reference(g, x, **geometry):
    y = np.zeros(x.shape)
    for plane in np.ndindex(x.shape[:-2]):
        for at, inside, _ in windows(x, **geometry):
            y[plane][winner(x[plane], inside)] += g[(*plane, *at)]
    return y


def divisor(inside, padded, kernel_size, count_include_pad, divisor_override):
    return divisor_override or (padded if count_include_pad else len(inside[0]) * len(inside[1]))


def avg_pool_reference(x, count_include_pad, divisor_override, **geometry):
    y = np.zeros((*x.shape[:-2], *pool_size(x, **geometry)))
    for (i, j), inside, padded in windows(x, **geometry):
        by = divisor(inside, padded, geometry["kernel_size"], count_include_pad, divisor_override)
        y[..., i, j] = x[..., np.array(inside[0])[:, None], inside[1]].sum(axis=(-1, -2)) / by
    return y


def avg_pool_dx_reference(g, input_size, count_include_pad, divisor_override, **geometry):
    y = np.zeros((*g.shape[:-2], *input_size))
    for (i, j), inside, padded in windows(y, **geometry):
        by = divisor(inside, padded, geometry["kernel_size"], count_include_pad, divisor_override)
        y[..., np.array(inside[0])[:, None], inside[1]] += g[..., i, j, None, None] / by
    return y


def torch_selected(torch, x, **params):
    return torch.nn.functional.max_pool2d(x, return_indices=True, **params)[1].flatten(-2)


def torch_scatter(torch, g, x, **params):
    flat = torch.zeros_like(x.detach()).flatten(-2)
    return flat.scatter_add(-1, torch_selected(torch, x, **params), g.flatten(-2)).reshape(x.shape)


def torch_gather(torch, u, x, **params):
    y = torch.nn.functional.max_pool2d(x, **params)
    return u.flatten(-2).gather(-1, torch_selected(torch, x, **params)).reshape(y.shape)


case(
    "max_pool2d",
    poolings(),
    max_pool_reference,
    lambda torch, x, **params: torch.nn.functional.max_pool2d(x, **params),
    exact=True,
)
case("max_pool2d_scatter", selections(gather=False), scatter_reference, torch_scatter)
case("max_pool2d_gather", selections(gather=True), gather_reference, torch_gather, exact=True)
case(
    "avg_pool2d",
    averages(),
    avg_pool_reference,
    lambda torch, x, **params: torch.nn.functional.avg_pool2d(x, **params),
)
case(
    "avg_pool2d_dx",
    averages_back(),
    avg_pool_dx_reference,
    lambda torch, g, input_size, **params: torch_transpose(
        torch,
        lambda x: torch.nn.functional.avg_pool2d(x, **params),
        (*g.shape[:-2], *input_size),
        g,
    ),
)
