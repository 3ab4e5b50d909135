"""The page as HTML: as the server sends it, with its files beside it, or all in one file."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

from .bundle import bundle

WEB = Path(__file__).parent / "web"
STYLE = re.compile(r'[ \t]*<link rel="stylesheet" href="/web/([\w./-]+)" />\n')
SCRIPT = re.compile(r'<script type="module" src="/web/([\w./-]+)"></script>')
ICON = re.compile(r'href="/web/([\w./-]+\.svg)" type="image/svg\+xml"')


def page(engine: str, opening: dict[str, Any], token: str = "", fragment: str = "") -> str:
    """Return the page.

    Args:
        engine: what answers its questions: "server", "file" or "notebook" (web/js/engine/start.js).
        opening: the recipe that it begins with.
        token: what the server knows its own page by.
        fragment: the state that it begins with, as a link writes it, where its address has none.
    """
    text = (WEB / "index.html").read_text(encoding="utf-8")
    said = {"engine": engine, "opening": json.dumps(opening), "token": token, "fragment": fragment}
    for name, value in said.items():
        text = text.replace("{{" + name + "}}", html.escape(value))
    return text


def preloading(text: str) -> str:
    """Return a page that asks for all its modules at once, not for each when the one that imports it has come."""
    modules = sorted(path.relative_to(WEB).as_posix() for path in WEB.rglob("*.js"))
    links = "".join(f'<link rel="modulepreload" href="/web/{path}" />\n    ' for path in modules)
    return SCRIPT.sub(lambda script: links + script[0], text)


def whole(text: str, data: bytes | None = None) -> str:
    """Return a page with its script, its styles and its icon in it, which asks nobody for anything.

    Args:
        text: the page.
        data: what it holds besides, as the element "saved": packed, compressed by gzip, in base64.
    """
    files = {path.relative_to(WEB).as_posix(): path.read_text(encoding="utf-8") for path in WEB.rglob("*.*")}
    scripts = {path: file for path, file in files.items() if path.endswith(".js")}
    style = "\n".join(files[path] for path in STYLE.findall(text)).replace("\r\n", "\n")
    (main,) = SCRIPT.findall(text)
    script = "\n" + bundle(scripts, main)
    _check(script, style)
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}" />\n    <style>{style}</style>\n'
    held = "" if data is None else f'<script type="text/plain" id="saved">{base64.b64encode(data).decode()}</script>'
    text = STYLE.sub("", text)
    text = ICON.sub(lambda found: f'href="{_as_data(files[found[1]])}" type="image/svg+xml"', text)
    text = SCRIPT.sub(lambda _: f'{held}\n    <script type="module">{script}</script>', text)
    text = text.replace("<title>", f"{head}    <title>", 1)
    if "/web/" in re.sub(r"<script.*?</script>|<style.*?</style>", "", text, flags=re.DOTALL):
        raise ValueError("index.html asks for a file in a way that is not understood here")
    return text


def _check(script: str, style: str) -> None:
    """Raise where a script or a style would end too soon, or ask for another file."""
    for what, text, never in (
        ("script", script, ("</script", "<!--")),
        ("style", style, ("</style", "url(", "@import")),
    ):
        for sign in never:
            if sign in text.lower():
                raise ValueError(f"a {what} with {sign!r} in it cannot stand in a page")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _as_data(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
