"""The command line: run (the default) and write."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from . import page, results, tables
from .peers import PEERS
from .workloads import WORKLOADS


@click.group(context_settings={"max_content_width": 110})
def main() -> None:
    """Measure this library and its peers on the same work. Without a command: `run`."""


@main.command()
@click.option("-w", "--workload", "names", multiple=True, type=click.Choice(list(WORKLOADS)),
              help="Measure only this; may be given several times.")  # fmt: skip
@click.option("-p", "--peer", "peers", multiple=True, type=click.Choice(list(PEERS)),
              help="Measure only this library beside ours; may be given several times.")  # fmt: skip
@click.option("-c", "--case", "pattern", default="", help="Measure only cases whose name contains this.")
@click.option("--quick", is_flag=True, help="Fewer cases, rounds and seconds.")
@click.option("--threads", default=2, show_default=True, help="Threads that each library may use.")
@click.option("--rounds", type=int, help="How many turns each library gets for each case.")
@click.option("--seconds", type=float, help="How long a turn lasts, about.")
@click.option("--mnist", type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Folder with MNIST's four files; without it, the packaged digits again and again.")  # fmt: skip
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here.")
def run(names, peers, pattern, quick, threads, rounds, seconds, mnist, json_file) -> None:
    """Measure, print the tables, and keep the figures if asked to."""
    from . import turns

    settings = turns.Settings(
        threads=threads, quick=quick, rounds=rounds, seconds=seconds, mnist=mnist, pattern=pattern,
        peers=("ours", *(p for p in PEERS if p != "ours" and (p in peers or not peers))),
    )  # fmt: skip
    run = turns.measure([WORKLOADS[name] for name in names or WORKLOADS], settings)
    if json_file:
        results.save(run, json_file)
    for table in tables.tables(run):
        click.echo(f"\n{table.title}\n\n{tables.markdown(table)}")


@main.command()
@click.argument("page_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("json_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def write(page_file: Path, json_file: Path) -> None:
    """Write the tables of a run into a page, between its markers."""
    page.write(page_file, results.load(json_file))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if not arguments or (arguments[0] not in main.commands and arguments[0] != "--help"):
        arguments = ["run", *arguments]
    main(arguments, prog_name="python -m benchmarks")
