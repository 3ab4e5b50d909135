"""Weights files: the parameters by name as safetensors, and in its metadata which network they belong to."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import numpy as np

from .. import models
from ..errors import CheckpointError
from .array_file import load_arrays, save_arrays
from .checkpoint import KIND, MALFORMED, PREFIX
from .run_folder import RunFolder


def save_weights(path: str | os.PathLike[str], model: Any) -> None:
    """Write a model's weights, atomically.  Raises RunFolderError."""
    save_arrays(Path(path), model.state_dict(), {"kind": "weights 1", "model": model_settings(model)})


def load_weights(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Read the weights in a weights file or a checkpoint, by name.  Raises CheckpointError."""
    return _read(Path(path))[0]


def load_model(path: str | os.PathLike[str]) -> Any:
    """Make the network that a weights file, a checkpoint, or a run folder holds.

    In a run folder that is `model.safetensors`, or the checkpoint of a run that has not come to its end.

    Raises:
        CheckpointError: the file is missing, damaged or foreign, or its weights do not fit its network.

    >>> import tempfile, tinygrad_edu as tge
    >>> path = Path(tempfile.mkdtemp()) / "small.safetensors"
    >>> save_weights(path, tge.models.MinimalCNN(filters=2))
    >>> load_model(path).conv
    Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1))
    """
    path = Path(path)
    if os.path.isdir(path):
        run = RunFolder(path)
        path = next((file for file in (run.weights, run.checkpoint) if os.path.exists(file)), run.weights)
    weights, settings = _read(path)
    try:
        model = models.build(**settings, rng=_NotFarMoreThan(sum(array.size for array in weights.values())))
    except MALFORMED as error:
        raise CheckpointError(f"{path}: of a network that cannot be made here ({error})") from error
    try:
        model.load_state_dict(weights)
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from error
    return model


def model_settings(model: Any) -> dict[str, Any]:
    """Return what `models.build` needs to make the model again; of a model of your own, only its name."""
    own = {"name": type(model).__name__}
    return getattr(model, "settings", own) if isinstance(model, models.Model) else own


def _read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return the weights in a file and the settings of their network."""
    arrays, description = load_arrays(path)
    try:
        if description["kind"] == KIND:
            weights = {n.removeprefix(PREFIX): a for n, a in arrays.items() if n.startswith(PREFIX)}
            return weights, description["settings"]["model"]
        if description["kind"] == "weights 1":
            return arrays, description["model"]
    except MALFORMED as error:
        raise CheckpointError(f"{path}: does not say which network its weights belong to ({error!r})") from error
    raise CheckpointError(f"{path}: written by another version of tinygrad-edu")


class _NotFarMoreThan(np.random.Generator):
    """Gives zeros for a network's first weights, which a file's replace, and not far more of them than the file holds.

    So a file of a few bytes that speaks of three million filters gets an error, and not the machine's memory; what
    misses by less gets an error that names each weight.
    """

    def __init__(self, count: int):
        super().__init__(np.random.PCG64(0))
        self.left = 2 * count + 1_000_000

    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
        """Return zeros of this shape.  Raises ValueError if they are too many."""
        self.left -= math.prod(size)
        if self.left < 0:
            raise ValueError("it would have far more weights than the file holds")
        return np.zeros(size)
