"""The cases of the activations."""

from __future__ import annotations

import numpy as np
from case import case, kinked, smooth
from hypothesis import strategies as st

from tinygrad_edu.testing import strategies as tgst


def with_one_of(**values):
    """Draw an array, and for each parameter one of its values."""
    return st.tuples(
        st.tuples(tgst.arrays()), st.fixed_dictionaries({k: st.sampled_from(v) for k, v in values.items()})
    )


case("sigmoid", smooth, lambda x: 1 / (1 + np.exp(-x)), lambda torch, x: x.sigmoid())
case("relu", kinked, lambda x: x * (x > 0), lambda torch, x: x.relu())
case(
    "leaky_relu",
    with_one_of(negative_slope=[0.01, 0.0, 0.5]),
    lambda x, negative_slope: np.maximum(x, 0) + negative_slope * np.minimum(x, 0),
    lambda torch, x, negative_slope: torch.nn.functional.leaky_relu(x, negative_slope),
)
case(
    "elu",
    with_one_of(alpha=[1.0, 0.5, 2.0]),
    lambda x, alpha: (x > 0) * x + (x < 0) * alpha * (np.exp(x) - 1),
    lambda torch, x, alpha: torch.nn.functional.elu(x, alpha),
)
case(
    "hardtanh",
    with_one_of(min_val=[-1.125, -0.375], max_val=[0.625, 1.125]),
    lambda x, min_val, max_val: np.sort([np.full(x.shape, min_val), x, np.full(x.shape, max_val)], axis=0)[1],
    lambda torch, x, min_val, max_val: torch.nn.functional.hardtanh(x, min_val, max_val),
    exact=True,
)
case(
    "softplus",
    with_one_of(beta=[1.0, 0.5, 2.0], threshold=[20.0, 1.1, np.inf]),
    lambda x, beta, threshold: np.where(beta * x > threshold, x, np.log1p(np.exp(beta * x)) / beta),
    lambda torch, x, beta, threshold: torch.nn.functional.softplus(x, beta, min(threshold, 1e300)),
    order=3,
)
