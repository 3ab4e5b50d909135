"""Jacobians, Hessians and their products with a vector: against PyTorch's, and against differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tge
from tinygrad_edu.testing import strategies as tgst

WEIGHTS = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.5]])

# Written for both libraries.  Each: the shapes of its inputs, and the function.
VECTORS = {
    "x*sum(x)": ([(3,)], lambda x: x * x.sum()),
    "tanh of a matrix": ([(2, 3)], lambda x: (x * x).tanh()),
    "a number": ([(4,)], lambda x: (x.exp() * x).sum()),
    "of a number": ([()], lambda x: x * x.exp()),
    "two inputs": ([(2, 3), (3,)], lambda x, y: (x * y).sigmoid() @ y),
    "two results": ([(3,), (2,)], lambda x, y: (x.exp() * y.sum(), y * y)),
    "one without way": ([(2,), (2,)], lambda x, y: (x * x, x.sum())),
    "itself": ([(2,)], lambda x: x),
    "a constant slope": ([(2, 2)], lambda x: x.sum() * 3),
}
NUMBERS = {
    "cubes": ([(3,)], lambda x: (x**3).sum()),
    "of a number": ([()], lambda x: x * x.exp()),
    "a matrix": ([(2, 2)], lambda x: (x @ x).tanh().sum()),
    "two inputs": ([(2,), (3,)], lambda x, y: (x.sum() * y.exp()).sum() + (x * x).sum()),
    "straight": ([(2,), (2,)], lambda x, y: (x * 2).sum()),
}
vectors = pytest.mark.parametrize("name", VECTORS)
numbers = pytest.mark.parametrize("name", NUMBERS)
seeds = st.integers(0, 2**32 - 1)


def draw(shapes, seed):
    rng = np.random.default_rng(seed)
    arrays = tuple(np.asarray(rng.standard_normal(shape)) for shape in shapes)
    return rng, arrays if len(arrays) > 1 else arrays[0]


def each(function, values):
    return tuple(map(function, values)) if isinstance(values, tuple) else function(values)


def same(ours, theirs):
    """Compare nested tuples of Tensors."""
    if isinstance(theirs, tuple):
        assert isinstance(ours, tuple)
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            same(a, b)
    else:
        assert ours.shape == tuple(theirs.shape)
        np.testing.assert_allclose(ours.data, theirs.detach().numpy(), rtol=1e-10, atol=1e-12)


@vectors
@given(seed=seeds)
def test_jacobians_and_products_are_pytorchs(name, seed):
    torch = pytest.importorskip("torch")
    theirs = torch.autograd.functional
    shapes, f = VECTORS[name]
    rng, arrays = draw(shapes, seed)
    tensors = each(torch.from_numpy, arrays)
    same(tge.jacobian(f, arrays), theirs.jacobian(f, tensors))
    y = f(*(tensors if isinstance(tensors, tuple) else (tensors,)))
    u, v = (each(lambda t: np.asarray(rng.standard_normal(tuple(t.shape))), values) for values in (y, tensors))
    same(tge.vjp(f, arrays, u), theirs.vjp(f, tensors, each(torch.from_numpy, u)))
    same(tge.jvp(f, arrays, v), theirs.jvp(f, tensors, each(torch.from_numpy, v)))


@numbers
@given(seed=seeds)
def test_hessians_and_products_are_pytorchs(name, seed):
    torch = pytest.importorskip("torch")
    theirs = torch.autograd.functional
    shapes, f = NUMBERS[name]
    rng, arrays = draw(shapes, seed)
    tensors = each(torch.from_numpy, arrays)
    same(tge.hessian(f, arrays), theirs.hessian(f, tensors))
    v = each(lambda t: np.asarray(rng.standard_normal(tuple(t.shape))), tensors)
    same(tge.hvp(f, arrays, v), theirs.hvp(f, tensors, each(torch.from_numpy, v)))


@given(x=tgst.arrays(shape=tgst.shapes(max_dims=2)), seed=seeds)
def test_all_agree_with_differences_and_with_each_other(x, seed):
    rng = np.random.default_rng(seed)
    w = np.asarray(rng.standard_normal(x.shape))

    def f(t):
        return (t * w).tanh() * t.sum()

    def number(t):
        return (f(t) * f(t)).sum()

    u, v = (np.asarray(rng.standard_normal(x.shape)) for _ in range(2))
    h = 1e-5
    moved, back = x + h * v, x - h * v
    along = (f(tge.Tensor(moved)).data - f(tge.Tensor(back)).data) / (2 * h)
    y, product = tge.jvp(f, x, v)
    np.testing.assert_allclose(product.data, along, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(y.data, f(tge.Tensor(x)).data)
    jacobian = tge.jacobian(f, x).data.reshape(x.size, x.size)
    np.testing.assert_allclose(jacobian @ v.reshape(-1), product.data.reshape(-1), atol=1e-10)
    np.testing.assert_allclose(u.reshape(-1) @ jacobian, tge.vjp(f, x, u)[1].data.reshape(-1), atol=1e-10)
    slopes = [tge.vjp(number, at)[1].data for at in (moved, back)]
    _, curved = tge.hvp(number, x, v)
    np.testing.assert_allclose(curved.data, (slopes[0] - slopes[1]) / (2 * h), rtol=1e-5, atol=1e-5)
    hessian = tge.hessian(number, x).data.reshape(x.size, x.size)
    np.testing.assert_allclose(hessian @ v.reshape(-1), curved.data.reshape(-1), atol=1e-9)


@pytest.mark.parametrize("kind", ["jacobian", "hessian", "vjp", "jvp", "hvp"])
def test_with_create_graph_the_result_leads_back_to_where_the_inputs_came_from(kind):
    torch = pytest.importorskip("torch")
    array = np.array([0.5, -1.0, 2.0])

    def value(library, x):
        functional = library if library is tge else torch.autograd.functional
        f = (lambda t: (t * t).exp() * x) if kind in ("jacobian", "vjp", "jvp") else (lambda t: ((t**3) * x).sum())
        more = () if kind in ("jacobian", "hessian") else (x * 2,)
        found = getattr(functional, kind)(f, x * 3, *more, create_graph=True)
        return sum((t * t * t).sum() for t in (found if isinstance(found, tuple) else (found,)))

    x, t = tge.Tensor(array, requires_grad=True), torch.tensor(array, requires_grad=True)
    value(tge, x).backward()
    value(torch, t).backward()
    np.testing.assert_allclose(x.grad.data, t.grad.numpy(), rtol=1e-10)
    if kind not in ("jacobian", "hessian"):
        y, product = getattr(tge, kind)(lambda s: (s * s).sum(), x, None if kind == "vjp" else x.detach())
        assert [y.requires_grad, product.requires_grad] == [False, False]


def test_an_input_that_the_function_also_reaches_by_itself_is_constant_there():
    x = tge.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    for u in (x, x * 3):
        for create_graph in (False, True):
            jacobian = tge.jacobian(lambda t, u=u: t * u, u, create_graph)
            np.testing.assert_array_equal(jacobian.data, np.diag(u.data))


def test_of_nothing_there_is_an_empty_jacobian():
    assert tge.jacobian(lambda x: x[2:] * 2, np.ones(2)).shape == (0, 2)
    assert tge.jacobian(lambda x: x.sum(), np.ones((0, 3))).shape == (0, 3)


def test_no_grad_around_and_gradients_inside_are_left_alone():
    w = tge.Tensor(WEIGHTS, requires_grad=True)
    with tge.no_grad():
        np.testing.assert_array_equal(tge.jacobian(lambda x: w @ x, np.ones(3)).data, WEIGHTS)
    assert w.grad is None


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: tge.jacobian(lambda x: 3.0, np.ones(2)), TypeError, "must return a Tensor .* not a float"),
        (lambda: tge.hessian(lambda x: x * 2, np.ones(2)), ValueError, r"hessian: .* one number, not .* \(2,\)"),
        (lambda: tge.hvp(lambda x: (x, x), np.ones(2), np.ones(2)), ValueError, r"hvp: .*\(2,\), \(2,\)"),
        (lambda: tge.vjp(lambda x: x, np.ones(2)), ValueError, r"vjp: v may be left out only .* \(2,\)"),
        (lambda: tge.jvp(lambda x: x, np.ones(2), np.ones(3)), ValueError, r"jvp: v has shape \(3,\), and must"),
        (lambda: tge.vjp(lambda x: x, np.ones(2), (1.0, 2.0)), ValueError, r"vjp: v has shape \(\), \(\)"),
        (lambda: tge.jacobian(lambda x: x, np.ones(2, int)), TypeError, "floating"),
    ],
)
def test_what_does_not_fit_is_named(call, error, says):
    with pytest.raises(error, match=says):
        call()
