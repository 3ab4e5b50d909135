"""The backward pass: one loop that applies the chain rule from the loss to the leaves.

The recorded graph is the *tape* of the books, its stamps a *topological order*: whatever was computed from y is younger
than y. The loop takes the results in reverse, youngest first, so that g = dL/dy is complete when y's turn comes. The
rules of y's primitive then turn g into one contribution to each input: *vector-Jacobian products*, g times dy/dx
without the matrix dy/dx ever being made. Contributions that arrive at the same Tensor add up (reverse-mode automatic
differentiation; Griewank and Walther, "Evaluating Derivatives", 2008, chapter 3).
"""

from __future__ import annotations

import os
import threading
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from .commit import change_gradients
from .graph import results_behind
from .modes import RecordingBlock, recording
from .retained import retained
from .tensor import Tensor, last_change, new_result

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from .primitive import Primitive


class Watcher(Protocol):
    """What a `BackwardTrace` is to the loop: it is told of every node whose rules have fired."""

    def __call__(self, node: Tensor, gradient: Any, contributions: list[Any]) -> None:
        """Receive a node, its complete upstream gradient, and one contribution (or None) for each input."""


def run_backward(
    outputs: Sequence[Tensor],
    gradients: Sequence[Any],
    *,
    create_graph: bool = False,
    wanted: Sequence[Tensor] | None = None,
    kept: frozenset[Tensor] = frozenset(),
    watch: Watcher | None = None,
) -> dict[Tensor, Any]:
    """Send `gradients` back from `outputs`; return dL/dt for each leaf t that requires it, or each t in `wanted`.

    Gradients are arrays (NumPy scalars where there are no axes), or with `create_graph` Tensors. With `wanted`, only
    the rules on the paths that lead there are fired; a Tensor that is not reached is missing from the result. Without
    it, results that are `kept` are in there too, if they are reached.
    """
    targets = kept if wanted is None else frozenset(wanted)
    needed = None if wanted is None else _paths(outputs, targets)
    pending: dict[int, list[Any]] = {}  # by stamp: [y, dL/dy as far as it has arrived] for recorded results y
    queue: list[int] = []  # their stamps, negated: the youngest comes first
    finished: dict[Tensor, Any] = {}

    def arrive(t: Tensor, gradient: Any) -> None:
        if t.primitive is None:
            finished[t] = finished[t] + gradient if t in finished else gradient
        elif t._stamp in pending:
            pending[t._stamp][1] = pending[t._stamp][1] + gradient
        else:
            pending[t._stamp] = [t, gradient]
            heappush(queue, -t._stamp)

    for output, gradient in zip(outputs, gradients, strict=True):
        if needed is None or output in needed:
            arrive(output, gradient)

    before, recording.enabled = recording.enabled, create_graph
    try:
        while queue:
            y, g = pending.pop(-heappop(queue))
            if y in targets:
                finished[y] = g
            contributions = vjp(y, g, create_graph, needed)
            for x, contribution in zip(y.inputs, contributions):  # noqa: B905 (as long as each other, and quicker)
                if contribution is not None:
                    arrive(x, contribution)
            if watch is not None:
                watch(y, g, contributions)
    finally:
        recording.enabled = before
    return finished


def vjp(y: Tensor, g: Any, create_graph: bool, needed: Collection[Tensor] | None) -> list[Any]:
    """Fire the rules of one result y = primitive(inputs): return what g = dL/dy contributes to dL/dx for each input x.

    The rules read arrays, or with `create_graph` Tensors, and are then recorded themselves. An input that needs no
    gradient, or whose gradient is zero, gets None.
    """
    if y._stamp < last_change.stamp:
        _check_unchanged(y, needed)
    primitive, inputs, params = y.primitive, y.inputs, y.params
    result: Any
    values: Sequence[Any]
    if create_graph:
        result, values = y, inputs
    else:
        g.setflags(False)  # read-only: it may be another input's contribution too
        result, values = y._data, [x._data if isinstance(x, Tensor) else x for x in inputs]

    contributions: list[Any] = [None] * len(inputs)
    rules = primitive.fixed_rules or primitive.rule_functions(len(inputs))  # type: ignore[union-attr]
    for position, x in enumerate(inputs):
        if not isinstance(x, Tensor) or not x._requires_grad or (needed is not None and x not in needed):
            continue
        rule = rules[position]
        if rule is None:
            raise _no_rule(y, position)
        contribution = rule(g, result, *values, **params)
        if contribution is not None:
            if getattr(contribution, "shape", None) != x._data.shape or contribution.dtype is not x._data.dtype:
                contribution = _fitted(y, position, contribution)
            contributions[position] = contribution
    return contributions


