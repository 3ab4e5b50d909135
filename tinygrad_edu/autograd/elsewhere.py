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
    "amax": ("x.max(axis=0)", ""),
    "amin": ("x.min(axis=0)", ""),
    "bmm": ("x @ y", ""),
    "bool": ("x.astype(bool)", _DTYPES),
    "ceil": ("-(-x // 1)", ""),
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
    "eq": ("x == y", ""),
    "expand_as": ("x.broadcast_to(y.shape)", ""),
    "fill": ("tge.full_like(x, 0)", _UNCHANGED),
    "fill_": ("tge.full_like(x, 0)", _UNCHANGED),
    "float": ("x.astype(np.float32)", _DTYPES),
    "floor": ("x // 1", ""),
    "ge": ("x >= y", ""),
    "grad_fn": ("x.primitive", "the operation itself is remembered"),
    "gt": ("x > y", ""),
    "half": ("x.astype(np.float16)", _DTYPES),
    "index_select": ("x[[0, 1]]", ""),
    "int": ("x.astype(np.int32)", _DTYPES),
    "is_contiguous": ("x", "as no array changes, nobody can tell"),
    "isfinite": ("np.isfinite(x)", ""),
    "isinf": ("np.isinf(x)", ""),
    "isnan": ("np.isnan(x)", ""),
    "itemsize": ("x.dtype.itemsize", ""),
    "le": ("x <= y", ""),
    "long": ("x.astype(np.int64)", _DTYPES),
    "lt": ("x < y", ""),
    "masked_fill": ("tge.where(x > 0, y, x)", ""),
    "masked_select": ("x[x > 0]", ""),
    "mm": ("x @ y", ""),
    "mul": ("x * y", ""),
    "mul_": ("x * y", _UNCHANGED),
    "nbytes": ("x.data.nbytes", ""),
    "ne": ("x != y", ""),
    "neg": ("-x", ""),
    "nelement": ("x.numel()", ""),
    "new_ones": ("tge.ones(2, 3, dtype=x.dtype)", ""),
    "new_zeros": ("tge.zeros(2, 3, dtype=x.dtype)", ""),
    "nonzero": ("np.nonzero(x)", ""),
    "pow": ("x**2", ""),
    "ptp": ("x.max() - x.min()", ""),
    "ravel": ("x.flatten()", ""),
    "reciprocal": ("1 / x", ""),
    "register_hook": ("tge.trace_backward(x.sum())", "the backward pass is watched from outside"),
    "requires_grad_": ("x.requires_grad = True", ""),
    "reshape_as": ("x.reshape(y.shape)", ""),
    "rsqrt": ("1 / x.sqrt()", ""),
    "strides": ("x.data.strides", ""),
    "sub": ("x - y", ""),
    "sub_": ("x - y", _UNCHANGED),
    "t": ("x.T", ""),
    "to": ("x.astype(np.float64)", _MEMORY + "; this is for another dtype"),
    "trace": ("(x * tge.eye(2)).sum()", ""),
    "type": ("x.astype(np.float64)", _DTYPES),
    "type_as": ("x.astype(y.dtype)", ""),
    "unbind": ("list(x)", ""),
    "unique": ("np.unique(x.data)", ""),
    "view_as": ("x.reshape(y.shape)", ""),
    "zero_": ("x.grad = None", "that clears a gradient; " + _UNCHANGED),
}

OF_THE_PACKAGE: dict[str, tuple[str, str]] = {
    "Generator": ("np.random.default_rng(0)", "what draws takes rng="),
    "allclose": ("np.allclose(x, y)", ""),
    "amax": ("tge.max(x, axis=0)", ""),
    "amin": ("tge.min(x, axis=0)", ""),
    "array": ("tge.tensor([1, 2])", ""),
    "as_tensor": ("tge.tensor([1, 2])", "what could still change is copied, and nothing else"),
    "asarray": ("tge.tensor([1, 2])", ""),
    "bernoulli": ("tge.rand(2, 3) < 0.5", ""),
    "bmm": ("tge.matmul(x, y)", ""),
    "bool": ("np.bool_", _DTYPES),
    "cat": ("tge.concatenate([x, y])", ""),
    "ceil": ("-(-x // 1)", ""),
    "clamp": ("tge.clip(x, 0, 1)", ""),
    "concat": ("tge.concatenate([x, y])", ""),
    "cuda": ("x", _MEMORY),
    "device": ("x", _MEMORY),
    "diag": ("x * tge.eye(2)", ""),
    "div": ("tge.divide(x, y)", ""),
    "empty": ("tge.zeros(2, 3)", "no Tensor holds what happens to be in memory"),
    "enable_grad": ("tge.set_grad_enabled(True)", ""),
    "eq": ("x == y", ""),
    "equal": ("np.array_equal(x, y)", ""),
    "finfo": ("np.finfo(np.float32)", ""),
    "float16": ("np.float16", _DTYPES),
    "float32": ("np.float32", _DTYPES),
    "float64": ("np.float64", _DTYPES),
    "floor": ("x // 1", ""),
    "from_numpy": ("tge.tensor(np.ones(2))", "an array that could still change is copied"),
    "ge": ("x >= y", ""),
    "gt": ("x > y", ""),
    "index_select": ("x[[0, 1]]", ""),
    "inf": ("np.inf", ""),
    "inference_mode": ("tge.no_grad()", ""),
    "int32": ("np.int32", _DTYPES),
    "int64": ("np.int64", _DTYPES),
    "is_tensor": ("isinstance(x, tge.Tensor)", ""),
    "isclose": ("np.isclose(x, y)", ""),
    "isfinite": ("np.isfinite(x)", ""),
    "isinf": ("np.isinf(x)", ""),
    "isnan": ("np.isnan(x)", ""),
    "le": ("x <= y", ""),
    "linspace": ("tge.tensor(np.linspace(0, 1, 5))", ""),
    "load": ("tge.training.load_model", ""),
    "logical_and": ("(x > 0) & (y > 0)", ""),
    "logical_not": ("~(x > 0)", ""),
    "logical_or": ("(x > 0) | (y > 0)", ""),
    "long": ("np.int64", _DTYPES),
    "lt": ("x < y", ""),
    "masked_select": ("x[x > 0]", ""),
    "mm": ("tge.matmul(x, y)", ""),
    "moveaxis": ("tge.permute(x, (1, 0))", ""),
    "mul": ("tge.multiply(x, y)", ""),
    "mv": ("x @ y[0]", ""),
    "nan": ("np.nan", ""),
    "ne": ("x != y", ""),
    "neg": ("tge.negative(x)", ""),
    "nonzero": ("np.nonzero(x)", ""),
    "normal": ("tge.randn(2, 3)", ""),
    "numel": ("x.numel()", ""),
    "pi": ("np.pi", ""),
    "pow": ("tge.power(x, 2)", ""),
    "randint": ("tge.tensor(np.random.default_rng(0).integers(0, 10, size=(2, 3)))", ""),
    "randperm": ("tge.tensor(np.random.default_rng(0).permutation(5))", ""),
    "reciprocal": ("1 / x", ""),
    "rsqrt": ("1 / tge.sqrt(x)", ""),
    "save": ("tge.training.save_weights", ""),
    "sub": ("tge.subtract(x, y)", ""),
    "t": ("x.T", ""),
    "trace": ("(x * tge.eye(2)).sum()", ""),
    "true_divide": ("x / y", ""),
    "unbind": ("list(x)", ""),
    "unique": ("np.unique(x.data)", ""),
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
