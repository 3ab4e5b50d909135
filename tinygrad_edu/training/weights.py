"""Weights files: the parameters by name as safetensors, and in its metadata which network they belong to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from .. import models
from ..errors import CheckpointError
from .array_file import load_arrays, save_arrays
from .checkpoint import KIND, PREFIX
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
    if path.is_dir():
        run = RunFolder(path)
        path = next((file for file in (run.weights, run.checkpoint) if file.exists()), run.weights)
    weights, settings = _read(path)
    try:
        model = models.build(**settings)
    except (TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: of a network that cannot be made here ({error})") from error
    try:
        model.load_state_dict(weights)
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from error
    return model


def model_settings(model: Any) -> dict[str, Any]:
    """Return what `models.build` needs to make the model again; of a model of your own, only its name."""
    return getattr(model, "settings", {"name": type(model).__name__})


def _read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Return the weights in a file and the settings of their network."""
    arrays, description = load_arrays(path)
    if description.get("kind") == KIND:
        weights = {n.removeprefix(PREFIX): a for n, a in arrays.items() if n.startswith(PREFIX)}
        return weights, description["settings"]["model"]
    if description.get("kind") == "weights 1":
        return arrays, description["model"]
    raise CheckpointError(f"{path}: written by another version of tinygrad-edu")
