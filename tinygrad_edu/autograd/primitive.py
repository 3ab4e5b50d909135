"""A primitive: a NumPy function together with one rule per argument, and the registry of all of them.

    @primitive
    def relu(x):
        '''y = max(x, 0)'''
        return np.maximum(x, 0)

    @relu.backward("x")
    def relu_dx(g, y, x):
        '''dL/dx = g * [x > 0]'''
        return g * (x > 0)

Called with arrays a primitive computes. Called with Tensors it computes the same and *records*: its result
remembers the primitive, the inputs and the parameters. A rule is ordinary code in terms of other primitives, so
it can be read both ways too: the backward pass hands it arrays, and with `create_graph=True` Tensors.
"""

from __future__ import annotations

import functools
import inspect
import textwrap
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from .arrays import DEFAULT_DTYPE, frozen, is_float, plain, result_array
from .modes import recording
from .rule import Rule, Source, first_line
from .spelling import respelled
from .tensor import Tensor, new_result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_registry: dict[str, Primitive] = {}

_FIXED = frozenset({int, float, bool, str, type(None)})  # the types of parameters that nothing can change
_OPERANDS = frozenset({np.ndarray, int, float, bool, type(None)})  # the types of arguments that can stay as they are
_FLOAT32, _FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def primitives() -> Mapping[str, Primitive]:
    """Return the registry: every primitive by its name.

    >>> import tinygrad_edu as tge
    >>> relu = tge.primitives()["relu"]
    >>> relu.formula
    'y = max(x, 0)'
    >>> relu.rules["x"].formula
    'dL/dx = g * [x > 0]'
    """
    return dict(_registry)


