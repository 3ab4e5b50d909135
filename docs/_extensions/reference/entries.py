"""One name of the reference: its signature, its docstring, its rules, its loops, and where it is written."""

from __future__ import annotations

import inspect
import re
import textwrap
from typing import TYPE_CHECKING, Any

import sources

from tinygrad_edu import Primitive, Tensor, ops
from tinygrad_edu.kernels import loops

from .docstrings import formula, prose, rst

if TYPE_CHECKING:
    from .names import Name

LOOPS = "tinygrad_edu.kernels.loops"


def signature(thing: Any, without_self: bool = False) -> str:
    """Return how a thing is called, without types: those are said in words below it."""
    try:
        found = inspect.signature(thing)
    except (TypeError, ValueError):
        return "(...)"
    parameters = [p.replace(annotation=p.empty, default=_shown(p.default)) for p in found.parameters.values()]
    return str(found.replace(parameters=parameters[without_self:], return_annotation=found.empty))


class _Shown:
    """A default that shows as the reader would write it."""

    def __init__(self, text: str):
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _shown(default: Any) -> Any:
    if default is inspect.Parameter.empty:
        return default
    if isinstance(default, type):
        return _Shown(("np." if default.__module__ == "numpy" else "") + default.__name__)
    return _Shown("...") if "<" in repr(default) else default


def source(thing: Any, up: str, label: str = "source") -> str:
    """Return a link to where a thing is written, or '' for what is not written in the package."""
    thing = thing.forward if isinstance(thing, Primitive) else inspect.unwrap(thing)
    try:
        file, (_, line) = inspect.getsourcefile(thing), inspect.getsourcelines(thing)
    except (TypeError, OSError):
        return ""
    page = sources.page_of(file)
    return f"`{label} <{up}{page}.html#L-{max(line, 1)}>`__" if page else ""


def twins(primitive: Primitive) -> list[str]:
    """Return the kernels that a primitive computes with, which `loops` defines."""
    called = re.findall(r"active\.kernels\.(\w+)", primitive.source.text)
    return [name for name in dict.fromkeys(called) if hasattr(loops, name)]


def entry(name: Name, up: str) -> str:
    """Return what the reference says about a name."""
    thing = name.thing
    if isinstance(thing, Primitive):
        kind, call, body = "function", signature(thing.forward), primitive_body(thing, name.name, up)
    elif inspect.isclass(thing):
        kind = "exception" if issubclass(thing, BaseException) else "class"
        call, body = signature(thing), class_body(thing, up)
    elif callable(thing):
        kind, call = "function", signature(thing)
        body = [rst(thing.__doc__), method_of_x(name.name), source(thing, up)]
    else:
        kind, call, body = "data", "", [", ".join(f"``{key}``" for key in thing)]
    return directive(kind, name.name + call, body, module=name.module)


def directive(kind: str, head: str, body: list[str], **options: str) -> str:
    """Return an entry of Sphinx's for Python."""
    given = "".join(f"   :{option}: {value}".rstrip() + "\n" for option, value in options.items())
    return f".. py:{kind}:: {head}\n{given}\n" + textwrap.indent("\n\n".join(filter(None, body)), "   ")


def method_of_x(name: str) -> str:
    """Say that an operation is a method of Tensors too, where it is."""
    is_method = name in ops.__all__ and hasattr(Tensor, name)
    return f"As a method of a Tensor too: ``x.{name}(...)``." if is_method else ""


def primitive_body(primitive: Primitive, name: str, up: str) -> list[str]:
    """Return formula, rules with their derivations, and the loops that define a primitive."""
    body = [rst(primitive.forward.__doc__), method_of_x(name)]
    by_function: dict[Any, list[str]] = {}
    for argument, rule in primitive.rules.items():
        by_function.setdefault(rule.function, []).append(argument)
    if by_function:
        body.append(".. rst-class:: section-title\n\nRules, with g = dL/dy")
    for function, arguments in by_function.items():
        first, _, rest = inspect.cleandoc(function.__doc__ or "").partition("\n")
        read = sorted(primitive.rules[arguments[0]].reads)
        reads = f"It reads {', '.join(f'``{r}``' for r in read)} by value. " if read else "It reads no value but g. "
        told = [formula(first), rst(rest), reads + source(function, up, function.__name__)]
        body.append(".. container:: rule\n\n" + textwrap.indent("\n\n".join(filter(None, told)), "   "))
    if not by_function:
        body.append("It has no rule: no gradient flows through it.")
    if found := twins(primitive):
        body.append("As plain loops: " + ", ".join(f":py:func:`~{LOOPS}.{twin}`" for twin in found) + ".")
    return [*body, source(primitive, up)]


def class_body(cls: type, up: str) -> list[str]:
    """Return a class's docstring and its own methods and properties."""
    body = [rst(cls.__doc__) if cls.__doc__ else "", source(cls, up)]
    if bases := [base for base in cls.__bases__ if base.__module__.startswith("tinygrad_edu")]:
        body.insert(1, "A " + ", ".join(f"``{base.__name__}``" for base in bases) + ".")
    for name, member in vars(cls).items():
        if name.startswith("_") or (cls is Tensor and name in ops.__all__):
            continue
        if isinstance(member, (classmethod, staticmethod)):
            kind = type(member).__name__
            call = signature(member.__func__, without_self=kind == "classmethod")
            body.append(directive("method", name + call, [rst(member.__func__.__doc__)], **{kind: ""}))
        elif inspect.isfunction(member) and member.__doc__:
            body.append(directive("method", name + signature(member, True), [rst(member.__doc__), source(member, up)]))
        elif isinstance(member, property) or hasattr(member, "func"):
            doc = getattr(member, "__doc__", None)
            body.append(directive("property", name, [rst(doc)]))
    return body


def loop_entry(name: str, up: str) -> str:
    """Return a definition in loops: its docstring and its code."""
    function = getattr(loops, name)
    code = ".. code-block:: python\n\n" + textwrap.indent(inspect.getsource(function), "   ")
    return directive("function", name + signature(function), [code, source(function, up)], module=LOOPS)


def line(name: Name) -> str:
    """Return a name as one line of the overview: its link, and the first line of its docstring."""
    doc = name.thing.forward.__doc__ if isinstance(name.thing, Primitive) else getattr(name.thing, "__doc__", "")
    first = inspect.cleandoc(doc or "").split("\n")[0] if not isinstance(name.thing, dict) else ""
    short = first if len(first) < 110 else first[:105].rsplit(" ", 1)[0] + " ..."
    told = f"``{short}``" if FORMULA_LIKE.search(short) and "`" not in short else prose(short)
    return f"* - :py:obj:`{name.name} <{name.path}>`\n  - {told}"


FORMULA_LIKE = re.compile(r"^\S[^.]*?( = |<-)")
