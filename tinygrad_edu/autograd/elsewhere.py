"""What PyTorch and NumPy have and this library has not, or calls otherwise: the AttributeError says what to write.

A Tensor's names stand on its class, as descriptors that raise: a `__getattr__` of Tensor could say the same of any
name, but with it Python 3.11 takes three times as long for every attribute that is there. For a slip of the fingers
Python itself names the nearest ("Did you mean: 'shape'?").
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNCHANGED = "a Tensor's numbers do not change; a leaf is given others: x.data = array, or under no_grad x += y"
_MEMORY = "there is no memory but the main one, so nothing is moved there"
_DTYPES = "dtypes are NumPy's"

# name: (what to write, with Tensors x and y, and why, if there is more to say)
OF_TENSORS: dict[str, tuple[str, str]] = {
    "add_": ("x + y", _UNCHANGED),
    "bmm": ("x @ y", ""),
    "bool": ("x.astype(bool)", _DTYPES),
    "clamp": ("x.clip(0, 1)", ""),
    "contiguous": ("x", "as no array changes, a view is as good as a copy"),
    "copy": ("x.clone()", ""),
    "copy_": ("x.clone()", _UNCHANGED),
    "cpu": ("x", _MEMORY),
    "cuda": ("x", _MEMORY),
    "detach_": ("x.detach()", ""),
    "device": ("x", _MEMORY),
    "dim": ("x.ndim", ""),
    "div": ("x / y", ""),
    "div_": ("x / y", _UNCHANGED),
    "double": ("x.astype(np.float64)", _DTYPES),
    "expand_as": ("x.broadcast_to(y.shape)", ""),
    "fill": ("tge.full_like(x, 0)", _UNCHANGED),
    "fill_": ("tge.full_like(x, 0)", _UNCHANGED),
    "float": ("x.astype(np.float32)", _DTYPES),
    "grad_fn": ("x.primitive", "the operation itself is remembered"),
    "half": ("x.astype(np.float16)", _DTYPES),
    "int": ("x.astype(np.int32)", _DTYPES),
    "itemsize": ("x.dtype.itemsize", ""),
    "long": ("x.astype(np.int64)", _DTYPES),
    "masked_fill": ("tge.where(x > 0, y, x)", ""),
    "mm": ("x @ y", ""),
    "mul": ("x * y", ""),
    "mul_": ("x * y", _UNCHANGED),
    "neg": ("-x", ""),
    "nelement": ("x.numel()", ""),
    "new_ones": ("tge.ones(2, 3, dtype=x.dtype)", ""),
    "new_zeros": ("tge.zeros(2, 3, dtype=x.dtype)", ""),
    "pow": ("x**2", ""),
    "ravel": ("x.flatten()", ""),
    "register_hook": ("tge.trace_backward(x.sum())", "the backward pass is watched from outside"),
    "requires_grad_": ("x.requires_grad = True", ""),
    "reshape_as": ("x.reshape(y.shape)", ""),
    "sub": ("x - y", ""),
    "sub_": ("x - y", _UNCHANGED),
    "t": ("x.T", ""),
    "to": ("x.astype(np.float64)", _MEMORY + "; this is for another dtype"),
    "type": ("x.astype(np.float64)", _DTYPES),
    "view_as": ("x.reshape(y.shape)", ""),
    "zero_": ("x.grad = None", "that clears a gradient; " + _UNCHANGED),
}

OF_THE_PACKAGE: dict[str, tuple[str, str]] = {
    "Generator": ("np.random.default_rng(0)", "what draws takes rng="),
    "array": ("tge.tensor([1, 2])", ""),
    "as_tensor": ("tge.tensor([1, 2])", "what could still change is copied, and nothing else"),
    "asarray": ("tge.tensor([1, 2])", ""),
    "bmm": ("tge.matmul(x, y)", ""),
    "cat": ("tge.concatenate([x, y])", ""),
    "clamp": ("tge.clip(x, 0, 1)", ""),
    "cuda": ("x", _MEMORY),
    "device": ("x", _MEMORY),
    "div": ("tge.divide(x, y)", ""),
    "empty": ("tge.zeros(2, 3)", "no Tensor holds what happens to be in memory"),
    "enable_grad": ("tge.set_grad_enabled(True)", ""),
    "float32": ("np.float32", _DTYPES),
    "float64": ("np.float64", _DTYPES),
    "from_numpy": ("tge.tensor(np.ones(2))", "an array that could still change is copied"),
    "inference_mode": ("tge.no_grad()", ""),
    "int64": ("np.int64", _DTYPES),
    "load": ("tge.training.load_model", ""),
    "long": ("np.int64", _DTYPES),
    "mm": ("tge.matmul(x, y)", ""),
    "mul": ("tge.multiply(x, y)", ""),
    "neg": ("tge.negative(x)", ""),
    "numel": ("x.numel()", ""),
    "pow": ("tge.power(x, 2)", ""),
    "save": ("tge.training.save_weights", ""),
    "sub": ("tge.subtract(x, y)", ""),
    "utils": ("tge.data.DataLoader", ""),
}


class Elsewhere:
    """A name that Tensor does not have: asking for it raises, and says what to write."""

    def __init__(self, name: str):
        self.name = name

    def __get__(self, tensor: Any, kind: Any = None) -> NoReturn:
        raise AttributeError(f"a Tensor has no attribute {self.name!r}; {_advice(*OF_TENSORS[self.name])}")


def missing(name: str, names: Iterable[str], rooms: Iterable[Any]) -> AttributeError:
    """Return the error for a name that the package lacks, with the nearest one that it, or a room of it, has."""
    error = f"tinygrad_edu has no attribute {name!r}"
    if name in OF_THE_PACKAGE:
        return AttributeError(f"{error}; {_advice(*OF_THE_PACKAGE[name])}")
    if name.startswith("_"):
        return AttributeError(error)
    inside = [room.__name__.rpartition(".")[2] for room in rooms if name in vars(room)]
    near = [f"{inside[0]}.{name}"] if inside else get_close_matches(name, names, 1)
    return AttributeError(error + (f"; did you mean tge.{near[0]}?" if near else ""))


def _advice(here: str, why: str) -> str:
    return f"write {here}" + (f" ({why})" if why else "")
