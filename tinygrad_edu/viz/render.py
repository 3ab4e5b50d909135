"""Picture: a graphviz.Digraph that writes itself as SVG, PNG, PDF or DOT, with its thumbnails inside."""

from __future__ import annotations

import platform
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import graphviz

from ..errors import UserError
from ..files import write_atomically
from .svg import self_contained

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMATS = ("svg", "png", "pdf", "dot")

# dot's layout takes minutes beyond this, and nobody could read the result.
MOST_BOXES = 1000


class GraphTooLarge(UserError, ValueError):
    """A graph has more boxes than can be laid out and read."""


class GraphvizMissing(UserError, OSError):
    """The `dot` program, which lays graphs out, is not installed."""


class GraphvizFailed(UserError, RuntimeError):
    """The `dot` program gave up."""


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
                raise GraphvizMissing(
                    f"The program `dot` (Graphviz) was not found. Install it with: {install_command(sys.platform)}"
                ) from None
            except graphviz.CalledProcessError as error:
                said = error.stderr.decode(errors="replace").strip().split("\n")[0]
                raise GraphvizFailed(f"the program `dot` could not draw this graph: {said}") from None
            content = made.read_bytes()
        return self_contained(content.decode(), self.images).encode() if format == "svg" else content


_INSTALL = {
    "darwin": "brew install graphviz",
    "win32": "winget install graphviz",
    "debian": "sudo apt-get install graphviz",
    "ubuntu": "sudo apt-get install graphviz",
    "fedora": "sudo dnf install graphviz",
    "rhel": "sudo dnf install graphviz",
    "arch": "sudo pacman -S graphviz",
    "suse": "sudo zypper install graphviz",
    "alpine": "sudo apk add graphviz",
}


def install_command(system: str, os_release: Mapping[str, str] | None = None) -> str:
    """Return the command that installs Graphviz on a system (`sys.platform`), for Linux by its os-release.

    >>> install_command("darwin")
    'brew install graphviz'
    """
    if os_release is None and system == "linux":
        with suppress(OSError):
            os_release = platform.freedesktop_os_release()
    names = os_release or {}
    kinds = [system, names.get("ID", ""), *names.get("ID_LIKE", "").split()]
    return next((_INSTALL[k] for k in kinds if k in _INSTALL), "your package manager, or from graphviz.org/download")
