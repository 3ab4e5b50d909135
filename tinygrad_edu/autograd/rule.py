"""A rule: dL/dx from g = dL/dy, for one argument x of a primitive y = f(x, ...).

By the chain rule dL/dx = g times dy/dx, a vector times a Jacobian matrix. A rule computes this *vector-Jacobian
product* (VJP) without making the matrix, which has size(y) * size(x) elements, nearly all zero. It is linear in g.
"""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from .primitive import Primitive


@dataclass(frozen=True)
class Source:
    """A place in the code: file, first line, and the text itself ('' where there is no file)."""

    file: str
    line: int
    text: str

    @staticmethod
    def of(function: Callable[..., Any]) -> Source:
        """Find where a function is written."""
        code = function.__code__
        try:
            text = textwrap.dedent(inspect.getsource(function))
        except (OSError, TypeError):
            text = ""
        return Source(code.co_filename, code.co_firstlineno, text)


@dataclass(frozen=True)
class Rule:
    """How the gradient of one argument follows from the gradient of the result: its vector-Jacobian product.

    Attributes:
        primitive, argument: whose gradient it is.
        function: the rule itself, called as `function(g, y, *inputs, **parameters)`.
    """

    primitive: Primitive
    argument: str
    function: Callable[..., Any]

    @property
    def name(self) -> str:
        """The rule's name, such as `conv2d_dx`."""
        return self.function.__name__

    @property
    def formula(self) -> str:
        """The first line of the docstring: the gradient in terms of `g`, `y` and the arguments."""
        return first_line(self.function)

    @property
    def source(self) -> Source:
        """Where the rule is written."""
        return Source.of(self.function)

    @functools.cached_property
    def reads(self) -> frozenset[str]:
        """Which of "y" and the arguments the rule reads *by value*, found in its source.

        `a.shape` alone reads no value: multiplication's rule for `a`, `sum_to(g * b, a.shape)`, reads only `b`.
        Where the source cannot be had, everything counts as read.
        """
        names = ("y", *self.primitive.arguments)
        text = self.source.text
        try:
            definition = ast.parse(text).body[0]
        except (SyntaxError, IndexError):
            return frozenset(names)
        if not isinstance(definition, ast.FunctionDef):
            return frozenset(names)
        spec = definition.args
        own = [a.arg for a in (*spec.posonlyargs, *spec.args)][1:]  # without g
        called = {name: {argument} for name, argument in zip(own, names, strict=False)}
        if spec.vararg is not None:
            called[spec.vararg.arg] = set(names[len(own) :])
        read: set[str] = set()
        for node in ast.walk(ast.Module(definition.body, [])):
            for child in ast.iter_child_nodes(node):
                only_its_shape = isinstance(node, ast.Attribute) and node.attr in _SHAPE_ATTRIBUTES
                if isinstance(child, ast.Name) and child.id in called and not only_its_shape:
                    read |= called[child.id]
        return frozenset(read)

    def uses(self, parameter: str) -> bool:
        """Tell whether the rule's code names a parameter (`axis`, say); yes, where the source cannot be had."""
        try:
            tree = ast.parse(self.source.text)
        except SyntaxError:
            return True
        return not tree.body or any(isinstance(n, ast.Name) and n.id == parameter for n in ast.walk(tree))

    def __repr__(self) -> str:
        return f"<rule {self.name}: {self.formula}>"


_SHAPE_ATTRIBUTES = frozenset({"shape", "ndim", "size", "dtype"})


def first_line(function: Callable[..., Any]) -> str:
    """Return the first line of a function's docstring: its formula."""
    return (function.__doc__ or "").strip().split("\n")[0].strip()
