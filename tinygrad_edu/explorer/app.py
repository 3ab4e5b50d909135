"""The page and the engine behind it, served to one's own browser."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import secrets
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ..errors import UserError
from .guard import Guard
from .packing import pack
from .page import WEB, page, preloading
from .workers import Busy, Workers

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

    from .explorer import Explorer

TYPES = {  # not those of this machine's registry, which may say that a script is plain text
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
MOST_BODY = 16 << 20  # bytes of a question: an image file of 10 MB in base64, and a recipe
SECONDS_TO_ARRIVE = 30


def app(explorer: Explorer) -> Starlette:
    """Return the application: the page at /, its files below /web/, and POST /ask for the engine's answers."""
    token = secrets.token_urlsafe(16)
    text = preloading(page("server", explorer.moments.opening().to_json(), token))
    files = {path.relative_to(WEB).as_posix(): path for path in WEB.rglob("*") if path.suffix in TYPES}
    workers = Workers()

    async def index(request: Request) -> Response:
        return HTMLResponse(text, headers={"cache-control": "no-store"})

    async def ask(request: Request) -> Response:
        if not secrets.compare_digest(request.headers.get("x-token", "").encode(), token.encode()):
            return _sentence("this page is of an earlier server: load it again", 403)
        try:
            wanted = _question(await asyncio.wait_for(_body(request), SECONDS_TO_ARRIVE))
            packed = await workers.run(lambda: _answer(explorer, wanted))
        except Busy as error:
            return _sentence(str(error), 503)
        except TooLong as error:
            return _sentence(str(error), 413, connection="close")  # the rest of it is not waited for
        except (UserError, TimeoutError) as error:
            return _sentence(str(error) or "the question did not arrive in time", 400)
        except MemoryError:
            return _sentence("there is not enough memory for this", 507)
        return Response(packed, media_type="application/octet-stream", headers={"cache-control": "no-store"})

    async def file(request: Request) -> Response:
        path = files.get(request.path_params["path"])  # one of those that are there, whatever a path may say
        return PlainTextResponse("there is no such file", 404) if path is None else _file(path, request)

    return Starlette(
        routes=[
            Route("/", index),
            Route("/ask", ask, methods=["POST"]),
            Route("/web/{path:path}", file),
        ],
        middleware=[Middleware(Guard)],
    )


class TooLong(UserError):
    """A question of too many bytes."""


def _sentence(text: str, code: int, **headers: str) -> Response:
    return JSONResponse({"error": text}, code, {"cache-control": "no-store", **headers})


async def _body(request: Request) -> bytes:
    """Return the body of a request; stop reading when it is too long, whatever it says of its length."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BODY:
            raise TooLong(f"a question has at most {MOST_BODY >> 20} MB")
    return bytes(body)


def _question(body: bytes) -> dict[str, Any]:
    try:
        question = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise UserError(f"this is no question: {error}") from error
    if not isinstance(question, dict) or not isinstance(question.get("method"), str):
        raise UserError("a question is an object with a method")
    return question


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _answer(explorer: Explorer, wanted: dict[str, Any]) -> bytes:
    method = wanted.pop("method")
    try:
        return pack(explorer.answer(method, wanted.pop("recipe", None), **wanted))
    except (UserError, MemoryError):
        raise
    except Exception as error:
        logging.getLogger(__name__).exception("the explorer failed at %r", method)
        raise UserError(f"the engine failed: {type(error).__name__}: {error}") from error


def _file(path: Path, request: Request) -> Response:
    """Return a file of the page, as it is now."""
    content = path.read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "no-cache"}  # kept, but asked about: a new version is seen at once
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=TYPES[path.suffix], headers=headers)
