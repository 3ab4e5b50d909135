"""NumPy's functions of Tensors: `np.exp(t)` and `np.sum(t, axis=0)` compute by the operation of that name, and record.

NumPy asks a Tensor first, by `__array_ufunc__` and `__array_function__` (its enhancement proposals 13 and 18). The
rulebook says which functions have an operation: those of its names. A call is sorted by the signature of NumPy's
function, so that what is given by position, or left to a default, means what it means there.

A function that has no operation, or is given what the operation does not take, is computed by NumPy where no gradient
can be lost: where nothing is recorded, or where its answer holds no floats (`np.isnan(t)`, `np.allclose(t, u)`). Else
it raises.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

import numpy as np

from ..autograd import creation
from ..autograd.modes import recording
from ..autograd.spelling import other_names
from ..autograd.tensor import Tensor
from .numpy_compositions import compositions
from .operators import BITWISE, COMPARISONS, answered

_ANSWERING = {*COMPARISONS.values(), *(combine for _, combine in BITWISE.values()), np.invert}

# What has another name there than here.
_OTHER_NAMES = {"absolute": "abs", "amax": "max", "amin": "min", "around": "round", "copy": "clone", "ravel": "flatten"}
_OTHER_NAMES |= {"fabs": "abs", "rint": "round"}
_OTHER_NAMES |= {"concat": "concatenate", "permute_dims": "transpose", "repeat": "repeat_interleave"}

# What they read is an attribute of every Tensor; operations ask for it too.
_READING = {np.shape, np.ndim, np.size}

# They write into an array or a file, which is done before their answer, None, can be looked at.
_WRITING = {"copyto", "place", "put", "put_along_axis", "putmask"}
_WRITING |= {"save", "savetxt", "savez", "savez_compressed"}

_functions: dict[str, Callable[..., Any]] = {}


def attach(operations: Mapping[str, Callable[..., Any]]) -> None:
    """Give Tensor the two methods by which NumPy asks it."""
    likes = (creation.zeros_like, creation.ones_like, creation.full_like)
    _functions.update({**operations, **{like.__name__: like for like in likes}, **compositions})
    methods: dict[str, Any] = {"__array_ufunc__": _array_ufunc, "__array_function__": _array_function}
    for name, method in methods.items():
        setattr(Tensor, name, method)


@functools.cache
def operation_of(function: Callable[..., Any]) -> Callable[..., Any] | None:
    """Return the operation by which a function of NumPy's is computed, or None."""
    name = function.__name__
    if getattr(np, name, None) is not function and getattr(np.linalg, name, None) is not function:
        return None
    return _functions.get(_OTHER_NAMES.get(name, name))


def _array_ufunc(self, ufunc, method, *inputs, **options):
    """Compute np.exp(t), array + t and their like."""
    if method == "__call__" and not options:
        operation = operation_of(ufunc)
        if operation is not None:
            return operation(*inputs)
        if ufunc in _ANSWERING:
            return answered(ufunc, *inputs)
    call = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    return _by_numpy(call, getattr(ufunc, method), inputs, options)


def _array_function(self, function, types, args, kwargs):
    """Compute np.sum(t, axis=0), np.concatenate([t, u]) and their like."""
    if function in _READING and len(args) == 1 and args[0] is self and not kwargs:
        return getattr(self, function.__name__)
    if not all(issubclass(kind, (Tensor, np.ndarray)) for kind in types):
        return NotImplemented
    call = f"{function.__module__.replace('numpy', 'np')}.{function.__name__}"
    operation = operation_of(function)
    if operation is None:
        return _by_numpy(call, function, args, kwargs)
    form = _form(operation, function, len(args), tuple(kwargs))
    given = (*args, *kwargs.values())
    lack = form.lack or next(
        (f"has no option {name!r}" for place, name, default in form.unknown if not _equal(given[place], default)), ""
    )
    if lack:
        lack = f"{call} is computed, and recorded, by {operation.__name__}, which {lack}. NumPy's own result"
        return _by_numpy(call, function, args, kwargs, lack)
    settings = {name: given[place] for name, place in form.places.items()}
    try:
        return operation(*[given[place] for place in form.arrays], **form.defaults, **settings)
    except (TypeError, ValueError):
        if _records(given):
            raise
        return _by_numpy(call, function, args, kwargs)  # it may take more, or says what is wrong in its own words


@dataclass(frozen=True)
class _Form:
    """How a call of NumPy's function, of so many arguments and such keywords, is written with an operation.

    Attributes:
        arrays: the places, among all that is given, of what goes to the operation by position.
        places: the operation's names for what goes by name, and the places of it.
        defaults: what NumPy's function takes where nothing is given: where the two differ, NumPy's hold.
        unknown: what the operation does not know: place, name, and the default that it may be given as.
        lack: what keeps any such call from being one of the operation; "" if nothing does.
    """

    arrays: list[int]
    places: dict[str, int]
    defaults: dict[str, Any]
    unknown: list[tuple[int, str, Any]]
    lack: str


