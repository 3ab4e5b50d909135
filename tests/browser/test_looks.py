"""The views look as they were approved, at three widths and in both themes.

UPDATE_APPROVED=1 pytest tests/browser/test_looks.py takes the pictures anew: look at each before it is committed.
"""

import os
from pathlib import Path

import pytest
from photo import module as photo
from PIL import Image

APPROVED = Path(__file__).parent / "approved"

LINKS = {
    "look": "",
    "step": "#1;st=3",
    "why-weight": "#1;m=why;w=dconv.weight:3,0,1,2",
    "why-pixel": "#1;m=why;w=dimage:0,0,14,14",
    "why-logit": "#1;m=why;w=vlogits:0,9",
    "what-if": "#1;m=whatif;wi=vconv.weight:3,0,1,2",
    "learn": "#1;m=learn;e=*10:0.0001:0",
    "ask": "#1;m=ask",
    "draw": "#1;m=draw",
}
KEYS = {"draw": ("Tab", "Tab", "i")}  # the digits "in their order": which are hard depends on the last digits
SIZES = {360: 740, 1280: 864, 1920: 1000}
REDUCED = 4  # what is kept is a quarter as wide: enough to see what moved, and small


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("name", LINKS)
def test_a_view_looks_as_it_was_approved(chromium, address, name, width, theme):
    view = photo.View(name, LINKS[name], width, SIZES[width], theme, KEYS.get(name, ()))
    taken = photo.photograph(chromium, address, view).reduce(REDUCED)
    path = APPROVED / f"{name}-{width}-{theme}.png"
    if "UPDATE_APPROVED" in os.environ:
        photo.save(taken, path)
    changed = photo.alike(taken, Image.open(path).convert("RGB"))
    assert changed <= photo.SHARE, f"{changed:.0%} of {path.name} has changed; look at it, then UPDATE_APPROVED=1"
