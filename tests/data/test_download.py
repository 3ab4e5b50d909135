"""Downloads from a real HTTP server on this machine (see conftest.py)."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from tinygrad_edu.data.download import CHUNK, _decompress, fetch_file
from tinygrad_edu.errors import DownloadError, UserError

NAME = "some-images"
PAYLOAD = np.random.default_rng(0).integers(0, 256, 300_000, dtype=np.uint8).tobytes()
SHA256 = hashlib.sha256(PAYLOAD).hexdigest()
PACKED = gzip.compress(PAYLOAD, mtime=0)


@pytest.fixture
def server(http_server):
    server = http_server()
    server.content = PACKED
    return server


@pytest.fixture
def second_server(http_server):
    server = http_server()
    server.content = PACKED
    return server


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache"


def fetch(folder, *servers, progress=None):
    return fetch_file(NAME, SHA256, folder=folder, mirrors=[server.url for server in servers], progress=progress)


def files_in(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def refused(folder, *servers):
    """The message of the DownloadError that this download must end with; and no file under its final name."""
    with pytest.raises(DownloadError) as caught:
        fetch(folder, *servers)
    assert isinstance(caught.value, UserError)
    assert NAME not in files_in(folder)
    assert not [name for name in files_in(folder) if name.startswith("tmp")]
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_good_download_is_kept_and_not_repeated(server, folder):
    seen = []
    path = fetch(folder, server, progress=lambda *arguments: seen.append(arguments))
    assert path == folder / NAME
    assert path.read_bytes() == PAYLOAD
    assert files_in(folder) == [NAME]
    assert seen[0] == (NAME, 0, len(PACKED))
    assert seen[-1] == (NAME, len(PACKED), len(PACKED))
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    fetch(folder, server)
    assert server.requests == [("/mnist/some-images.gz", None)]
    if os.name == "posix":
        assert path.stat().st_mode & 0o044 == 0o044, "readable for others who share the cache"


def test_a_damaged_file_in_the_cache_is_replaced(server, folder):
    folder.mkdir()
    (folder / NAME).write_bytes(PAYLOAD[:-1] + b"?")
    assert fetch(folder, server).read_bytes() == PAYLOAD


def test_a_broken_download_goes_on_where_it_stopped(server, folder):
    server.break_after = 100_000
    assert "the connection broke after 100,000" in refused(folder, server)
    assert files_in(folder) == [f"{NAME}.gz.part"]
    server.break_after = None
    seen = []
    assert fetch(folder, server, progress=lambda *a: seen.append(a)).read_bytes() == PAYLOAD
    assert server.requests[1][1] == "bytes=100000-"
    assert server.bytes_sent == len(PACKED), "no byte came twice"
    assert seen[0] == (NAME, 100_000, len(PACKED))
    assert files_in(folder) == [NAME]


def test_the_next_mirror_goes_on_where_the_first_broke(server, second_server, folder):
    server.break_after = 100_000
    assert fetch(folder, server, second_server).read_bytes() == PAYLOAD
    assert second_server.requests == [("/mnist/some-images.gz", "bytes=100000-")]


def test_a_server_without_ranges_starts_again(server, folder):
    server.ranges = False
    server.break_after = 100_000
    refused(folder, server)
    server.break_after = None
    assert fetch(folder, server).read_bytes() == PAYLOAD
    assert server.bytes_sent == 100_000 + len(PACKED)


def test_a_part_that_is_complete_already(server, folder):
    folder.mkdir()
    (folder / f"{NAME}.gz.part").write_bytes(PACKED)
    assert fetch(folder, server).read_bytes() == PAYLOAD
    assert server.bytes_sent == 0


@pytest.mark.parametrize("leftover", [b"\x1f\x8b garbage from elsewhere", PACKED + b"more", b"<html>", b""])
def test_a_foreign_part_does_not_spoil_the_download(leftover, server, folder):
    folder.mkdir()
    (folder / f"{NAME}.gz.part").write_bytes(leftover)
    assert fetch(folder, server).read_bytes() == PAYLOAD
    assert files_in(folder) == [NAME]


def test_a_server_that_announces_too_much(server, folder):
    server.extra_length = 10
    assert "the connection broke after" in refused(folder, server)


def test_a_server_that_announces_too_little(server, folder):
    server.extra_length = -1000
    assert "what was sent ends early" in refused(folder, server)
    assert files_in(folder) == []


@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=utf-8"])
def test_a_web_page_with_status_200(kind, server, folder):
    server.content = b"<!DOCTYPE html><html>Please log in to the guest network</html>"
    server.headers = {"Content-Type": kind}
    assert "sent a web page (text/html" in refused(folder, server)
    assert files_in(folder) == []


def test_a_web_page_does_not_destroy_what_came_before(server, folder):
    server.break_after = 100_000
    refused(folder, server)
    server.break_after, server.ranges = None, False
    server.content, server.headers = b"<html></html>", {"Content-Type": "text/html"}
    refused(folder, server)
    assert (folder / f"{NAME}.gz.part").stat().st_size == 100_000


def test_a_web_page_called_a_gzip_file(server, folder):
    server.content = b"<!DOCTYPE html><html>Please log in</html>"
    message = refused(folder, server)
    assert "something else" in message
    assert "b'<!DOCTYPE ht'" in message
    assert files_in(folder) == []


@pytest.mark.parametrize("status", [301, 403, 404, 500, 503])
def test_error_answers(status, server, folder):
    server.status, server.content = status, b"sorry"
    assert f"answered {status}" in refused(folder, server)


def test_wrong_content_is_refused_by_its_checksum(server, folder):
    server.content = gzip.compress(PAYLOAD[:-1] + b"?")
    assert "SHA-256 differs" in refused(folder, server)
    assert files_in(folder) == []


def test_damaged_gzip_is_refused(server, folder):
    content = bytearray(PACKED)
    content[len(content) // 2] ^= 0xFF
    server.content = bytes(content)
    refused(folder, server)
    assert files_in(folder) == []


@pytest.mark.parametrize("content", [b"", PACKED[:5], b"\x1f\x8b"])
def test_very_little_content(content, server, folder):
    server.content = content
    refused(folder, server)


def test_a_server_that_sends_the_file_decompressed(server, folder):
    server.content = PAYLOAD
    assert fetch(folder, server).read_bytes() == PAYLOAD


def test_a_server_that_calls_gzip_an_encoding(server, folder):
    server.headers["Content-Encoding"] = "gzip"
    assert fetch(folder, server).read_bytes() == PAYLOAD


def test_more_than_the_file_can_be(server, folder, monkeypatch):
    monkeypatch.setattr("tinygrad_edu.data.download.MAX_BYTES", 100_000)
    assert "more than 100,000 bytes" in refused(folder, server)
    assert (folder / f"{NAME}.gz.part").stat().st_size == 0


def test_a_zip_bomb_is_cut_off(server, folder, monkeypatch, tmp_path):
    monkeypatch.setattr("tinygrad_edu.data.download.MAX_BYTES", 1_000_000)
    server.content = gzip.compress(bytes(20_000_000))
    assert "SHA-256 differs" in refused(folder, server)
    (tmp_path / "bomb").write_bytes(server.content)
    _decompress(tmp_path / "bomb", tmp_path / "unpacked")
    assert (tmp_path / "unpacked").stat().st_size <= 1_000_000 + CHUNK


def test_every_mirror_is_tried_and_named(server, second_server, folder):
    server.status, second_server.content = 404, b"nonsense"
    message = refused(folder, server, second_server)
    assert message.startswith(f"could not download {NAME}: ")
    assert f"{server.url}{NAME}.gz: answered 404" in message
    assert f"{second_server.url}{NAME}.gz: what was sent is something else" in message
    second_server.content = PACKED
    assert fetch(folder, server, second_server).read_bytes() == PAYLOAD


def test_nobody_listens(server, second_server, folder):
    second_server.close()
    assert "no connection" in refused(folder, second_server)
    assert fetch(folder, second_server, server).read_bytes() == PAYLOAD


@pytest.mark.parametrize("mirror", ["nonsense", "file:///etc/", "http://[::1/"])
def test_addresses_that_are_none(mirror, folder):
    with pytest.raises(DownloadError, match=re.escape(mirror)):
        fetch_file(NAME, SHA256, folder=folder, mirrors=[mirror])


def test_no_mirrors(folder):
    assert "there are no mirrors to ask" in refused(folder)


def test_a_server_that_goes_silent(folder, monkeypatch):
    import socket

    monkeypatch.setattr("tinygrad_edu.data.download.TIMEOUT", (1, 0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(DownloadError, match="no answer in time"):
            fetch_file(NAME, SHA256, folder=folder, mirrors=[url])


def test_an_interrupt_keeps_what_came(server, folder):
    def stop(name, done, total):
        if done > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(folder, server, progress=stop)
    assert files_in(folder) == [f"{NAME}.gz.part"]
    kept = (folder / f"{NAME}.gz.part").read_bytes()
    assert len(kept) > 100_000
    assert PACKED.startswith(kept)
    assert fetch(folder, server).read_bytes() == PAYLOAD


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk(server, folder):
    folder.mkdir()
    (folder / f"{NAME}.gz.part").symlink_to("/dev/full")
    message = refused(folder, server)
    assert message.startswith(f"{folder}: no space left for {NAME}")
    assert files_in(folder) == [], "nothing stays behind on a full disk"


WITH_LIMITED_FILE_SIZE = """
import resource, sys
from pathlib import Path
from tinygrad_edu.data.download import fetch_file
from tinygrad_edu.errors import DownloadError
name, sha256, folder, url, limit = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
try:
    fetch_file(name, sha256, folder=Path(folder), mirrors=[url])
