"""A picture before it is DOT: boxes in nested clusters, edges, and rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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
        self._write(self.root, picture, "cluster")
        for names in self.rows:
            with picture.subgraph() as row:
                row.attr(rank="same")
                for name in names:
                    row.node(name)
        for tail, head, attributes in self.edges:
            picture.edge(tail, head, **dict(attributes))
        return picture

    def _write(self, cluster: Cluster, graph: Any, name: str) -> None:
        for box in cluster.boxes:
            graph.node(box, **self.boxes[box])
        for key, inner in cluster.inner.items():
            with graph.subgraph(name=f"{name}_{key}") as subgraph:
                subgraph.attr(label=inner.label, labelloc="t", tooltip=inner.label, **inner.attributes)
                self._write(inner, subgraph, f"{name}_{key}")
