"""Run the explorer's server on this machine, until Ctrl-C."""

from __future__ import annotations

import socket
import webbrowser
from typing import TYPE_CHECKING

import uvicorn

from ..errors import UserError
from .app import app

if TYPE_CHECKING:
    from collections.abc import Callable

    from .explorer import Explorer

HOST = "127.0.0.1"
PORTS_TRIED = 20


def serve(explorer: Explorer, port: int, open_browser: bool, tell: Callable[[str], None]) -> None:
    """Serve until interrupted; a port that is taken moves on to the next.  `tell` is given the page's address."""
    listening = _bound(port)
    address = f"http://{HOST}:{listening.getsockname()[1]}/"
    tell(address)
    if open_browser:
        webbrowser.open(address)
    server = uvicorn.Server(uvicorn.Config(app(explorer), log_level="error", timeout_graceful_shutdown=1))
    server.run(sockets=[listening])


def _bound(port: int) -> socket.socket:
    """Return a socket that listens at a port, or at the first free one of those that follow."""
    for tried in range(port, port + PORTS_TRIED):
        listening = socket.socket()
        try:
            listening.bind((HOST, tried))
        except OSError:
            listening.close()
            continue
        return listening
    raise UserError(f"the ports {port} to {port + PORTS_TRIED - 1} are all taken; choose another with --port")
