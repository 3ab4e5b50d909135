"""The kernels that are in use unless something else is asked for."""

from .convolution import conv2d, conv2d_dw, conv2d_dx
from .pooling import avg_pool2d, avg_pool2d_dx, max_pool2d, max_pool2d_gather, max_pool2d_scatter
from .products import matmul

__all__ = [
    "avg_pool2d",
    "avg_pool2d_dx",
    "conv2d",
    "conv2d_dw",
    "conv2d_dx",
    "matmul",
    "max_pool2d",
    "max_pool2d_gather",
    "max_pool2d_scatter",
]
