"""The command line: `tinygrad-edu COMMAND ...`, also `python -m tinygrad_edu COMMAND ...`.

Each command lives in a module of this folder and is imported only when it is called: `--help` stays quick.
"""

from __future__ import annotations

import contextlib
import importlib
import signal
import sys
import threading
from typing import NoReturn

import click

from .. import __version__
from ..errors import UserError
from . import output
from .values import shortened

PROGRAM = "tinygrad-edu"

# name -> (module in this folder, which defines a click command of that name; what the command does)
COMMANDS = {
    "train": ("train", "Train a network on handwritten digits."),
    "evaluate": ("evaluate", "Measure a trained network on digits it has not seen."),
    "predict": ("predict", "Read the digits in your own image files."),
    "graph": ("graph", "Draw the graph that a network computes, forward or backward."),
    "why": ("why", "Explain any number: a value or a gradient, and the terms that add up to it."),
    "explore": ("explore", "Explore a network in the browser: any number answers why."),
    "check": ("check", "Check the gradient rules against finite differences."),
}


class LazyGroup(click.Group):
    """A group of commands that knows their names and short helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import a command, and give it `--debug`, which all of them have."""
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f".{COMMANDS[name][0]}", __name__)
        command: click.Command = getattr(module, name)
        if not any(option.name == "debug" for option in command.params):
            command.params.append(_debug_option())
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in COMMANDS.items()])


def _debug_option() -> click.Option:
    return click.Option(
        ["--debug"],
        is_flag=True,
        expose_value=False,
        help="Show the whole traceback when something goes wrong.",
    )


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name=PROGRAM)
def cli() -> None:
    """Train a small convolutional network on handwritten digits, and see how it learns.

    \b
    Start with:
      tinygrad-edu train                  train on the digits that come with this program
      tinygrad-edu COMMAND --help         what a command can do
    """


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 when all went well, 2 on wrong usage, 130 after Ctrl-C, else 1.

    141 if the reader of standard output left (`| head`), as for a program that the signal of that ended.

    An error is one line on stderr; `--debug` shows the traceback instead.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in arguments
    try:
        _take_over_ctrl_c()
        output.watch()
        code = cli.main(arguments, prog_name=PROGRAM, standalone_mode=False)
        sys.stdout.flush()
    except (Exception, KeyboardInterrupt) as error:
        if debug and not isinstance(error, click.ClickException):
            raise
        message, code = _explain(error)
        if isinstance(error, output.LostOutput):
            output.leave_alone()
        if message:
            with contextlib.suppress(OSError):  # nobody is left to be told
                click.echo(f"{PROGRAM}: error: {shortened(message)}", err=True)
    sys.exit(code if isinstance(code, int) else 0)


def _take_over_ctrl_c() -> None:
    """Let Ctrl-C be a KeyboardInterrupt again, as it was before `startup`."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _explain(error: BaseException) -> tuple[str, int]:
    """Return an error's message and exit code."""
    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx else PROGRAM
        return f"{error.format_message()} (see {path} --help)", error.exit_code
    if isinstance(error, click.ClickException):
        return error.format_message(), error.exit_code
    if isinstance(error, (click.Abort, KeyboardInterrupt)):
        return str(error), 130
    if isinstance(error, output.LostOutput):
        return "" if error.exit_code == output.BROKEN_PIPE else str(error), error.exit_code
    if isinstance(error, UserError):
        return str(error), 1
    if isinstance(error, MemoryError):
        return "there is not enough memory for this; use smaller numbers", 1
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror, 1
    return f"{type(error).__name__}: {error} (--debug shows where)", 1
