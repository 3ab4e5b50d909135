"""The environment variables that the engine reads, and what may stand in them."""

from __future__ import annotations

import os

WHOLE_NUMBERS = {"TINYGRAD_EDU_THREADS": 1, "TINYGRAD_EDU_KEEP_MEMORY": 0}  # name -> the least it may be


def whole_number(name: str) -> int | None:
    """Return the number in an environment variable; None if it is not set, or empty.

    Raises ValueError, naming the variable, for anything but a number: a setting is not ignored.
    """
    least = WHOLE_NUMBERS[name]
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19) or int(text) < least:
        seen = text if len(text) < 50 else text[:50] + "..."
        raise ValueError(f"the environment variable {name} is {seen!r}, not a whole number of at least {least}")
    return int(text)
