"""The activations: the bends between the layers of a network, without which they would all be one linear layer."""

from __future__ import annotations

import math

import numpy as np

from ..autograd.primitive import primitive
from ..kernels import active
from .choice import gate, where
from .composite import composite
from .elementwise import erfc, exp, tanh


@primitive
def sigmoid(x):
    """y = 1 / (1 + e^-x)

    Computed from e^-|x|, which cannot overflow: for x < 0 it is e^x / (1 + e^x), the same number.
    """
    x = np.asarray(x)
    x = x if x.dtype.kind == "f" else x.astype(np.float32)  # the negative of an unsigned integer is none
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


@sigmoid.backward("x")
def sigmoid_dx(g, y, x):
    """dL/dx = g * y * (1 - y)

    y = 1 / d with d = 1 + e^-x and dd/dx = -e^-x = 1 - d. So dy/dx = -(1 - d) / d^2 = (1 - 1/d) * 1/d = (1 - y) * y.
    """
    return g * y * (1 - y)


@primitive(gate=lambda x: x > 0)
def relu(x):
    """y = max(x, 0)

    >>> import tinygrad_edu as tge
    >>> tge.relu(tge.tensor([-1.0, 2.0])).data
    array([0., 2.], dtype=float32)
    """
    return active.kernels.relu(x)


@relu.backward("x")
def relu_dx(g, y, x):
    """dL/dx = g * [x > 0]

    y = x for x > 0, of slope 1, and y = 0 for x < 0, of slope 0: the gradient passes exactly where the value passed. At
    the kink x = 0 every slope from 0 to 1 would do (they are the subgradients); it is 0.
    """
    return gate(g, x > 0)


@primitive
def leaky_relu(x, *, negative_slope=0.01):
    """y = x where x > 0, else negative_slope * x

    `negative_slope` is one number. For a slope that is trained, or one per channel, write where(x > 0, x, slope * x).
    """
    if type(negative_slope) is not float and np.ndim(negative_slope):
        raise TypeError(
            f"leaky_relu: negative_slope is one number, not {negative_slope!r}; "
            "for several slopes write where(x > 0, x, slope * x)"
        )
    return np.where(np.asarray(x) > 0, x, negative_slope * x if negative_slope else 0.0)


@leaky_relu.backward("x")
def leaky_relu_dx(g, y, x, *, negative_slope):
    """dL/dx = g where x > 0, else negative_slope * g  (so at the kink x = 0: negative_slope * g)

    Two lines through 0: of slope 1 on the right, of slope negative_slope on the left.
    """
    return where(x > 0, g, negative_slope * g if negative_slope else 0.0)


@primitive
def elu(x, *, alpha=1.0):
    """y = x where x > 0, else alpha * (e^x - 1)

    Bends smoothly (for alpha = 1) to -alpha, so that the mean of y can be near 0. Clevert, Unterthiner and Hochreiter,
    "Fast and accurate deep network learning by exponential linear units" (2016).

    >>> import tinygrad_edu as tge
    >>> tge.elu(tge.tensor([-1.0, 2.0])).data.round(3)
    array([-0.632,  2.   ], dtype=float32)
    """
    x = np.asarray(x)
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


@elu.backward("x")
def elu_dx(g, y, x, *, alpha):
    """dL/dx = g where x > 0, else g * alpha * e^x  (so at the kink x = 0: g * alpha)

    On the right a line of slope 1; on the left alpha * (e^x - 1), of slope alpha * e^x. (Where x > 0 the exponential is
    that of 0, for e^x may be infinite there.)
    """
    return where(x > 0, g, g * alpha * exp(where(x > 0, 0.0, x)))


@composite
def selu(x):
    """Return scale * elu(x, alpha), with the two numbers for which layers keep mean 0 and variance 1.

    Klambauer, Unterthiner, Mayr and Hochreiter, "Self-normalizing neural networks" (2017).

    >>> import tinygrad_edu as tge
    >>> tge.selu(tge.tensor([-1.0, 1.0])).data.round(4)
    array([-1.1113,  1.0507], dtype=float32)
    """
    return 1.0507009873554804934193349852946 * elu(x, 1.6732632423543772848170429916717)


@primitive(gate=lambda x, *, min_val, max_val: (x > min_val) & (x < max_val))
def hardtanh(x, *, min_val=-1.0, max_val=1.0):
    """y = min(max(x, min_val), max_val): tanh made of three lines

    `clip` with two numbers, but for the kinks: there the gradient is 0, as relu's is, and as in PyTorch.

    >>> import tinygrad_edu as tge
    >>> tge.hardtanh(tge.tensor([-3.0, 0.5, 3.0])).data
    array([-1. ,  0.5,  1. ], dtype=float32)
    """
    if not min_val < max_val:
        raise ValueError(f"hardtanh: min_val={min_val} must be less than max_val={max_val}")
    return np.clip(x, min_val, max_val)


