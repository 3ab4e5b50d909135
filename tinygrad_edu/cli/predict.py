"""`tinygrad-edu predict`."""

from __future__ import annotations

import click


@click.command()
def predict() -> None:
    """Read digits from image files."""
    raise click.ClickException("not written yet")
