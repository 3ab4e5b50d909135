"""Other names of a parameter: who is used to PyTorch writes `dim=0, keepdim=True` for `axis=0, keepdims=True`.

An operation, and a layer, names its parameters once; what else they may be called stands here, for all of them. It is
looked up where a name was given that the operation does not have, so that the usual call pays nothing for it.
"""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

F = TypeVar("F", bound="Callable[..., Any]")

_OTHERS: dict[str, tuple[str, ...]] = {
    "axis": ("dim", "dims"),
    "axes": ("dim", "dims"),
    "axis1": ("dim0",),
    "axis2": ("dim1",),
    "keepdims": ("keepdim",),
    "start_axis": ("start_dim",),
    "end_axis": ("end_dim",),
    "low": ("min", "a_min"),
    "high": ("max", "a_max"),
    "correction": ("ddof",),
    "diagonal": ("k",),
    "shift": ("shifts",),
}


def other_names(parameters: Collection[str]) -> dict[str, str]:
    """Return what each other name stands for among these parameters; a name that they have themselves is no other.

    >>> other_names(["x", "axis", "keepdims"])
    {'dim': 'axis', 'dims': 'axis', 'keepdim': 'keepdims'}
    """
    return {other: own for own in parameters for other in _OTHERS.get(own, ()) if other not in parameters}


def respelled(op: str, parameters: Collection[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments given by name under the operation's own names; unknown ones stay as they are.

    Raises:
        TypeError: an argument is given by two of its names.

    >>> respelled("sum", ["axis", "keepdims"], {"dim": 1})
    {'axis': 1}
    """
    own, spelled = other_names(parameters), {}
    by: dict[str, str] = {}
    for name, value in given.items():
        meant = own.get(name, name)
        if meant in by:
            raise TypeError(f"{op}: {by[meant]}= and {name}= are two names of one argument; give one of them")
        by[meant], spelled[meant] = name, value
    return spelled


def spelled_either_way(function: F) -> F:
    """Return the function, taking the other names too; it is the same where none of its parameters has another.

    >>> def last(x, axis=-1):
    ...     return axis
    >>> spelled_either_way(last)([1], dim=0)
    0
    """
    code = function.__code__  # type: ignore[attr-defined]
    parameters = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    others = other_names(parameters).keys()
    if not others or code.co_flags & inspect.CO_VARKEYWORDS:
        return function

    @functools.wraps(function)
    def either(*args: Any, **kwargs: Any) -> Any:
        if kwargs and not others.isdisjoint(kwargs):
            kwargs = respelled(function.__name__, parameters, kwargs)
        return function(*args, **kwargs)

    return cast("F", either)
