"""One case for every primitive: inputs to draw, what the forward should give, and the same thing in PyTorch.

`examples` draws (arrays, parameters), arrays in float64 and away from kinks. `reference(*arrays, **parameters)` is
NumPy, written differently from the primitive where that is possible, or the loops that define it. `torch` is given
the torch module, torch tensors and the parameters. `order` is how many derivatives are checked.
"""

from __future__ import annotations

import numpy as np
from case import ANYWHERE, CASES, POSITIVE, Case, broadcasting, case, kinked, no_params, offset, positive, smooth
from hypothesis import strategies as st

from tinygrad_edu.kernels import loops
from tinygrad_edu.testing import strategies as tgst

__all__ = ["ANYWHERE", "CASES", "Case", "case"]

# -- arithmetic --------------------------------------------------------------------------------------------

case("add", broadcasting(ANYWHERE, ANYWHERE), lambda a, b: a + b, lambda torch, a, b: a + b, exact=True)
case("subtract", broadcasting(ANYWHERE, ANYWHERE), lambda a, b: a - b, lambda torch, a, b: a - b, exact=True)
case("multiply", broadcasting(ANYWHERE, ANYWHERE), lambda a, b: a * b, lambda torch, a, b: a * b, order=3, exact=True)
case("divide", broadcasting(ANYWHERE, {}), lambda a, b: a * b**-1.0, lambda torch, a, b: a / b)
case("negative", no_params(tgst.arrays(**ANYWHERE)), lambda x: 0 - x, lambda torch, x: -x, exact=True)
case(
    "power",
    broadcasting(POSITIVE, ANYWHERE),
    lambda a, b: np.exp(b * np.log(a)),
    lambda torch, a, b: a**b,
)


@st.composite
def never_divisible(draw):
    """Draw a / b that is never a whole number, where quotient and remainder jump."""
    shapes = draw(tgst.broadcastable_shapes(2))
    b = draw(st.integers(0, 2**32).map(lambda s: np.random.default_rng(s).choice([-2, -1, -0.5, 0.5, 1, 2], shapes[1])))
    return (draw(offset(tgst.arrays(shape=shapes[0], **ANYWHERE))), np.asarray(b)), {}


case(
    "floor_divide",
    never_divisible(),
    lambda a, b: np.floor(a / b),
    lambda torch, a, b: torch.floor(a / b),
    exact=True,
)
case("remainder", never_divisible(), lambda a, b: a - b * np.floor(a / b), lambda torch, a, b: a % b)

case(
    "round",
    st.tuples(st.tuples(offset(tgst.arrays(**ANYWHERE))), st.sampled_from([{}, {"decimals": 1}, {"decimals": -1}])),
    lambda x, decimals=0: np.floor(x * 10.0**decimals + 0.5) / 10.0**decimals,
    lambda torch, x, decimals=0: torch.round(x, decimals=decimals),
)

# -- elementwise -------------------------------------------------------------------------------------------

case("exp", smooth, lambda x: np.e**x, lambda torch, x: x.exp(), order=3)
case("log", positive, lambda x: np.log2(x) * np.log(2), lambda torch, x: x.log())
case("sqrt", positive, lambda x: x**0.5, lambda torch, x: x.sqrt())
case("sign", kinked, lambda x: x / abs(x), lambda torch, x: x.sign())
case("abs", kinked, lambda x: np.where(x < 0, -x, x), lambda torch, x: x.abs(), exact=True)
case("square", smooth, lambda x: x * x, lambda torch, x: x.square(), order=3, exact=True)
case("sin", smooth, lambda x: np.exp(1j * x).imag, lambda torch, x: x.sin(), order=3)
case("cos", smooth, lambda x: np.exp(1j * x).real, lambda torch, x: x.cos(), order=3)
case("erf", smooth, loops.erf, lambda torch, x: x.erf(), order=3)
case("erfc", smooth, loops.erfc, lambda torch, x: x.erfc(), order=3)
case("tanh", smooth, lambda x: np.sinh(x) / np.cosh(x), lambda torch, x: x.tanh())


