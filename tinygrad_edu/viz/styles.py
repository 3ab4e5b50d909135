"""What a picture of a graph shows, and in which colours."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Style:
    """What the boxes say beyond name, primitive, parameters, shape and dtype.

    Attributes:
        formulas: the formula of each primitive and each rule.
        summaries: min, mean, max and norm of values and gradients.
        values: arrays of at most this many elements are written out.
        thumbnails: images, kernels and feature maps as small heat maps.
        masks: where a ReLU closed (or dropout dropped), as a small picture.
    """

    formulas: bool = False
    summaries: bool = False
    values: int = 1
    thumbnails: bool = False
    masks: bool = True


STYLES = {
    "shapes": Style(),
    "formulas": Style(formulas=True),
    "values": Style(summaries=True, values=12),
    "thumbnails": Style(thumbnails=True),
    "full": Style(formulas=True, summaries=True, values=12, thumbnails=True),
}


def choose_style(style: str | Style, thumbnails: bool | None = None) -> Style:
    """Return a style by its name, with thumbnails switched on or off if asked for."""
    if isinstance(style, str):
        if style not in STYLES:
            raise ValueError(f"there is no style {style!r}; the styles are {', '.join(STYLES)}")
        style = STYLES[style]
    return style if thumbnails is None else replace(style, thumbnails=thumbnails, masks=thumbnails)


# Colours that stay apart for colour-blind readers (Okabe and Ito, 2008). Line style and position say the same again.
VALUE = "#0072B2"
GRADIENT = "#D55E00"
READ = "#555555"
TIE = "#BBBBBB"
BAD = "#CC0000"
FAINT = "#777777"

PARAMETER_FILL = "#FFF3C4"
CONSTANT_FILL = "#EEEEEE"
RESULT_FILL = "#D9EAF7"
STEP_FILL = "#FBE0CC"
BAD_FILL = "#FFD6D6"
FORWARD_FILL = "#F6FAFD"
BACKWARD_FILL = "#FEF8F3"
SECOND_FILL = "#F7F4FB"

# The line between an operation and its rules. dir=none alone is not enough: dot draws an arrowhead where another edge
# on the same level has one.
TIE_LINE = {"dir": "none", "arrowhead": "none", "color": TIE, "penwidth": "4", "tooltip": "its rules"}

# Wide fonts first: boxes are made for them, and a narrower one that a viewer has instead (Arial, Liberation Sans ...)
# leaves room. One of the first two is on nearly every computer.
FONT = "DejaVu Sans,Verdana,Liberation Sans,Arial,Helvetica,sans-serif"
MONOSPACE = "DejaVu Sans Mono,Menlo,Consolas,Liberation Mono,Courier New,monospace"
