"""Draw the map of the package: its rooms, what each is for, its files, and which imports which.

    python docs/draw_architecture.py                  draws docs/pictures/architecture.svg
    python docs/draw_architecture.py --check          compares that picture with the package as it is
    python docs/draw_architecture.py PACKAGE PICTURE  draws the package of another folder, such as an earlier commit's

Everything in it is read from the sources: purposes are the first lines of docstrings, arrows are import statements.
An arrow that follows from others is left out: cli imports training and training imports nn, so nobody needs to be told
that cli may import nn.
"""

from __future__ import annotations

import ast
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

from tinygrad_edu.viz import Picture
from tinygrad_edu.viz.labels.markup import LEFT, bold, row, small, table, wrapped
from tinygrad_edu.viz.styles import CONSTANT_FILL, FAINT, FONT, READ, RESULT_FILL, VALUE

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "pictures" / "architecture.svg"
WIDTH = 38  # characters to a line
KEY = "arrows: imports, at once (solid) or when called for (dashed); those that follow from others are left out"


def rooms(package: Path) -> dict[str, list[Path]]:
    """Return the files of each room: of each folder in the package, and each file beside them."""
    found: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(package.rglob("*.py")):
        room = path.relative_to(package).parts[0].removesuffix(".py")
        if room not in ("__init__", "__main__"):  # the names and the command, which lead everywhere
            found[room].append(path)
    return found


def imported(path: Path, package: Path) -> dict[str, bool]:
    """Return the rooms that a file imports, and whether it does so at once (or when a function is called)."""
    found: dict[str, bool] = {}
    inside = (package.name, *path.relative_to(package).parts[:-1])

    def look(node: ast.AST, at_once: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            names: list[str] = []
            if isinstance(child, ast.Import):
                names = [alias.name for alias in child.names]
            elif isinstance(child, ast.ImportFrom):
                base = inside[: len(inside) + 1 - child.level] if child.level else ()
                names = [".".join((*base, *filter(None, [child.module]), alias.name)) for alias in child.names]
            for outer, room in (name.split(".")[:2] for name in names if "." in name):
                if outer == package.name:
                    found[room] = found.get(room, False) or at_once
            look(child, at_once and not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)))

    look(ast.parse(path.read_text(encoding="utf-8")), True)
    return found


def arrows(package: Path) -> dict[tuple[str, str], bool]:
    """Return (importer, imported) -> whether at once, without those that follow from others."""
    below: dict[str, dict[str, bool]] = {}
    known = rooms(package)
    for room, paths in known.items():
        below[room] = {}
        for path in paths:
            for other, at_once in imported(path, package).items():
                if other != room and other in known:
                    below[room][other] = below[room].get(other, False) or at_once

    def reach(room: str, seen: set[str]) -> set[str]:
        for other in below[room]:
            if other not in seen:
                seen.add(other)
                reach(other, seen)
        return seen

    all_below = {room: reach(room, set()) for room in below}
    return {
        (room, other): at_once
        for room, others in below.items()
        for other, at_once in others.items()
        if room in all_below[other] or not any(other in all_below[between] for between in others if between != other)
    }


def purpose(path: Path) -> str:
    """Return the first line of a file's docstring."""
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return re.sub("`", "", doc.split("\n")[0])


def box(room: str, paths: list[Path], package: Path) -> str:
    """Return the label of a room: its name, what it is for, and its files, those of a folder inside it together."""
    single = paths == [package / f"{room}.py"]
    rows = [row(bold(f"{room}.py" if single else f"{room}/")), row(small(wrapped(purpose(paths[0]), WIDTH)), LEFT)]
    inner: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        if path.stem != "__init__" and not single:
            inner["/".join(path.relative_to(package / room).parts[:-1])].append(path.stem)
    for folder, stems in sorted(inner.items()):
        text = f"{folder}/: {', '.join(stems)}" if folder else ", ".join(stems)
        rows.append(row(small(wrapped(text, WIDTH), READ), LEFT))
    return table(rows, FAINT if single else VALUE, CONSTANT_FILL if single else RESULT_FILL)


def draw(package: Path) -> Picture:
    """Draw the map: who imports stands above what it imports."""
    picture = Picture(graph_attr={"fontname": FONT, "fontsize": "11", "label": KEY, "nodesep": "0.25"})
    picture.attr("node", shape="plain", fontname=FONT, fontsize="12")
    picture.attr("edge", color=READ, arrowsize="0.7")
    for room, paths in rooms(package).items():
        first = [p for p in paths if p.stem == "__init__" and p.parent.parent == package]
        picture.node(room, f"<{box(room, first + [p for p in paths if p not in first], package)}>", tooltip=room)
    for (room, other), at_once in arrows(package).items():
        style = "solid" if at_once else "dashed"
        tip = f"{room} imports {other}{'' if at_once else ' when it is called for'}"
        picture.edge(room, other, style=style, tooltip=tip)
    return picture


def said(picture: Path) -> list[str]:
    """Return what a picture says, whatever its layout: its lines, and the tooltips of its boxes and arrows."""
    svg = "{http://www.w3.org/2000/svg}"
    elements = [e for e in ElementTree.parse(picture).iter() if e.tag in (f"{svg}text", f"{svg}title")]
    return sorted("".join(e.itertext()) for e in elements)


def main() -> int:
    """Draw, or check."""
    package = ROOT / "tinygrad_edu"
    if "--check" not in sys.argv[1:]:
        source, target = map(Path, sys.argv[1:3]) if len(sys.argv) > 2 else (package, PICTURE)
        print(draw(source.resolve()).write(target))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        up_to_date = said(draw(package).write(Path(folder) / PICTURE.name)) == said(PICTURE)
    print(f"{PICTURE.name} is {'up to date' if up_to_date else 'out of date: python docs/draw_architecture.py'}")
    return 0 if up_to_date else 1


if __name__ == "__main__":
    sys.exit(main())
