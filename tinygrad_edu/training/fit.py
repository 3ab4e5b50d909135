"""The training loop."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np

from ..data import Change, DataLoader, Dataset, as_dataset
from ..data.changes import settings_of
from ..errors import CheckpointError, RunFolderError, TrainingError
from ..nn import Module
from ..nn.checks import flag, number, whole
from ..nn.utils import clip_grad_norm_
from ..ops import cross_entropy
from ..optim import SGD, Optimizer, Schedule
from .checkpoint import Position, TrainingState, difference, rule_settings
from .evaluation import evaluate
from .history import Epoch, History
from .interrupt import Interrupted, StopRequest
from .non_finite import NonFiniteLoss, first_bad_tensor
from .progress import Silent, reporter
from .run_folder import RunFolder
from .saving import Saver, parse_every
from .weights import model_settings


def train_step(
    model: Any, optimizer: Any, images: np.ndarray, labels: np.ndarray, clip_norm: float | None = None
) -> tuple[float, int]:
    """Learn from one batch: forward, backward, update.  Return its loss and how many answers were right.

    images (n, c, h, w), labels (n,). Raises NonFiniteLoss before the weights are touched.
    """
    optimizer.zero_grad()
    logits = model(images)
    loss = cross_entropy(logits, labels)
    value = loss.item()
    if not math.isfinite(value):
        raise NonFiniteLoss(value, first_bad_tensor(loss))
    loss.backward()
    if clip_norm is not None:
        clip_grad_norm_(optimizer.parameters, clip_norm)
    optimizer.step()
    return value, int(np.count_nonzero(logits.data.argmax(axis=1) == labels))


def fit(
    model: Any,
    train: Any,
    test: Any = None,
    *,
    epochs: int = 10,
    batch_size: int = 64,
    optimizer: Any = None,
    schedule: Any = None,
    clip_norm: float | None = None,
    augment: Change | Callable[..., Any] | None = None,
    seed: int = 0,
    run: str | os.PathLike[str] | RunFolder | None = None,
    resume: bool = False,
    checkpoint_every: str | int = "10s",
    show: bool = True,
) -> History:
    """Train a model, and measure it on `test` after each epoch.

    Args:
        model: an `nn.Module` that turns images (n, c, h, w) into logits (n, classes).
        train, test: each a `Dataset` or a pair (images, labels); `test` may be left out.
        epochs, batch_size: passes over the data, and images per update; at least 1.
        optimizer: one made from the model's parameters; plain gradient descent with lr 0.1 if neither it nor a
            schedule is given.
        schedule: a schedule of `tinygrad_edu.optim`; update t (from 0) uses the learning rate `lr_at(t)`, and
            `ReduceLROnPlateau` gets what each epoch measured.
        clip_norm: the largest norm that the gradient of all parameters together may have.
        augment: how training images are changed each time they are seen, such as `Augment()`; None leaves them as they
            are.
        seed: decides the order of the images in each epoch, and how they are changed.
        run: a folder for checkpoints, weights and history; None keeps nothing.
        resume: go on with the run in that folder; False starts one, and refuses a folder that holds one.
        checkpoint_every: a number of steps, or seconds as in "10s".
        show: progress bar or lines on stdout.

    Raises:
        TypeError, ValueError, DataError: an argument that makes no sense, before anything happens.
        TrainingError: the loss or a parameter became NaN or infinite; names step and first bad tensor.
        RunFolderError, CheckpointError: the folder cannot be written, or does not hold this run.
        Interrupted: (a KeyboardInterrupt) Ctrl-C or SIGTERM, with a run folder: saved, then stopped.

    >>> import tinygrad_edu as tge
    >>> _ = tge.manual_seed(0)
    >>> train, test = tge.data.load_digits()
    >>> history = fit(tge.models.MinimalCNN(), train, test, epochs=3, show=False)
    >>> history[-1].test_accuracy > 0.8
    True
    """
    if not isinstance(model, Module):
        raise TypeError(f"fit: model must be an nn.Module, not {model!r}")
    train = as_dataset(train)
    test = None if test is None else as_dataset(test)
    epochs = whole("fit: epochs", epochs, at_least=1)
    clip_norm = None if clip_norm is None else number("fit: clip_norm", clip_norm, above=0)
    resume, show = flag("fit: resume", resume), flag("fit: show", show)
    parse_every(checkpoint_every)
    loader = DataLoader(train, batch_size, seed=seed, augment=augment)
    if optimizer is None and schedule is None:
        optimizer = SGD(model.parameters(), lr=0.1)
    _check_they_fit(model, optimizer, schedule, epochs * len(loader))
    if not (run is None or isinstance(run, (str, os.PathLike))):
        raise TypeError(f"fit: run must be the path of a folder, a RunFolder, or None, not {run!r}")
    if resume and run is None:
        raise ValueError("fit: resume=True goes on with the run in a folder; give it: run=...")
    if isinstance(run, RunFolder) and not resume and os.path.lexists(run.checkpoint):
        raise RunFolderError(f"{run.path}: holds a run already; go on with it (resume=True), or use another folder")
    settings = {
        "model": model_settings(model),
        "data": train.fingerprint(),
        "batch_size": loader.batch_size,
        "seed": loader.seed,
        "clip_norm": clip_norm,
        **rule_settings(optimizer, schedule),
        **({} if augment is None else {"augment": settings_of(augment)}),
    }
    if run is not None and not isinstance(run, RunFolder):
        kept = {"program": "training.fit", **settings, "epochs": epochs}
        run = _resumed(run, kept) if resume else RunFolder.create(run, kept)
    state = TrainingState(model, optimizer, schedule, settings, Position(), History())
    saver = Saver(run, state, checkpoint_every)
    stop = StopRequest()
    model.train()
    with (
        saver,
        stop if run is not None else nullcontext(),
        reporter(show, epochs, len(loader), state.position.step) as report,
        np.errstate(all="ignore"),  # a loss that overflows gets an error of its own
    ):
        if state.position.epoch > epochs:
            raise CheckpointError(f"{run}: {state.position.epoch} epochs are over; epochs={epochs} would undo some")
        try:
            while state.position.epoch < epochs:
                _train_epoch(state, loader, clip_norm, saver, stop, report)
                _finish_epoch(state, test, saver, stop, report)
        except RunFolderError:
            raise
        except (OSError, SystemExit):  # stdout is full, or nobody reads it any more; then rich ends the program
            saver.save()
            raise
        saver.finish()
    return state.history


def _check_they_fit(model: Module, optimizer: Any, schedule: Any, steps: int) -> None:
    """Raise unless the optimizer changes this model, and the schedule this optimizer, for so many steps."""
    if schedule is not None and not isinstance(schedule, Schedule):
        raise TypeError(f"fit: schedule must be one of tinygrad_edu.optim, not {schedule!r}")
    if schedule is not None and schedule.optimizer is not optimizer:
        raise ValueError("fit: the schedule moves another optimizer's learning rate; give its own: optimizer=...")
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"fit: optimizer must be one of tinygrad_edu.optim, not {optimizer!r}")
    if not {id(p) for p in model.parameters()} & {id(p) for p in optimizer.parameters}:
        raise ValueError(
            "fit: the optimizer has none of this model's parameters, so it would train another one; make it from "
            "model.parameters()"
        )
    if schedule is not None:
        schedule.changes_at(schedule.t + steps - 1)  # one that ends before the training does raises now


def _resumed(path: str | os.PathLike[str], settings: dict[str, Any]) -> RunFolder:
    """Enter a run folder.  What stands in its settings, perhaps by hand, must be what this call was given."""
    run = RunFolder.open(path)
    stored = run.settings
    if stored.get("program") == settings["program"]:
        other = difference({**stored, "epochs": None}, {**settings, "epochs": None})
        if other:
            raise CheckpointError(f"{run.settings_file}: belongs to a run with {other}")
        with run.hold():
            run.write_settings(settings)
    return run


def _train_epoch(
    state: TrainingState,
    loader: DataLoader,
    clip_norm: float | None,
    saver: Saver,
    stop: StopRequest,
    report: Silent,
) -> None:
    """Go through one epoch's batches, from wherever the position is."""
    at = state.position
    then = time.perf_counter()
    for images, labels in loader.batches(at.epoch, start=at.batch):
        if at.step and state.schedule is not None and not state.schedule.needs_metric:
            state.schedule.step()
        try:
            loss, correct = train_step(state.model, state.optimizer, images, labels, clip_norm)
        except NonFiniteLoss as error:
            raise TrainingError(_bad_loss(error, state, saver)) from error
        now = time.perf_counter()
        at.count(loss, correct, len(labels), now - then)
        then = now
        report.step(at.step, len(labels), at.loss_sum / at.images, at.correct / at.images)
        saver.after_step(now)
        if stop.requested:
            _stop(saver)


