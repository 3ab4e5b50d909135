"""Files that are none, for whatever reads files: each maker takes a path and puts something there."""

import contextlib
import os
import signal
import socket
import sys

import pytest


def _socket(path):
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(os.path.relpath(path))  # the length of a socket's name is limited


NO_FILES = {
    "folder": lambda path: path.mkdir(),
    "pipe": os.mkfifo if hasattr(os, "mkfifo") else None,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "socket": _socket,
}
no_file = pytest.mark.parametrize("put", [pytest.param(put, id=name) for name, put in NO_FILES.items()])
unix_only = pytest.mark.skipif(sys.platform == "win32", reason="pipes, devices and permissions of Unix")


@contextlib.contextmanager
def no_hang(seconds=30):
    """Turn a wait for ever into an error (on Unix, in the main thread)."""

    def ring(number, frame):
        raise TimeoutError(f"still waiting after {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def as_nobody():
    """Give up the rights of root, if this is root."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
