"""Everything that can be wrong with the rules of one call: each check returns the first `Fault` it sees, or None."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .tolerance import RELATIVE, difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .call import Call


@dataclass(frozen=True, eq=False)
class Fault:
    """One thing wrong with one rule at one call.

    Attributes:
        kind: "value", "shape", "dtype", "raises", "mutation", "overflow", "readings" or "second order".
        call, position, g: the call, which input's rule, and the upstream gradient.
        text: what was seen, for the kinds that are plain to say.
        given, expected: the gradients; None where there are none to compare.
        index: the worst element's flat index.
        order: 1, or the order at which it shows.
        worst: the index of the worst element and the two values there, where `given` and `expected` do not tell.
    """

    kind: str
    call: Call
    position: int
    g: np.ndarray
    text: str = ""
    given: np.ndarray | None = None
    expected: np.ndarray | None = None
    index: int = 0
    order: int = 1
    worst: tuple[tuple[int, ...], float, float] | None = None

    @property
    def worst_element(self) -> tuple[tuple[int, ...], float, float]:
        """Return the index of the worst element, the value given there, and the value expected (nan: unknown)."""
        if self.worst is not None:
            return self.worst
        shape = self.call.inputs[self.position].shape
        index = tuple(int(i) for i in np.unravel_index(self.index, shape)) if np.prod(shape) else ()
        given, expected = (
            float(a[index]) if a is not None and a.shape == shape and a.size else float("nan")
            for a in (self.given, self.expected)
        )
        return index, given, expected

    @property
    def argument(self) -> str:
        """The name of the argument whose rule is wrong."""
        return self.call.primitive.argument_at(self.position)


def first_order_faults(call: Call, g: np.ndarray, relative: float = RELATIVE) -> Iterator[Fault]:
    """Yield what is wrong with each rule of the call at the upstream gradient g, one fault for each rule at most."""
    for position in call.differentiable:
        fault = form_fault(call, position, g) or value_fault(call, position, g, relative)
        if fault is not None:
            yield fault


def form_fault(call: Call, position: int, g: np.ndarray) -> Fault | None:
    """Check everything about a gradient but its values: that there is one, its shape, its dtype, side effects."""
    x = call.inputs[position]
    y = call.output()
    inputs = tuple(i.copy() if isinstance(i, np.ndarray) else i for i in call.inputs)
    own_g, own_y = g.copy(), y.copy()
    try:
        rule = call.rule(position)
        with np.errstate(all="ignore"):
            given = rule(own_g, own_y, *inputs, **call.params)
        if given is not None and not isinstance(given, (np.ndarray, np.generic)):
            return Fault("dtype", call, position, g, f"it returned a {type(given).__name__}, not an array")
        given = np.zeros_like(x) if given is None else np.asarray(given)
    except Exception as e:
        return Fault("raises", call, position, g, f"it raised {type(e).__name__}: {first_line(e)}")
    expected = _pulled_back(call, position, g)
    seen: dict[str, Any] = {"given": given, "expected": expected}
    for name, before, after in [
        ("its upstream gradient g", g, own_g),
        ("the result y", y, own_y),
        *((f"its input {call.primitive.argument_at(i)}", a, inputs[i]) for i, a in enumerate(call.inputs)),
    ]:
        if isinstance(before, np.ndarray) and not np.array_equal(before, after, equal_nan=before.dtype.kind == "f"):
            return Fault("mutation", call, position, g, f"it changed {name}, which belongs to others", **seen)
    if given.shape != x.shape:
        return Fault("shape", call, position, g, f"its shape is {given.shape}, but {_shaped(call, position)}", **seen)
    if given.dtype != np.float64:
        return Fault("dtype", call, position, g, f"it has dtype {given.dtype} where all inputs are float64", **seen)
    return _float32_fault(call, position, g)


def _float32_fault(call: Call, position: int, g: np.ndarray) -> Fault | None:
    """Check that float32 inputs give float32 results and gradients."""
    single = in_float32(call)
    try:
        y = single.output()
        given = single.given(position, g.astype(y.dtype))
    except Exception as e:
        return Fault("raises", call, position, g, f"with float32 inputs it raised {type(e).__name__}: {first_line(e)}")
    if y.dtype != np.float32 and call.output().dtype == np.float64 and "dtype" not in call.params:
        return Fault("dtype", call, position, g, f"the forward computation makes {y.dtype} of float32 inputs")
    if given.dtype != np.float32 and y.dtype == np.float32:
        return Fault("dtype", call, position, g, f"float32 inputs get a {given.dtype} gradient; it must be float32")
    return None


def value_fault(call: Call, position: int, g: np.ndarray, relative: float = RELATIVE) -> Fault | None:
    """Compare a rule's gradient with finite differences."""
    given = call.given(position, g)
    found = call.jacobian(position)
    _, error, right = difference(given, found, g, relative)
    if np.all(right):
        return None
    worst = int(np.argmax(np.where(right, -1.0, np.nan_to_num(error, nan=np.inf))))
    expected = _pulled_back(call, position, g)
    return Fault("value", call, position, g, given=given, expected=expected, index=worst)


