"""Does the forward computation leave its inputs as they are, and keep their precision?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...autograd import Tensor
from ..calls.trial import same

if TYPE_CHECKING:
    from ..calls.trial import Trial


def returns_a_tensor(trial: Trial) -> str | None:
    """What it returns is a Tensor, which the engine is to make of it."""
    call = trial.call
    if isinstance(call.primitive.forward(*call.copies(), **call.params), Tensor):
        return "the forward computation returned a Tensor; it gets arrays and returns an array, so leave out tge.Tensor"
    return None


def writes_into_its_inputs(trial: Trial) -> str | None:
    """An input holds other values afterwards."""
    call = trial.call
    inputs = call.copies()
    call.primitive.forward(*inputs, **call.params)
    for i, (before, after) in enumerate(zip(call.inputs, inputs, strict=True)):
        if not same(before, after):
            name = call.primitive.argument_at(i)
            return (
                f"the forward computation changes its input {name}, which belongs to others; "
                f"let it make a new array ({name}.copy(), np.where, np.maximum ...)"
            )
    return None


def makes_less_than_float64(trial: Trial) -> str | None:
    """Inputs of float64 give a result of a lower precision."""
    call, dtype = trial.call, trial.y.dtype
    inputs = {call.inputs[i].dtype.name for i in call.differentiable}
    if inputs != {"float64"} or dtype.name not in ("float32", "float16") or "dtype" in call.params:
        return None
    return (
        f"the forward computation makes {dtype} of float64 inputs, which loses too much for finite differences to "
        "tell whether a rule is right; let it keep the dtype of its inputs"
    )
