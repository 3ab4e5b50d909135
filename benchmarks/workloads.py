"""What is measured: every workload with its cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

NETWORK_PEERS = ("ours", "pytorch", "torch_compile", "jax", "mygrad", "autograd")
SGEMM_SIZE = 1024  # the yardstick of `conv`: one product of square matrices this large, in each round
BATCHES = (1, 16, 64, 256)
PARTS = ("products", "passes", "calls", "step")


@dataclass(frozen=True)
class Case:
    """One thing to measure.

    name: unique within the workload.
    spec: what the worker needs: `task` (see tasks.py) and its parameters.
    work: how much one unit of it is: images, operations, floating-point operations.
    unit: "s" (seconds for a unit of work) or "B" (the most bytes taken above the imported library).
    rounds, seconds: how many turns each library gets, and how long one lasts, about.
    quick: whether the short form measures it too.
    """

    name: str
    spec: dict[str, Any]
    work: float = 1
    unit: str = "s"
    rounds: int = 7
    seconds: float = 0.4
    quick: bool = True


@dataclass(frozen=True)
class Workload:
    """A question, the cases that answer it, and who is asked."""

    name: str
    title: str
    peers: tuple[str, ...]
    cases: list[Case]


def _training() -> list[Case]:
    def step(network: str, batch: int, lr: float = 0.05) -> dict[str, Any]:
        return {"task": "step", "network": network, "batch": batch, "lr": lr}

    others = (("mnist-example", step("mnist-example", 64, 0.01)), ("lenet5", step("lenet5", 64, 0.01)))
    return [
        *(Case(f"minimal step, batch {n}", step("minimal", n), n) for n in BATCHES),
        *(Case(f"minimal inference, batch {n}", {"task": "infer", "network": "minimal", "batch": n}, n)
          for n in (1, 1000)),
        *(Case(f"{network} step, batch 64", spec, 64, seconds=0.8) for network, spec in others),
        Case("minimal until 97 % of the test images are right", rounds=3, seconds=0, quick=False,
             spec={"task": "accuracy", "network": "minimal", "batch": 64, "lr": 0.1, "goal": 0.97}),
        *(Case(f"{network} step of 64: peak memory", spec, 64, "B", rounds=1)
          for network, spec in (("minimal", step("minimal", 64)), *others)),
    ]  # fmt: skip


def _operations() -> list[Case]:
    def chain(n: int, what: str, **how: Any) -> Case:
        return Case(f"chain of {n:,} operations, {what}", {"task": "chain", "n": n, "what": what}, n, **how)

    return [
        *(chain(500, what, seconds=0.15) for what in ("forward", "backward", "twice")),
        chain(1_000, "backward", rounds=3, seconds=0.2),
        chain(1_000_000, "backward", rounds=3, seconds=0, quick=False),
    ]


def _convolutions() -> list[Case]:
    """The second layer of PyTorch's MNIST example network, and one as narrow as MinimalCNN's. Images of 26x26."""
    cases = []
    for c, o in ((32, 64), (1, 8)):
        flops = 2 * 64 * o * 24 * 24 * c * 9
        for what in ("forward", "dx", "dw"):
            spec = {"task": "conv", "what": what, "c": c, "o": o, "kernel": 3, "batch": 64, "size": 26}
            cases.append(Case(f"{c}->{o}, 3x3, batch 64: {what}", spec, flops, rounds=5, seconds=0.12))
    return cases


def _bounds() -> list[Case]:
    return [
        Case(f"batch {n}: {part}", {"task": part, "network": "minimal", "batch": n, "lr": 0.05}, n)
        for n in BATCHES
        for part in PARTS
    ]


WORKLOADS: dict[str, Workload] = {
    w.name: w
    for w in (
        Workload("train", "Training and inference", NETWORK_PEERS, _training()),
        Workload("operation", "The cost of one operation on scalars",
                 ("ours", "pytorch", "mygrad", "autograd", "micrograd"), _operations()),
        Workload("conv", "conv2d alone, as a share of this machine's own sgemm rate",
                 ("sgemm", "ours", "pytorch"), _convolutions()),
        Workload("bounds", "What bounds a training step of MinimalCNN", ("ours",), _bounds()),
    )
}  # fmt: skip
