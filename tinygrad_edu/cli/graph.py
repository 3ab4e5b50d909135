"""`tinygrad-edu graph`: draw what a network computes for one digit, and how its gradients come about."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from ..errors import UserError
from .own_code import called
from .shown import network, seed_for, shown_digit, shows_a_digit
from .values import SEED, OutputFile

if TYPE_CHECKING:
    from ..viz.modules import ModuleCalls

EPILOG = """\b
Examples:
  tinygrad-edu graph --digit 3 --out backward.svg
  tinygrad-edu graph --weights runs/minimal-digits-1 --index 42 --out image-42.svg
  tinygrad-edu graph --weights runs/minimal-digits-1 --style thumbnails --out backward.png
  tinygrad-edu graph --model lenet5 --depth 1 --out backward.pdf
  tinygrad-edu graph my_experiment:loss --create-graph --out second.svg
"""

STYLES = ("shapes", "formulas", "values", "thumbnails", "full")


@click.command(epilog=EPILOG)
@click.argument("target", metavar="[MODULE:FUNCTION]", required=False)
@shows_a_digit(otherwise="3, without --index")
@click.option("--out", type=OutputFile(".svg", ".png", ".pdf", ".dot"), default="backward.svg", show_default=True,
              help="The file: .svg, .png, .pdf or .dot.")  # fmt: skip
@click.option("--style", type=click.Choice(STYLES), default="formulas", show_default=True, help="What the boxes say.")
@click.option("--thumbnails/--no-thumbnails", default=None, help="Draw arrays as small heat maps, or not.")
@click.option("--create-graph", is_flag=True, help="Draw the primitives that the backward pass consists of.")
@click.option("--forward", is_flag=True, help="Draw the forward graph alone.")
@click.option("--depth", type=click.IntRange(0), help="Draw modules nested this deep as one box each (1: the layers).")
@click.option("--collapse", multiple=True, metavar="PATH", help="Draw this module as one box; may be repeated.")
@click.option("--modules", is_flag=True, help="Frame what each module computes (implied by the two above).")
@click.option("--seed", type=SEED, metavar="N", help="For fresh weights and your own function.  [default: 0]")
def graph(
    target: str | None,
    model: str | None,
    weights: str | None,
    digit: int | None,
    index: int | None,
    out: str,
    style: str,
    thumbnails: bool | None,
    create_graph: bool,
    forward: bool,
    depth: int | None,
    collapse: tuple[str, ...],
    modules: bool,
    seed: int | None,
) -> None:
    """Draw the graph that a network computes, forward and backward side by side.

    The loss is the cross-entropy of a network that is shown one handwritten digit; or whatever FUNCTION in MODULE
    returns, called without arguments: a Tensor, or a BackwardTrace.
    """
    if sum(given is not None for given in (target, model, weights)) > 1:
        raise click.UsageError("give one of MODULE:FUNCTION, --model and --weights, not several")
    if target is not None and (digit is not None or index is not None):
        raise click.UsageError("--digit and --index are for --model and --weights; MODULE:FUNCTION has its own images")
    if forward and create_graph:
        raise click.UsageError("--forward leaves out the backward pass that --create-graph is about; give one of them")
    framed = modules or depth is not None or bool(collapse)
    if framed and target is not None:
        raise click.UsageError(
            "--modules, --depth and --collapse are for --model and --weights; "
            "in your own function use tge.viz.record_modules and draw_backward"
        )
    from .. import viz
    from ..random import manual_seed

    manual_seed(seed_for(weights, seed))
    recorded = None
    if target is not None:
        loss = _call(target)
    else:
        loss, recorded = _loss_of_digit(network(model, weights), digit, index, framed)
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


def _loss_of_digit(network: Any, digit: int | None, index: int | None, framed: bool) -> tuple[Any, ModuleCalls | None]:
    """Return the loss of one image of the packaged test set, and the modules' calls if wanted."""
    from .. import viz
    from ..autograd import named
    from ..ops import cross_entropy

    image, label = shown_digit(network, digit, index)
    with viz.record_modules(network) if framed else nullcontext() as recorded:
        logits = network(image)
    return named("loss", cross_entropy(named("logits", logits), label)), recorded


def _call(target: str) -> Any:
    """Call the user's function, and check what it returns."""
    from ..autograd import BackwardTrace, Tensor

    loss = called(target)
    if not isinstance(loss, (Tensor, BackwardTrace)):
        raise UserError(f"{target} returned {type(loss).__name__}; a Tensor or a BackwardTrace can be drawn")
    return loss
