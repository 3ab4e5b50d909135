"""`tinygrad-edu explore`: the explorer in the browser."""

from __future__ import annotations

import click

from .shown import MODELS, network

EPILOG = """\b
Examples:
  tinygrad-edu explore
  tinygrad-edu explore --weights runs/minimal-digits-1
  tinygrad-edu explore --model lenet5 --no-browser --port 9000
"""


@click.command(epilog=EPILOG)
@click.option("--model", type=click.Choice(MODELS), help="The network.  [default: minimal]")
@click.option("--weights", metavar="FILE_OR_RUN", help="A trained network: a weights file or the folder of a run.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Where to listen.")
@click.option("--browser/--no-browser", default=True, help="Open the page in the browser.  [default: --browser]")
def explore(model: str | None, weights: str | None, port: int, browser: bool) -> None:
    """Explore how a small CNN learns, in the browser: any number answers why.

    The page is served to this machine only, and needs no network.
    """
    if model is not None and weights is not None:
        raise click.UsageError("give --model or --weights, not both")
    from ..explorer.explorer import Explorer
    from ..explorer.serving import serve

    given = None if weights is None else network(None, weights)
    serve(Explorer(given, model=model or "minimal"), port, browser, click.echo)
