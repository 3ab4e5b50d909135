"""What NumPy's functions make of Tensors: the operation's result, recorded, or an error; no number without a past."""

import numpy as np
import pytest
from cases import CASES
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import is_float

import tinygrad_edu as tge
from tinygrad_edu.ops import numpy_functions


def computed_here():
    """Return NumPy's functions that are computed by an operation, by their names in NumPy."""
    found = {}
    for room in (np, np.linalg):
        for name in dir(room):
            function = getattr(room, name)
            if hasattr(function, "__name__") and numpy_functions.operation_of(function) is not None:
                found[name] = function
    return found


FUNCTIONS = computed_here()

# How NumPy's call is written where it is not function(*arrays, **parameters).
WRITTEN = {
    "astype": lambda x, dtype: np.astype(x, dtype),
    "clip": lambda x, low=None, high=None: np.clip(x, low, high),
    "concatenate": lambda *xs, axis: np.concatenate(xs, axis),
    "einsum": lambda *xs, equation: np.einsum(equation, *xs),
    "pad": lambda x, pad_width, mode, value: np.pad(x, pad_width, "constant"),
    "prod": lambda x, axis: np.prod(x, axis % x.ndim),
    "stack": lambda *xs, axis: np.stack(xs, axis=axis),
}
# Those that are no primitives, or have other names than here.
x, v, square = np.array([[1.5, -2.0, 0.5], [3.0, 1.5, 0.0]]), np.array([1.0, -2.0, 4.0]), np.arange(9.0).reshape(3, 3)
CALLS = [
    lambda np, t: np.absolute(t(x)),
    lambda np, t: np.all(t(x), 1),
    lambda np, t: np.all(t(x) > -3),
    lambda np, t: np.amax(t(x), 0, keepdims=True),
    lambda np, t: np.amin(t(x), axis=1),
    lambda np, t: np.any(t(x), axis=(0, 1), keepdims=True),
    lambda np, t: np.any(t(x) > 3),
    lambda np, t: np.argmax(t(x), 0, keepdims=True),
    lambda np, t: np.argmin(t(x)),
    lambda np, t: np.around(t(x + 0.3), 1),
    lambda np, t: np.concat((t(x), x)),
    lambda np, t: np.copy(t(x)),
    lambda np, t: np.dot(t(x), t(v)),
    lambda np, t: np.dot(x, t(square)),
    lambda np, t: np.dot(t(v), 2.0),
    lambda np, t: np.dot(t(v), np.stack([square, square + 1])),
    lambda np, t: np.full_like(t(x), 3),
    lambda np, t: np.mod(t(x), 1.25),
    lambda np, t: np.ones_like(t(x)),
    lambda np, t: np.permute_dims(t(x), (1, 0)),
    lambda np, t: np.pow(t(x), 2),
    lambda np, t: np.ravel(t(x)),
    lambda np, t: np.ravel(t(x), "C"),
    lambda np, t: np.argsort(t(x), 0),
    lambda np, t: np.cumprod(t(x)),
    lambda np, t: np.cumsum(t(x)),
    lambda np, t: np.cumsum(t(x), 1),
    lambda np, t: np.hstack([t(x), t(x)]),
    lambda np, t: np.linalg.norm(t(x), axis=1, keepdims=True),
    lambda np, t: np.linalg.norm(t(x)),
    lambda np, t: np.linalg.norm(t(x), "fro"),
    lambda np, t: np.linalg.norm(t(x), 1, axis=(0,)),
    lambda np, t: np.linalg.norm(t(v), 3),
    lambda np, t: np.linalg.norm(t(v), ord=np.inf),
    lambda np, t: np.fabs(t(x)),
    lambda np, t: np.inner(t(x), t(square)),
    lambda np, t: np.inner(t(v), v),
    lambda np, t: np.vdot(t(x), x),
    lambda np, t: np.outer(t(x), t(v)),
    lambda np, t: np.trace(t(square)),
    lambda np, t: np.trace(t(square[:2])),
    lambda np, t: np.average(t(x), axis=0),
    lambda np, t: np.ptp(t(x), 0),
    lambda np, t: np.diff(t(x)),
    lambda np, t: np.diff(t(square * square), 2, axis=0),
    lambda np, t: np.moveaxis(t(x[None]), 0, -1),
    lambda np, t: np.moveaxis(t(x[None]), (0, 1), (2, 0)),
    lambda np, t: np.matrix_transpose(t(x[None])),
    lambda np, t: np.fliplr(t(x)),
    lambda np, t: np.flipud(t(x)),
    lambda np, t: np.take(t(x), [5, 0]),
    lambda np, t: np.take(t(x), [[2, 0]], axis=1),
    lambda np, t: np.take(t(x), 1, -1),
    lambda np, t: np.sort(t(x), None),
    lambda np, t: np.concatenate([t(x), t(v)], axis=None),
    lambda np, t: np.append(t(x), 7.0),
    lambda np, t: np.append(t(x), x, axis=0),
    lambda np, t: np.pad(t(x), 1, "edge"),
    lambda np, t: np.pad(t(x), (1, 2), mode="wrap"),
    lambda np, t: np.pad(t(x), 1, constant_values=3),
    lambda np, t: np.einsum("ij,kj", t(x), x),
    lambda np, t: np.rint(t(x + 0.3)),
    lambda np, t: np.outer(t(v), v),
    lambda np, t: np.prod(t(x)),
    lambda np, t: np.repeat(t(x), 2),
    lambda np, t: np.repeat(t(x), [1, 0, 2], axis=1),
    lambda np, t: np.sort(t(x)),
    lambda np, t: np.split(t(x), 3, axis=1)[1],
    lambda np, t: np.split(t(v), [1, 2])[2],
    lambda np, t: np.std(t(x), 0),
    lambda np, t: np.std(t(x), ddof=1),
    lambda np, t: np.tensordot(t(x), t(square), 1),
    lambda np, t: np.tensordot(t(x), t(square), axes=([1], [0])),
    lambda np, t: np.tile(t(x), (2, 1, 2)),
    lambda np, t: np.tril(t(square), k=1),
    lambda np, t: np.triu(t(square)),
    lambda np, t: np.true_divide(1.0, t(x + 7)),
    lambda np, t: np.var(t(x), axis=1, keepdims=True),
    lambda np, t: np.vstack([t(v), t(x)]),
    lambda np, t: np.zeros_like(t(x), dtype="float32"),
    lambda np, t: np.where(x > 1, t(x), [1.0, 2.0, 3.0]),
    lambda np, t: np.sum(t(x), 0, None, None, True),
    lambda np, t: np.sum(a=t(x), axis=-1, dtype=None),
    lambda np, t: np.mean(t(x), (0, 1)),
    lambda np, t: np.clip(t(x), 0, 1),
    lambda np, t: np.clip(t(x), a_min=0, a_max=None),
    lambda np, t: np.clip(t(x), max=1),
    lambda np, t: np.pad(t(x), 1, "constant"),
    lambda np, t: np.pad(t(x), ((1, 0), (0, 2)), mode="constant"),
    lambda np, t: np.reshape(t(x), -1),
    lambda np, t: np.reshape(t(x), shape=(3, 2), order="C"),
    lambda np, t: np.transpose(t(x)),
    lambda np, t: np.concatenate([t(x), t(x)], 1),
    lambda np, t: np.stack([t(v), v], axis=-1),
    lambda np, t: square @ t(v),
    lambda np, t: [[1.0, 2.0]] @ t(x),
    lambda np, t: t(x) @ v.tolist(),
    lambda np, t: np.float32(2) * t(x),
    lambda np, t: [1.0, 2.0, 3.0] - t(x),
]