def _finish_epoch(state: TrainingState, test: Dataset | None, saver: Saver, stop: StopRequest, report: Silent) -> None:
    """Measure the model, add the epoch to the history, and move on."""
    at = state.position
    result = None
    if test is not None:
        report.testing()
        result = evaluate(state.model, test, after_batch=lambda: _stop(saver) if stop.requested else None)
    epoch = Epoch(
        epoch=at.epoch + 1,
        train_loss=at.loss_sum / at.images,
        train_accuracy=at.correct / at.images,
        test_loss=None if result is None else result.loss,
        test_accuracy=None if result is None else result.accuracy,
        learning_rate=state.optimizer.lr,
        seconds=at.seconds,
        images_per_second=at.images / max(at.seconds, 1e-9),
    )
    if state.schedule is not None and state.schedule.needs_metric:
        state.schedule.step(_measured(epoch, state.schedule.mode))
    state.history.append(epoch)
    at.next_epoch()
    report.epoch(epoch)
    saver.after_epoch()


def _measured(epoch: Epoch, mode: str) -> float:
    """Return what a schedule goes by: the loss (mode "min") or the accuracy, of the test where there is one."""
    if mode == "min":
        return epoch.train_loss if epoch.test_loss is None else epoch.test_loss
    return epoch.train_accuracy if epoch.test_accuracy is None else epoch.test_accuracy


def _stop(saver: Saver) -> None:
    """Save and stop, as Ctrl-C or SIGTERM asked for."""
    saver.save()
    raise Interrupted(saver.run)


def _bad_loss(error: NonFiniteLoss, state: TrainingState, saver: Saver) -> str:
    """Say when the loss went bad, where it began, and what may help."""
    at = state.position
    kept = f" The last good checkpoint is kept in {saver.run.path}." if saver.run is not None else ""
    return (
        f"the loss became {error.value} in step {at.step + 1} (epoch {at.epoch + 1}, batch {at.batch + 1}). "
        f"The first tensor to go bad was {error.culprit}. Try a smaller learning rate than "
        f"{state.optimizer.lr:g}, or clip the gradient's norm.{kept}"
    )
