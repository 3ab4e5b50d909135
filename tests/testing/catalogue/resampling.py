"""Wrong rules of interpolation."""

from wrong import wrong

import tinygrad_edu as tge
from tinygrad_edu import interpolate_dx

interpolate = tge.primitives()["interpolate"]


@wrong(interpolate, "x", "parameter ignored", "sum")
def interpolate_as_if_corners_were_not_aligned(g, y, x, *, size, factors, mode, align_corners, antialias):
    return interpolate_dx(g, x.shape[2:], factors, mode, False, antialias)


@wrong(interpolate, "x", "sign")
def interpolate_with_minus(g, y, x, *, size, **settings):
    return -interpolate_dx(g, x.shape[2:], **settings)


@wrong(interpolate, "x", "shape")
def interpolate_gives_g(g, y, x, *, size, **settings):
    return g


@wrong(interpolate, "x", "no upstream")
def interpolate_forgets_g(g, y, x, *, size, **settings):
    return interpolate_dx(g * 0.0 + 1.0, x.shape[2:], **settings)
