"""Derivatives of functions: whole Jacobians and Hessians, and their products with a vector, which never build them.

A backward pass computes u^T J, with J[j,k] = dy_j/dx_k: one row of J where u is 0 but for a single 1. So a Jacobian
costs a pass for each element of y. A product J v needs no rows: u^T J is linear in u, so its derivative by u in the
direction v, a second pass through the first, is J v. A Hessian is the Jacobian of the gradient, and its product with v
is a pass through the pass that found the gradient (Pearlmutter, "Fast exact multiplication by the Hessian", 1994).

The functions are PyTorch's (`torch.autograd.functional`), and so are their arguments:

    func: takes as many Tensors as there are inputs, and returns a Tensor or a tuple of them.
    inputs: a Tensor or an array of floats, or a tuple of them; a result for each has the form of the inputs.
    v: a direction, in the shape of what it is multiplied with; it may be left out where that has one element (then 1).
    create_graph: record the result, so that it can be differentiated again, by what the inputs were computed from too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .backward import grad
from .creation import full_like, tensor
from .modes import RecordingBlock
from .tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def vjp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False) -> tuple[Any, Any]:
    """Return y = func(inputs), and v^T J: for each x_k the sum over j of v_j * dy_j/dx_k.

    Shapes: v as y, a tuple for a tuple; v^T J as the inputs.

    Raises:
        TypeError: func returns what is no Tensor, or an input is not of floats.
        ValueError: v does not have y's shape, or is left out where y has several elements.

    >>> import tinygrad_edu as tge
    >>> y, row = tge.vjp(lambda x: x * x, tge.tensor([1.0, 2.0]), [1.0, 10.0])
    >>> y.data, row.data
    (array([1., 4.], dtype=float32), array([ 2., 40.], dtype=float32))
    """
    call = _Call(func, inputs, create_graph)
    products = _pull(call.ys, call.xs, _directions("vjp", v, call.ys), create_graph)
    return call.outputs, call.as_inputs(products)


def jvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False) -> tuple[Any, Any]:
    """Return y = func(inputs), and J v: for each y_j the sum over k of dy_j/dx_k * v_k, how y moves if x moves along v.

    Shapes: v as the inputs, a tuple for a tuple; J v as y.

    Raises:
        TypeError: func returns what is no Tensor, or an input is not of floats.
        ValueError: v does not have the inputs' shapes, or is left out where there are several elements.

    >>> import tinygrad_edu as tge
    >>> tge.jvp(lambda x: x.sum() * x, tge.tensor([1.0, 2.0]), [1.0, 0.0])[1].data
    array([4., 2.], dtype=float32)
    """
    call = _Call(func, inputs, create_graph)
    vs = _directions("jvp", v, call.xs)
    us = [full_like(y, 0, requires_grad=True) for y in call.ys]
    rows = _pull(call.ys, call.xs, us, create_graph=True)  # u^T J: any u will do, as it is differentiated by u
    return call.outputs, call.as_outputs(_pull(rows, us, vs, create_graph))


def jacobian(func: Callable[..., Any], inputs: Any, create_graph: bool = False) -> Any:
    """Return J: dy_j/dx_k for every element of y = func(inputs) and of the inputs.

    Shapes: y's, then the input's: (j, k) for vectors. Of several inputs it is a tuple with one for each; of several
    results a tuple of such.

    Raises:
        TypeError: func returns what is no Tensor, or an input is not of floats.

    >>> import tinygrad_edu as tge
    >>> tge.jacobian(lambda x: x * x.sum(), tge.tensor([1.0, 2.0])).data
    array([[4., 1.],
           [2., 5.]], dtype=float32)
    """
    call = _Call(func, inputs, create_graph)
    return call.as_outputs([call.as_inputs(_rows(y, call.xs, create_graph)) for y in call.ys])


def hessian(func: Callable[..., Any], inputs: Any, create_graph: bool = False) -> Any:
    """Return H: d2y/dx_i dx_k for every two elements of the inputs of y = func(inputs), which is one number.

    Shapes: the input's, twice: (k, k) for a vector. Of several inputs it is a tuple of tuples, a block for every two.

    Raises:
        TypeError: func returns what is no Tensor, or an input is not of floats.
        ValueError: y has several elements.

    >>> import tinygrad_edu as tge
    >>> tge.hessian(lambda x: (x**3).sum(), tge.tensor([1.0, 2.0])).data
    array([[ 6.,  0.],
           [ 0., 12.]], dtype=float32)
    """
    call = _Call(func, inputs, create_graph)
    return call.as_inputs([call.as_inputs(_rows(g, call.xs, create_graph)) for g in call.gradients("hessian")])


def hvp(func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False) -> tuple[Any, Any]:
    """Return y = func(inputs), which is one number, and H v, with H as of `hessian`: how the gradient moves along v.

    Shapes: v and H v as the inputs. H is symmetric, and what is computed is v^T H.

    Raises:
        TypeError: func returns what is no Tensor, or an input is not of floats.
        ValueError: y has several elements, or v does not have the inputs' shapes.

    >>> import tinygrad_edu as tge
    >>> tge.hvp(lambda x: (x**3).sum(), tge.tensor([1.0, 2.0]), [1.0, 1.0])[1].data
    array([ 6., 12.], dtype=float32)
    """
    call = _Call(func, inputs, create_graph)
    vs = _directions("hvp", v, call.xs)
    return call.outputs, call.as_inputs(_pull(call.gradients("hvp"), call.xs, vs, create_graph))


# -- what they are made of ---------------------------------------------------------------------------------


class _Call:
    """y = func(inputs): the variables x, the results y, and whether there is a tuple of them."""

    def __init__(self, func: Callable[..., Any], inputs: Any, create_graph: bool):
        self.several_in = isinstance(inputs, tuple)
        self.xs = tuple(_variable(x, create_graph) for x in (inputs if self.several_in else (inputs,)))
        with RecordingBlock(True):
            y = func(*self.xs)
        self.several_out = isinstance(y, tuple)
        self.ys: tuple[Tensor, ...] = y if self.several_out else (y,)
        self.create_graph = create_graph
        for y in self.ys:
            if not isinstance(y, Tensor):
                raise TypeError(f"the function must return a Tensor or a tuple of Tensors, not a {type(y).__name__}")

    def as_inputs(self, values: Sequence[Any]) -> Any:
        """Return values, one for each input, in the inputs' form."""
        return tuple(values) if self.several_in else values[0]

    def as_outputs(self, values: Sequence[Any]) -> Any:
        """Return values, one for each result, in the results' form."""
        return tuple(values) if self.several_out else values[0]

    @property
    def outputs(self) -> Any:
        """The results, without their graph unless it was asked for."""
        return self.as_outputs([y if self.create_graph else y.detach() for y in self.ys])

    def gradients(self, name: str) -> tuple[Tensor, ...]:
        """Return dy/dx for each input, recorded, of a y that is one number."""
        if self.several_out or self.ys[0].size != 1:
            shapes = ", ".join(str(y.shape) for y in self.ys)
            raise ValueError(f"{name}: the function must return one number, not a result of shape {shapes}")
        return _pull(self.ys, self.xs, [full_like(self.ys[0], 1)], create_graph=True)


