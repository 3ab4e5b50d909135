"""What dot's SVG needs to be shown anywhere: thumbnails inside it, tooltips that browsers find, text that fits."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import TYPE_CHECKING

from .styles import FONT

if TYPE_CHECKING:
    from collections.abc import Mapping

# dot measures text in rounded widths, a few percent less than what browsers draw; an SVG's text is smaller by as much.
SHRINK = 0.96


def self_contained(svg: str, images: Mapping[str, bytes]) -> str:
    """Return dot's SVG with the images in it, each tooltip as a title, and each line as one text."""

    def embedded(match: re.Match[str]) -> str:
        png = base64.b64encode(images[Path(match[1]).name]).decode()
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
