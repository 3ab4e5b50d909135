"""Who may speak with the server: pages that came from it, and nobody else.

A server on this machine can be reached by every page that is open in the browser. So each request must name the server
by its own address: a name that a foreign site had pointed to 127.0.0.1 (DNS rebinding) is refused. And what a browser
says about where a request comes from must be this server, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAMES = ("127.0.0.1", "localhost")
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Guard:
    """An application that lets requests through to another one only if they come from this machine's own pages."""

    def __init__(self, guarded: ASGIApp):
        self.guarded = guarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] == "lifespan":
            await self.guarded(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # there are no web sockets here: uvicorn closes them

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        reason = refusal(Headers(scope=scope), scope["server"][1])
        answer = self.guarded if reason is None else JSONResponse({"error": reason}, 403)
        await answer(scope, receive, with_headers)


def refusal(headers: Headers, port: int) -> str | None:
    """Say why a request is refused, or return None.

    >>> refusal(Headers({"host": "localhost:8000", "origin": "http://localhost:8000"}), 8000)
    >>> refusal(Headers({"host": "rebound.example:8000"}), 8000)
    "this server is called 127.0.0.1:8000 or localhost:8000, not 'rebound.example:8000'"
    """
    known = [f"{name}:{port}" for name in NAMES] + (list(NAMES) if port == 80 else [])
    hosts = headers.getlist("host")
    if len(hosts) != 1 or hosts[0].lower() not in known:
        return f"this server is called {' or '.join(known)}, not {', '.join(hosts)[:100]!r}"
    for origin in headers.getlist("origin"):
        if origin.lower() != f"http://{hosts[0].lower()}":
            return f"this server answers its own pages, not those of {origin[:100]!r}"
    if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return "this server answers its own pages, not those of other sites"
    return None