class Primitive:
    """A NumPy function that can be differentiated: call it with arrays or with Tensors.

    What stands before the `*` in the function's signature are arrays, what stands after it are parameters
    (`axis`, `stride` ...). An array with a default of None (a bias) may be left out. `*xs` takes any number of arrays.

    A unit that is open or closed, such as relu, says so with a `gate`: called like the function itself, it tells for
    each element of the result whether the gradient passes there. Pictures paint the others grey.
    """

    def __init__(self, forward: Callable[..., Any], name: str | None = None, gate: Callable[..., Any] | None = None):
        functools.update_wrapper(self, forward)
        self.forward = forward
        self.gate = gate
        self.name: str = name or forward.__name__
        self.arguments: tuple[str, ...] = ()
        self.variadic = False
        self.parameters: dict[str, Any] = {}
        self.optional = 0  # how many trailing arrays may be left out
        for p in inspect.signature(forward).parameters.values():
            if p.kind in _POSITIONAL:
                self.arguments += (p.name,)
                self.optional += p.default is None
            elif p.kind is inspect.Parameter.VAR_POSITIONAL:
                self.arguments += (p.name,)
                self.variadic = True
            elif p.kind is inspect.Parameter.KEYWORD_ONLY:
                self.parameters[p.name] = p.default
            else:
                raise TypeError(f"primitive {self.name}: **{p.name} cannot be recorded; name its parameters")
        self._required = [k for k, v in self.parameters.items() if v is inspect.Parameter.empty]
        self._defaults = {k: v for k, v in self.parameters.items() if v is not inspect.Parameter.empty}
        # A call with exactly this many positional arguments needs no binding: the quick way through __call__.
        self._arity = -1 if self.variadic or self._required else len(self.arguments)
        self.rules: dict[str, Rule] = {}
        self._rule_functions: tuple[Callable[..., Any] | None, ...] = (None,) * len(self.arguments)
        # The same where there is one for each input, and () for a variadic primitive.
        self.fixed_rules: tuple[Callable[..., Any] | None, ...] = () if self.variadic else self._rule_functions

    # -- what a reader asks ----------------------------------------------------------------------------------

    @property
    def formula(self) -> str:
        """The first line of the docstring: what the primitive computes."""
        return first_line(self.forward)

    @property
    def source(self) -> Source:
        """Where the forward computation is written."""
        return Source.of(self.forward)

    def __reduce__(self) -> str:
        return self.forward.__qualname__  # copied and pickled as functions are: by where they stand

    def __repr__(self) -> str:
        return f"<primitive {self.name}({', '.join(self.arguments)}): {self.formula}>"

    # -- how it is defined -----------------------------------------------------------------------------------

    def backward(self, *arguments: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register the decorated function as the rule for an argument (or, alike, for several).

        A rule is called as `rule(g, y, *inputs, **parameters)`, where `g = dL/dy`, and returns dL/d(argument) in
        the argument's shape, or None where that is zero. For a variadic primitive it also gets `position=i`.
        """
        if not arguments or callable(arguments[0]):
            raise TypeError(f'say whose rule it is: @{self.name}.backward("{self.arguments[0]}")')
        for argument in arguments:
            if argument not in self.arguments:
                raise ValueError(f"{self.name} has no array argument {argument!r}; it has {', '.join(self.arguments)}")

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            for argument in arguments:
                self.rules[argument] = Rule(self, argument, function)
            self._rule_functions = tuple(self.rules[a].function if a in self.rules else None for a in self.arguments)
            self.fixed_rules = () if self.variadic else self._rule_functions
            self.__doc__ = self._description()
            return function

        return register

    def _description(self) -> str:
        """Return what `help` shows: the forward's docstring, then every rule with its derivation."""
        parts = [inspect.cleandoc(self.forward.__doc__ or ""), "Backward, with g = dL/dy:"]
        for rule in self.rules.values():
            parts.append(textwrap.indent(f"{rule.name}:  {inspect.cleandoc(rule.function.__doc__ or '')}", "    "))
        return "\n\n".join(parts)

    def zero_gradient(self, *arguments: str) -> None:
        """Declare that the result is piecewise constant in these arguments, so no gradient flows to them."""

        def zero(g, y, *inputs, **parameters):
            """dL/dx = 0: piecewise constant in this argument.

            A small change of it does not change y, so the slope is 0 wherever there is one.
            """
            return None

        self.backward(*arguments)(zero)

    def rule_for(self, position: int) -> Callable[..., Any] | None:
        """Return the rule function for the input at `position`, or None if there is none."""
        return self.rule_functions(position + 1)[position]

    def rule_functions(self, count: int) -> tuple[Callable[..., Any] | None, ...]:
        """Return the rule function, or None, for each of `count` inputs."""
        if self.fixed_rules:
            return self.fixed_rules
        *fixed, many = self._rule_functions
        if many is None:
            return (*fixed, *[None] * (count - len(fixed)))
        return (*fixed, *[functools.partial(many, position=i) for i in range(len(fixed), count)])

    def argument_at(self, position: int) -> str:
        """Return the name of the array argument that the input at `position` stands for."""
        return self.arguments[min(position, len(self.arguments) - 1)]

    # -- how it is called ------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **params: Any) -> Any:
        """Compute from arrays and parameters, given as in a call of the function itself."""
        if params or len(args) != self._arity:
            args, params = self.bind(args, params)
        else:
            params = self._defaults
        return self.apply(args, params)

    def apply(self, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """Compute, and record if a Tensor among `args` needs a gradient: what a call comes to, once it is sorted."""
        arrays: list[Any] = []
        tensors = 0
        needed = scalars = unusual = False
        for arg in args:
            if isinstance(arg, Tensor):
                tensors += 1
                needed = needed or arg._requires_grad
                arrays.append(arg._data)
            else:
                if type(arg) not in _OPERANDS:
                    if isinstance(arg, np.generic):
                        scalars = True
                    else:
                        unusual = True
                arrays.append(arg)
        if unusual or (scalars and tensors):
            args, arrays = _operands(args, tensors)
        data = self.forward(*arrays, **params)
        if tensors == 0:
            return data

        # The usual case passes with one look: all is float32, or all that can be seen at a glance is float64.
        dtype = getattr(data, "dtype", None)
        if dtype is not _FLOAT32 and not (dtype is _FLOAT64 and getattr(arrays[0], "dtype", None) is _FLOAT64):
            if dtype == np.float16 and "dtype" not in params and not any(map(is_float, arrays)):
                data = self.forward(*[a.astype(DEFAULT_DTYPE) if hasattr(a, "dtype") else a for a in arrays], **params)
            data = result_array(data, [] if "dtype" in params else arrays)
            needed = needed and data.dtype.kind == "f"  # whole numbers have no gradient
        if not (needed and recording.enabled):
            return new_result(data)
        if tensors < len(args):
            args = tuple([_settled(a) for a in args])
        if params:
            params = {k: v if type(v) in _FIXED else _settled(v) for k, v in params.items()}
        return new_result(data, self, args, params or {})

    def bind(self, args: tuple[Any, ...], params: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Sort a call's arguments into arrays and parameters, as Python would, completing the defaults."""
        count = len(args) if self.variadic else len(self.arguments)
        if len(args) > count + len(self.parameters):
            most = count + len(self.parameters)
            raise TypeError(f"{self.name} takes at most {most} arguments, got {len(args)}")
        complete = self._defaults.copy()
        for name, value in zip(self.parameters, args[count:], strict=False):
            if name in params:
                raise TypeError(f"{self.name} got the parameter {name!r} twice")
            complete[name] = self._setting(name, value) if isinstance(value, Tensor) else value
        arrays = args[:count]
        for name in self.arguments[len(arrays) : count]:
            if name not in params and name in self.arguments[: count - self.optional]:
                raise TypeError(f"{self.name} needs the argument {name!r}")
            arrays += (params.pop(name, None),)
        for name, value in params.items():
            if name not in self.parameters:
                spelled = respelled(self.name, self.parameters, params)
                if spelled.keys() != params.keys():
                    return self.bind((*arrays, *args[count:]), spelled)
                allowed = ", ".join(self.parameters) or "none"
                raise TypeError(f"{self.name} has no parameter {name}; it has: {allowed}")
            complete[name] = self._setting(name, value) if isinstance(value, Tensor) else value
        for name in self._required:
            if name not in complete:
                raise TypeError(f"{self.name} needs the parameter {name!r}")
        return arrays, complete

    def _setting(self, name: str, value: Tensor) -> Any:
        """Return the number, or array, that a Tensor given for a parameter stands for: it gets no gradient."""
        if value.requires_grad and recording.enabled:
            raise TypeError(
                f"{self.name}: {name} is a setting, and no gradient flows to it; give a number, such as "
                f"{name}=t.item(), or, to train it, write {self.name} with operations whose arguments it can be"
            )
        return value.data if value.ndim else value.item()


def _operands(args: tuple[Any, ...], tensors: int) -> tuple[tuple[Any, ...], list[Any]]:
    """Return what an operation computes with where lists, NumPy's scalars or subclasses of ndarray are among `args`.

    NumPy's scalars count as Python's numbers where they meet a Tensor, as they do in PyTorch.
    """
    sorted_out = []
    for arg in args:
        if isinstance(arg, np.generic):
            arg = arg.item() if tensors else arg
        elif isinstance(arg, (np.ndarray, list, tuple)) or hasattr(arg, "__array__"):
            arg = arg if isinstance(arg, Tensor) else plain(arg)
        sorted_out.append(arg)
    return tuple(sorted_out), [a._data if isinstance(a, Tensor) else a for a in sorted_out]


def _settled(value: Any) -> Any:
    """What a recorded operation may keep of an argument or a parameter: what can still change is copied."""
    if isinstance(value, np.ndarray):
        return frozen(plain(value))
    if type(value) in (tuple, list):
        return type(value)([p if type(p) is int else _settled(p) for p in value])
    return value


@overload
def primitive(forward: Callable[..., Any]) -> Primitive: ...
@overload
def primitive(*, name: str | None = None, gate: Callable[..., Any] | None = None) -> Callable[..., Primitive]: ...
def primitive(
    forward: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    gate: Callable[..., Any] | None = None,
) -> Any:
    """Turn a NumPy function into a primitive and enter it into the registry.  Used as a decorator.

    Where another module has a primitive of that name already, the new one is entered as `module.name`; defined again
    in its own module, as in a notebook, it takes its own place.

    >>> import numpy as np
    >>> import tinygrad_edu as tge
    >>> @tge.primitive
    ... def cube(x):
    ...     '''y = x^3'''
    ...     return x ** 3
    >>> @cube.backward("x")
    ... def cube_dx(g, y, x):
    ...     '''dL/dx = 3 g x^2'''
    ...     return 3 * g * x ** 2
    >>> x = tge.tensor([1.0, 2.0], requires_grad=True)
    >>> cube(x).sum().backward()
    >>> x.grad.data
    array([ 3., 12.], dtype=float32)
    """
    if forward is None:
        return functools.partial(primitive, name=name, gate=gate)
    made = Primitive(forward, name, gate)
    namesake = _registry.get(made.name)
    taken = namesake is not None and namesake.__module__ != made.__module__
    _registry[f"{made.__module__}.{made.name}" if taken else made.name] = made
    return made
