"""Photograph the explorer's views with a real browser: the pictures of docs/explorer.md and of the README.

    python docs/photograph_explorer.py            writes docs/pictures/explorer/*.png
    python docs/photograph_explorer.py --check    photographs them again, and compares them with those

Needs `pip install '.[web]'` and a Chromium. Fonts and last digits differ between machines, so a picture passes when,
looked at from afar, nearly all of it is as it was; tests/browser compares more views in the same way.
"""

from __future__ import annotations

import io
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

PICTURES = Path(__file__).parent / "pictures" / "explorer"
FAR = 8  # pixels that become one
UNLIKE = 24  # levels of 255 by which such a pixel may differ
SHARE = 0.04  # of them that may differ by more


@dataclass(frozen=True)
class View:
    """A view of the explorer: its link, the window it is looked at in, and what is done before the picture is taken."""

    name: str
    link: str
    width: int = 1280
    height: int = 864
    theme: str = "light"
    keys: tuple[str, ...] = ()


VIEWS = [
    View("overview", ""),
    View("why", "#1;m=why;w=dconv.weight:3,0,1,2", height=1100),
    View("why-phone", "#1;m=why;w=dconv.weight:3,0,1,2", width=390, height=1000),
    View("what-if", "#1;m=whatif;wi=vconv.weight:3,0,1,2", height=660, keys=("Tab", "Tab", *["Shift+ArrowRight"] * 2)),
    View("learn", "#1;m=learn;e=*10:0.0001:0", height=620),
]


@contextmanager
def browser() -> Iterator[Any]:
    """Start a Chromium."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@contextmanager
def server(explorer: Any) -> Iterator[str]:
    """Serve the explorer on a free port; yield its address."""
    import uvicorn

    from tinygrad_edu.explorer.app import app
    from tinygrad_edu.explorer.serving import listen

    listening = listen(0)
    serving = uvicorn.Server(uvicorn.Config(app(explorer), log_level="error"))
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    serving.should_exit = True
    thread.join(5)


def photograph(browser: Any, address: str, view: View) -> Image.Image:
    """Return a view as a picture, without movement and with a pixel for a pixel."""
    size = {"width": view.width, "height": view.height}
    context = browser.new_context(viewport=size, color_scheme=view.theme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(address + view.link)
    page.wait_for_selector("html[data-ready]", state="attached")
    page.wait_for_load_state("networkidle")
    for key in view.keys:
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    taken = Image.open(io.BytesIO(page.screenshot()))
    context.close()
    return taken.convert("RGB")


def alike(a: Image.Image, b: Image.Image) -> float:
    """Return the share of a picture that has changed, looked at from afar; 1 where the sizes differ."""
    if a.size != b.size:
        return 1.0
    far = [np.asarray(picture.reduce(FAR), float) for picture in (a, b)]
    return float((np.abs(far[0] - far[1]).max(axis=-1) > UNLIKE).mean())


def save(picture: Image.Image, path: Path) -> None:
    """Write a picture in 128 colours: small, and its text still sharp."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def main(check: bool) -> int:
    """Take all pictures; write them, or compare them."""
    from tinygrad_edu.explorer.explorer import Explorer

    failed = 0
    with server(Explorer()) as address, browser() as started:
        for view in VIEWS:
            taken, path = photograph(started, address, view), PICTURES / f"{view.name}.png"
            if not check:
                save(taken, path)
                print(path)
                continue
            changed = alike(taken, Image.open(path).convert("RGB")) if path.exists() else 1.0
            if changed > SHARE:
                failed += 1
                print(f"{path.name}: {changed:.0%} of it has changed; look at it and photograph it again")
    known = {f"{view.name}.png" for view in VIEWS}
    for path in sorted(PICTURES.glob("*.png")):
        if path.name not in known:
            failed += 1
            print(f"{path.name}: no view has this name")
    return failed


if __name__ == "__main__":
    sys.exit(1 if main("--check" in sys.argv) else 0)