@st.composite
def choices(draw):
    shapes = draw(tgst.broadcastable_shapes(3))
    condition = draw(st.integers(0, 2**32).map(lambda s: np.random.default_rng(s).random(shapes[0]) < 0.5))
    return (np.asarray(condition), *(draw(tgst.arrays(shape=s, **ANYWHERE)) for s in shapes[1:])), {}


case(
    "where",
    choices(),
    lambda condition, a, b: condition * a + (1 - condition) * b,
    lambda torch, condition, a, b: torch.where(condition, a, b),
)


@st.composite
def never_equal(draw):
    a, b = draw(tgst.broadcastable_shapes(2))
    return (draw(tgst.arrays(shape=a, **ANYWHERE)), draw(offset(tgst.arrays(shape=b, **ANYWHERE)))), {}


case("maximum", never_equal(), lambda a, b: np.where(a > b, a, b), lambda torch, a, b: torch.maximum(a, b), exact=True)
case("minimum", never_equal(), lambda a, b: np.where(a < b, a, b), lambda torch, a, b: torch.minimum(a, b), exact=True)
case(
    "clip",
    st.tuples(
        st.tuples(tgst.arrays(**ANYWHERE)),
        st.sampled_from(
            [{"low": -0.625, "high": 0.625}, {"low": -0.125}, {"high": 1.125}, {"low": None, "high": None}]
        ),
    ),
    lambda x, low=None, high=None: np.minimum(
        np.maximum(x, -np.inf if low is None else low), np.inf if high is None else high
    ),
    lambda torch, x, low=None, high=None: x.clamp(-np.inf if low is None else low, np.inf if high is None else high),
    exact=True,
)
case(
    "astype",
    st.tuples(st.tuples(tgst.arrays(**ANYWHERE)), st.just({"dtype": np.dtype(np.float64)})),
    lambda x, dtype: np.array(x, dtype=dtype),
    lambda torch, x, dtype: x.to(torch.float64),
    exact=True,
)

# -- reductions --------------------------------------------------------------------------------------------


@st.composite
def reductions(draw, distinct=False, min_side=0):
    x = draw(tgst.arrays(shape=tgst.shapes(min_side=min_side), distinct=distinct, **ANYWHERE))
    return (x,), {"axis": draw(tgst.axes(x.ndim)), "keepdims": draw(st.booleans())}


def each_slice(reduce):
    """Turn a reduction of a vector into one over axes, one output element at a time."""

    def reference(x, axis, keepdims):
        every = range(x.ndim)
        axes = tuple(every) if axis is None else tuple(a % x.ndim for a in np.atleast_1d(axis).astype(int))
        kept = [a for a in every if a not in axes]
        rows = x.transpose((*kept, *axes)).reshape(*(x.shape[a] for a in kept), -1) if x.size else None
        shape = tuple(x.shape[a] for a in kept)
        y = np.empty(shape)
        for position in np.ndindex(shape):
            y[position] = reduce(rows[position] if rows is not None else np.zeros(0))
        return y.reshape([1 if a in axes else n for a, n in enumerate(x.shape)]) if keepdims else y

    return reference


def torch_axes(x, axis):
    return tuple(range(x.ndim)) if axis is None else tuple(int(a) for a in np.atleast_1d(axis))


def torch_reduction(reduce):
    def run(torch, x, axis, keepdims):
        axes = torch_axes(x, axis)
        return x * 1 if not axes else reduce(torch)(x, dim=axes, keepdim=keepdims)

    return run


