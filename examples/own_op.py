"""An operation of your own: the forward, its rule, and the proof that the rule is right."""

import tinygrad_edu as tge


@tge.primitive
def silu(x):
    """y = x * sigmoid(x)"""
    return x * tge.sigmoid(x)


@silu.backward("x")
def silu_dx(g, y, x):
    """dL/dx = g * (s + y * (1 - s)), where s = sigmoid(x)"""
    s = tge.sigmoid(x)
    return g * (s + y * (1 - s))


print(tge.testing.check_gradients(silu, tge.randn(3, 4), order=2))
