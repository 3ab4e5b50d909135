"""`tinygrad-edu evaluate`."""

from __future__ import annotations

import click


@click.command()
def evaluate() -> None:
    """Measure a trained network."""
    raise click.ClickException("not written yet")
