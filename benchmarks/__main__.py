"""The command line: run (the default), compare, write."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from . import page, report, results
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
              help="Folder with MNIST's four files; without it, shifted copies of the packaged digits.")  # fmt: skip
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures here.")
@click.option("--write", "page_file", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the tables into this page, between its markers.")  # fmt: skip
@click.option("--list", "list_only", is_flag=True, help="List the workloads and stop.")
def run(names, peers, pattern, quick, threads, rounds, seconds, mnist, json_file, page_file, list_only) -> None:
    """Measure, print the tables, and keep the figures if asked to."""
    from . import turns

    if list_only:
        for workload in WORKLOADS.values():
            click.echo(f"{workload.name:<10} {workload.question}")
        return
    chosen = [WORKLOADS[name] for name in names or WORKLOADS]
    settings = turns.Settings(
        threads=threads, quick=quick, rounds=rounds, seconds=seconds, mnist=mnist, pattern=pattern,
        peers=tuple(PEERS) if not peers else ("ours", *(p for p in PEERS if p in peers and p != "ours")),
    )  # fmt: skip
    run = turns.measure(chosen, settings)
    report.show(run)
    if json_file:
        results.save(run, json_file)
    if page_file:
        page.write(page_file, run)


@main.command()
@click.argument("before", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("after", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def compare(before: Path, after: Path) -> None:
    """Compare our figures in two JSON files, with PyTorch's beside them to see whether the machine changed."""
    report.show_comparison(results.load(before), results.load(after))


@main.command()
@click.argument("page_file", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("json_files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--before", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="An older JSON file, for tables of before and after.")  # fmt: skip
def write(page_file: Path, json_files: tuple[Path, ...], before: Path | None) -> None:
    """Write the tables of JSON files into a page, between its markers; what was measured again replaces the older."""
    run = results.join([results.load(file) for file in json_files])
    page.write(page_file, run, results.load(before) if before else None)


@main.command()
@click.option("--seconds", default=1.0, show_default=True, help="How long each figure is measured, about.")
@click.option("--write", "page_file", type=click.Path(dir_okay=False, path_type=Path),
              help="Write the table into this page, between its markers.")  # fmt: skip
def limits(seconds: float, page_file: Path | None) -> None:
    """Measure what a step of MinimalCNN costs at least: its products, passes over memory, and calls, each alone."""
    from .limits import table

    found = table(seconds)
    report.show_table(found)
    if page_file:
        page.write_table(page_file, found)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if not arguments or (arguments[0] not in main.commands and arguments[0] != "--help"):
        arguments = ["run", *arguments]
    main(arguments, prog_name="python -m benchmarks")
