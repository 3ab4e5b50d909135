"""Canvas: the sketch of one picture, its style, its thumbnails, and the legend that explains them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .labels.markup import row, small
from .sketch import Sketch
from .styles import FAINT, GRADIENT, READ, TIE, VALUE
from .thumbnails import Arrangement, arrange, can_be_drawn, heat_map, scale_bar, swatch

if TYPE_CHECKING:
    from .modules import Place
    from .styles import Style


class Canvas:
    """What the parts of a picture are drawn on: a sketch, a style, and what the legend has to explain."""

    def __init__(self, style: Style):
        self.style = style
        self.sketch = Sketch()
        self._shown: set[str] = set()

    # -- thumbnails ------------------------------------------------------------------------------------------

    def thumbnail(self, name: str, array: np.ndarray, closed: np.ndarray | None = None) -> list[str]:
        """Return the rows of an array's heat map, with its scale and what it leaves out; none if none is wanted."""
        if not self.style.thumbnails or not can_be_drawn(array):
            return []
        arrangement = arrange(array)
        self._shown.add("scale")
        self._shown.update(what for what, test in (("nan", np.isnan), ("inf", np.isinf)) if test(array).any())
        return [self._image(name, arrangement, closed), row(small(arrangement.caption, FAINT))]

    def mask(self, name: str, closed: np.ndarray) -> list[str]:
        """Return the row of a picture of where a gradient cannot pass, in grey on white; none if none is wanted."""
        if closed.size <= 2 or not self.style.masks:
            return []
        return [self._image(name, arrange(np.zeros(closed.shape, np.float32)), closed)]

    def _image(self, name: str, arrangement: Arrangement, closed: np.ndarray | None) -> str:
        shut = None
        if closed is not None:
            # Laid out like the array itself; where blocks stand for many elements, one that is open wins.
            shut = arrange(np.where(closed, np.float32(0), np.float32(1))).tiles == 0
            self._shown.add("closed")
        self.sketch.images[f"{name}.png"] = heat_map(arrangement, shut)
        return row(f'<IMG SRC="{name}.png"/>')

    # -- frames ----------------------------------------------------------------------------------------------

    def side(self, side: str, label: str, fill: str) -> None:
        """Declare the cluster of a whole pass."""
        self.sketch.cluster((side,), label, style="rounded,filled", fillcolor=fill, color="#BBBBBB")

    def frame(self, side: str, place: Place) -> tuple[str, ...]:
        """Declare the module frames of a place inside the cluster `side`, and return the path of the innermost."""
        path: tuple[str, ...] = (side,)
        for call in place.frames:
            path = (*path, call.key)
            self.sketch.cluster(path, call.label, style="rounded", color="#999999", fontsize="11")
        return path

    # -- the legend ------------------------------------------------------------------------------------------

    def finish(self, *lines: tuple[str, str, str]) -> None:
        """Add the legend: lines of (sign, colour, meaning), and what the thumbnails' colours mean."""
        rows = [_legend_row(f'<FONT COLOR="{colour}">{sign}</FONT>', text) for sign, colour, text in lines]
        for what, text in _COLOURS.items():
            if what in self._shown:
                self.sketch.images[f"{what}.png"] = scale_bar() if what == "scale" else swatch(what)
                rows.append(_legend_row(f'<IMG SRC="{what}.png"/>', text))
        self.sketch.legend = (
            f'<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" COLOR="#999999">{"".join(rows)}</TABLE>'
        )


_COLOURS = {
    "scale": "each heat map's own scale, -m to m, as ±m below it says; half as strong at m/8 (cube root)",
    "closed": "closed ReLU (or dropped unit): no gradient passes",
    "nan": "NaN",
    "inf": "infinite",
}
FORWARD_LINES = (("→", VALUE, "a value flows"),)
BACKWARD_LINES = (
    *FORWARD_LINES,
    ("→", GRADIENT, "a gradient flows: L is what was differentiated, g = dL/dy for the rule's own output y"),
    ("+", GRADIENT, "the value was used more than once: its contributions add up"),
    ("⇢", READ, "a value that the rule reads"),
    ("—", TIE, "the rule on the right belongs to the operation on the left; numbers: the order of firing"),
)


def _legend_row(sign: str, text: str) -> str:
    return f'<TR><TD ALIGN="CENTER">{sign}</TD><TD ALIGN="LEFT"><FONT POINT-SIZE="10">{text}</FONT></TD></TR>'
