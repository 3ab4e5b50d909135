"""What the command line needs before NumPy is imported, which takes a while: this is imported first of all.

A library changes no signals and ends no process, so all of this is for the program alone.
"""

from __future__ import annotations

import os
import signal
import sys

from . import environment


def is_the_program() -> bool:
    """Return whether this process is `tinygrad-edu` or `python -m tinygrad_edu`."""
    name = os.path.basename(next(iter(sys.argv), ""))
    # While a package is imported for -m, "-m" stands in the place of the program's name.
    return name.removesuffix(".exe") == "tinygrad-edu" or (name == "-m" and "tinygrad_edu" in sys.orig_argv)


def prepare() -> None:
    """Let Ctrl-C end the program without a traceback until `main` takes over, and judge the environment."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        for name in environment.WHOLE_NUMBERS:
            environment.whole_number(name)
    except ValueError as error:
        print(f"tinygrad-edu: error: {error}", file=sys.stderr)
        raise SystemExit(2) from None


if is_the_program():
    prepare()