case("sum", reductions(), each_slice(lambda v: np.dot(v, np.ones(v.size))), torch_reduction(lambda t: t.sum))
case(
    "mean",
    reductions(min_side=1),
    each_slice(lambda v: np.dot(v, np.ones(v.size)) / v.size),
    torch_reduction(lambda t: t.mean),
)
case("max", reductions(True, 1), each_slice(lambda v: sorted(v)[-1]), torch_reduction(lambda t: t.amax), exact=True)
case("min", reductions(True, 1), each_slice(lambda v: sorted(v)[0]), torch_reduction(lambda t: t.amin), exact=True)
case(
    "logsumexp",
    reductions(min_side=1),
    each_slice(lambda v: np.log(np.sum(np.exp(v)))),
    lambda torch, x, axis, keepdims: (
        torch.logsumexp(x, dim=torch_axes(x, axis), keepdim=keepdims) if torch_axes(x, axis) else x * 1
    ),
)

# -- shape -------------------------------------------------------------------------------------------------


@st.composite
def broadcast_pairs(draw, back=False):
    """Draw an array, and a shape it broadcasts to; with `back` one it sums to."""
    small, other = draw(tgst.broadcastable_shapes(2))
    large = np.broadcast_shapes(small, other)
    x = draw(tgst.arrays(shape=large if back else small, **ANYWHERE))
    return (x,), {"shape": small if back else large}


case(
    "broadcast_to",
    broadcast_pairs(),
    lambda x, shape: x + np.zeros(shape),
    lambda torch, x, shape: x.expand(shape),
    exact=True,
)
case(
    "sum_to",
    broadcast_pairs(back=True),
    lambda x, shape: np.einsum(  # the axes to be summed are those without a letter in the result
        "".join(letters(x.ndim))
        + "->"
        + "".join(
            c for c, s, n in zip(letters(x.ndim), full_shape(shape, x.ndim), x.shape, strict=True) if s == n != 1
        ),
        x,
    ).reshape(shape),
    lambda torch, x, shape: x.sum_to_size(shape),
)


def letters(n):
    return "abcdefgh"[:n]


def full_shape(shape, ndim):
    return (*(None,) * (ndim - len(shape)), *shape)


@st.composite
def reshapes(draw):
    x = draw(tgst.arrays(**ANYWHERE))
    factors = [n for n in x.shape if n != 1]
    shape = tuple(draw(st.permutations([*factors, *([1] * draw(st.integers(0, 2)))])))
    if len(shape) > 1 and draw(st.booleans()):
        shape = (shape[0] * shape[1], *shape[2:])
    if shape and x.size and draw(st.booleans()):
        unknown = draw(st.integers(0, len(shape) - 1))
        shape = (*shape[:unknown], -1, *shape[unknown + 1 :])
    return (x,), {"shape": shape}


case("clone", smooth, lambda x: x.astype(x.dtype), lambda torch, x: x.clone(), exact=True)
case(
    "reshape",
    reshapes(),
    lambda x, shape: np.array(x.ravel().tolist(), dtype=x.dtype).reshape(shape),
    lambda torch, x, shape: x.reshape(shape),
    exact=True,
)


@st.composite
def transposes(draw):
    x = draw(tgst.arrays(**ANYWHERE))
    order = draw(st.permutations(range(x.ndim)))
    signed = tuple(a - x.ndim * draw(st.integers(0, 1)) for a in order)
    return (x,), {"axes": draw(st.sampled_from([None, signed]))}


case(
    "transpose",
    transposes(),
    lambda x, axes: np.moveaxis(x, range(x.ndim)[::-1] if axes is None else axes, range(x.ndim)),
    lambda torch, x, axes: x.permute(*(range(x.ndim)[::-1] if axes is None else axes)) if x.ndim else x * 1,
    exact=True,
)


@st.composite
def swaps(draw):
    x = draw(tgst.arrays(shape=tgst.shapes(min_dims=1), **ANYWHERE))
    axis = st.integers(-x.ndim, x.ndim - 1)
    return (x,), {"axis1": draw(axis), "axis2": draw(axis)}


def swapped(x, axis1, axis2):
    order = list(range(x.ndim))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return x.transpose(order)


case(
    "swapaxes",
    swaps(),
    swapped,
    lambda torch, x, axis1, axis2: x.swapaxes(axis1, axis2),
    exact=True,
)


