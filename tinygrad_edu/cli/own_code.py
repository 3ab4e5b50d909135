"""MODULE:FUNCTION: the user's own code, imported from the current folder or Python's path, and called."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from ..errors import UserError


def called(target: str) -> Any:
    """Import a module, call its function without arguments, and return what that returns.

    Raises click.UsageError if the target is not of the form MODULE:FUNCTION, UserError if there is none or it fails.
    """
    module_name, separator, name = target.partition(":")
    names = (*module_name.split("."), name)
    if not separator or not all(part.isidentifier() for part in names):
        raise click.UsageError(f"{target!r} is not of the form MODULE:FUNCTION, as in my_experiment:loss")
    if module_name.endswith(".py"):
        raise click.UsageError(f"{target!r} names a file, not a module: write {module_name.removesuffix('.py')}:{name}")
    sys.path.insert(0, os.getcwd())
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise UserError(f"there is no module {error.name!r} here or on Python's path") from error
    except (Exception, SystemExit) as error:
        raise UserError(f"{module_name} cannot be imported: {_told(error)}") from error
    function = getattr(module, name, None)
    if not callable(function):
        raise UserError(f"{module_name} has no function {name!r}")
    try:
        return function()
    except UserError:
        raise
    except (Exception, SystemExit) as error:
        raise UserError(f"{target} failed: {_told(error)}") from error


def _told(error: BaseException) -> str:
    """Return what the user's own code raised, in one line."""
    return f"{type(error).__name__}: {error} (--debug shows where)"
