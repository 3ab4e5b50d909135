"""An average of a model's weights over its training, which is often better than where the last step ended."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ..autograd.commit import change_leaves
from ..nn import Module
from ..nn.checks import flag, number
from ..nn.parameter import Buffer


class AveragedModel(Module):
    """a <- decay * a + (1 - decay) * w  after each update,  or, with decay None,  a = the mean of all w so far

    The first update copies w. With a decay it is an exponential moving average (EMA), which forgets: a step counts
    for about 1 / (1 - decay) updates. Without one it is the equal average of stochastic weight averaging, taken at
    the end of a run: Izmailov et al., "Averaging weights leads to wider optima and better generalization" (2018).
    Gradient noise that pulls the last weights to and fro cancels in the mean; Polyak and Juditsky, "Acceleration of
    stochastic approximation by averaging" (1992).

    It is PyTorch's `optim.swa_utils.AveragedModel`, a module that holds a copy of the model, and no optimizer: so it
    predicts, is evaluated and keeps its state as any module does, and whatever optimizer moved the weights does not
    matter. PyTorch takes a function where this takes `decay`; `get_ema_multi_avg_fn(decay)` is the same average.

    Args:
        model: is copied, and not changed.
        decay: from 0 to below 1, usually 0.99 to 0.9999; None: the equal average.
        use_buffers: average the buffers too, such as the statistics of batch normalisation; otherwise each update
            copies them from the model.

    Attributes:
        module: the copy with the averaged weights; save it, or go on with it.
        n_averaged: how many updates there were, a buffer ().

    Shapes: those of the model.

    >>> import numpy as np
    >>> from tinygrad_edu import nn, optim
    >>> model = nn.Linear(1, 1)
    >>> averaged = optim.AveragedModel(model, decay=0.9)
    >>> for value in (1.0, 2.0, 2.0):
    ...     model.weight.data = np.full((1, 1), value, np.float32)
    ...     averaged.update_parameters(model)
    ...     print(round(averaged.module.weight.item(), 3))
    1.0
    1.1
    1.19
    """

    def __init__(self, model: Module, decay: float | None = None, use_buffers: bool = False):
        if not isinstance(model, Module):
            raise TypeError(f"AveragedModel needs an nn.Module to average, not {model!r}")
        self.module = copy.deepcopy(model)
        self.decay = None if decay is None else number("AveragedModel: decay", decay, at_least=0, below=1)
        self.use_buffers = flag("AveragedModel: use_buffers", use_buffers)
        self.n_averaged = Buffer(np.zeros((), np.int64))

    def forward(self, *inputs: Any, **keywords: Any) -> Any:
        """Compute what the model computes, with the averaged weights."""
        return self.module(*inputs, **keywords)

    def update_parameters(self, model: Module) -> None:
        """Take a model's weights into the average, all at once.

        Raises:
            ValueError: the model has other parameters or buffers, by name, shape or dtype.
        """
        own, new = dict(_tensors(self.module)), dict(_tensors(model))
        if {name: (t.shape, t.dtype) for name, t in own.items()} != {n: (t.shape, t.dtype) for n, t in new.items()}:
            held, given = (type(m).__name__ for m in (self.module, model))
            raise ValueError(f"update_parameters needs a {held} like the one that is averaged, not this {given}")
        n = int(self.n_averaged.item())
        part = 1.0 if n == 0 else 1 / (n + 1) if self.decay is None else 1 - self.decay  # of the new weights
        averaged = {name for name, _ in model.named_parameters()}
        if self.use_buffers:
            averaged |= {name for name, t in new.items() if t.dtype.kind == "f"}
        leaves, values = [self.n_averaged], [np.asarray(n + 1)]
        for name, leaf in own.items():
            a, w = leaf.data, new[name].data
            leaves.append(leaf)
            values.append(np.array(a + part * (w - a) if name in averaged and part < 1 else w))
        change_leaves(leaves, values)

    def extra_repr(self) -> str:
        """Name the kind of average."""
        return f"decay={self.decay}, use_buffers={self.use_buffers}"


def _tensors(model: Module) -> list[tuple[str, Any]]:
    return [*model.named_parameters(), *model.named_buffers()]
