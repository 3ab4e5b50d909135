"""`tinygrad-edu why`: why a number in a network is what it is, forward or backward."""

from __future__ import annotations

import re
from typing import Any

import click

from ..errors import UserError
from .shown import network, seed_for, shown_digit, shows_a_digit
from .values import SEED, Number

EPILOG = """\b
Examples:
  tinygrad-edu why "conv.weight[3,0,1,2]" --digit 3
  tinygrad-edu why "logits[0,3]" --forward --weights runs/minimal-digits-1
  tinygrad-edu why "image[0,0,14,14]" --terms 72
  tinygrad-edu why "conv.weight[3,0,1,2]" --what-if 0.1
"""


@click.command(epilog=EPILOG)
@click.argument("number", metavar="NAME[INDEX]")
@shows_a_digit(otherwise="3, without --index")
@click.option("--forward", is_flag=True, help="Explain the number itself instead of its gradient.")
@click.option("--terms", type=click.IntRange(1), default=20, show_default=True, help="How many terms to list.")
@click.option("--what-if", "delta", type=Number(0, min_open=True), metavar="DELTA",
              help="Also compute the loss, in float64, with the number changed by up to DELTA.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a page.")
@click.option("--seed", type=SEED, metavar="N", help="For fresh weights.  [default: 0]")
def why(
    number: str,
    model: str | None,
    weights: str | None,
    digit: int | None,
    index: int | None,
    forward: bool,
    terms: int,
    delta: float | None,
    as_json: bool,
    seed: int | None,
) -> None:
    """Explain why a number of a network that is shown one handwritten digit is what it is.

    NAME[INDEX] is the number, such as "conv.weight[3,0,1,2]": a parameter, the image, the logits, the loss, or what
    lies between. Its gradient is explained, dL/d NAME[INDEX], or with --forward the number itself.
    """
    if model is not None and weights is not None:
        raise click.UsageError("give --model or --weights, not both")
    if delta is not None and as_json:
        raise click.UsageError("--what-if and --json do not go together")
    name, at = _parsed(number)
    from ..autograd import named, trace_backward
    from ..explain import explain, what_if
    from ..ops import cross_entropy
    from ..random import manual_seed

    manual_seed(seed_for(weights, seed))
    net = network(model, weights)
    image, label = shown_digit(net, digit, index, requires_grad=True)
    logits = named("logits", net(image))
    trace = trace_backward(named("loss", cross_entropy(logits, label)))
    try:
        found = explain(trace, name, at, forward=forward)
        pages = [found.to_json(terms) if as_json else found.page(terms)]
        if delta is not None:
            exact, pixels = _in_float64(net), named("image", image.astype("float64").detach())
            if name == "image":
                answer = what_if(pixels, lambda x: cross_entropy(exact(x), label), None, at, delta, points=11)
            else:
                answer = what_if(exact, lambda m: cross_entropy(m(pixels), label), name, at, delta, points=11)
            pages.append(str(answer))
    except (IndexError, ValueError) as error:
        raise UserError(str(error)) from error
    click.echo("\n\n".join(pages))


def _in_float64(net: Any) -> Any:
    """Return the same network in float64: in float32 a small change of the loss would drown in rounding."""
    from ..models import build

    exact = build(**{**net.settings, "dtype": "float64"})
    exact.load_state_dict({name: array.astype("float64") for name, array in net.state_dict().items()})
    return exact.eval()


def _parsed(number: str) -> tuple[str, tuple[int, ...]]:
    """Split "conv.weight[3,0,1,2]" into the name and the index."""
    parts = re.fullmatch(r"\s*([^\[\]]+?)\s*(?:\[([\d\s,-]*)\])?\s*", number)
    try:
        assert parts is not None
        return parts[1], tuple(int(i) for i in parts[2].split(",")) if parts[2] else ()
    except (AssertionError, ValueError):
        raise click.UsageError(f"{number!r} is not of the form NAME[INDEX], as in conv.weight[3,0,1,2]") from None
