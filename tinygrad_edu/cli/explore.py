"""`tinygrad-edu explore`: the explorer in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..errors import UserError
from .own_code import called
from .shown import SMALL, network, position, shows_a_digit

if TYPE_CHECKING:
    from ..explorer.explorer import Explorer

EPILOG = """\b
Examples:
  tinygrad-edu explore
  tinygrad-edu explore --digit 8
  tinygrad-edu explore --weights runs/minimal-digits-1
  tinygrad-edu explore --model lenet5 --no-browser --port 9000
  tinygrad-edu explore my_experiment:network
"""


@click.command(epilog=EPILOG)
@click.argument("target", metavar="[MODULE:FUNCTION]", required=False)
@shows_a_digit(
    otherwise="one that the network hesitates over", weights="weights learnt now, in a few seconds", models=SMALL
)
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), metavar="N", help="For the weights that are learnt now.  [default: 1]"
)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True,
              help="Where to listen; if it is taken, at the next one.")  # fmt: skip
@click.option("--browser/--no-browser", default=True, help="Open the page in the browser.  [default: --browser]")
def explore(
    target: str | None,
    model: str | None,
    weights: str | None,
    digit: int | None,
    index: int | None,
    seed: int | None,
    port: int,
    browser: bool,
) -> None:
    """Explore how a small CNN learns, in the browser: any number answers why.

    The page is served to this machine only, and needs no network. Ctrl-C ends it.

    FUNCTION in MODULE, called without arguments, returns your own network; or the network, an image (1, c, h, w) and
    its label.
    """
    if sum(given is not None for given in (target, model, weights)) > 1:
        raise click.UsageError("give one of MODULE:FUNCTION, --model and --weights, not several")
    if seed is not None and (target or weights):
        raise click.UsageError("--seed is for weights that are learnt now; --weights and MODULE:FUNCTION have theirs")
    from ..explorer.explorer import Explorer
    from ..explorer.serving import listen, serve

    given: tuple[Any, ...] = (None, None, None)
    if target is not None:
        given = _own(target)
    elif weights is not None:
        given = (network(None, weights), None, None)
    if given[1] is not None and (digit is not None or index is not None):
        raise click.UsageError(f"{target} has its own image; --digit and --index are for the packaged digits")
    explorer = Explorer(*given, model=model or "minimal", seed=1 if seed is None else seed)
    if digit is not None or index is not None:
        explorer.moments.first_digit = position(explorer.moments.test.labels, digit, index)
    listening = listen(port)
    _learn(explorer)
    serve(explorer, listening, browser, click.echo)


def _own(target: str) -> tuple[Any, Any, Any]:
    """Return the user's network, and the image and the label if there are any."""
    from ..nn import Module

    found = called(target)
    model, image, label = found if isinstance(found, tuple) and len(found) == 3 else (found, None, None)
    if not isinstance(model, Module):
        raise UserError(
            f"{target} returned {type(model).__name__}; it must return an nn.Module, or (nn.Module, image, label)"
        )
    return model, image, label


def _learn(explorer: Explorer) -> None:
    """Let the packaged network learn before the page is opened, and show how far it is."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("The network learns", total=None)
        explorer.moments.progress = lambda done, steps: bar.update(task, completed=done, total=steps)
        explorer.answer("scene")
    explorer.moments.progress = None