except DownloadError as error:
    print(error)
"""


@pytest.mark.parametrize("limit", [50_000, len(PAYLOAD) - 1000])
def test_no_room_while_downloading_or_decompressing(limit, server, folder):
    """The operating system refuses to let any file grow beyond the limit."""
    pytest.importorskip("resource")
    payload = bytes(100_000) + PAYLOAD[:200_000]  # packs to 200 kB: the larger limit stops only the decompressed file
    server.content = gzip.compress(payload)
    arguments = [NAME, hashlib.sha256(payload).hexdigest(), str(folder), server.url, str(limit)]
    done = subprocess.run(
        [sys.executable, "-c", WITH_LIMITED_FILE_SIZE, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"{folder}: no space left for {NAME}")
    assert os.strerror(errno.EFBIG) in done.stdout
    assert files_in(folder) == []


def test_a_folder_that_cannot_be_made(server, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DownloadError, match=rf"{tmp_path}/file/cache: cannot keep {NAME} there"):
        fetch(tmp_path / "file" / "cache", server)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(server, folder):
    folder.mkdir()
    folder.chmod(0o500)
    with pytest.raises(DownloadError, match="cannot keep"):
        fetch(folder, server)


def test_two_that_start_at_once_share_one_download(server, folder):
    """Two threads, but the lock lies on a file and works between processes in the same way."""
    pytest.importorskip("fcntl")
    server.may_answer.clear()
    threads = [threading.Thread(target=fetch, args=(folder, server)) for _ in range(2)]
    for thread in threads:
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()  # the first waits for the server, the second for the first
    server.may_answer.set()
    for thread in threads:
        thread.join(60)
    assert (folder / NAME).read_bytes() == PAYLOAD
    assert len(server.requests) == 1
