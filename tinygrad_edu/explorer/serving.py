"""Run the explorer's server on this machine, until Ctrl-C."""

from __future__ import annotations

import os
import socket
import webbrowser
from threading import Thread
from typing import TYPE_CHECKING

import uvicorn

from ..errors import UserError
from .app import app

if TYPE_CHECKING:
    from collections.abc import Callable

    from .explorer import Explorer

HOST = "127.0.0.1"
PORTS_TRIED = 20


def serve(explorer: Explorer, listening: socket.socket, open_browser: bool, tell: Callable[[str], None]) -> None:
    """Serve at a socket that listens, until interrupted.  `tell` is given the page's address."""
    server = uvicorn.Server(configuration(explorer))
    address = f"http://{HOST}:{listening.getsockname()[1]}/"
    tell(address)
    if open_browser:  # some browsers run in the terminal, and return when they are left
        Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    server.run(sockets=[listening])


def configuration(explorer: Explorer) -> uvicorn.Config:
    """Return how uvicorn serves it: nothing is logged, and Ctrl-C waits for nobody."""
    return uvicorn.Config(
        app(explorer),
        log_level="critical",
        timeout_graceful_shutdown=0,
        timeout_keep_alive=60,
        limit_concurrency=500,
        ws="none",
        server_header=False,
        proxy_headers=False,
    )


def listen(port: int) -> socket.socket:
    """Return a socket that listens at a port, or at the first free one of those that follow; at any one for 0."""
    ports = range(port, min(port + PORTS_TRIED, 65536)) if port else [0]
    for tried in ports:
        # Named as TCP, or asyncio leaves Nagle's algorithm on, and each answer waits 40 ms for an acknowledgement.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        # A port whose last server has just ended is free; on Windows this option would share one that is in use.
        listening.setsockopt(socket.SOL_SOCKET, _EXCLUSIVE if os.name == "nt" else socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, tried))
            listening.listen(128)
        except OSError:
            listening.close()
            continue
        return listening
    raise UserError(f"the ports {ports[0]} to {ports[-1]} are all taken; choose another with --port")


_EXCLUSIVE = getattr(socket, "SO_EXCLUSIVEADDRUSE", 0)
