"""Hooks: functions that a module calls before and after its `forward`, to look on or to change what passes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from .module import Module


@dataclass(eq=False)
class Hook:
    """A hook as it was registered: `remove()` ends it, and so does leaving its `with` block.

    Attributes:
        module: whose calls it sees.
        function: what is called.
        before: whether it comes before `forward`, or after it.
        with_kwargs: whether it also gets the keyword arguments.
        always_call: whether it is called even where `forward`, or a hook, raised; then with None for the output.
    """

    module: Module
    function: Callable[..., Any]
    before: bool
    with_kwargs: bool = False
    always_call: bool = False

    def remove(self) -> None:
        """End it."""
        left = tuple(hook for hook in self.module._hooks if hook is not self)
        if left:
            self.module._hooks = left
        else:
            vars(self.module).pop("_hooks", None)

    def __enter__(self) -> Hook:
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()

    def see(self, inputs: tuple[Any, ...], keywords: dict[str, Any], *output: Any) -> Any:
        """Call the function."""
        return self.function(self.module, inputs, *((keywords,) if self.with_kwargs else ()), *output)


def call(module: Module, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Call a module's `forward` with its hooks around it; what a hook returns, unless None, takes the other's place."""
    after = [hook for hook in module._hooks if not hook.before]
    try:
        for hook in module._hooks:
            if hook.before and (changed := hook.see(inputs, keywords)) is not None:
                inputs = changed if isinstance(changed, tuple) else (changed,)
        output = module.forward(*inputs, **keywords)
        while after:
            if (changed := after.pop(0).see(inputs, keywords, output)) is not None:
                output = changed
    except BaseException:
        for hook in after:
            if hook.always_call:
                hook.see(inputs, keywords, None)
        raise
    return output
