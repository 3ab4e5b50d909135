"""Picture: a graphviz.Digraph that writes itself as SVG, PNG, PDF or DOT, with its thumbnails inside."""

from __future__ import annotations

import base64
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import graphviz

from ..errors import UserError
from ..files import write_atomically
from .styles import FONT

FORMATS = ("svg", "png", "pdf", "dot")

# dot's layout takes minutes beyond this, and nobody could read the result.
MOST_BOXES = 1000

# dot measures text in rounded widths, a few percent less than what browsers draw; an SVG's text is smaller by as much.
SHRINK = 0.96


class GraphTooLarge(UserError, ValueError):
    """A graph has more boxes than can be laid out and read."""


class GraphvizMissing(UserError, OSError):
    """The `dot` program, which lays graphs out, is not installed."""


class Picture(graphviz.Digraph):
    """A graphviz.Digraph with thumbnails.  Jupyter shows it; `write` makes a file of it.

    Attributes:
        images: the thumbnails, PNG files by the names that the labels use.
        boxes: how many boxes there are.
    """

    def __init__(self, images: dict[str, bytes] | None = None, boxes: int = 0, **kwargs: Any):
        super().__init__(**kwargs)
        self.images = images or {}
        self.boxes = boxes

    def write(self, path: Any) -> Path:
        """Write the picture to a file, atomically, in the format that its suffix names: .svg, .png, .pdf or .dot.

        An SVG is self-contained. A DOT file refers to its thumbnails, which go into a folder beside it. Without the
        `dot` program the DOT file is written in place of what was asked for.

        Raises:
            ValueError: another suffix.
            GraphTooLarge: more boxes than dot can lay out.
            GraphvizMissing: `dot` is not installed; the message says how to install it.
        """
        path = Path(path)
        suffix = path.suffix.lstrip(".").lower()
        if suffix not in FORMATS:
            wanted = f"not {path.suffix!r}" if suffix else "and none was given"
            raise ValueError(f"{path}: a picture's format is .svg, .png, .pdf or .dot, {wanted}")
        if suffix == "dot":
            self._write_dot(path)
            return path
        try:
            content = self.pipe(suffix)
        except GraphvizMissing as error:
            dot_file = path.with_suffix(".dot")
            self._write_dot(dot_file)
            raise GraphvizMissing(f"{error}\nThe graph is in {dot_file}; `dot` will make the picture of it.") from None
        write_atomically(path, content)
        return path

    def _write_dot(self, path: Path) -> None:
        folder = path.with_name(f"{path.stem}_thumbnails")
        source = self.source
        if self.images:
            folder.mkdir(exist_ok=True)
            source = source.replace('<IMG SRC="', f'<IMG SRC="{folder.name}/')
            for name, png in self.images.items():
                write_atomically(folder / name, png)
        write_atomically(path, source.encode())

    def pipe(self, format: str | None = None, *args: Any, encoding: str | None = None, **kwargs: Any) -> Any:
        """Return the picture as bytes in a format, or as text if `encoding` is given."""
        content = self._laid_out(format or "svg")
        return content if encoding is None else content.decode(encoding)

    def render(
        self, filename: Any = None, directory: Any = None, *args: Any, format: str = "svg", **kwargs: Any
    ) -> str:
        """Write the picture to `filename` + "." + `format`, as graphviz.Digraph does; `write` is simpler."""
        return str(self.write(Path(directory or ".") / f"{filename or 'graph'}.{format}"))

    def _laid_out(self, format: str) -> bytes:
        if self.boxes > MOST_BOXES:
            raise GraphTooLarge(
                f"this graph has {self.boxes:,} boxes; dot can lay out about {MOST_BOXES:,}. Collapse modules: compute "
                "the loss inside `with tge.viz.record_modules(model) as modules:` and draw with modules=modules, "
                "depth=1 (or collapse=['layer1', ...]); or write the .dot file for another program"
            )
        with tempfile.TemporaryDirectory() as folder:
            for name, png in self.images.items():
                (Path(folder) / name).write_bytes(png)
            file = Path(folder) / "graph.gv"
            file.write_text(self.source, encoding="utf-8")
            try:
                made = Path(graphviz.render("dot", format, file, quiet=True))
            except graphviz.ExecutableNotFound:
                raise GraphvizMissing(how_to_install()) from None
            content = made.read_bytes()
        return self._self_contained(content.decode()).encode() if format == "svg" else content

    def _self_contained(self, svg: str) -> str:
        """Put the thumbnails into an SVG, the tooltips where browsers look for them, and each line into one text."""

        def embedded(match: re.Match[str]) -> str:
            png = base64.b64encode(self.images[Path(match[1]).name]).decode()
            return f'style="image-rendering:pixelated" xlink:href="data:image/png;base64,{png}"'

        def explained(match: re.Match[str]) -> str:
            return f'<title>{match[3]}</title>\n{match[2]}<a xlink:title="{match[3]}">'

        svg = re.sub(r'xlink:href="([^"#:]+\.png)"', embedded, svg)
        svg = re.sub(r'<title>([^<]*)</title>\n(<g id="[^"]*">)?<a xlink:title="([^"]*)">', explained, svg)
        svg = svg.replace(f' font-family="{FONT}"', "").replace("<svg ", f'<svg font-family="{FONT}" ', 1)
        svg = re.sub('font-size="(.*?)"', lambda size: f'font-size="{SHRINK * float(size[1]):.3g}"', svg)
        return _LINE.sub(_one_text, svg)


# dot places each run of a line by itself, and the space at a run's end is lost: "relubackward". In one <text> they
# follow each other, in any font. The runs of a line meet at a space; cells that stand side by side do not.
_RUN = r'<text text-anchor="start" x="([^"]*)" y="([^"]*)"([^>]*)>([^<]*)</text>\n'
_NEXT = r'(?:(?<=[ \xa0]</text>\n)|(?=<text [^>]*>[ \xa0]))<text [^>]* y="\2"[^>]*>[^<]*</text>\n'
_LINE = re.compile(f"{_RUN}(?:{_NEXT})+")


def _one_text(line: re.Match[str]) -> str:
    runs = re.sub(_RUN, r"<tspan\3>\4</tspan>", line[0])
    return f'<text x="{line[1]}" y="{line[2]}" xml:space="preserve">{runs}</text>\n'


def how_to_install() -> str:
    """Return the message for a machine without Graphviz."""
    return f"The program `dot` (Graphviz) was not found. Install it with: {install_command(sys.platform)}"


def install_command(platform: str, os_release: str | None = None) -> str:
    """Return the command that installs Graphviz on a platform (`sys.platform`).

    >>> install_command("darwin")
    'brew install graphviz'
    """
    if platform == "darwin":
        return "brew install graphviz"
    if platform.startswith("win"):
        return "winget install graphviz"
    if os_release is None:
        file = Path("/etc/os-release")
        os_release = file.read_text(encoding="utf-8") if file.exists() else ""
    kinds = {m for line in re.findall(r'^ID(?:_LIKE)?="?([^"\n]*)', os_release, re.M) for m in line.split()}
    for kind, command in _PACKAGE_MANAGERS.items():
        if kind in kinds:
            return command
    return "your package manager, or from https://graphviz.org/download/"


_PACKAGE_MANAGERS = {
    "debian": "sudo apt-get install graphviz",
    "ubuntu": "sudo apt-get install graphviz",
    "fedora": "sudo dnf install graphviz",
    "rhel": "sudo dnf install graphviz",
    "arch": "sudo pacman -S graphviz",
    "suse": "sudo zypper install graphviz",
    "alpine": "sudo apk add graphviz",
}