def _variable(x: Any, create_graph: bool) -> Tensor:
    """Return a Tensor equal to x to differentiate by: apart from x, which the function may also reach by itself."""
    if create_graph and isinstance(x, Tensor) and x.requires_grad:
        with RecordingBlock(True):
            return x.reshape(x.shape)
    return tensor(x, requires_grad=True)


def _pull(ys: Sequence[Tensor], xs: Sequence[Tensor], us: Sequence[Any], create_graph: bool) -> tuple[Tensor, ...]:
    """Return u^T J for each x, summed over the ys; zeros where no way leads from x to y."""
    ways = [(y, u) for y, u in zip(ys, us, strict=True) if y.requires_grad]
    if not ways:
        return tuple(full_like(x, 0, requires_grad=create_graph) for x in xs)
    return grad([y for y, _ in ways], xs, [u for _, u in ways], create_graph)


def _rows(y: Tensor, xs: Sequence[Tensor], create_graph: bool) -> list[Any]:
    """Return dy/dx for each x, of shape (*y.shape, *x.shape): a backward pass for each element of y."""
    units = np.eye(y.size, dtype=y.dtype).reshape(y.size, *y.shape)
    rows = [_pull([y], xs, [unit], create_graph) for unit in units]
    if not rows:
        return [tensor(np.zeros((*y.shape, *x.shape), x.dtype), requires_grad=create_graph) for x in xs]
    # np.stack of Tensors is the operation of that name, recorded: the engine itself knows none
    return [np.stack(of_x).reshape((*y.shape, *x.shape)) for of_x, x in zip(zip(*rows, strict=True), xs, strict=True)]


def _directions(name: str, v: Any, like: Sequence[Tensor]) -> list[Tensor]:
    """Return v as Tensors, one for each of what it belongs to, checked against their shapes."""
    if v is None:
        if len(like) > 1 or like[0].size != 1:
            raise ValueError(f"{name}: v may be left out only beside one number; its shape here is {_shapes(like)}")
        return [full_like(like[0], 1)]
    vs = [t if isinstance(t, Tensor) else Tensor(t) for t in (v if isinstance(v, tuple) else (v,))]
    if [t.shape for t in vs] != [t.shape for t in like]:
        raise ValueError(f"{name}: v has shape {_shapes(vs)}, and must have {_shapes(like)}")
    return [t if t.dtype == x.dtype else t.astype(x.dtype) for t, x in zip(vs, like, strict=True)]


def _shapes(tensors: Sequence[Tensor]) -> str:
    return ", ".join(str(t.shape) for t in tensors)