class Watched:
    """NumPy, noting which of its functions are used."""

    def __init__(self):
        self.used = set()

    def __getattr__(self, name):
        self.used.add(name)
        return getattr(np, name)


def leaf(array):
    return tge.Tensor(array, requires_grad=True)


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() & CASES.keys()))
@settings(max_examples=10)  # of the numbers other tests draw more; here it is about what goes where
@given(data=st.data())
def test_a_function_of_an_operations_name_computes_by_it(name, data):
    arrays, params = data.draw(CASES[name].examples)
    leaves = [leaf(a) if is_float(a) else a for a in arrays]
    written = WRITTEN.get(name, FUNCTIONS[name])
    y = written(*leaves, **params)
    assert y.primitive is CASES[name].primitive
    if name not in WRITTEN and all(map(is_float, arrays)):
        assert y.params == CASES[name](*leaves, **params).params
    np.testing.assert_allclose(y.data, written(*arrays, **params), rtol=1e-13, atol=1e-13)
    if not isinstance(FUNCTIONS[name], np.ufunc) and name not in WRITTEN:  # what is left out is what NumPy leaves out
        try:
            expected = FUNCTIONS[name](*arrays)
        except (TypeError, ValueError):
            return  # it needs more than the arrays, or there is no largest of none
        np.testing.assert_allclose(FUNCTIONS[name](*leaves).data, expected, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("call", CALLS, ids=range(len(CALLS)))
def test_a_call_means_what_it_means_in_numpy(call):
    expected, y = call(np, np.array), call(np, leaf)
    assert isinstance(y, tge.Tensor)
    np.testing.assert_allclose(y.data, expected, rtol=1e-13)
    np.testing.assert_array_equal(call(np, tge.Tensor), y.data)
    assert y.requires_grad or y.dtype.kind in "bi" or np.ptp(y.data) == 0, "the gradient was lost"


def test_every_function_that_is_computed_here_is_tried_above():
    numpy = Watched()
    for call in CALLS:
        call(numpy, leaf)
    missing = FUNCTIONS.keys() - CASES.keys() - numpy.used - {"norm"}  # which is of np.linalg
    assert not missing, f"write their calls in CALLS: {', '.join(sorted(missing))}"


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda t: np.sum(t, where=x > 0), r"np\.sum is computed, and recorded, by sum, .* no option 'where'"),
        (lambda t: np.sum(t, initial=1), "'initial'"),
        (lambda t: np.sum(t, dtype=np.float32), "'dtype'"),
        (lambda t: np.pad(t, 1, "linear_ramp", end_values=3), "'end_values'"),
        (lambda t: np.average(t, 0, [1.0, 2.0]), "'weights'"),
        (lambda t: np.einsum("ij->j", t, optimize=True), "'optimize'"),
        (lambda t: np.ravel(t, "F"), "'order'"),
        (lambda t: np.ravel(t, order="F"), "'order'"),
        (lambda t: np.linalg.inv(t[:, :2]), r"np\.linalg\.inv cannot be recorded.*gradient"),
        (lambda t: np.nanmean(t), r"np\.nanmean cannot be recorded.*nearest name is tge\.mean"),
        (lambda t: np.cbrt(t), r"np\.cbrt cannot be recorded.*define a primitive"),
        (lambda t: np.add.reduce(t), r"np\.add\.reduce cannot be recorded"),
        (lambda t: np.array_split(t, 2), r"np\.array_split cannot be recorded"),
        (lambda t: np.linalg.norm(t, 1), r"np\.linalg\.norm of a matrix, with ord=1"),
        (lambda t: np.linalg.norm(t, 2, axis=(1, 0)), "with ord=2"),
        (lambda t: np.sum(t, out=np.zeros(())), r"into a NumPy array .* would lose"),
    ],
)
def test_what_would_lose_a_gradient_raises_and_is_computed_where_there_is_none(call, says):
    with pytest.raises(TypeError, match=says):
        call(leaf(x))
    expected = call(x)
    with tge.no_grad():
        np.testing.assert_array_equal(call(leaf(x)), expected)
    np.testing.assert_array_equal(call(tge.Tensor(x)), expected)


