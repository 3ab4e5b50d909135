"""From the options of `tinygrad-edu train` to a finished run."""

from __future__ import annotations

import math
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from rich.console import Console

from .. import manual_seed, models, optim, use_kernels
from ..data import Augment, Change, Compose, Dataset, RandomCrop, RandomHorizontalFlip
from ..data.picture_to_digit import FORM
from ..errors import CheckpointError
from ..training import History, Interrupted, RunFolder, calibrate, evaluate, fit
from ..training.progress import history_table
from ..training.saving import parse_every
from . import PROGRAM, data_options
from .output import LostOutput

# What says how to run, not what to learn: not among a run's settings, and free to change on --resume.
HOW_TO_RUN = {"out", "resume", "checkpoint_every", "no_pictures"}
EPOCHS = {"digits": 12, "digits-shifted": 12, "mnist": 5, "fashion-mnist": 5, "cifar10": 10}
MAY_BE_NONE = {"clip_norm", "limit", "data_dir"}
CHANGEABLE = {"resume", "checkpoint_every", "no_pictures", "epochs", "data_dir"}


def run_training(ctx: click.Context, options: dict[str, Any]) -> None:
    """Train as the options say, in a new run folder or in the one to resume."""
    try:
        parse_every(options["checkpoint_every"])
    except ValueError as error:
        raise click.UsageError(f"--checkpoint-every: {error}", ctx) from error
    if options["resume"] is None:
        _check(ctx, options, _given(ctx, options))
        _train(None, options)
        return
    run = RunFolder.open(options["resume"])
    with run.hold():
        stored = _stored(ctx, run)
        options = {**stored, **_changes(ctx, options)}
        if options["epochs"] != stored["epochs"] and options["schedule"] not in ("none", "plateau"):
            raise click.UsageError(
                f"--epochs cannot be changed with --resume: the schedule ({options['schedule']}) of this run was made "
                f"for {stored['epochs']} epochs",
                ctx,
            )
        _check(ctx, options, set())
        _train(run, options)


def _train(run: RunFolder | None, options: dict[str, Any]) -> None:
    """Train as the complete options say, in a run that is there or in a new one."""
    train, test = data_options.load(options["data"], options["data_dir"])
    if options["limit"]:
        train = train.first(options["limit"])
    manual_seed(options["seed"])
    minimal = {name: options[name] for name in ("filters", "kernel_size")} if options["model"] == "minimal" else {}
    try:
        model = models.build(options["model"], **minimal, input_shape=train.image_shape)
    except ValueError as error:
        raise click.UsageError(f"--model {options['model']}: {error}") from error
    optimizer = _optimizer(model, options)
    steps = options["epochs"] * math.ceil(len(train) / options["batch_size"])
    schedule = _schedule(optimizer, options, steps)
    settings = {name: value for name, value in options.items() if name not in HOW_TO_RUN} | {"form": FORM}
    resume = run is not None
    if run is not None:
        run.write_settings(settings)
    elif options["out"] is not None:
        run = RunFolder.create(options["out"], settings)
    else:
        run = RunFolder.create_numbered(f"runs/{options['model']}-{Path(options['data']).name}", settings)

    with run.hold():
        _train_in(run, resume, options, model, train, test, optimizer, schedule)


def _train_in(
    run: RunFolder,
    resume: bool,
    options: Mapping[str, Any],
    model: Any,
    train: Dataset,
    test: Dataset,
    optimizer: optim.Optimizer,
    schedule: optim.Schedule | None,
) -> None:
    """Train in a run folder, and say what came of it."""
    go_on = f"Stopped and saved. To go on: {shlex.join([PROGRAM, 'train', '--resume', str(run.path)])}"
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"{type(model).__name__}, {model.num_parameters():,} parameters; {len(train):,} training and "
        f"{len(test):,} test images; run folder {run.path}",
        markup=False,
    )
    try:
        with use_kernels(options["kernels"]):
            history = fit(
                model,
                train,
                test,
                epochs=options["epochs"],
                batch_size=options["batch_size"],
                optimizer=optimizer,
                schedule=schedule,
                clip_norm=options["clip_norm"],
                augment=_augment(options),
                seed=options["seed"],
                run=run,
                resume=resume,
                checkpoint_every=options["checkpoint_every"],
            )
    except Interrupted:
        click.echo(f"\n{go_on}", err=True)
        raise click.exceptions.Exit(130) from None
    except LostOutput as error:
        click.echo(f"{error}. {go_on}", err=True)
        raise
    console.print(history_table(history))
    _finish(console, run, model, history, train, test, not options["no_pictures"])


