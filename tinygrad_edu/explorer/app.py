"""The page and the engine behind it, served to one's own browser."""

from __future__ import annotations

import html
import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ..errors import UserError
from .packing import pack

if TYPE_CHECKING:
    from starlette.requests import Request

    from .explorer import Explorer

WEB = Path(__file__).parent / "web"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def app(explorer: Explorer) -> Starlette:
    """Return the application: the page at /, its files below /web/, and POST /ask for the engine's answers."""
    token = secrets.token_urlsafe(16)
    opening = html.escape(json.dumps(explorer.moments.opening().to_json()))
    page = (WEB / "index.html").read_text(encoding="utf-8").replace("{{token}}", token).replace("{{opening}}", opening)

    async def index(request: Request) -> Response:
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store"})

    async def ask(request: Request) -> Response:
        if not secrets.compare_digest(request.headers.get("x-token", ""), token):
            return JSONResponse({"error": "this page is of an earlier server: load it again"}, 403)
        wanted: Any = json.loads(await request.body())
        try:
            packed = await run_in_threadpool(lambda: pack(explorer.answer(wanted.pop("method"), **wanted)))
        except UserError as error:
            return JSONResponse({"error": str(error)}, 400)
        return Response(packed, media_type="application/octet-stream")

    return Starlette(
        routes=[
            Route("/", index),
            Route("/ask", ask, methods=["POST"]),
            Mount("/web", StaticFiles(directory=WEB)),
        ]
    )