# -- what can go wrong in it ------------------------------------------------------------------------------------


def _no_rule(y: Tensor, position: int) -> NotImplementedError:
    primitive: Primitive = y.primitive  # type: ignore[assignment]
    argument = primitive.argument_at(position)
    return NotImplementedError(
        f"{primitive.name} has no rule for its argument {argument!r}; "
        f'write one with @{primitive.name}.backward("{argument}")'
    )


def _fitted(y: Tensor, position: int, contribution: Any) -> Any:
    """Return a contribution in the dtype of the input it is for; raise if its shape, or what it is, does not fit."""
    primitive: Primitive = y.primitive  # type: ignore[assignment]
    like = y.inputs[position]
    rule = f"the rule {primitive.rules[primitive.argument_at(position)].name} of {primitive.name} returned a "
    if not hasattr(contribution, "shape"):
        raise TypeError(
            f"{rule}{type(contribution).__name__}; it must return an array, or None where the gradient is zero"
        )
    if contribution.shape != like.shape:
        raise ValueError(
            f"{rule}gradient of shape {contribution.shape} for an argument of shape {like.shape}; "
            "the two must agree (sum_to undoes broadcasting)"
        )
    return contribution if contribution.dtype == like.dtype else contribution.astype(like.dtype)


def _check_unchanged(y: Tensor, needed: Collection[Tensor] | None) -> None:
    """Raise if a rule that is about to fire reads an input that was changed after y was computed from it."""
    primitive: Primitive = y.primitive  # type: ignore[assignment]
    read: set[str] = set()
    for i, x in enumerate(y.inputs):
        rule = primitive.rules.get(primitive.argument_at(i))
        if rule and isinstance(x, Tensor) and x.requires_grad and (needed is None or x in needed):
            read |= rule.reads
    for i, x in enumerate(y.inputs):
        argument = primitive.argument_at(i)
        if isinstance(x, Tensor) and x._stamp > y._stamp and argument in read:
            raise RuntimeError(
                f"the backward pass of {primitive.name} needs the value that its argument {argument!r} "
                f"{_called(x)} had, but it was changed afterwards; call backward() before changing it, "
                "or compute the result again"
            )


def _called(x: Tensor) -> str:
    return f"({x.name}, shape {x.shape})" if x.name else f"(shape {x.shape})"


def _paths(outputs: Sequence[Tensor], targets: frozenset[Tensor]) -> set[Tensor]:
    """Return the targets and every result on a path from them to the outputs."""
    needed = set(targets)
    for y in results_behind(outputs):  # in the order of computation, so that inputs are decided before y is
        if any(isinstance(x, Tensor) and x in needed for x in y.inputs):
            needed.add(y)
    return needed


# -- what users call -------------------------------------------------------------------------------------------


# One pass at a time adds to `.grad`, so that passes in several threads lose nothing of each other's.
_adding = threading.Lock()


def _renew_lock() -> None:
    global _adding
    _adding = threading.Lock()


if hasattr(os, "register_at_fork"):  # a lock that is held while the process forks would be held for ever in the child
    os.register_at_fork(after_in_child=_renew_lock)


def backward(loss: Tensor, gradient: Any = None, create_graph: bool = False) -> None:
    """Add dL/dt into `.grad` of every leaf t that requires one; see `Tensor.backward`."""
    seed = _seed(loss, gradient, create_graph)
    found = run_backward([loss], [seed], create_graph=create_graph, kept=retained())
    with _adding:
        change_gradients(found, _totals_recorded(found) if create_graph else _totals(found, seed))