def _finish(
    console: Console,
    run: RunFolder,
    model: Any,
    history: History,
    train: Dataset,
    test: Dataset,
    pictures: bool,
) -> None:
    """Say what came of a run, and draw it."""
    result = evaluate(model, test)
    right = int((result.predictions == result.labels).sum())
    console.print(f"Test accuracy: {result.accuracy:.2%} ({right:,} of {len(test):,} images)", style="bold")
    calibration = calibrate(model, train, test)
    calibration.save(run.calibration)
    console.print(
        f"Sureness: divided by the temperature {calibration.temperature:.2f}, the logits give probabilities that are "
        f"off by {calibration.error:.1%} (expected calibration error)"
    )
    names = [run.weights.name, run.calibration.name, run.history.name]
    if pictures:
        from ..training.pictures import save_pictures

        names += [path.name for path in save_pictures(run, model, history, test, result)]
    console.print(f"In {run.path}: {', '.join(names)}", markup=False)


# -- what the options mean --


def _given(ctx: click.Context, options: Mapping[str, Any]) -> set[str]:
    """Return the names of the options that stand on the command line."""
    return {name for name in options if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE}


def _check(ctx: click.Context, options: dict[str, Any], given: set[str]) -> None:
    """Complete the options, and refuse those that do not go together."""
    for name, value in _defaults(options).items():
        if options[name] is None:
            options[name] = value
    if options["data"] not in data_options.NAMED:
        options["data"] = str(Path(options["data"]).absolute())
    if options["data_dir"] is not None:
        options["data_dir"] = str(Path(os.path.expanduser(options["data_dir"])).absolute())
    for name, usual in (("filters", 8), ("kernel_size", 3)):
        if (name in given or options[name] != usual) and options["model"] != "minimal":
            raise click.UsageError(f"{_flag(name)} goes with --model minimal, not {options['model']}", ctx)
    for name in ("momentum", "nesterov"):
        if options[name] and options["optimizer"] != "sgd":
            raise click.UsageError(f"{_flag(name)} goes with --optimizer sgd, not {options['optimizer']}", ctx)
    if options["nesterov"] and not options["momentum"]:
        raise click.UsageError("--nesterov needs --momentum above 0", ctx)


