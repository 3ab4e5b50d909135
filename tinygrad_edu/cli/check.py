"""`tinygrad-edu check my_ops.py`: are the gradient rules in a file right, and if not, what is wrong with them."""

from __future__ import annotations

import json as json_format
import sys

import click


class CannotCheck(click.ClickException):
    """A file that cannot be checked counts as a mistake in the command line."""

    exit_code = 2


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False), metavar="[FILE]...")
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), default=60.0, show_default=True,
              help="Seconds for each file.")  # fmt: skip
@click.option("--examples", type=click.IntRange(min=1), default=60, show_default=True,
              help="Calls to try for each primitive.")  # fmt: skip
@click.option("--order", type=click.IntRange(1, 2), default=2, show_default=True,
              help="Check gradients (1), or their gradients too (2).")  # fmt: skip
@click.option("--json", is_flag=True, help="Print the result as JSON.")
def check(files: tuple[str, ...], time_limit: float, examples: int, order: int, json: bool) -> None:
    """Check the gradient rules of every primitive in FILE against finite differences.

    For a wrong rule it prints the smallest failing example, the expected and the given gradient, and what is wrong
    in words. Without a FILE the library's own rules are checked.

    \b
    Exit code: 0 if every rule is right, 1 if one is wrong or could not be checked, 2 if a file cannot be used.

    How a primitive is called is guessed from its arguments. A file can say it itself:

    \b
      CASES = {"my_op": lambda rng: ((rng.random((2, 3)),), {"axis": 1})}
    """
    from ..errors import UserError
    from ..testing.check_file import FileReport, check_file

    reports: list[FileReport] = []
    try:
        if files:
            reports = [check_file(f, time_limit=time_limit, examples=examples, order=order) for f in files]
        else:
            reports = [_own_rules(examples, order)]
    except UserError as e:
        raise CannotCheck(str(e)) from e
    if json:
        click.echo(json_format.dumps([r.to_dict() for r in reports], indent=2))
    else:
        from ..testing.reports.terminal import print_reports

        print_reports([p for r in reports for p in r.primitives])
    sys.exit(0 if all(r.ok for r in reports) else 1)


def _own_rules(examples: int, order: int):
    from ..autograd import primitives
    from ..testing.check_file import FileReport
    from ..testing.check_primitive import check_primitive

    found = [check_primitive(p, examples=examples, order=order) for _, p in sorted(primitives().items())]
    return FileReport("", found)
