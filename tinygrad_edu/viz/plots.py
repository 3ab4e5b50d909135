"""Pictures of a training run.  Each function takes arrays and returns a Matplotlib `Figure`.

Colours can be told apart with any colour vision: blue and orange for two lines (Okabe and Ito), brown to
violet through white for negative to positive, and one growing blue for shares. No window is ever opened, and
Matplotlib's global state is left alone: save a figure with `figure.savefig("name.png")`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

TRAIN, TEST = "#0072B2", "#D55E00"  # blue, vermilion
SIGNED = "PuOr"  # negative orange-brown, zero white, positive violet
SHARE = "Blues"
DPI = 100
MOST_FILTERS = 32
FILTERS_IN_A_ROW = 8


def plot_history(history: Any) -> Figure:
    """Draw loss and accuracy against the epoch, for training and test data.

    history: a `training.History`, or anything that gives the columns "epoch", "train_loss", "test_loss",
    "train_accuracy" and "test_accuracy" by name.

    >>> columns = {"epoch": [1, 2], "train_loss": [1.2, 0.5], "test_loss": [0.8, 0.4],
    ...            "train_accuracy": [0.7, 0.9], "test_accuracy": [0.8, 0.91]}
    >>> [axes.get_ylabel() for axes in plot_history(columns).axes]
    ['loss (mean cross-entropy)', 'accuracy']
    """
    figure = Figure(figsize=(10, 4.2), dpi=DPI, layout="constrained")
    left, right = figure.subplots(1, 2)
    epochs = history["epoch"]
    for axes, what, label in ((left, "loss", "loss (mean cross-entropy)"), (right, "accuracy", "accuracy")):
        axes.plot(
            epochs, history[f"train_{what}"], "o-", color=TRAIN, markersize=4, label="training data, during the epoch"
        )
        tested = [(e, v) for e, v in zip(epochs, history[f"test_{what}"], strict=True) if v is not None]
        if tested:
            axes.plot(*zip(*tested, strict=True), "s--", color=TEST, markersize=4, label="test data, after it")
        axes.set_xlim(epochs[0] - 0.5, epochs[-1] + 0.5)
        axes.set_xlabel("epoch")
        axes.set_ylabel(label)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))
        axes.grid(alpha=0.3)
        axes.legend()
    left.set_ylim(0, 1.05 * left.dataLim.ymax)
    right.yaxis.set_major_formatter(PercentFormatter(1.0))
    return figure


def plot_filters(before: NDArray[Any], after: NDArray[Any]) -> Figure:
    """Draw the filters of the first convolution before and after training, all on one scale around zero.

    before, after: weights (filters, 1, kh, kw). At most 32 filters are drawn.

    >>> figure = plot_filters(np.zeros((8, 1, 3, 3)), np.ones((8, 1, 3, 3)))
    >>> len(figure.axes)                    # 8 before, 8 after, the colour bar
    17
    """
    count = min(len(after), MOST_FILTERS)
    columns = min(count, FILTERS_IN_A_ROW)
    rows = math.ceil(count / columns)
    limit = max(float(np.abs(before).max()), float(np.abs(after).max())) or 1.0
    figure = Figure(figsize=(max(1.35 * columns + 1.2, 6), 2 * (1.35 * rows + 0.55)), dpi=DPI, layout="constrained")
    shown = f" (the first {count} of {len(after)})" if count < len(after) else ""
    left, right = figure.subfigures(1, 2, squeeze=False, width_ratios=[columns, 0.9])[0]
    upper, lower = left.subfigures(2, 1, squeeze=False)[:, 0]
    for half, weights, when in ((upper, before, "before training"), (lower, after, "after training")):
        half.suptitle(f"Filters of the first convolution {when}{shown}", fontsize=11)
        for i, axes in enumerate(half.subplots(rows, columns, squeeze=False).flat):
            axes.set_axis_off()
            if i < count:
                axes.set_title(str(i + 1), fontsize=9)
                image = axes.imshow(weights[i, 0], cmap=SIGNED, vmin=-limit, vmax=limit)
                if max(weights.shape[2:]) <= 3:
                    _write_values(axes, weights[i, 0], limit)
    bar = figure.colorbar(image, cax=right.add_axes((0.05, 0.1, 0.2, 0.75)))
    bar.set_label("weight (0 is white)")
    return figure


def plot_feature_maps(
    image: NDArray[Any],
    filters: NDArray[Any],
    biases: NDArray[Any],
    maps: NDArray[Any],
    activated: NDArray[Any] | None = None,
    activation: str = "ReLU",
    label: int | None = None,
) -> Figure:
    """Draw what a convolution makes of one image: its filters, their responses, and what the activation leaves.

    image: (h, w) in [0, 1]. filters: (f, 1, kh, kw). biases: (f,). maps: (f, oh, ow), the responses, which are the
    convolution's output. activated: the same after the activation, if there is one. At most 8 filters are drawn.

    >>> maps = np.zeros((8, 26, 26))
    >>> figure = plot_feature_maps(np.zeros((28, 28)), np.ones((8, 1, 3, 3)), np.zeros(8), maps, maps, label=3)
    >>> figure.axes[0].get_title()
    'input: a 3'
    """
    count = min(len(maps), FILTERS_IN_A_ROW)
    limit = float(np.abs(maps[:count]).max()) or 1.0
    rows = [
        ("filter", filters[:count, 0], float(np.abs(filters[:count]).max()) or 1.0),
        ("response", maps[:count], limit),
    ]
    if activated is not None:
        rows.append((f"after {activation}", activated[:count], limit))

    figure = Figure(figsize=(1.3 * count + 3.6, 1.6 * len(rows) + 0.5), dpi=DPI, layout="constrained")
    left, right = figure.subfigures(1, 2, squeeze=False, width_ratios=[2.2, 1.3 * count + 1.4])[0]
    first = left.subplots()
    first.imshow(image, cmap="gray", vmin=0, vmax=1)
    first.set_title("input" if label is None else f"input: a {label}", fontsize=11)
    first.set_xlabel("black is 0, white is 1")
    first.set_xticks([0, image.shape[1] - 1])
    first.set_yticks([0, image.shape[0] - 1])

    grid = right.subplots(len(rows), count, squeeze=False)
    for axes_row, (name, arrays, limit) in zip(grid, rows, strict=True):
        axes_row[0].set_ylabel(name, fontsize=10)
        for axes, array in zip(axes_row, arrays, strict=True):
            drawn = axes.imshow(array, cmap=SIGNED, vmin=-limit, vmax=limit)
            axes.set_xticks([])
            axes.set_yticks([])
        if name == "filter":
            right.colorbar(drawn, ax=axes_row, shrink=0.9).set_label("weight")
    right.colorbar(drawn, ax=grid[1:], shrink=0.9).set_label("value")
    for i, axes in enumerate(grid[0]):
        axes.set_title(f"filter {i + 1}\nbias {_rounded(biases[i])}", fontsize=9)
    shown = f"the first {count} of its {len(maps)} filters" if count < len(maps) else "its filters"
    figure.suptitle(f"The first convolution: {shown}, and what they see in one image", fontsize=12)
    return figure


def plot_confusion(counts: NDArray[Any], names: tuple[str, ...] | None = None) -> Figure:
    """Draw a confusion matrix: how often each true class (row) was taken for each class (column).

    counts: (classes, classes). The colour is the share of the row, on a square-root scale: small shares show.

    >>> plot_confusion(np.eye(10, dtype=int)).axes[0].get_xlabel()
    'predicted digit'
    """
    counts = np.asarray(counts)
    names = tuple(str(i) for i in range(len(counts))) if names is None else names
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(7.4, 6.4), dpi=DPI, layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(share, cmap=SHARE, norm=PowerNorm(0.5, 0, 1))
    for i, row in enumerate(counts):
        for k, count in enumerate(row):
            if count:
                colour = "white" if share[i, k] > 0.35 else "black"
                axes.text(k, i, f"{count}", ha="center", va="center", color=colour, fontsize=9)
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    kind = "digit" if all(name.isdecimal() for name in names) else "class"
    axes.set_xlabel(f"predicted {kind}")
    axes.set_ylabel(f"true {kind}")
    if kind == "class":
        axes.tick_params(axis="x", rotation=45)
    right, total = int(np.trace(counts)), int(counts.sum())
    axes.set_title(f"{right:,} of {total:,} images right ({right / max(total, 1):.2%}); the others off the diagonal")
    bar = figure.colorbar(image, shrink=0.8, format=PercentFormatter(1.0), ticks=[0, 0.01, 0.05, 0.2, 0.5, 1])
    bar.set_label(f"share of the images of this true {kind}")
    return figure


def plot_mistakes(
    images: NDArray[Any],
    labels: NDArray[Any],
    probabilities: NDArray[Any],
    of: int,
    tested: int,
    names: tuple[str, ...] | None = None,
) -> Figure:
    """Draw wrongly read images with the true class, the predicted one, and how sure the network was of each.

    images: (m, h, w) or, in colours, (m, h, w, 3), the mistakes to draw. labels: (m,). probabilities: (m, classes).
    names: of the classes; their numbers if None.
    of, tested: how many mistakes there were among how many images.

    >>> figure = plot_mistakes(np.zeros((1, 28, 28)), np.array([4]), np.eye(10)[[9]], of=1, tested=359)
    >>> figure.axes[0].get_title()
    'true 4 (0.0%)\\npredicted 9 (100.0%)'
    """
    count = len(images)
    if not count:
        figure = Figure(figsize=(6, 1.5), dpi=DPI)
        figure.text(0.5, 0.5, f"No mistakes on {tested:,} test images", ha="center", va="center", fontsize=12)
        return figure
    called = names or tuple(map(str, range(probabilities.shape[1])))
    columns = min(count, 4)
    rows = math.ceil(count / columns)
    figure = Figure(figsize=(max(2.1 * columns, 6), 2.5 * rows + 0.6), dpi=DPI, layout="constrained")
    which = f"The {count} most confident of {of:,} mistakes" if count < of else f"All {of:,} mistakes"
    figure.suptitle(f"{which} on {tested:,} test images", fontsize=12)
    for i, axes in enumerate(figure.subplots(rows, columns, squeeze=False).flat):
        axes.set_axis_off()
        if i < count:
            true, predicted = int(labels[i]), int(probabilities[i].argmax())
            axes.imshow(images[i], cmap="gray", vmin=0, vmax=1)
            axes.set_title(
                f"true {called[true]} ({probabilities[i, true]:.1%})\n"
                f"predicted {called[predicted]} ({probabilities[i, predicted]:.1%})",
                fontsize=10,
            )
    return figure


def _write_values(axes: Axes, array: NDArray[Any], limit: float) -> None:
    """Write each value into its cell, light on dark and dark on light."""
    for (i, j), value in np.ndenumerate(array):
        colour = "white" if abs(value) > 0.65 * limit else "black"
        axes.text(j, i, _rounded(value), ha="center", va="center", color=colour, fontsize=7.5)


def _rounded(value: Any) -> str:
    """Return a number with two decimals, and never -0.00."""
    return f"{round(float(value), 2) + 0.0:.2f}"
