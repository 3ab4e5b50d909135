"""What may stand behind an option: kinds of values that click does not have."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import click


class Number(click.FloatRange):
    """A range of numbers without NaN and infinity, which no comparison keeps out."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number, or raise a usage error."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is no finite number.", param, ctx)
        return number


SEED = click.IntRange(0, 2**64 - 1)


class Name(click.ParamType):
    """The name of a file or folder, which is not empty: "" would mean the current folder, or nothing at all."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, or raise a usage error."""
        text = str(value)
        if not text.strip() or "\0" in text:
            self.fail("it is empty; give a name." if not text.strip() else "no name has a NUL in it.", param, ctx)
        return text


class OutputFile(Name):
    """A file to be written, in one of the formats that its suffix names: refused before the work, not after it."""

    def __init__(self, *suffixes: str):
        self.suffixes = suffixes

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, or raise a usage error if no file can be written there."""
        text = super().convert(value, param, ctx)
        path = Path(text)
        if path.suffix.lower() not in self.suffixes:
            self.fail(f"{text!r} does not end in {', '.join(self.suffixes[:-1])} or {self.suffixes[-1]}", param, ctx)
        if os.path.isdir(path):
            self.fail(f"{text!r} is a folder; give the name of a file.", param, ctx)
        if not os.path.isdir(path.parent):
            self.fail(f"there is no folder {str(path.parent)!r} to write it into.", param, ctx)
        return text


def shortened(message: str, longest: int = 300) -> str:
    """Return a message in one line, with the middle of overlong words left out.

    >>> shortened("no file a" + 500 * "b" + "c", longest=9)
    'no file abb...bbc'
    """
    half = longest // 3
    words = (w if len(w) <= longest else f"{w[:half]}...{w[-half:]}" for w in message.split())
    return " ".join(words)
