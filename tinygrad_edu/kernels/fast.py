"""The kernels that are in use unless something else is asked for."""

from .convolution import conv2d, conv2d_dw, conv2d_dx, fold, unfold
from .cumulative import cumprod, cumsum, recurrence
from .einsum import einsum
from .elementwise import gate, relu
from .error_function import erf, erfc
from .matmul import linear, matmul
from .pooling import avg_pool2d, avg_pool2d_dx, max_pool2d, max_pool2d_gather, max_pool2d_scatter
from .reductions import mean, sum
from .resampling import resample
from .rows import add_rows

__all__ = [
    "add_rows",
    "avg_pool2d",
    "avg_pool2d_dx",
    "conv2d",
    "conv2d_dw",
    "conv2d_dx",
    "cumprod",
    "cumsum",
    "einsum",
    "erf",
    "erfc",
    "fold",
    "gate",
    "linear",
    "matmul",
    "max_pool2d",
    "max_pool2d_gather",
    "max_pool2d_scatter",
    "mean",
    "recurrence",
    "relu",
    "resample",
    "sum",
    "unfold",
]
