"""The rulebook: every operation with its meaning, its derivation, and its rules, a few to each file."""

from . import methods as _methods  # noqa: F401  (gives Tensor its operators and methods)
from .arithmetic import add, divide, multiply, negative, power, subtract
from .convolution import conv2d, conv2d_dw, conv2d_dx
from .elementwise import (
    abs,
    astype,
    clip,
    exp,
    leaky_relu,
    log,
    maximum,
    minimum,
    relu,
    sigmoid,
    sign,
    sqrt,
    tanh,
    where,
)
from .indexing import getitem, scatter_add
from .linear import linear, matmul
from .loss import cross_entropy, nll_loss
from .pooling import avg_pool2d, avg_pool2d_dx, max_pool2d, max_pool2d_gather, max_pool2d_scatter
from .reduction import logsumexp, max, mean, min, sum
from .regularization import dropout
from .shape import (
    broadcast_to,
    concatenate,
    expand_dims,
    flatten,
    flip,
    pad,
    reshape,
    squeeze,
    stack,
    sum_to,
    swapaxes,
    transpose,
)
from .softmax import log_softmax, softmax

__all__ = [
    "abs",
    "add",
    "astype",
    "avg_pool2d",
    "avg_pool2d_dx",
    "broadcast_to",
    "clip",
    "concatenate",
    "conv2d",
    "conv2d_dw",
    "conv2d_dx",
    "cross_entropy",
    "divide",
    "dropout",
    "exp",
    "expand_dims",
    "flatten",
    "flip",
    "getitem",
    "leaky_relu",
    "linear",
    "log",
    "log_softmax",
    "logsumexp",
    "matmul",
    "max",
    "max_pool2d",
    "max_pool2d_gather",
    "max_pool2d_scatter",
    "maximum",
    "mean",
    "min",
    "minimum",
    "multiply",
    "negative",
    "nll_loss",
    "pad",
    "power",
    "relu",
    "reshape",
    "scatter_add",
    "sigmoid",
    "sign",
    "softmax",
    "sqrt",
    "squeeze",
    "stack",
    "subtract",
    "sum",
    "sum_to",
    "swapaxes",
    "tanh",
    "transpose",
    "where",
]
