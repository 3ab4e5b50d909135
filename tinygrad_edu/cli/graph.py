"""`tinygrad-edu graph`: draw what a network computes for one digit, and how its gradients come about."""

from __future__ import annotations

import importlib
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UserError

if TYPE_CHECKING:
    from ..viz.modules import ModuleCalls

EPILOG = """\b
Examples:
  tinygrad-edu graph --digit 3 --out backward.svg
  tinygrad-edu graph --weights runs/minimal-digits-1 --style thumbnails --out backward.png
  tinygrad-edu graph --model lenet5 --depth 1 --out backward.pdf
  tinygrad-edu graph my_experiment:loss --create-graph --out second.svg
"""

STYLES = ("shapes", "formulas", "values", "thumbnails", "full")
MODELS = ("minimal", "lenet5", "mnist-example")


@click.command(epilog=EPILOG)
@click.argument("target", metavar="[MODULE:FUNCTION]", required=False)
@click.option("--model", type=click.Choice(MODELS), help="The network, with fresh weights.  [default: minimal]")
@click.option("--weights", metavar="FILE_OR_RUN", help="A trained network: a weights file or the folder of a run.")
@click.option("--digit", type=click.IntRange(0, 9), default=3, show_default=True, help="The digit it is shown.")
@click.option("--out", default="backward.svg", show_default=True, help="The file: .svg, .png, .pdf or .dot.")
@click.option("--style", type=click.Choice(STYLES), default="formulas", show_default=True, help="What the boxes say.")
@click.option("--thumbnails/--no-thumbnails", default=None, help="Draw arrays as small heat maps, or not.")
@click.option("--create-graph", is_flag=True, help="Draw the primitives that the backward pass consists of.")
@click.option("--forward", is_flag=True, help="Draw the forward graph alone.")
@click.option("--depth", type=click.IntRange(0), help="Draw modules nested this deep as one box each (1: the layers).")
@click.option("--collapse", multiple=True, metavar="PATH", help="Draw this module as one box; may be repeated.")
@click.option("--modules", is_flag=True, help="Frame what each module computes (implied by the two above).")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="For fresh weights and dropout.")
def graph(
    target: str | None,
    model: str | None,
    weights: str | None,
    digit: int,
    out: str,
    style: str,
    thumbnails: bool | None,
    create_graph: bool,
    forward: bool,
    depth: int | None,
    collapse: tuple[str, ...],
    modules: bool,
    seed: int,
) -> None:
    """Draw the graph that a network computes, forward and backward side by side.

    The loss is the cross-entropy of a network that is shown one handwritten digit; or whatever FUNCTION in MODULE
    returns, called without arguments: a Tensor, or a BackwardTrace.
    """
    if sum(given is not None for given in (target, model, weights)) > 1:
        raise click.UsageError("give one of MODULE:FUNCTION, --model and --weights, not several")
    if Path(out).suffix.lower() not in (".svg", ".png", ".pdf", ".dot"):
        raise click.BadParameter(f"{out!r} does not end in .svg, .png, .pdf or .dot", param_hint="--out")
    framed = modules or depth is not None or bool(collapse)
    if framed and target is not None:
        raise click.UsageError(
            "--modules, --depth and --collapse are for --model and --weights; "
            "in your own function use tge.viz.record_modules and draw_backward"
        )
    from .. import viz
    from ..random import manual_seed

    manual_seed(seed)
    recorded = None
    if target is not None:
        loss = _call(target)
    else:
        loss, recorded = _loss_of_digit(_network(model, weights), digit, framed)
    options: dict[str, Any] = {"style": style, "thumbnails": thumbnails, "modules": recorded}
    options.update(depth=depth, collapse=collapse)
    try:
        if forward:
            picture = viz.draw_graph(getattr(loss, "loss", loss), **options)
        else:
            picture = viz.draw_backward(loss, create_graph=create_graph, **options)
    except ValueError as error:
        raise UserError(str(error)) from error
    click.echo(f"wrote {picture.write(out)}")


def _network(model: str | None, weights: str | None) -> Any:
    if weights is not None:
        from ..training import load_model

        return load_model(weights)
    from ..models import build

    return build(model or "minimal")


def _loss_of_digit(network: Any, digit: int, framed: bool) -> tuple[Any, ModuleCalls | None]:
    """Return the loss of the first such digit in the packaged test set, and the modules' calls if wanted."""
    import numpy as np

    from .. import viz
    from ..autograd import Tensor, named
    from ..data import load_digits
    from ..ops import cross_entropy

    _, test = load_digits()
    position = int(np.flatnonzero(test.labels == digit)[0])
    dtype = next(iter(network.parameters())).dtype
    image = named("image", Tensor(test.images[position : position + 1].astype(dtype)))
    network.eval()
    for path, parameter in network.named_parameters():
        named(path, parameter)
    with viz.record_modules(network) if framed else nullcontext() as recorded:
        logits = network(image)
    return named("loss", cross_entropy(named("logits", logits), np.array([digit]))), recorded


def _call(target: str) -> Any:
    """Import a module from the current folder or the path, call the function, and check what it returns."""
    from ..autograd import BackwardTrace, Tensor

    module_name, separator, name = target.partition(":")
    if not separator or not module_name or not name:
        raise click.UsageError(f"{target!r} is not of the form MODULE:FUNCTION")
    sys.path.insert(0, str(Path.cwd()))
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise UserError(f"there is no module {error.name!r} here or on Python's path") from error
    function = getattr(module, name, None)
    if not callable(function):
        raise UserError(f"{module_name} has no function {name!r}")
    loss = function()
    if not isinstance(loss, (Tensor, BackwardTrace)):
        raise UserError(f"{target} returned {type(loss).__name__}; a Tensor or a BackwardTrace can be drawn")
    return loss