@hardtanh.backward("x")
def hardtanh_dx(g, y, x, *, min_val, max_val):
    """dL/dx = g * [min_val < x < max_val]

    y = x between the bounds, of slope 1; outside them y is the bound, of slope 0, which is taken at the bounds too.
    """
    return gate(g, (x > min_val) * (x < max_val))


@composite
def relu6(x):
    """Return min(max(x, 0), 6): a relu that cannot grow large, `hardtanh(x, 0, 6)`.

    Krizhevsky, "Convolutional deep belief networks on CIFAR-10" (2010).

    >>> import tinygrad_edu as tge
    >>> tge.relu6(tge.tensor([-1.0, 2.0, 9.0])).data
    array([0., 2., 6.], dtype=float32)
    """
    return hardtanh(x, 0.0, 6.0)


@primitive
def softplus(x, *, beta=1.0, threshold=20.0):
    """y = log(1 + e^(beta x)) / beta, a smooth relu; x itself where beta x > threshold

    For a large x the two are one number: at 20 they differ by 2e-9. `threshold=math.inf` never takes the short cut.
    Dugas et al., "Incorporating second-order functional knowledge for better option pricing" (2001).

    >>> import tinygrad_edu as tge
    >>> tge.softplus(tge.tensor([-1.0, 0.0, 50.0])).data.round(4)
    array([ 0.3133,  0.6931, 50.    ], dtype=float32)
    """
    if not beta > 0:
        raise ValueError(f"softplus: beta is a number above 0, not {beta!r}")
    x = np.asarray(x)
    x = x if x.dtype.kind == "f" else x.astype(np.float32)
    y = np.logaddexp(0, beta * x) / beta
    return y if threshold == math.inf else np.where(beta * x > threshold, x, y)


@softplus.backward("x")
def softplus_dx(g, y, x, *, beta, threshold):
    """dL/dx = g * sigmoid(beta x); g where beta x > threshold

    With u = e^(beta x), y = log(1 + u) / beta and du/dx = beta u, so dy/dx = u / (1 + u) = 1 / (1 + 1/u), which is the
    sigmoid of beta x.
    """
    slope = sigmoid(x if beta == 1 else beta * x)
    return g * slope if threshold == math.inf else where(beta * x > threshold, g, g * slope)


@composite
def logsigmoid(x):
    """Return log(sigmoid(x)) = -log(1 + e^-x), also where the sigmoid rounds to 0: `-softplus(-x)`.

    >>> import tinygrad_edu as tge
    >>> tge.logsigmoid(tge.tensor([-200.0, 0.0])).data.round(4)
    array([-200.    ,   -0.6931], dtype=float32)
    """
    return -softplus(-x, threshold=math.inf)


@composite
def silu(x):
    """Return x * sigmoid(x), also known as swish: a relu that is smooth, and dips below 0 before it.

    Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units for neural network function approximation in reinforcement
    learning" (2018).

    >>> import tinygrad_edu as tge
    >>> tge.silu(tge.tensor([-1.0, 0.0, 1.0])).data.round(4)
    array([-0.2689,  0.    ,  0.7311], dtype=float32)
    """
    return x * sigmoid(x)


@composite
def mish(x):
    """Return x * tanh(softplus(x)): like silu, with a gate that opens a little sooner.

    Misra, "Mish: a self regularized non-monotonic activation function" (2019).

    >>> import tinygrad_edu as tge
    >>> tge.mish(tge.tensor([-1.0, 0.0, 1.0])).data.round(4)
    array([-0.3034,  0.    ,  0.8651], dtype=float32)
    """
    return x * tanh(softplus(x))


@composite
def gelu(x, approximate="none"):
    """Return x * P(a standard normal number is below x): each x counts by how many it exceeds.

    That share is erfc(-x / sqrt(2)) / 2. With approximate="tanh" it is (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3))) / 2,
    which is off by less than 0.0005. Hendrycks and Gimpel, "Gaussian error linear units" (2016).

    Args:
        x: any shape.
        approximate: "none" or "tanh".

    Raises:
        ValueError: another `approximate`.

    >>> import tinygrad_edu as tge
    >>> tge.gelu(tge.tensor([-1.0, 0.0, 1.0])).data.round(4)
    array([-0.1587,  0.    ,  0.8413], dtype=float32)
    """
    if approximate == "none":
        return x * (erfc(x * -math.sqrt(0.5)) / 2)
    if approximate == "tanh":
        return x * ((1 + tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2)
    raise ValueError(f'gelu: approximate must be "none" or "tanh", not {approximate!r}')
