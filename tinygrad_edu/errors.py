"""The errors a user can cause, as distinct from bugs in the library.

Every one is also the built-in exception a Python programmer would expect (`ValueError`, `OSError` ...), so code
that knows nothing of this module can catch them; the command line prints them as one line and never as a traceback.
"""

from __future__ import annotations


class UserError(Exception):
    """Something the user gave or asked for cannot work; the message names it and says what would."""


class DataError(UserError, ValueError):
    """A data file or array is truncated, corrupt, foreign, empty, or does not fit its labels."""


class DownloadError(UserError, OSError):
    """A download broke, or brought something other than what was asked for."""


class CheckpointError(UserError, ValueError):
    """A weights or checkpoint file is damaged, foreign, or belongs to another model."""


class RunFolderError(UserError, OSError):
    """The run folder cannot be written: no permission, no space, or something else in its place."""


class TrainingError(UserError, ArithmeticError):
    """Training cannot go on: the loss or a tensor became NaN or infinite."""
