"""The pictures in a run folder."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import CheckpointError
from ..nn import Conv2d, LeakyReLU, ReLU, Sigmoid, Tanh, evaluating, record_calls
from .evaluation import Evaluation
from .history import History
from .run_folder import RunFolder, write_file
from .weights import load_weights

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

    from ..data import Dataset

MOST_MISTAKES = 12
ACTIVATIONS = (ReLU, LeakyReLU, Tanh, Sigmoid)


def save_pictures(run: RunFolder, model: Any, history: History, test: Dataset, result: Evaluation) -> list[Path]:
    """Draw a finished run into its folder, and return the files.

    curves.png, confusion.png and mistakes.png; filters.png and feature_maps.png if the images are grey and a
    convolution comes first.
    """
    from .. import viz

    wrong = result.mistakes[:MOST_MISTAKES]
    figures = {
        "curves.png": viz.plot_history(history),
        "confusion.png": viz.plot_confusion(result.confusion, test.class_names),
        "mistakes.png": viz.plot_mistakes(
            as_shown(test.batch(wrong)[0]),
            result.labels[wrong],
            result.probabilities[wrong],
            of=len(result.mistakes),
            tested=len(test),
            names=test.class_names,
        ),
    }
    name, conv = _first_convolution(model) if test.image_shape[0] == 1 else ("", None)
    if conv is not None:
        first = load_weights(run.initial).get(f"{name}.weight")
        if first is None or first.shape != conv.weight.shape:
            raise CheckpointError(f"{run.initial}: of another network, it has no {name}.weight {conv.weight.shape}")
        figures["filters.png"] = viz.plot_filters(first, conv.weight.data)
        figures["feature_maps.png"] = _feature_maps(model, conv, test, _typical(test, result))
    return [_save(figure, run.path / name) for name, figure in figures.items()]


def as_shown(images: np.ndarray) -> np.ndarray:
    """Return images (n, c, h, w) as they are drawn: grey ones (n, h, w), colours (n, h, w, 3), others by channel 0."""
    return images.transpose(0, 2, 3, 1) if images.shape[1] == 3 else images[:, 0]


def _first_convolution(model: Any) -> tuple[str, Conv2d | None]:
    """Return the first convolution that sees the image itself, with its path in the model."""
    for name, module in model.named_modules():
        if isinstance(module, Conv2d) and module.in_channels == 1:
            return name, module
    return "", None


def _typical(test: Dataset, result: Evaluation) -> int:
    """Choose the image to show: the first that was read rightly, else the first."""
    right = np.flatnonzero(result.predictions == result.labels)
    return int(right[0]) if len(right) else 0


def _feature_maps(model: Any, conv: Conv2d, test: Dataset, position: int) -> Figure:
    """Draw what the first convolution, and the activation after it, make of one image."""
    from .. import viz

    images, labels = test.batch(slice(position, position + 1))
    with evaluating(model), record_calls(model) as calls:
        model(images)
    at = next(i for i, call in enumerate(calls) if call.module is conv)
    maps = calls[at].output.data[0]
    activated = None
    if at + 1 < len(calls) and isinstance(calls[at + 1].module, ACTIVATIONS):
        activated = calls[at + 1].output.data[0]
    return viz.plot_feature_maps(
        images[0, 0],
        conv.weight.data,
        np.zeros(len(maps)) if conv.bias is None else conv.bias.data,
        maps,
        activated,
        type(calls[at + 1].module).__name__ if activated is not None else "",
        int(labels[0]),
    )


def _save(figure: Figure, path: Path) -> Path:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    write_file(path, buffer.getvalue())
    return path
