"""A picture before it is DOT: boxes in nested clusters, edges, and rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

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
        self.boxes: dict[str, dict[str, str]] = {}
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

    def box(self, name: str, label: str, cluster: tuple[str, ...] = (), **attributes: str) -> None:
        """Add a box with an HTML-like label."""
        self.boxes[name] = {"label": f"<{label}>", **attributes}
        self._at(cluster).boxes.append(name)

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
            lines.append(f"\t{tail} -> {head} [{_edge_attributes(attributes)}]\n")
        return picture

    def _write(self, cluster: Cluster, lines: list[str], name: str, indent: str) -> None:
        for box in cluster.boxes:
            lines.append(f"{indent}{box} [{_attributes(self.boxes[box])}]\n")
        for key, inner in cluster.inner.items():
            frame = {"label": inner.label, "labelloc": "t", "tooltip": inner.label, **inner.attributes}
            lines.append(f"{indent}subgraph {name}_{key} {{\n{indent}\t{_attributes(frame)}\n")
            self._write(inner, lines, f"{name}_{key}", indent + "\t")
            lines.append(f"{indent}}}\n")


# Written here rather than by graphviz.Digraph: its general quoting takes most of the time for 10,000 boxes, and all
# names in a sketch are plain.


def _attributes(attributes: dict[str, str]) -> str:
    return " ".join(f"{key}={_quoted(key, value)}" for key, value in sorted(attributes.items()))


@lru_cache(maxsize=4096)
def _edge_attributes(attributes: tuple[tuple[str, str], ...]) -> str:
    return _attributes(dict(attributes))


def _quoted(key: str, value: str) -> str:
    if key == "label" and value.startswith("<<TABLE"):
        return value
    escaped = value.replace('"', '\\"')
    return f'"{escaped}"'
