"""A real HTTP server on this machine, which serves well or badly as each test asks."""

from __future__ import annotations

import contextlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Server:
    """Serves `files` by name, and `content` at all other paths. The attributes say how badly."""

    def __init__(self):
        self.content = b""
        self.files = {}
        self.status = 200
        self.ranges = True  # honours the Range header
        self.break_after = None  # closes the connection after so many bytes of a body
        self.may_answer = threading.Event()  # cleared: it lets everybody wait
        self.may_answer.set()
        self.extra_length = 0  # added to the Content-Length it announces
        self.headers = {"Content-Type": "application/gzip"}
        self.requests = []  # (path, Range header)
        self.bytes_sent = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server.answer(self)

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/mnist/"
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def answer(self, handler):
        asked = handler.headers.get("Range")
        self.requests.append((handler.path, asked))
        self.may_answer.wait(60)
        status, body = self.status, self.files.get(handler.path.rpartition("/")[2], self.content)
        if asked and self.ranges:
            start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1])
            status, body = (206, body[start:]) if start < len(body) else (416, b"")
        handler.send_response(status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body) + self.extra_length))
        handler.end_headers()
        body = body[: self.break_after]
        with contextlib.suppress(ConnectionError):
            handler.wfile.write(body)
            self.bytes_sent += len(body)
        handler.close_connection = True

    def close(self):
        if self.thread.is_alive():
            self.http.shutdown()
            self.thread.join()
            self.http.server_close()


@pytest.fixture
def http_server():
    """Call it to start another server; all are stopped after the test."""
    servers = []

    def start():
        servers.append(Server())
        return servers[-1]

    yield start
    for server in servers:
        server.close()