@functools.cache
def _form(operation: Callable[..., Any], function: Callable[..., Any], count: int, keywords: tuple[str, ...]) -> _Form:
    """Sort the places of a call by NumPy's signature, and name them by the operation's."""
    own = _signature(operation).parameters
    meant = {name: name for name in own} | other_names(own)
    signature = _signature(function)
    given = signature.bind(*range(count), **{name: count + i for i, name in enumerate(keywords)}).arguments
    named_there = {meant.get(name) for name in signature.parameters}
    needed = [name for name, p in own.items() if p.default is p.empty and p.kind is not p.VAR_POSITIONAL]
    variadic = any(p.kind is p.VAR_POSITIONAL for p in signature.parameters.values())
    # what is meant by its place: NumPy says a for our x
    unnamed = [] if variadic else [name for name in needed if name not in named_there]
    form = _Form([], {}, {}, [], "")
    for name, p in signature.parameters.items():
        if p.kind is p.VAR_POSITIONAL:
            form.arrays.extend(given.get(name, ()))
        elif p.kind is p.VAR_KEYWORD:
            for option, place in given.get(name, {}).items():
                if option in own:
                    form.places[option] = place
                else:
                    form.unknown.append((place, option, _NOTHING))
        elif name in given and (unnamed if name not in meant else meant[name] not in form.places):
            form.places[meant[name] if name in meant else unnamed.pop(0)] = given[name]
        elif name in given:
            form.unknown.append((given[name], name, p.default))
        elif name in meant and p.default not in (p.empty, np._NoValue):
            form.defaults[meant[name]] = p.default
    for name in form.places:
        form.defaults.pop(name, None)
    missing = [] if form.arrays else [name for name in needed if name not in form.places.keys() | form.defaults.keys()]
    return replace(form, lack=f"needs {missing[0]!r}" if missing else "")


_NOTHING = object()


def _equal(a: Any, b: Any) -> bool:
    return a is b or (type(a) is type(b) and isinstance(a, (bool, int, float, str)) and a == b)


@functools.cache
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(_IN_C.get(function, function))


# Before version 2.4, NumPy's functions that are written in C do not tell their signatures.
_IN_C: dict[Any, Callable[..., Any]] = {
    np.concatenate: lambda arrays, /, axis=0, out=None, *, dtype=None, casting="same_kind": None,
    np.dot: lambda a, b, out=None: None,
    np.inner: lambda a, b, /: None,
    np.vdot: lambda a, b, /: None,
    np.where: lambda condition, x=None, y=None, /: None,
}


def _by_numpy(call: str, compute: Callable[..., Any], args: Any, kwargs: dict[str, Any], lack: str = "") -> Any:
    """Compute by NumPy, or raise where that would lose a gradient."""
    recorded = _records([args, list(kwargs.values())])
    if recorded and (kwargs.get("out") is not None or compute.__name__ in _WRITING):
        raise TypeError(
            f"{call} into a NumPy array or a file would lose a Tensor's gradient; "
            "compute a new value instead, or give it x.data, which leaves the graph"
        )
    answer = compute(*_plainly(args), **{name: _plainly(value) for name, value in kwargs.items()})
    if not recorded or _is_whole(answer):
        return answer
    near = get_close_matches(call.split(".")[-1], _functions, 1, 0.7)
    raise TypeError(
        f"{lack or call + ' cannot be recorded, so it'} would lose the gradient of a Tensor; use another of this "
        f"library's operations{f' (the nearest name is tge.{near[0]})' if near and not lack else ''}, or define a "
        "primitive with its rule, or apply it to x.data, which leaves the graph"
    )


def _records(value: Any) -> bool:
    """Tell whether a value, or a list, has a Tensor whose gradient would be lost."""
    if isinstance(value, (list, tuple)):
        return any(map(_records, value))
    return isinstance(value, Tensor) and value.requires_grad and recording.enabled


def _plainly(value: Any) -> Any:
    """Return a value, or a list of values, with arrays for Tensors."""
    if type(value) in (list, tuple):
        return type(value)(map(_plainly, value))
    return value.data if isinstance(value, Tensor) else value


def _is_whole(answer: Any) -> bool:
    """Tell whether an answer consists of booleans, whole numbers, or words: what has no gradient."""
    if isinstance(answer, (list, tuple)):
        return all(map(_is_whole, answer))
    if isinstance(answer, (np.ndarray, np.generic)):
        return answer.dtype.kind in "biuSU"
    return isinstance(answer, (bool, int, str, np.dtype))
