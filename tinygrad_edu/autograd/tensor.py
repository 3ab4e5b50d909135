"""Tensor: an array that remembers how it was computed.

A Tensor refers to the primitive, the inputs and the parameters that made it, and to nothing younger. So there are
no cycles: dropping the loss frees the whole graph at once.

No array in here ever changes. Results are read-only, and changing a leaf (`w.data = ...`) gives it a new array.
Every Tensor carries a *stamp* from one counter: when it was made or, for a leaf, last changed. Inputs are thus always
older than what was computed from them, which gives the backward pass its order; and a leaf that is *younger* than a
result computed from it was changed since, which gives the backward pass its error.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from .arrays import frozen, plain
from .elsewhere import OF_TENSORS, Elsewhere
from .retained import retain
from .values import Values

if TYPE_CHECKING:
    from .methods import Methods  # what ops/methods.py gives to Tensor, written down for editors
    from .primitive import Primitive
else:
    Methods = object

next_stamp = itertools.count(1).__next__


class _LastChange:
    """The stamp of the latest change to any leaf: whatever is younger was computed from what is there now."""

    stamp = 0


last_change = _LastChange()


class Tensor(Values, Methods):
    """An n-dimensional array that takes part in automatic differentiation.

    Args:
        data: anything NumPy makes an array of. An array that can change is copied, so that nothing happens behind
            the graph's back; a read-only one is taken as it is. Arrays keep their dtype, lists of floats become
            float32. A Tensor gives its values, not its graph.
        requires_grad: whether `backward()` should leave dL/d(this) in `.grad`. Floating dtypes only. Assigning to it
            changes a leaf.

    Attributes:
        data: the values, a read-only ndarray. Assigning to it changes a leaf: `w.data = w.data - 0.1 * w.grad.data`.
        grad: None, or dL/d(this) as a Tensor of the same shape and dtype, added to by each `backward()`;
            of a result only after `retain_grad()`.
        primitive, inputs, params: what it was computed by and from; None, () and {} for a leaf.
        name: a name for pictures and messages, or None.

    >>> import tinygrad_edu as tge
    >>> x = tge.Tensor([1.0, -2.0], requires_grad=True)
    >>> y = (x.relu() * 3).sum()
    >>> y.backward()
    >>> x.grad.data
    array([3., 0.], dtype=float32)
    >>> y.primitive.name, [i.primitive.name for i in y.inputs]
    ('sum', ['multiply'])
    """

    __slots__ = (
        "__weakref__",
        "_data",
        "_grad",
        "_requires_grad",
        "_stamp",
        "inputs",
        "name",
        "params",
        "primitive",
    )

    _data: Any
    _grad: Tensor | None
    _requires_grad: bool
    _stamp: int
    inputs: tuple[Any, ...]
    name: str | None
    params: dict[str, Any]
    primitive: Primitive | None

    def __init__(self, data: Any, requires_grad: bool = False):
        array = data.data if isinstance(data, Tensor) else frozen(plain(data))
        if array.dtype.kind not in "fiub":
            raise TypeError(f"a Tensor holds numbers or booleans, not dtype {array.dtype}")
        self._data = array
        self._stamp = next_stamp()
        self._requires_grad = False
        self.primitive = None
        self.inputs = ()
        self.params = {}
        self._grad = None
        self.name = None
        if requires_grad is not False:
            self.requires_grad = requires_grad

    # -- values ----------------------------------------------------------------------------------------------

    @property
    def data(self) -> np.ndarray:
        """The values, as a read-only array.

        Assigning changes a leaf. The array assigned is taken over, not copied, and becomes read-only; a writable view
        made of it before still writes to it, which nobody can see from the array: then assign a copy.
        """
        data = self._data
        if type(data) is not np.ndarray:
            data = np.asarray(data)
            data.setflags(write=False)
        return data

    @data.setter
    def data(self, value: Any) -> None:
        if self.primitive is not None:
            raise ValueError(
                f"this Tensor is the result of {self.primitive.name}; only a leaf's data can be changed "
                "(detach() gives one)"
            )
        if isinstance(value, Tensor):
            value = value._data
        value = plain(value)
        if value.shape != self._data.shape or value.dtype != self._data.dtype:
            raise ValueError(
                f"this Tensor's data has shape {self._data.shape} and dtype {self._data.dtype}; "
                f"it cannot become an array of shape {value.shape} and dtype {value.dtype}"
            )
        self._change(value)

    def _change(self, array: np.ndarray) -> None:
        """Give a leaf a new array, and a new stamp: a pending backward pass that would read the old one can tell."""
        if array.base is not None:
            array = frozen(array)  # a view: its owner could still write to it
        array.setflags(False)  # type: ignore[call-arg]  # read-only; by position it is quicker
        self._stamp = last_change.stamp = next_stamp()
        self._data = array

    @property
    def requires_grad(self) -> bool:
        """Whether `backward()` computes dL/d(this): asked for of a leaf, inherited by what is computed from it."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not isinstance(value, (bool, np.bool_)):
            raise TypeError(
                f"requires_grad is True or False, not {value!r} (a Tensor of a given shape is made by tge.zeros, "
                "tge.ones or tge.randn)"
            )
        if value and self.dtype.kind != "f":
            raise TypeError(f"only floating dtypes can require a gradient, not {self.dtype}; x.astype(float) is one")
        if self.primitive is not None and not value:
            raise ValueError(
                f"this Tensor is the result of {self.primitive.name}, which is recorded; "
                "detach() gives one that does not require a gradient"
            )
        self._requires_grad = bool(value)

    @property
    def grad(self) -> Tensor | None:
        """None, or dL/d(this), to which each `backward()` adds."""
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            if not isinstance(value, Tensor):
                raise TypeError(f"a gradient is a Tensor or None, not {type(value).__name__}; use tge.tensor(...)")
            if value.shape != self.shape or value.dtype != self.dtype:
                raise ValueError(
                    f"the gradient of a Tensor of shape {self.shape} and dtype {self.dtype} cannot be one of "
                    f"shape {value.shape} and dtype {value.dtype}"
                )
        self._grad = value

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not isinstance(vars(Tensor).get(name), Elsewhere)]

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        return self._data.shape

    @property
    def dtype(self) -> np.dtype:
        """The NumPy dtype of the values."""
        return self._data.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self._data.ndim

    @property
    def size(self) -> int:
        """The number of elements, as in NumPy; what PyTorch calls `x.size()` is `x.shape`."""
        return self._data.size

    def detach(self) -> Tensor:
        """Return a leaf with the same values, cut off from the graph."""
        return Tensor(self)

    @property
    def is_leaf(self) -> bool:
        """Whether it was made directly and not computed by a recorded operation."""
        return self.primitive is None

    # Comparing gives a Tensor of booleans, so identity is what hashing goes by.
    __hash__ = object.__hash__

    # -- copies ----------------------------------------------------------------------------------------------

    def __reduce__(self) -> tuple[Any, ...]:
        """Say how copy.copy, copy.deepcopy and pickle make another one: a leaf, equal and with a stamp of its own."""
        if self.primitive is not None:
            raise TypeError(
                f"this Tensor is the result of {self.primitive.name} and has a graph behind it, which is not copied; "
                "copy or pickle x.detach(), its values alone"
            )
        grad = self._grad if self._grad is None or self._grad.primitive is None else self._grad.detach()
        rest = getattr(self, "__dict__", None)  # what a subclass may have
        return _copied, (type(self), self.data, self._requires_grad, grad, self.name), rest

    # -- gradients -------------------------------------------------------------------------------------------

    def backward(self, gradient: Any = None, create_graph: bool = False) -> None:
        """Add dL/dt into `.grad` of every leaf t that this Tensor was computed from and that requires a gradient.

        Args:
            gradient: dL/d(this), in this Tensor's shape. May be left out when there is one element: then it is 1.
            create_graph: record the backward pass too, so that the gradients can be differentiated again.

        Raises:
            ValueError: it has several elements and no `gradient`, or one of another shape, or it depends on
                nothing that requires a gradient.
        """
        from .backward import backward  # the loop knows Tensor; importing it here breaks the circle

        backward(self, gradient, create_graph)

    def retain_grad(self) -> None:
        """Keep dL/d(this) in `.grad` in every `backward()` to come, as leaves do; of a leaf there is nothing to ask.

        Raises:
            ValueError: it does not require a gradient.

        >>> import tinygrad_edu as tge
        >>> x = tge.tensor([1.0, 2.0], requires_grad=True)
        >>> y = x * 3
        >>> y.retain_grad()
        >>> (y * y).sum().backward()
        >>> y.grad.data
        array([ 6., 12.], dtype=float32)
        """
        if not self._requires_grad:
            raise ValueError("this Tensor does not require a gradient, so there will be none to keep")
        if self.primitive is not None:
            retain(self)


for _name in OF_TENSORS:
    setattr(Tensor, _name, Elsewhere(_name))


_new = object.__new__


def _copied(kind: type[Tensor], data: Any, requires_grad: bool, grad: Tensor | None, name: str | None) -> Tensor:
    t = _new(kind)
    Tensor.__init__(t, data, requires_grad)
    t.grad, t.name = grad, name
    return t


def new_result(
    data: Any,
    primitive: Primitive | None = None,
    inputs: tuple[Any, ...] = (),
    params: dict[str, Any] | None = None,
) -> Tensor:
    """Make the Tensor for a primitive's result: read-only, and with its origin if it is to be recorded."""
    data.setflags(False)  # read-only
    t = _new(Tensor)
    t._data = data
    t._stamp = next_stamp()
    t._requires_grad = primitive is not None
    t.primitive = primitive
    t.inputs = inputs
    t.params = {} if params is None else params
    t._grad = None
    t.name = None
    return t


def named(name: str, tensor: Tensor) -> Tensor:
    """Give a Tensor a name for pictures, tables and messages, and return it.

    >>> import tinygrad_edu as tge
    >>> tge.named("logits", tge.zeros(3)).name
    'logits'
    """
    tensor.name = name
    return tensor