def _totals(found: dict[Tensor, Any], seed: Any) -> list[Tensor]:
    """Return what each `.grad` becomes: an array of its own, added to what is there already."""
    totals = []
    given = {id(seed)}
    for t, g in found.items():
        if t._grad is not None:
            g = t._grad._data + g
        elif g.base is not None or id(g) in given:
            g = g.copy()  # a view, or an array that another leaf has been given
        given.add(id(g))
        totals.append(new_result(g))
    return totals


def _totals_recorded(found: dict[Tensor, Any]) -> list[Tensor]:
    """Return the same with `create_graph`: sums that can be differentiated again."""
    with RecordingBlock(True):
        return [_differentiable(g if t._grad is None else t._grad + g) for t, g in found.items()]


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    create_graph: bool = False,
) -> tuple[Tensor, ...]:
    """Return d(outputs)/d(input) for each input, as a tuple, leaving every `.grad` as it is.

    Only the rules on the way to `inputs` are fired. An input that the outputs do not depend on has gradient zero.

    Args:
        outputs: a Tensor, or several: their gradients add up.
        inputs: the Tensors to differentiate by, leaves or results.
        grad_outputs: dL/d(output) for each output; may be left out for outputs of one element (then 1).
        create_graph: record the backward pass, so that the gradients can be differentiated again.

    >>> import tinygrad_edu as tge
    >>> x = tge.tensor(3.0, requires_grad=True)
    >>> (dy,) = tge.grad(x ** 3, x, create_graph=True)
    >>> (d2y,) = tge.grad(dy, x)
    >>> dy.item(), d2y.item()
    (27.0, 18.0)
    """
    outputs = [outputs] if isinstance(outputs, Tensor) else list(outputs)
    inputs = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    if grad_outputs is None or isinstance(grad_outputs, (Tensor, np.ndarray, float, int)):
        grad_outputs = [grad_outputs] * len(outputs)
    for t in inputs:
        if not t.requires_grad:
            raise ValueError(f"cannot differentiate by a Tensor {_called(t)} that does not require a gradient")
    if len(grad_outputs) != len(outputs):
        raise ValueError(f"{len(outputs)} outputs need as many grad_outputs, not {len(grad_outputs)}")
    seeds = [_seed(t, g, create_graph) for t, g in zip(outputs, grad_outputs, strict=True)]
    found = run_backward(outputs, seeds, create_graph=create_graph, wanted=inputs)
    gradients = (found[t] if t in found else np.zeros(t.shape, t.dtype) for t in inputs)
    return tuple(_differentiable(g) if create_graph else new_result(g) for g in gradients)


def _differentiable(gradient: Any) -> Tensor:
    """Return a gradient that can be differentiated again: where it is constant, it is a leaf, and what follows zero."""
    if isinstance(gradient, Tensor) and gradient.requires_grad:
        return gradient
    return Tensor(gradient, requires_grad=True)


def _seed(output: Tensor, gradient: Any, create_graph: bool) -> Any:
    """Return the gradient the pass starts from, checked against the output it belongs to."""
    if not output.requires_grad:
        raise ValueError(
            f"this Tensor {_called(output)} depends on nothing that requires a gradient "
            "(was it computed under no_grad(), or does no input have requires_grad=True?)"
        )
    if gradient is None:
        if output.size != 1:
            raise ValueError(
                f"backward() from shape {output.shape} needs a gradient of that shape; "
                "only a Tensor of one element has a gradient of its own, 1"
            )
        gradient = new_result(np.ones(output.shape, output.dtype))
    elif not isinstance(gradient, Tensor):
        gradient = Tensor(gradient)
    if gradient.shape != output.shape:
        raise ValueError(f"the gradient has shape {gradient.shape}, the Tensor it belongs to {output.shape}")
    if gradient.dtype != output.dtype:
        gradient = gradient.astype(output.dtype)
    return gradient if create_graph else gradient._data