@st.composite
def expansions(draw):
    x = draw(tgst.arrays(**ANYWHERE))
    count = draw(st.integers(1, 2))
    axis = draw(st.lists(st.integers(0, x.ndim + count - 1), min_size=count, max_size=count, unique=True))
    return (x,), {"axis": axis[0] if count == 1 else tuple(axis)}


def expanded_shape(x, axis):
    shape = list(x.shape)
    for a in sorted(np.atleast_1d(axis).tolist()):
        shape.insert(a, 1)
    return shape


case(
    "expand_dims",
    expansions(),
    lambda x, axis: x.reshape(expanded_shape(x, axis)),
    lambda torch, x, axis: x.reshape(expanded_shape(x, axis)),
    exact=True,
)


@st.composite
def squeezes(draw):
    x = draw(tgst.arrays(shape=tgst.shapes(max_side=2), **ANYWHERE))
    ones = [a for a, n in enumerate(x.shape) if n == 1]
    some = tuple(draw(st.lists(st.sampled_from(ones), unique=True))) if ones else ()
    return (x,), {"axis": draw(st.sampled_from([None, some, *(a - x.ndim for a in ones)]))}


def squeezed_shape(x, axis):
    axes = range(x.ndim) if axis is None else [a % x.ndim for a in np.atleast_1d(axis).astype(int)]
    return [n for a, n in enumerate(x.shape) if not (n == 1 and a in axes)]


case(
    "squeeze",
    squeezes(),
    lambda x, axis: x.reshape(squeezed_shape(x, axis)),
    lambda torch, x, axis: x.reshape(squeezed_shape(x, axis)),
    exact=True,
)


@st.composite
def paddings(draw):
    x = draw(tgst.arrays(shape=tgst.shapes(min_dims=1), **ANYWHERE))
    side = st.integers(0, 2)
    pair = st.tuples(side, side)
    widths = draw(st.one_of(side, pair, st.tuples(*[pair] * x.ndim)))
    most = np.max(widths, initial=0)
    fitting = ["constant", *(["circular"] if min(x.shape) >= most else []), *(["replicate"] if x.size else [])]
    fitting += ["reflect"] if min(x.shape) > most else []
    mode, value = draw(st.sampled_from(fitting)), draw(st.sampled_from([0.0, 1.5]))
    return (x,), {"pad_width": widths, "mode": mode, "value": value}


def widths(x, pad_width):
    return [(int(b), int(a)) for b, a in np.broadcast_to(pad_width, (x.ndim, 2))]


def padded(x, pad_width, mode, value):
    around = widths(x, pad_width)
    y = np.full([b + n + a for (b, a), n in zip(around, x.shape, strict=True)], value)
    inside = {
        "constant": lambda i, n: i,
        "circular": lambda i, n: i % n,
        "replicate": lambda i, n: min(max(i, 0), n - 1),
        "reflect": lambda i, n: abs(i) if i < n else 2 * (n - 1) - i,
    }[mode]
    for position in np.ndindex(y.shape):
        came = [inside(i - b, n) for i, (b, _), n in zip(position, around, x.shape, strict=True)]
        if all(0 <= i < n for i, n in zip(came, x.shape, strict=True)):
            y[position] = x[tuple(came)]
    return y


def torch_padded(torch, x, pad_width, mode, value):
    """Pad one axis at a time, as the last of three, where PyTorch has every mode."""
    sides = widths(x, pad_width)
    if mode == "constant":
        return torch.nn.functional.pad(x, [w for b, a in reversed(sides) for w in (b, a)], value=value)
    for axis, (b, a) in enumerate(sides):
        rows = x.movedim(axis, -1)
        if rows.numel() and (b or a):
            flat = torch.nn.functional.pad(rows.reshape(1, -1, rows.shape[-1]), (b, a), mode)
            x = flat.reshape(*rows.shape[:-1], -1).movedim(-1, axis)
        elif b or a:
            x = x.new_zeros([n + b + a if i == axis else n for i, n in enumerate(x.shape)]) + x.sum()
    return x


