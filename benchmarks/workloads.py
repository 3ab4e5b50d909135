"""What is measured: every workload with its cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ALL = ("ours", "pytorch", "torch_compile", "jax", "mygrad", "autograd", "tinygrad", "micrograd")
NETWORK = ALL[:-1]
SGEMM_SIZE = 1024  # the yardstick of `conv`: one product of square matrices this large, in each round


@dataclass(frozen=True)
class Case:
    """One thing to measure.

    name: unique within the workload.
    spec: what the worker needs: `task` (see tasks.py) and its parameters.
    work: how much one unit of it is, in the workload's `work_unit` (images, operations, floating-point operations).
    quick: whether the short form measures it too.
    """

    name: str
    spec: dict[str, Any]
    work: float = 1
    quick: bool = True


@dataclass(frozen=True)
class Workload:
    """A question, the cases that answer it, and how they are measured.

    kind: "time" (seconds for a unit), "memory" (bytes above the imported library) or "import" (seconds).
    fits: groups of cases whose times (or bytes) are fitted by a power of `work`.
    """

    name: str
    question: str
    cases: list[Case]
    peers: tuple[str, ...] = NETWORK
    kind: str = "time"
    work_unit: str = ""
    rounds: int = 7
    seconds: float = 0.4
    fits: dict[str, list[str]] = field(default_factory=dict)


def _step(network: str, batch: int, **spec: Any) -> Case:
    return Case(f"{network} step, batch {batch}", {"task": "step", "network": network, "batch": batch, **spec}, batch)


def _inference(batch: int) -> Case:
    return Case(f"minimal inference, batch {batch}", {"task": "infer", "network": "minimal", "batch": batch}, batch)


TRAIN = [_step("minimal", batch) for batch in (1, 16, 64, 256)] + [_inference(1), _inference(1000)]
NETS = [_step("mnist-example", 64, lr=0.01), _step("lenet5", 64, lr=0.01)]


def _epochs() -> list[Case]:
    common = {"network": "minimal", "batch": 64, "lr": 0.1}
    return [
        Case("one epoch", {"task": "epoch", **common}, 60_000),
        Case("until 97 % of the test images are right", {"task": "accuracy", "goal": 0.97, **common}, quick=False),
    ]


def _convolutions() -> list[Case]:
    """A star around PyTorch's second layer: one thing changes at a time. Images of 26x26, no padding."""
    centre = {"channels": (32, 64), "kernel": 3, "stride": 1, "batch": 64}
    points = [centre]
    points += [centre | {"channels": c} for c in ((1, 8), (1, 32), (8, 16), (16, 32), (64, 64), (64, 128), (128, 128))]
    points += [centre | {"kernel": k} for k in (1, 2, 5, 7)]
    points += [centre | {"stride": s} for s in (2, 3)]
    points += [centre | {"batch": b} for b in (1, 8, 16, 128)]
    cases = []
    for point in points:
        (c, o), k, s, n = point.values()
        side = (26 - k) // s + 1
        flops = 2 * n * o * side * side * c * k * k
        for what in ("forward", "dx", "dw"):
            spec = {"task": "conv", "what": what, "c": c, "o": o, "kernel": k, "stride": s, "batch": n, "size": 26}
            quick = point is centre or (c, o) == (1, 8)
            cases.append(Case(f"{c}->{o}, {k}x{k}, stride {s}, batch {n}: {what}", spec, flops, quick))
    return cases


def _graph(shape: str, array: tuple[int, ...], what: str, n: int, quick: bool = True) -> Case:
    of = "scalars" if not array else "x".join(map(str, array))
    spec = {"task": "graph", "shape": shape, "array": array, "what": what, "n": n}
    return Case(f"{shape} of {n:,} operations on {of}, {what}", spec, n, quick)


def _overheads() -> list[Case]:
    return [
        _graph(shape, array, what, 500, quick=shape == "chain")
        for shape in ("chain", "tree")
        for array in ((), (8, 8))
        for what in ("forward", "backward", "twice")
        if (shape, what) != ("tree", "twice")  # a sum of products of two leaves: its gradient is constant for some
    ]


BATCHES = [1, 4, 16, 64, 256, 1024]
SIZES = [10, 100, 1_000, 10_000, 100_000, 1_000_000]


def _scaling() -> list[Case]:
    steps = [_step("minimal", batch) for batch in BATCHES]
    graphs = [_graph("chain", (), "backward", n, quick=n <= 10_000) for n in SIZES]
    return steps + graphs


def _fits(cases: list[Case]) -> dict[str, list[str]]:
    """Only the larger half: a fixed cost would flatten the fit and hide growth."""
    return {
        "batch": [c.name for c in cases if c.spec["task"] == "step" and c.work >= 64],
        "graph": [c.name for c in cases if c.spec["task"] == "graph" and c.work >= 1_000],
    }


MODULES = {
    "numpy": "numpy", "ours": "tinygrad_edu", "pytorch": "torch", "jax": "jax", "mygrad": "mygrad",
    "autograd": "autograd.numpy", "tinygrad": "tinygrad", "micrograd": "micrograd.engine",
}  # fmt: skip

_MEMORY = [*TRAIN, *NETS, _step("minimal", 1024)]
_MEMORY += [_graph("chain", (), "backward", n, quick=n <= 10_000) for n in SIZES]

WORKLOADS: dict[str, Workload] = {
    w.name: w
    for w in (
        Workload("train", "A training step of MinimalCNN, and inference", TRAIN, work_unit="images"),
        Workload("networks", "A training step of PyTorch's MNIST example network and of LeNet-5", NETS,
                 work_unit="images", seconds=0.8),
        Workload("epoch", "An epoch with MinimalCNN, and the time until 97 % test accuracy", _epochs(),
                 work_unit="images", rounds=3, seconds=0),
        Workload("conv", "conv2d alone, as a share of this machine's own sgemm rate", _convolutions(),
                 peers=("sgemm", *NETWORK), work_unit="floating-point operations", rounds=5, seconds=0.12),
        Workload("overhead", "The cost of one operation: forward, with backward, and differentiated twice",
                 _overheads(), ALL, work_unit="operations", seconds=0.15),
        Workload("scaling", "Time against the size of the batch and of the graph", _scaling(), ALL,
                 rounds=3, seconds=0.2, fits=_fits(_scaling())),
        Workload("memory", "Peak memory above the imported library", _MEMORY, ALL, "memory", rounds=1,
                 fits=_fits(_MEMORY)),
        Workload("import", "Import time in a fresh process",
                 [Case("import", {"modules": MODULES})], tuple(MODULES), "import", rounds=15),
    )
}  # fmt: skip
