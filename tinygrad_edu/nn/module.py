"""Module: a part of a network, with its parameters, its parts, and its two modes.

There is nothing to register. A module's parameters are its attributes that are `Parameter`s, its buffers
those that are `Buffer`s, its children those that are `Module`s, directly or inside a list, a tuple or a dict.
"""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any, TypeVar

from ..autograd.commit import change_gradients
from ..autograd.spelling import spelled_either_way
from ..autograd.tensor import Tensor
from . import hooks
from .attributes import attributes, refuse_hidden
from .checks import flag
from .layer_table import summary
from .parameter import Buffer, Parameter, Path
from .state import load, snapshot
from .training_mode import set_modes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy as np

M = TypeVar("M", bound="Module")


class Module:
    """A part of a network: subclass it, make the parts in `__init__`, and use them in `forward`.

    Attributes:
        training: True in training mode, where `Dropout` drops and `BatchNorm2d` normalises with the batch's
            own mean; `train()` and `eval()` switch it, here and in every part.

    >>> import numpy as np
    >>> from tinygrad_edu import nn
    >>> class Perceptron(nn.Module):
    ...     def __init__(self, rng=None):
    ...         self.hidden = nn.Linear(2, 3, rng=rng)
    ...         self.output = nn.Linear(3, 1, rng=rng)
    ...     def forward(self, x):
    ...         return self.output(self.hidden(x).tanh())
    >>> model = Perceptron()
    >>> model
    Perceptron(
      (hidden): Linear(in_features=2, out_features=3, bias=True)
      (output): Linear(in_features=3, out_features=1, bias=True)
    )
    >>> [(name, p.shape) for name, p in model.named_parameters()]
    [('hidden.weight', (3, 2)), ('hidden.bias', (3,)), ('output.weight', (1, 3)), ('output.bias', (1,))]
    >>> model(np.ones((5, 2), np.float32)).shape
    (5, 1)
    """

    training: bool = True
    _named: bool = False
    _hooks: tuple[hooks.Hook, ...] = ()
    _vacant: dict[str, type] = {}  # noqa: RUF012 (never changed): where a Parameter or Buffer stood, and may again

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            cls.__init__ = spelled_either_way(cls.__init__)  # type: ignore[method-assign]  # Softmax(dim=1)

    def forward(self, *inputs: Any) -> Any:
        """Compute the output from the inputs; every Module defines its own, with the arguments it needs."""
        raise NotImplementedError(f"{type(self).__name__} must define forward(self, ...)")

    def __call__(self, *inputs: Any, **keywords: Any) -> Any:
        """Compute the output: `forward`, with the hooks around it."""
        if not self._named:  # once, so that pictures and messages can say "conv.weight"
            self._name_tensors()
        if self._hooks:
            return hooks.call(self, inputs, keywords)
        return self.forward(*inputs, **keywords) if keywords else self.forward(*inputs)

    def register_forward_pre_hook(self, hook: Callable[..., Any], *, with_kwargs: bool = False) -> hooks.Hook:
        """Call hook(module, inputs) before each `forward`; inputs is the tuple of positional arguments.

        What it returns, unless None, takes their place. Returns a handle, whose `remove()` ends it.
        With `with_kwargs` it is hook(module, inputs, keywords).
        """
        return self._add(hooks.Hook(self, hook, before=True, with_kwargs=with_kwargs))

    def register_forward_hook(
        self, hook: Callable[..., Any], *, with_kwargs: bool = False, always_call: bool = False
    ) -> hooks.Hook:
        """Call hook(module, inputs, output) after each `forward`.

        What it returns, unless None, takes the output's place. Returns a handle, whose `remove()` ends it.
        With `with_kwargs` it is hook(module, inputs, keywords, output). With `always_call` it is called even where
        `forward` raised; then with None for the output.

        >>> import tinygrad_edu as tge
        >>> layer = tge.nn.Linear(3, 2)
        >>> with layer.register_forward_hook(lambda module, inputs, output: print(output.shape)):
        ...     y = layer(tge.ones(5, 3))
        (5, 2)
        """
        return self._add(hooks.Hook(self, hook, before=False, with_kwargs=with_kwargs, always_call=always_call))

    def _add(self, hook: hooks.Hook) -> hooks.Hook:
        if not callable(hook.function):
            raise TypeError(f"a hook is a function, not {hook.function!r}")
        self._hooks = (*self._hooks, hook)
        return hook

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute. What is trained or kept gives way to its like or to None; nothing is lost in silence."""
        if name == "training":
            value = flag(f"{type(self).__name__}: training", value)
        elif callable(getattr(Module, name, None)) and (isinstance(value, Module) or not callable(value)):
            raise AttributeError(
                f"{type(self).__name__}.{name} is a method, which a value of type {type(value).__name__} would hide; "
                "choose another name"
            )
        held = vars(self)
        old = held.get(name)
        kind = next((k for k in (Parameter, Buffer) if isinstance(old, k)), self._vacant.get(name))
        if kind and value is None:
            held["_vacant"] = {**self._vacant, name: kind}
        elif kind is Parameter:
            if not isinstance(value, Parameter):
                raise TypeError(
                    f"{type(self).__name__}.{name} is a Parameter; a value of type {type(value).__name__} in its "
                    f"place would not be trained; assign nn.Parameter(...) or None, or new values: .{name}.data = ..."
                )
        elif kind is Buffer:
            if isinstance(value, Tensor) and not isinstance(value, (Buffer, Parameter)):
                if value.requires_grad:
                    raise TypeError(
                        f"{type(self).__name__}.{name} is a Buffer, which keeps values and no graph; "
                        "assign value.detach()"
                    )
                value = Buffer(value)
            elif not isinstance(value, Tensor):
                raise TypeError(
                    f"{type(self).__name__}.{name} is a Buffer; a value of type {type(value).__name__} in its "
                    "place would be missing in the state; assign a Tensor or None"
                )
        elif isinstance(old, Module) and not (value is None or isinstance(value, Module)):
            raise TypeError(
                f"{type(self).__name__}.{name} is a module; a value of type {type(value).__name__} in its place "
                f"would not be found among the parts; assign a module or None (or first `del model.{name}`)"
            )
        super().__setattr__(name, value)

    # -- what is in it ---------------------------------------------------------------------------------------

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield the modules directly inside this one, with their names."""
        for name, value in attributes(self):
            if isinstance(value, Module):
                yield name, value

    def children(self) -> Iterator[Module]:
        """Yield the modules directly inside this one."""
        for _, child in self.named_children():
            yield child

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """Yield this module (as "") and all inside it, each once, with their paths: "features.0"."""
        seen: set[int] = set()
        stack: list[tuple[str, Module]] = [("", self)]
        while stack:
            path, module = stack.pop()
            if id(module) not in seen:
                seen.add(id(module))
                yield path, module
                inside = [(_join(path, name), child) for name, child in module.named_children()]
                stack.extend(reversed(inside))

    def modules(self) -> Iterator[Module]:
        """Yield this module and all inside it, each once."""
        for _, module in self.named_modules():
            yield module

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Yield every parameter of this module and all inside it, each once, with its path: "conv.weight"."""
        found = self._name_tensors(Parameter)
        refuse_hidden(self, [parameter for _, parameter in found])
        yield from found

    def parameters(self) -> Iterator[Parameter]:
        """Yield every parameter of this module and all inside it, each once."""
        for _, parameter in self.named_parameters():
            yield parameter

    def named_buffers(self) -> Iterator[tuple[str, Buffer]]:
        """Yield every buffer of this module and all inside it, each once, with its path."""
        yield from self._name_tensors(Buffer)

    def buffers(self) -> Iterator[Buffer]:
        """Yield every buffer of this module and all inside it, each once."""
        for _, buffer in self.named_buffers():
            yield buffer

    def num_parameters(self) -> int:
        """Return how many numbers the parameters are made of."""
        return sum(p.size for p in self.parameters())

    def _name_tensors(self, kind: Any = (Parameter, Buffer)) -> list[tuple[str, Any]]:
        """List the tensors of a kind with their paths, and let each bear its path as its name.

        The longest path wins: asking a part for its parameters does not take their full names from them.
        """
        found: dict[int, tuple[str, Any]] = {}
        for path, module in self.named_modules():
            for attribute, value in attributes(module):
                if isinstance(value, kind) and id(value) not in found:
                    name = Path(_join(path, attribute))
                    found[id(value)] = name, value
                    if value.name is None or (isinstance(value.name, Path) and not value.name.endswith("." + name)):
                        value.name = name
        self._named = True
        named = list(found.values())
        names = [name for name, _ in named]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"{type(self).__name__} has two tensors on the path {twice!r}; rename an attribute or key")
        return named

    # -- its state -------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, np.ndarray]:
        """Return all parameters and buffers as arrays, by their paths.

        The arrays are read-only, and no copies: the engine never changes an array. Training on gives the
        parameters new ones, and these stay as they are. A shared parameter stands under its first path.
        """
        return snapshot(self._name_tensors())

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over all parameters and buffers from arrays (or Tensors) as `state_dict` returns them.

        Raises:
            CheckpointError: names every entry that is missing, unexpected, or of another shape or dtype. Then
                nothing was changed.
        """
        load(type(self).__name__, self._name_tensors(), state)

    # -- its modes -------------------------------------------------------------------------------------------

    def train(self: M, mode: bool = True) -> M:
        """Switch this module and all inside it to training mode (or, with False, to evaluation mode)."""
        mode = flag("train: mode", mode)
        set_modes((module, mode) for module in self.modules())
        return self

    def eval(self: M) -> M:
        """Switch this module and all inside it to evaluation mode."""
        return self.train(False)

    def zero_grad(self) -> None:
        """Forget the gradients: every parameter's `.grad` becomes None."""
        change_gradients([p for _, p in self._name_tensors(Parameter)], repeat(None))

    # -- how it prints ---------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """Return what stands between the parentheses of a layer's repr."""
        return ""

    def __repr__(self) -> str:
        inside = [f"({name}): {child!r}".replace("\n", "\n  ") for name, child in self.named_children()]
        if not inside:
            return f"{type(self).__name__}({self.extra_repr()})"
        lines = ([self.extra_repr()] if self.extra_repr() else []) + inside
        return "\n  ".join([f"{type(self).__name__}(", *lines]) + "\n)"

    def summary(self, input_shape: tuple[int, ...]) -> str:
        """Return a table of the layers in the order they are called, with output shapes and parameter counts.

        Args:
            input_shape: the shape of one input, without the batch axis: (1, 28, 28).
        """
        return summary(self, input_shape)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
