"""An optimizer's state: what a checkpoint keeps of it, and what has to fit before it is taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import CheckpointError
from ..nn.checks import whole
from ..nn.state import check

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from .optimizer import Optimizer


def state_of(optimizer: Optimizer) -> dict[str, Any]:
    """Return everything that a later run needs to go on; see `Optimizer.state_dict`."""
    settings = [optimizer.group_settings(k) for k in range(len(optimizer.sizes))]
    groups = [{"params": size, **own} for size, own in zip(optimizer.sizes, settings, strict=True)]
    return {
        "optimizer": type(optimizer).__name__,
        **({"groups": groups} if len(groups) > 1 else {"settings": settings[0]}),
        "steps": list(optimizer.steps),
        "arrays": {f"{name}.{i}": a.copy() for i, held in enumerate(optimizer.state) for name, a in held.items()},
    }


def attributes_from(optimizer: Optimizer, state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that the optimizer has in this state.  Raises CheckpointError if it cannot be in it."""
    own = type(optimizer).__name__
    try:
        kind, steps, arrays = (state[name] for name in ("optimizer", "steps", "arrays"))
        groups = state["groups"] if "groups" in state else [{"params": len(steps), **state["settings"]}]
        if kind != own:
            raise CheckpointError(f"this is the state of {kind}, not of {own}")
        if len(steps) != len(optimizer.parameters):
            raise CheckpointError(f"this state has {len(steps)} parameters; {own} has {len(optimizer.parameters)}")
        sizes = tuple(group["params"] for group in groups)
        if sizes != optimizer.sizes:
            raise CheckpointError(f"this state has groups of {sizes} parameters; {own} has {optimizer.sizes}")
        steps = [whole("steps", n, at_least=0) for n in steps]
        rules = [_rule_with(optimizer, group) for group in groups]
    except CheckpointError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckpointError(f"this is no state of {own}: {error!r}") from error
    rule_of = [rule for rule, size in zip(rules, sizes, strict=True) for _ in range(size)]
    expected = {
        f"{name}.{i}": (p.shape, p.dtype)
        for i, (p, rule) in enumerate(zip(optimizer.parameters, rule_of, strict=True))
        for name in optimizer.buffers
        if steps[i] and (name in rule.remembered() or f"{name}.{i}" in arrays)
    }
    remembered: list[dict[str, np.ndarray]] = [{} for _ in optimizer.parameters]
    for path, array in check(own, expected, arrays).items():
        buffer, i = path.rsplit(".", 1)
        remembered[int(i)][buffer] = array
    first, *others = ({name: vars(rule)[name] for name in optimizer.settings} for rule in rules)
    return {**first, "_others": tuple(others), "initial_lrs": None, "steps": steps, "state": remembered}


def _rule_with(optimizer: Optimizer, group: Mapping[str, Any]) -> Optimizer:
    """Return the optimizer as a group with these settings knows it.  Raises CheckpointError or ValueError."""
    settings = {**optimizer.later, **{name: value for name, value in group.items() if name != "params"}}
    if set(settings) != set(optimizer.settings):
        own = type(optimizer).__name__
        raise CheckpointError(f"{own} has the settings {', '.join(optimizer.settings)}, not {', '.join(settings)}")
    rule = optimizer.alone({})
    for name in settings:  # all go before the first comes: they are checked together
        vars(rule).pop(name)
    for name, value in settings.items():
        setattr(rule, name, value)
    return rule
