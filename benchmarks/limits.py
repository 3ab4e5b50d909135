"""What a step of MinimalCNN costs at least, by this machine's own rates: a roofline.

Three things are measured alone: the five matrix products of the step, with the very shapes they have in it; its other
passes over memory, at the rate of a copy of arrays of the same size; and the calls, as the same step on an image of
one pixel, where there is nothing to compute. What of the step their sum leaves over is memory that was not in the
cache when its turn came.

Source: Williams, Waterman and Patterson, "Roofline: an insightful visual performance model" (2009).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from .tables import Table, seconds

BATCHES = (1, 16, 64, 256)
FILTERS, TAPS, POSITIONS, CLASSES = 8, 9, 26 * 26, 10
FEATURES = FILTERS * POSITIONS


def median_time(work: Callable[[], Any], duration: float) -> float:
    """Median seconds of a call, over about `duration` seconds."""
    times: list[float] = []
    work()
    end = time.perf_counter() + duration
    while time.perf_counter() < end:
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def step(model: Any, side: int, batch: int) -> Callable[[], None]:
    """A training step of a network on random images."""
    import tinygrad_edu as tge

    rng = np.random.default_rng(0)
    images = tge.Tensor(rng.random((batch, 1, side, side), dtype=np.float32))
    labels = rng.integers(0, CLASSES, batch)
    optimizer = tge.optim.SGD(model.parameters(), lr=0.05)

    def train() -> None:
        optimizer.zero_grad()
        tge.cross_entropy(model(images), labels).backward()
        optimizer.step()

    return train


def calls(duration: float) -> float:
    """Seconds for the calls of a step: conv, ReLU, flatten, dense and loss of one pixel each."""
    from tinygrad_edu import nn

    rng = np.random.default_rng(0)
    model = nn.Sequential(nn.Conv2d(1, 1, 1, rng=rng), nn.ReLU(), nn.Flatten(), nn.Linear(1, CLASSES, rng=rng))
    return median_time(step(model, 1, 1), duration)


def products(batch: int, duration: float) -> float:
    """Seconds for the five products of a step, by the engine's own kernels, one after the other."""
    from tinygrad_edu.kernels.products import matmul
    from tinygrad_edu.kernels.threads import pieces, run

    rng = np.random.default_rng(0)

    def normal(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape, dtype=np.float32)

    columns, weight, g = normal(batch, TAPS, POSITIONS), normal(FILTERS, TAPS), normal(batch, FILTERS, POSITIONS)
    x, dense, logits = normal(batch, FEATURES), normal(CLASSES, FEATURES), normal(batch, CLASSES)
    cut = pieces(batch, columns[0].nbytes)

    def work() -> None:
        run(lambda s: np.matmul(weight, columns[s]), cut)
        run(lambda s: np.matmul(columns[s], g[s].swapaxes(1, 2)), cut)
        matmul(x, dense.T)
        matmul(logits, dense)
        matmul(logits.T, x)

    return median_time(work, duration)


def table(duration: float = 1.0) -> Table:
    """Measure, and lay out the bounds beside the step itself."""
    import tinygrad_edu as tge

    square = np.random.default_rng(0).standard_normal((1024, 1024), dtype=np.float32)
    sgemm = 2 * 1024**3 / median_time(lambda: tge.matmul(square, square), duration)
    overhead = calls(duration)
    rows = []
    for batch in BATCHES:
        operations = 2 * batch * (2 * TAPS * FEATURES + 3 * CLASSES * FEATURES)
        # Written: the columns, twice. Read and written: ReLU 2, its gate 3.5 (the mask is a quarter), the bias's
        # gradient 1 times the features; scaling the dense gradient and subtracting it 5 times the dense weight.
        moved = 4 * (2 * batch * TAPS * POSITIONS + 6.5 * batch * FEATURES + 5 * CLASSES * FEATURES)
        source = np.zeros(batch * FEATURES, np.float32)
        target = np.zeros_like(source)
        copied = 2 * source.nbytes / median_time(lambda a=source, b=target: np.copyto(b, a), duration / 4)
        alone, passes = products(batch, duration), moved / copied
        whole = median_time(step(tge.models.MinimalCNN(rng=np.random.default_rng(0)), 28, batch), duration)
        bound = alone + passes + overhead
        rows.append([
            str(batch), f"{operations / 1e6:.2f} M", seconds(operations / sgemm), seconds(alone),
            f"{moved / 1e6:.2f} MB", seconds(passes), seconds(overhead), seconds(bound), seconds(whole),
            f"{bound / whole:.0%}",
        ])  # fmt: skip
    columns = ["batch", "operations", "at the sgemm rate", "products alone", "moved besides", "at the copy rate",
               "calls alone", "sum", "the step", "explained"]  # fmt: skip
    notes = [
        f"sgemm: products of 1024x1024, {sgemm / 1e9:.0f} GFLOP/s on {tge.get_num_threads()} threads. The step's own "
        "products have 8, 9 or 10 rows.",
        "Measured by `python -m benchmarks limits`, one after the other in one process.",
    ]
    return Table("limits", "What bounds a training step of MinimalCNN", columns, rows, notes)
