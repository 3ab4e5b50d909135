"""Canvas: the sketch of one picture, its style, its thumbnails, and the legend that explains them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..autograd.summary import number
from .render import tooltip
from .sketch import Sketch
from .styles import GRADIENT, READ, TIE, VALUE
from .thumbnails import Arrangement, Scale, arrange, can_be_drawn, heat_map, scale_bar, swatch

if TYPE_CHECKING:
    from .modules import Place
    from .styles import Style

VALUES, GRADIENTS = "values", "gradients"


class Canvas:
    """What the parts of a picture are drawn on.

    Thumbnails are drawn at the end, when the largest value and the largest gradient are known: there is one scale for
    all values and one for all gradients.
    """

    def __init__(self, style: Style):
        self.style = style
        self.sketch = Sketch()
        self.scales = {VALUES: Scale(), GRADIENTS: Scale()}
        self._waiting: list[tuple[str, Arrangement, Scale, np.ndarray | None]] = []
        self._shown: set[str] = set()  # what the legend has to explain

    # -- thumbnails ------------------------------------------------------------------------------------------

    def thumbnail(self, name: str, array: np.ndarray, kind: str, closed: np.ndarray | None = None) -> tuple[str, str]:
        """Return the thumbnail's file and a note on what it leaves out; ("", "") if none is to be drawn."""
        if not self.style.thumbnails or not can_be_drawn(array):
            return "", ""
        scale = self.scales[kind]
        scale.include(array)
        self._shown.add(kind)
        self._note_bad(array)
        return self._later(name, array, scale, closed)

    def mask(self, name: str, closed: np.ndarray) -> tuple[str, str]:
        """Return the thumbnail of where a gradient cannot pass, in grey on white."""
        if closed.size <= 2 or self.style.masks is False:
            return "", ""
        return self._later(name, np.zeros(closed.shape, np.float32), Scale(), closed)

    def _later(self, name: str, array: np.ndarray, scale: Scale, closed: np.ndarray | None) -> tuple[str, str]:
        arrangement = arrange(array)
        tiles = None
        if closed is not None:
            # Laid out like the array itself; where blocks stand for many elements, one that is open wins.
            tiles = arrange(np.where(closed, np.float32(0), np.float32(1))).tiles == 0
            self._shown.add("closed")
        self._waiting.append((f"{name}.png", arrangement, scale, tiles))
        return f"{name}.png", arrangement.note

    def _note_bad(self, array: np.ndarray) -> None:
        if np.isnan(array).any():
            self._shown.add("nan")
        if np.isinf(array).any():
            self._shown.add("inf")

    def finish(self, *lines: tuple[str, str, str]) -> None:
        """Draw the thumbnails and the legend, with lines of (sign, colour, meaning)."""
        self._legend(lines)
        for name, arrangement, scale, closed in self._waiting:
            self.sketch.images[name] = heat_map(arrangement, scale, closed)
        if self._shown & {VALUES, GRADIENTS}:
            self.sketch.images["scale.png"] = scale_bar()
        for what in self._shown & {"closed", "nan", "inf"}:
            self.sketch.images[f"{what}.png"] = swatch(what)

    # -- frames ----------------------------------------------------------------------------------------------

    def frame(self, side: str, place: Place, **attributes: str) -> tuple[str, ...]:
        """Declare the module frames of a place inside the cluster `side`, and return the path of the innermost."""
        path: tuple[str, ...] = (side,)
        for call in place.frames:
            path = (*path, call.key)
            self.sketch.cluster(
                path, tooltip(call.label), style="rounded", color="#999999", fontsize="11", **attributes
            )
        return path

    # -- the legend ------------------------------------------------------------------------------------------

    def _legend(self, lines: tuple[tuple[str, str, str], ...]) -> None:
        """Explain the picture: the lines, and the colour scales."""
        rows = [_legend_row(f'<FONT COLOR="{colour}">{sign}</FONT>', text) for sign, colour, text in lines]
        for kind in (VALUES, GRADIENTS):
            if kind in self._shown:
                m = number(self.scales[kind].largest)
                rows.append(
                    _legend_row(
                        '<IMG SRC="scale.png"/>',
                        f"{kind}: -{m} to {m}; half as strong at {number(self.scales[kind].largest / 8)} (cube root)",
                    )
                )
        meanings = (
            ("closed", "closed ReLU (or dropped unit): no gradient passes"),
            ("nan", "NaN"),
            ("inf", "infinite"),
        )
        rows += [_legend_row(f'<IMG SRC="{what}.png"/>', text) for what, text in meanings if what in self._shown]
        table = (
            f'<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" COLOR="#999999">{"".join(rows)}</TABLE>'
        )
        self.sketch.legend = table


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
