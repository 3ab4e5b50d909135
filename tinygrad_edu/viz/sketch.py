"""A picture before it is DOT: boxes in nested clusters, edges, and rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from ..autograd.summary import printable
from .render import Picture
from .styles import FONT

# Every attribute that an edge may have, declared before the first edge: where several edges join the same two boxes
# on one level, dot mixes up attributes that it met later.
EDGE_DEFAULTS = {
    "arrowhead": "normal",
    "color": "black",
    "constraint": "true",
    "dir": "forward",
    "penwidth": "1",
    "style": "solid",
    "tooltip": " ",
    "weight": "1",
}


class Kind(Enum):
    """What a box stands for; its value begins the box's name in DOT."""

    VALUE = "v"  # a leaf, a constant or a result
    MODULE = "m_"  # all that a module's call computed
    SEED = "seed"  # what a backward pass starts with
    STEP = "s"  # the rules of one result firing
    MODULE_STEPS = "b_"  # all steps of a module's call
    SUM = "p"  # the + under which contributions meet
    GRADIENT = "g"  # a gradient that has arrived at its leaf
    ABSENT = "n"  # a gradient that nobody asked for
    RECORDED = "d"  # a result that a recorded backward pass computed


@dataclass(frozen=True)
class Box:
    """A box: what it stands for, which one it is, and the ports in its label where lines may end."""

    kind: Kind
    name: str
    ports: frozenset[str] = frozenset()

    @property
    def collapsed(self) -> bool:
        """Whether it stands for a whole module."""
        return self.kind in (Kind.MODULE, Kind.MODULE_STEPS)

    @property
    def rises(self) -> bool:
        """Whether it is part of a backward pass that was recorded: what it is computed from lies below it."""
        return self.kind in (Kind.RECORDED, Kind.GRADIENT, Kind.SUM, Kind.MODULE_STEPS)

    def at(self, port: str, side: str = "") -> str:
        """Return where a line ends: at a port, on a side ("n", "e" ...); at the box itself if it has no such port."""
        if port not in self.ports:
            return self.name
        return f"{self.name}:{port}:{side}" if side else f"{self.name}:{port}"


@dataclass
class Cluster:
    """A frame around boxes and further frames."""

    label: str
    attributes: dict[str, str] = field(default_factory=dict)
    boxes: list[str] = field(default_factory=list)
    inner: dict[str, Cluster] = field(default_factory=dict)


class Sketch:
    """Collects boxes and edges in the order given, and writes them as one graphviz.Digraph.

    A box belongs to the cluster at a path of keys, such as ("forward", "conv1"); declare clusters before their boxes.
    """

    def __init__(self) -> None:
        self.root = Cluster("")
        self.boxes: dict[str, tuple[str, str]] = {}  # name -> label, tooltip
        self.edges: dict[tuple[str, str, tuple[tuple[str, str], ...]], None] = {}
        self.rows: list[tuple[str, ...]] = []
        self.images: dict[str, bytes] = {}
        self.legend = ""

    def cluster(self, path: tuple[str, ...], label: str, **attributes: str) -> None:
        """Declare the cluster at `path`; its parents must have been declared."""
        parent = self._at(path[:-1])
        parent.inner.setdefault(path[-1], Cluster(label, attributes))

    def _at(self, path: tuple[str, ...]) -> Cluster:
        cluster = self.root
        for key in path:
            cluster = cluster.inner[key]
        return cluster

    def box(
        self, kind: Kind, which: object, label: str, cluster: tuple[str, ...], *, tooltip: str, prefix: str = ""
    ) -> Box:
        """Add a box with an HTML-like label; `which` tells it from the others of its kind."""
        name = f"{prefix}{kind.value}{which}"
        self.boxes[name] = (label, tooltip)
        self._at(cluster).boxes.append(name)
        return Box(kind, name, frozenset(_PORT.findall(label)))

    def edge(self, tail: str, head: str, **attributes: str) -> None:
        """Add an edge; tail and head are box names, with ports after a colon."""
        self.edges[tail, head, tuple(attributes.items())] = None

    def row(self, *names: str) -> None:
        """Put boxes on one level."""
        self.rows.append(names)

    def picture(self, **graph_attributes: str) -> Picture:
        """Write everything as DOT."""
        picture = Picture(self.images, len(self.boxes))
        if self.legend:
            graph_attributes.update(label=f"<{self.legend}>", labelloc="b")
        picture.attr("graph", fontname=FONT, newrank="true", **graph_attributes)
        picture.attr("node", shape="plain", fontname=FONT, fontsize="11")
        picture.attr("edge", fontname=FONT, fontsize="9", arrowsize="0.7", **EDGE_DEFAULTS)
        lines = picture.body
        self._write(self.root, lines, "cluster", "\t")
        for names in self.rows:
            lines.append("\t{\n\t\trank=same\n" + "".join(f"\t\t{name}\n" for name in names) + "\t}\n")
        for tail, head, attributes in self.edges:
            lines.append(f"\t{tail} -> {head} [{_attributes(attributes)}]\n")
        return picture

    def _write(self, cluster: Cluster, lines: list[str], name: str, indent: str) -> None:
        for box in cluster.boxes:
            label, tooltip = self.boxes[box]
            lines.append(f"{indent}{box} [label=<{label}> tooltip={_quoted('tooltip', tooltip)}]\n")
        for key, inner in cluster.inner.items():
            frame = {"label": inner.label, "labelloc": "t", "tooltip": inner.label, **inner.attributes}
            lines.append(f"{indent}subgraph {name}_{key} {{\n{indent}\t{_attributes(tuple(frame.items()))}\n")
            self._write(inner, lines, f"{name}_{key}", indent + "\t")
            lines.append(f"{indent}}}\n")


LONGEST_STRING = 4000
_PORT = re.compile('PORT="(.*?)"')


# Written here rather than by graphviz.Digraph: its general quoting takes most of the time for 10,000 boxes, and all
# names in a sketch are plain.


@lru_cache(maxsize=4096)
def _attributes(attributes: tuple[tuple[str, str], ...]) -> str:
    return " ".join(f"{key}={_quoted(key, value)}" for key, value in sorted(attributes))


def _quoted(key: str, text: str) -> str:
    """Quote a string for DOT, where backslashes (in tooltips twice) and entities mean something; length has a limit."""
    if len(text) > LONGEST_STRING:
        text = f"{text[:LONGEST_STRING]} ..."
    text = "\n".join(map(printable, text.split("\n"))).replace("&", "&amp;")
    text = text.replace("\\", "\\" * (4 if key == "tooltip" else 2)).replace('"', '\\"')
    return f'"{text}"'