def _defaults(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what suits the data: the few packaged digits need changed copies, Adam, and one cycle of its rate."""
    data = options["data"]
    batch_size = options["batch_size"] or (64 if data in data_options.NAMED else 32)
    optimizer = options["optimizer"] or ("adam" if data in (*data_options.PACKAGED, "cifar10") else "sgd")
    return {
        "epochs": EPOCHS.get(data, 20),
        "batch_size": batch_size,
        "optimizer": optimizer,
        "augment": data == "digits",
        "schedule": "none" if optimizer == "sgd" else "onecycle",
        "lr": _rate(data, optimizer, batch_size),
    }


def _rate(data: str, optimizer: str, batch_size: int) -> float:
    """Return the learning rate that suits."""
    if optimizer == "sgd":
        return 0.1 if batch_size >= 8 else 0.02
    if optimizer == "adagrad":
        return 0.1
    return 0.01 if data in data_options.PACKAGED else 0.005


def _optimizer(model: Any, options: Mapping[str, Any]) -> optim.Optimizer:
    parameters, lr, decay = model.parameters(), options["lr"], options["weight_decay"]
    if options["optimizer"] == "sgd":
        return optim.SGD(parameters, lr, momentum=options["momentum"], weight_decay=decay, nesterov=options["nesterov"])
    kinds = {"adam": optim.Adam, "adamw": optim.AdamW, "rmsprop": optim.RMSprop, "adagrad": optim.Adagrad}
    return kinds[options["optimizer"]](parameters, lr, weight_decay=decay)


def _augment(options: Mapping[str, Any]) -> Change | None:
    """Return how training images are changed: handwriting, or pictures that may be mirrored."""
    if not options["augment"]:
        return None
    side, padding = {"fashion-mnist": (28, 2), "cifar10": (32, 4)}.get(options["data"], (0, 0))
    return Compose([RandomCrop(side, padding), RandomHorizontalFlip()]) if side else Augment()


def _schedule(optimizer: optim.Optimizer, options: Mapping[str, Any], steps: int) -> optim.Schedule | None:
    match options["schedule"]:
        case "step":
            return optim.StepLR(optimizer, step_size=math.ceil(steps / 3))
        case "cosine":
            return optim.CosineAnnealingLR(optimizer, T_max=steps)
        case "warmup-cosine":
            rising = math.ceil(steps / 20)
            warm_up = optim.LinearLR(optimizer, start_factor=0.1, total_iters=rising)
            down = optim.CosineAnnealingLR(optimizer, T_max=max(steps - rising, 1))
            return optim.SequentialLR(optimizer, [warm_up, down], milestones=[rising])
        case "plateau":
            return optim.ReduceLROnPlateau(optimizer, patience=3)
        case "onecycle":
            own = False if options["momentum"] else None  # --momentum stays what it is
            return optim.OneCycleLR(optimizer, max_lr=options["lr"], total_steps=steps, cycle_momentum=own)
    return None


# -- going on with a run --


def _stored(ctx: click.Context, run: RunFolder) -> dict[str, Any]:
    """Return the settings of a run, checked as if they came from the command line: each is one that can be used."""
    stored = run.settings
    data_options.check_form(run)
    form = stored.pop("form", None)
    if form is None:  # before there was a form, nothing was augmented
        stored.setdefault("augment", False)
    if "program" in stored:
        raise CheckpointError(f"{run.settings_file}: of a run of {stored['program']!r}, which alone can go on with it")
    known = {str(option.name): option for option in ctx.command.params if option.name != "debug"}
    options = {name: ctx.params[name] for name in HOW_TO_RUN}
    for name in stored:
        if name in HOW_TO_RUN or name not in known:
            raise CheckpointError(f"{run.settings_file}: {name!r} is no setting of a run of {PROGRAM} train")
    for name, option in known.items():
        if name in HOW_TO_RUN:
            continue
        if name not in stored:
            raise CheckpointError(f"{run.settings_file}: has no {name!r}, so it is not of a run of {PROGRAM} train")
        options[name] = _meant(ctx, option, stored[name], run.settings_file)
    try:
        _check(ctx, options, set())
    except click.UsageError as error:
        raise CheckpointError(f"{run.settings_file}: {error.format_message()}") from error
    return options


def _meant(ctx: click.Context, option: click.Parameter, value: Any, file: Path) -> Any:
    """Return the option's value for one that stands in a settings file, which has to be the same."""
    if value is None and option.name in MAY_BE_NONE:
        return None
    try:
        if value is None:
            raise TypeError("it has to be something")
        meant = option.type_cast_value(ctx, value)
    except (click.BadParameter, TypeError, ValueError, OverflowError) as error:
        raise CheckpointError(f"{file}: {option.name} is {value!r}: {error}") from error
    if type(value) is not type(meant) and not (type(value) is int and type(meant) is float):
        raise CheckpointError(f"{file}: {option.name} is {value!r}, where {type(meant).__name__} is expected")
    return meant


def _changes(ctx: click.Context, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that were given along with --resume.  Most of them would make another run of it."""
    given = _given(ctx, options)
    for name in sorted(given - CHANGEABLE):
        raise click.UsageError(f"{_flag(name)} cannot be changed with --resume; start another run with --out", ctx)
    return {name: options[name] for name in given}


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
