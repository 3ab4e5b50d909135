"""The libraries: for each its own file, with the class `Library`, which does the work of `base.Peer`."""

from __future__ import annotations

import importlib

from .base import Peer

# name -> (module, title). `sgemm` is no peer but the yardstick of the convolutions.
PEERS = {
    "ours": ("ours", "tinygrad_edu"),
    "pytorch": ("pytorch", "PyTorch"),
    "torch_compile": ("pytorch_compiled", "torch.compile"),
    "jax": ("jax_jit", "JAX jit"),
    "mygrad": ("mygrad_tensors", "MyGrad"),
    "autograd": ("hips_autograd", "HIPS autograd"),
    "micrograd": ("micrograd_values", "micrograd"),
}
YARDSTICKS = {"sgemm": ("sgemm", "NumPy sgemm")}
TITLES = {name: title for name, (_, title) in (PEERS | YARDSTICKS).items()}


def create(name: str, threads: int) -> Peer:
    """Import the library called `name` and set it up. ImportError where it is not installed."""
    module = importlib.import_module(f".{(PEERS | YARDSTICKS)[name][0]}", __name__)
    return module.Library(threads)
