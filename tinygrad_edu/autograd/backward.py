"""The backward pass: one loop that applies the chain rule from the loss to the leaves.

For every recorded result y = f(x1, x2, ...), youngest first, the gradient g = dL/dy is complete, because whatever was
computed from y is younger than y. Each input then receives the contribution of its rule, and the contributions that
arrive at the same Tensor add up.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from .modes import set_grad_enabled
from .tensor import Tensor, last_change, new_result

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    watch: Watcher | None = None,
) -> dict[Tensor, Any]:
    """Send `gradients` back from `outputs`; return dL/dt for each leaf t that requires it, or each t in `wanted`.

    Gradients are arrays (NumPy scalars where there are no axes), or with `create_graph` Tensors. With `wanted`, only
    the rules on the paths that lead there are fired; a Tensor that is not reached is missing from the result.
    """
    targets = frozenset(t._stamp for t in wanted or ())
    needed = None if wanted is None else _paths(outputs, targets)
    pending: dict[int, list[Any]] = {}  # by stamp: [t, dL/dt as far as it has arrived]
    queue: list[int] = []  # the stamps of the recorded results among them, negated: the youngest comes first
    finished: dict[Tensor, Any] = {}

    def arrive(t: Tensor, gradient: Any) -> None:
        arrived = pending.get(t._stamp)
        if arrived is not None:
            arrived[1] = arrived[1] + gradient
        else:
            pending[t._stamp] = [t, gradient]
            if t.primitive is not None:
                heappush(queue, -t._stamp)

    for output, gradient in zip(outputs, gradients, strict=True):
        if needed is None or output._stamp in needed:
            arrive(output, gradient)

    with set_grad_enabled(create_graph):
        while queue:
            y, g = pending.pop(-heappop(queue))
            if y._stamp in targets:
                finished[y] = g
            if y._stamp < last_change.stamp:
                _check_unchanged(y, needed)

            # The rules read arrays; with create_graph they read Tensors, and so are recorded themselves.
            inputs, params = y.inputs, y.params
            if create_graph:
                result, values = y, inputs
            else:
                result, values = y._data, [x._data if isinstance(x, Tensor) else x for x in inputs]

            contributions: list[Any] = [None] * len(inputs)
            for position, rule in enumerate(y.primitive.rule_functions(len(inputs))):
                x = inputs[position]
                if not isinstance(x, Tensor) or not x.requires_grad or (needed is not None and x._stamp not in needed):
                    continue
                if rule is None:
                    raise _no_rule(y, position)
                contribution = rule(g, result, *values, **params)
                if contribution is not None:
                    like = x._data
                    if getattr(contribution, "shape", None) != like.shape:
                        raise _wrong_gradient(y, position, contribution)
                    if contribution.dtype is not like.dtype and contribution.dtype != like.dtype:
                        contribution = contribution.astype(like.dtype)
                    contributions[position] = contribution
                    arrive(x, contribution)
            if watch is not None:
                watch(y, g, contributions)

    finished.update({t: g for t, g in pending.values()})
    return finished


# -- what can go wrong in it ------------------------------------------------------------------------------------


def _no_rule(y: Tensor, position: int) -> NotImplementedError:
    primitive: Primitive = y.primitive  # type: ignore[assignment]
    argument = primitive.argument_at(position)
    return NotImplementedError(
        f"{primitive.name} has no rule for its argument {argument!r}; "
        f'write one with @{primitive.name}.backward("{argument}")'
    )


def _wrong_gradient(y: Tensor, position: int, contribution: Any) -> TypeError | ValueError:
    primitive: Primitive = y.primitive  # type: ignore[assignment]
    rule = f"the rule {primitive.rules[primitive.argument_at(position)].name} of {primitive.name} returned a "
    if not hasattr(contribution, "shape"):
        return TypeError(
            f"{rule}{type(contribution).__name__}; it must return an array, or None where the gradient is zero"
        )
    return ValueError(
        f"{rule}gradient of shape {contribution.shape} for an argument of shape {y.inputs[position].shape}; "
        "the two must agree (sum_to undoes broadcasting)"
    )


def _check_unchanged(y: Tensor, needed: set[int] | None) -> None:
    """Raise if a rule that is about to fire reads an input that was changed after y was computed from it."""
    primitive: Primitive = y.primitive  # type: ignore[assignment]
    read: set[str] = set()
    for i, x in enumerate(y.inputs):
        rule = primitive.rules.get(primitive.argument_at(i))
        if rule and isinstance(x, Tensor) and x.requires_grad and (needed is None or x._stamp in needed):
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


def _paths(outputs: Sequence[Tensor], targets: frozenset[int]) -> set[int]:
    """Return the stamps of the targets and of every result between them and the outputs."""
    reached = {t._stamp: t for t in outputs}
    stack = list(outputs)
    while stack:
        for x in stack.pop().inputs:
            if isinstance(x, Tensor) and x.requires_grad and x._stamp not in reached:
                reached[x._stamp] = x
                stack.append(x)
    needed = set(targets.intersection(reached))
    for stamp in sorted(reached):  # oldest first, so that an input is decided before what was computed from it
        if any(isinstance(x, Tensor) and x._stamp in needed for x in reached[stamp].inputs):
            needed.add(stamp)
    return needed


# -- what users call -------------------------------------------------------------------------------------------


def backward(loss: Tensor, gradient: Any = None, create_graph: bool = False) -> None:
    """Add dL/dt into `.grad` of every leaf t that requires one; see `Tensor.backward`."""
    seed = _seed(loss, gradient, create_graph)
    found = run_backward([loss], [seed], create_graph=create_graph)
    if create_graph:
        for t, g in found.items():
            g = g if isinstance(g, Tensor) else new_result(g)  # a rule may leave the graph
            t.grad = g if t.grad is None else t.grad + g
        return
    given = {id(seed)}
    for t, g in found.items():
        if t.grad is not None:
            g = t.grad._data + g
        elif g.base is not None or id(g) in given:
            g = g.copy()  # a view, or an array that another leaf has been given
        given.add(id(g))
        t.grad = new_result(g)


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
    return tuple(g if isinstance(g, Tensor) else new_result(g) for g in gradients)


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
        gradient = np.ones(output.shape, output.dtype)
    elif not isinstance(gradient, Tensor):
        gradient = np.array(gradient, dtype=output.dtype)
    if gradient.shape != output.shape:
        raise ValueError(f"the gradient has shape {gradient.shape}, the Tensor it belongs to {output.shape}")
    if gradient.dtype != output.dtype:
        gradient = gradient.astype(output.dtype)
    if create_graph:
        return gradient if isinstance(gradient, Tensor) else Tensor(gradient)
    return gradient._data if isinstance(gradient, Tensor) else gradient