case("pad", paddings(), padded, torch_padded, exact=True)


@st.composite
def flips(draw):
    x = draw(tgst.arrays(**ANYWHERE))
    return (x,), {"axis": draw(tgst.axes(x.ndim))}


def flipped(x, axis):
    axes = (
        [] if not x.ndim else range(x.ndim) if axis is None else [a % x.ndim for a in np.atleast_1d(axis).astype(int)]
    )
    for a in axes:
        x = np.take(x, np.arange(x.shape[a])[::-1], axis=a)
    return x


case("flip", flips(), flipped, lambda torch, x, axis: torch.flip(x, torch_axes(x, axis)), exact=True)


@st.composite
def rolls(draw):
    x = draw(tgst.arrays(**ANYWHERE))
    axis = draw(tgst.axes(x.ndim))
    if not isinstance(axis, tuple) or not axis:
        axis = axis if axis != () else None
        return (x,), {"shift": draw(st.integers(-5, 5)), "axis": axis}
    return (x,), {"shift": tuple(draw(st.integers(-5, 5)) for _ in axis), "axis": axis}


def rolled(x, shift, axis):
    if axis is None:
        return rolled(x.reshape(-1), shift, 0).reshape(x.shape)
    for s, a in zip(np.atleast_1d(shift).astype(int), np.atleast_1d(axis).astype(int), strict=True):
        n = x.shape[a]
        x = np.take(x, [(i - s) % n for i in range(n)], a)
    return x


case(
    "roll",
    rolls(),
    rolled,
    lambda torch, x, shift, axis: torch.roll(x, shift, axis),
    exact=True,
)


@st.composite
def joins(draw):
    shape = draw(tgst.shapes(min_dims=1))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    lengths = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))
    parts = []
    for n in lengths:
        own = list(shape)
        own[axis] = n
        parts.append(draw(tgst.arrays(shape=tuple(own), **ANYWHERE)))
    return tuple(parts), {"axis": axis}


def joined(*xs, axis):
    moved = [row for x in xs for row in np.moveaxis(x, axis, 0)]
    if not moved:
        return np.zeros(xs[0].shape)
    return np.moveaxis(np.array(moved), 0, axis)


case(
    "concatenate",
    joins(),
    joined,
    lambda torch, *xs, axis: torch.cat(xs, dim=axis),
    exact=True,
)


@st.composite
def piles(draw):
    shape = draw(tgst.shapes(max_dims=2))
    count = draw(st.integers(1, 3))
    axis = draw(st.integers(-len(shape) - 1, len(shape)))
    return tuple(draw(tgst.arrays(shape=shape, **ANYWHERE)) for _ in range(count)), {"axis": axis}


case(
    "stack",
    piles(),
    lambda *xs, axis: np.moveaxis(np.array([x.tolist() for x in xs]).reshape(len(xs), *xs[0].shape), 0, axis),
    lambda torch, *xs, axis: torch.stack(xs, dim=axis),
    exact=True,
)

# -- indexing ----------------------------------------------------------------------------------------------


@st.composite
def readings(draw):
    x = draw(tgst.arrays(shape=tgst.shapes(min_dims=1), **ANYWHERE))
    return (x,), {"index": draw(tgst.indices(x.shape))}


@st.composite
def writings(draw):
    shape = draw(tgst.shapes(min_dims=1))
    index = draw(tgst.indices(shape))
    x = draw(tgst.arrays(shape=np.empty(shape)[index].shape, **ANYWHERE))
    return (x,), {"index": index, "shape": shape}


def positions(shape, index):
    """Return where in the flattened array each indexed element lies."""
    return np.array(np.arange(int(np.prod(shape))).reshape(shape)[index])


def scattered(x, index, shape):
    y = np.zeros(int(np.prod(shape)))
    for where, value in zip(positions(shape, index).ravel(), x.ravel(), strict=True):
        y[where] += value
    return y.reshape(shape)


