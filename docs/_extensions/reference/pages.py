"""The reference's pages: an overview of all names, the engine, a page for each file of operations, for each room."""

from __future__ import annotations

import importlib
import inspect
import textwrap
from pathlib import Path

from tinygrad_edu import Tensor, ops
from tinygrad_edu.kernels import loops

from .docstrings import rst
from .entries import entry, line, loop_entry
from .names import CORNERS, PACKAGE, ROOMS, Name, everything, operations, public


def write_pages(folder: Path) -> None:
    """Write the pages that have changed, and remove those that are no longer made."""
    made = {folder / f"{name}.rst": text for name, text in pages().items()}
    for file, text in made.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
    for old in set(folder.rglob("*.rst")) - made.keys():
        old.unlink()


def pages() -> dict[str, str]:
    """Return every page by its name below `reference/`."""
    by_file = operations()
    made = {f"operations/{file}": operation_page(file, names) for file, names in by_file.items()}
    made["operations"] = page(
        "Operations",
        rst(importlib.import_module(f"{PACKAGE}.ops").__doc__),
        toctree(f"operations/{file}" for file in by_file),
    )
    made["tensor"] = tensor_page()
    made["engine"] = grouped(
        "The engine", PACKAGE, [n for n in public(PACKAGE) if n.name not in (*ops.__all__, "Tensor")]
    )
    for room in (*ROOMS, *CORNERS):
        made[room] = grouped(f"tge.{room}", f"{PACKAGE}.{room}", public(f"{PACKAGE}.{room}"))
    made["loops"] = loops_page()
    made["index"] = index_page()
    return made


def page(title: str, *parts: str, underline: str = "=") -> str:
    """Return a page, or a part of one, below its title."""
    return "\n\n".join([f"{title}\n{underline * len(title)}", *filter(None, parts)]) + "\n"


def toctree(names) -> str:
    """Return the pages that lie below this one."""
    return ".. toctree::\n   :maxdepth: 1\n\n" + textwrap.indent("\n".join(names), "   ")


def spoken(file: str) -> str:
    """Return a file's name as a title."""
    return file.rpartition(".")[2].replace("_", " ").strip().capitalize()


def operation_page(file: str, names: list[Name]) -> str:
    """Return the page of one file of operations, in the order in which they are written there."""
    module = importlib.import_module(f"{PACKAGE}.ops.{file}")
    order = list(vars(module))
    names = sorted(names, key=lambda n: order.index(n.name) if n.name in order else len(order))
    return page(spoken(file), rst(module.__doc__), *(entry(name, "../../") for name in names))


def grouped(title: str, path: str, names: list[Name]) -> str:
    """Return the page of a room: its names by the file that defines them."""
    by_file: dict[str, list[Name]] = {}
    for name in names:
        by_file.setdefault(name.defined_in, []).append(name)
    parts = [] if path == PACKAGE else [rst(importlib.import_module(path).__doc__)]
    for file, group in sorted(by_file.items()):
        entries = [entry(name, "../") for name in group]
        parts.append("\n\n".join(entries) if len(by_file) == 1 else page(spoken(file), *entries, underline="-"))
    return page(title, *parts)


def tensor_page() -> str:
    """Return the page of the class Tensor, with the operations that are its methods."""
    methods = [name for name in ops.__all__ if hasattr(Tensor, name)]
    links = ", ".join(f":py:obj:`{name} <{PACKAGE}.{name}>`" for name in methods)
    told = f"Operations as methods, of which the Tensor is the first argument: {links}."
    return page("Tensor", told, entry(Name(PACKAGE, "Tensor", Tensor), "../"))


def loops_page() -> str:
    """Return the page of the kernels' definitions."""
    functions = [n for n, f in vars(loops).items() if inspect.isfunction(f) and f.__module__ == loops.__name__]
    shown = [loop_entry(name, "../") for name in functions if not name.startswith("_")]
    return page("Definitions in loops", rst(loops.__doc__), *shown)


def index_page() -> str:
    """Return the overview: every public name, with the first line of what it says."""
    by_module: dict[str, list[Name]] = {}
    for name in everything():
        by_module.setdefault(name.module, []).append(name)
    parts = ["Every public name. These pages are written from the code and its docstrings when they are built."]
    parts.append(toctree(["tensor", "engine", "operations", *ROOMS, *CORNERS, "loops"]))
    for module, names in by_module.items():
        rows = "\n".join(line(name) for name in sorted(names, key=lambda n: n.name.lower()))
        table = ".. list-table::\n   :widths: 30 70\n   :class: names\n\n" + textwrap.indent(rows, "   ")
        parts.append(page(module.replace(PACKAGE, "tge", 1), table, underline="-"))
    return page("Reference", *parts)
