"""`tinygrad-edu train`."""

from __future__ import annotations

import click


@click.command()
def train() -> None:
    """Train a network on handwritten digits."""
    raise click.ClickException("not written yet")