def test_what_writes_into_an_array_or_a_file_is_refused_before_it_does(tmp_path):
    array = np.zeros_like(x)
    for call in (
        lambda t: np.copyto(array, t),
        lambda t: np.put(array, [0, 1], t),
        lambda t: np.putmask(array, array == 0, t),
        lambda t: np.place(array, array == 0, t),
        lambda t: np.fill_diagonal(array, t),
        lambda t: np.put_along_axis(array, np.zeros((1, 3), int), t[:1], 0),
        lambda t: np.save(tmp_path / "x.npy", t),
        lambda t: np.savez(tmp_path / "x.npz", t),
        lambda t: np.savetxt(tmp_path / "x.txt", t),
    ):
        with pytest.raises((TypeError, RuntimeError), match=r"would (lose|be lost)"):
            call(leaf(x))
    assert not array.any()
    assert not list(tmp_path.iterdir())


def test_an_answer_without_floats_loses_nothing():
    t = leaf(np.array([1.5, np.nan, 0.0]))
    np.testing.assert_array_equal(np.isnan(t), [False, True, False])
    np.testing.assert_array_equal(np.argsort(t), [2, 0, 1])
    assert np.allclose(t, t, equal_nan=True)
    assert (np.shape(t), np.ndim(t), np.size(t), np.result_type(t)) == ((3,), 1, 3, np.float64)
    assert np.size(t, axis=0) == 3
    assert [list(part) for part in np.where(t)] == [[0, 1]]
    assert "nan" in np.array2string(t)


def test_the_products_that_numpy_alone_calls_dot_are_named():
    with pytest.raises(ValueError, match=r"\(2, 3\) and \(2, 3, 3\).*matmul"):
        np.dot(leaf(x), np.stack([square, square]))


def test_other_kinds_of_array_are_asked_too():
    class Other:
        def __array_function__(self, function, types, args, kwargs):
            return "asked"

    assert np.concatenate([leaf(v), Other()]) == "asked"