case(
    "getitem",
    readings(),
    lambda x, index: x.ravel()[positions(x.shape, index)],
    lambda torch, x, index: x.reshape(-1)[torch.tensor(positions(x.shape, index))],
    exact=True,
)
case(
    "scatter_add",
    writings(),
    scattered,
    lambda torch, x, index, shape: (
        torch.zeros(int(np.prod(shape)), dtype=x.dtype)
        .index_add(0, torch.tensor(positions(shape, index).ravel()), x.reshape(-1))
        .reshape(shape)
    ),
)

# -- matmul ------------------------------------------------------------------------------------------------


@st.composite
def products(draw):
    i, j, k = (draw(st.integers(0, 3)) for _ in range(3))
    stacked_a, stacked_b = draw(tgst.broadcastable_shapes(2, max_dims=2, max_side=2))
    a = draw(st.sampled_from([(*stacked_a, i, j), (j,)]))
    b = draw(st.sampled_from([(*stacked_b, j, k), (j,)]))
    return tuple(draw(tgst.arrays(shape=s, **ANYWHERE)) for s in (a, b)), {}


def product(a, b):
    rows, columns = a.reshape(1, -1) if a.ndim == 1 else a, b.reshape(-1, 1) if b.ndim == 1 else b
    y = (rows[..., :, :, None] * columns[..., None, :, :]).sum(axis=-2)
    y = y[..., 0] if b.ndim == 1 else y
    return (y[..., 0, :] if b.ndim > 1 else y[..., 0]) if a.ndim == 1 else y


case("matmul", products(), product, lambda torch, a, b: torch.matmul(a, b), order=3)


@st.composite
def dense_layers(draw):
    leading = draw(tgst.shapes(max_dims=2, max_side=3))
    i, o = draw(st.integers(0, 3)), draw(st.integers(1, 3))
    bias = draw(st.none() | tgst.arrays(shape=(o,), **ANYWHERE))
    x, weight = (draw(tgst.arrays(shape=s, **ANYWHERE)) for s in ((*leading, i), (o, i)))
    return (x, weight, bias), {}


case(
    "linear",
    dense_layers(),
    lambda x, weight, bias: (x[..., None, :] * weight).sum(axis=-1) + (0 if bias is None else bias),
    lambda torch, x, weight, bias: torch.nn.functional.linear(x, weight, bias),
    order=3,
)

# -- softmax and loss --------------------------------------------------------------------------------------


@st.composite
def scores(draw):
    x = draw(tgst.arrays(shape=tgst.shapes(min_dims=1).filter(any), **ANYWHERE))
    return (x,), {"axis": draw(st.sampled_from([a for a in range(-x.ndim, x.ndim) if x.shape[a]]))}


case(
    "softmax",
    scores(),
    lambda x, axis: np.exp(x) / np.exp(x).sum(axis=axis, keepdims=True),
    lambda torch, x, axis: torch.softmax(x, axis),
)
case(
    "log_softmax",
    scores(),
    lambda x, axis: np.log(np.exp(x) / np.exp(x).sum(axis=axis, keepdims=True)),
    lambda torch, x, axis: torch.log_softmax(x, axis),
)


@st.composite
def drops(draw):
    x = draw(tgst.arrays(**ANYWHERE))
    mask = draw(st.integers(0, 2**32).map(lambda s: np.random.default_rng(s).random(x.shape) < 0.5))
    return (x, np.asarray(mask)), {"p": draw(st.sampled_from([0.5, 0.25, 0.9]))}


case(
    "dropout",
    drops(),
    lambda x, mask, p: np.where(mask, x, 0) / (1 - p),
    lambda torch, x, mask, p: x * mask / (1 - p),
)

# The rest, which enter their own.
import cases_activation  # noqa: E402, F401
import cases_convolution  # noqa: E402, F401
import cases_cumulative  # noqa: E402, F401
import cases_einsum  # noqa: E402, F401
import cases_loss  # noqa: E402, F401
import cases_normalization  # noqa: E402, F401
import cases_pooling  # noqa: E402, F401
import cases_resampling  # noqa: E402, F401
