"""Is a rule itself differentiable, and are its derivatives right?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..calls.function import Function, GradientOf
from ..calls.trial import Trial, described
from .compare import compare, engine_gradients
from .fault import Fault

if TYPE_CHECKING:
    from ..calls.call import Call


def second_order_fault(call: Call, rng: np.random.Generator) -> Fault | None:
    """Check each rule of a call, read with Tensors: that it gives the same numbers, and can be differentiated again.

    The rules must be right at first order; a fault found here is one that only `create_graph=True` shows.
    """
    function = Function(call.primitive, call.inputs, call.params)
    for position in call.differentiable:
        trial = Trial(call, position, call.random_gradient(rng))

        def fault(kind: str, text: str, trial: Trial = trial, **seen: Any) -> Fault:
            return Fault(kind, trial, text, order=2, **seen)

        try:
            level = GradientOf(function, rng, only=position)
            with_arrays = float(np.sum(call.given(position, level.arrays[-1]) * level.v[position]))
            with_tensors = float(level.value(level.arrays))
        except Exception as e:
            return fault("second order", f"read with Tensors, it raised {described(e)}")
        if not np.isclose(with_arrays, with_tensors, rtol=1e-9, atol=1e-12):
            return fault("readings", "read with Tensors (create_graph=True), it gives other numbers than with arrays")
        try:
            given, upstream = engine_gradients(level, rng)
        except Exception as e:
            return fault("second order", f"differentiated again, it raised {described(e)}")
        for c in compare(level, given, upstream, rng):
            if not np.all(c.right):
                text = f"differentiated again, by {c.name}, it gives something else than finite differences"
                if not np.any(c.given):
                    text = f"differentiated again, by {c.name}, it gives zero: that part of the rule is not recorded"
                return fault("second order", text, worst=c.worst)
    return None
