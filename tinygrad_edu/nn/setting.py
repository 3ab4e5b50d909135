"""Setting: an attribute that is checked whenever it is assigned, so that no wrong value is met later, or never."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Setting:
    """A descriptor for a setting of a layer, an optimizer or a schedule: `lr: Any = Setting(number, at_least=0)`

    Args:
        check: one of `checks`, called as `check("SGD: lr", value, **limits)`; what it returns is stored.
        limits: see there.

    An owner that has a `check_settings(...)` sees with it whether its `settings` fit together, once all are there.
    Reading one costs what any attribute costs: there is no `__get__`.
    """

    def __init__(self, check: Callable[..., Any], **limits: Any):
        self.check, self.limits = check, limits

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __set__(self, owner: Any, value: Any) -> None:
        held = vars(owner)
        trial = {**held, self.name: self.checked(owner, value)}
        if hasattr(owner, "check_settings") and all(name in trial for name in owner.settings):
            owner.check_settings(trial)
        held[self.name] = trial[self.name]

    def checked(self, owner: Any, value: Any) -> Any:
        """Return the value as it would be stored.  Raises ValueError, naming the owner's class and the setting."""
        return self.check(f"{type(owner).__name__}: {self.name}", value, **self.limits)