LARGE = (30.0, 300.0)  # e^300 fits into float64, but e^89 overflows in float32


def overflow_fault(call: Call, rng: np.random.Generator) -> Fault | None:
    """Compare float32 with float64 at large inputs: what float64 finds to be an ordinary number must not overflow."""
    large = tuple(
        np.sign(x) * rng.uniform(*LARGE, x.shape) if p in call.differentiable else x for p, x in enumerate(call.inputs)
    )
    call = call.with_inputs(
        tuple(
            np.asarray(x, np.float32).astype(np.float64) if i in call.differentiable else x for i, x in enumerate(large)
        )
    )
    single = in_float32(call)
    with np.errstate(all="ignore"):
        try:
            y, y32 = call.output(), single.output()
        except Exception:
            return None
        g = rng.uniform(0.5, 1.0, y.shape)
        if not np.all(_ordinary(y)):
            return None
        if not np.all(np.isfinite(y32)):
            text = "its forward computation overflows on large inputs; subtract the largest before exp"
            position = (call.differentiable or [0])[0]
            return Fault("overflow", call, position, g, text, given=y32, expected=y)
        for position in call.differentiable:
            try:
                given, given32 = call.given(position, g), single.given(position, g.astype(np.float32))
            except Exception:
                return None
            if np.all(_ordinary(given)) and not np.all(np.isfinite(given32)):
                text = "the rule is right on small inputs, but overflows on large ones"
                return Fault("overflow", call, position, g, text, given=given32, expected=given)
            if not np.all(np.isfinite(given)):
                text = "the rule is right on small inputs, but gives inf or nan on large ones, where y is finite"
                return Fault("overflow", call, position, g, text, given=given, expected=_pulled_back(call, position, g))
    return None


def _ordinary(values: np.ndarray) -> np.ndarray:
    return np.isfinite(values) & (np.abs(values) < 1e30)


def in_float32(call: Call) -> Call:
    """Return the same call with its floating arrays in float32."""
    return call.with_inputs(
        tuple(x.astype(np.float32) if i in call.differentiable else x for i, x in enumerate(call.inputs))
    )


def _pulled_back(call: Call, position: int, g: np.ndarray) -> np.ndarray:
    """Return dL/d(input) by finite differences in the input's shape; nan where there is no derivative."""
    found = call.jacobian(position)
    expected, _ = found.pull_back(g)
    return np.where(found.smooth, expected, np.nan).reshape(call.inputs[position].shape)


def _shaped(call: Call, position: int) -> str:
    return f"{call.primitive.argument_at(position)} has shape {call.inputs[position].shape}"


def first_line(e: BaseException) -> str:
    """Return an exception's message in one line."""
    return (str(e).strip().splitlines() or [""])[0][:200]


def quiet(function: Callable[[], Any]) -> Any:
    """Call a function; return None if it raises, and let no NumPy warning through."""
    try:
        with np.errstate(all="ignore"):
            return function()
    except Exception:
        return None
