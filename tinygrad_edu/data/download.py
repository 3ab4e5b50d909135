"""Downloads one gzipped file, so that its name never stands for half a file or a wrong one.

mirror/name.gz  ->  folder/name.gz.part    grows as bytes arrive; a broken download goes on here (HTTP Range)
                ->  a temporary file       the part, decompressed
                ->  folder/name            renamed by pooch once the SHA-256 of its content is right
"""

from __future__ import annotations

import contextlib
import errno
import gzip
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..errors import DownloadError
from ..files import locked
from .idx import GZIP_MAGIC

Progress = Callable[[str, int, int | None], None]  # file name, bytes so far, bytes in all (None: unknown)

CHUNK = 1 << 16
MAX_BYTES = 64 << 20  # MNIST's largest file has 47 MB decompressed; who sends more sends something else
TIMEOUT = (10, 30)  # seconds to connect, seconds without a byte
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def fetch_file(
    name: str, sha256: str, *, folder: Path, mirrors: Sequence[str], progress: Progress | None = None
) -> Path:
    """Return the path folder/name, whose content has this SHA-256: as it is there already, or else downloaded.

    The mirrors are tried in order, each for `mirror/name.gz`.

    Raises:
        DownloadError: with one reason for each mirror, or at once when the folder cannot be written.
    """
    path = folder / name
    try:
        if _has_content(path, sha256):
            return path
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / ".lock", wait=True):  # two downloads must not write one part
            if _has_content(path, sha256):  # another process has brought it meanwhile
                return path
            return _try_mirrors(path, sha256, mirrors, progress)
    except DownloadError:
        raise
    except OSError as error:  # what the network did is a DownloadError by now: this is the disk
        if error.errno in NO_ROOM:
            _part_of(path).unlink(missing_ok=True)
            raise DownloadError(f"{folder}: no space left for {name} ({error.strerror}); make room") from error
        raise DownloadError(f"{folder}: cannot keep {name} there ({error.strerror or error})") from error


def _try_mirrors(path: Path, sha256: str, mirrors: Sequence[str], progress: Progress | None) -> Path:
    reasons = []
    for mirror in mirrors:
        url = f"{mirror.rstrip('/')}/{path.name}.gz"
        try:
            return _fetch_from(url, path, sha256, progress)
        except DownloadError as error:
            reasons.append(f"{url}: {error}")
    raise DownloadError(f"could not download {path.name}: " + ("; ".join(reasons) or "there are no mirrors to ask"))


def _fetch_from(url: str, path: Path, sha256: str, progress: Progress | None) -> Path:
    import pooch

    part = _part_of(path)
    resumed = part.exists()
    _receive(url, part, lambda done, total: progress(path.name, done, total) if progress else None)
    try:
        with _quiet(pooch.get_logger()):
            pooch.retrieve(
                url,
                known_hash=f"sha256:{sha256}",
                fname=path.name,
                path=path.parent,
                downloader=lambda url, temporary, _: _decompress(part, Path(temporary)),
            )
    except (ValueError, zlib.error, EOFError, gzip.BadGzipFile) as error:  # ValueError: pooch, about the hash
        with part.open("rb") as file:
            start = file.read(12)
        part.unlink()
        if resumed:  # perhaps only the old beginning was wrong: once more, from the first byte
            return _fetch_from(url, path, sha256, progress)
        wrong = "ends early" if isinstance(error, EOFError) else "is something else or damaged"
        raise DownloadError(f"what was sent {wrong}; it starts with {start!r}, its SHA-256 differs") from error
    part.unlink()
    return path


def _receive(url: str, part: Path, report: Callable[[int, int | None], None]) -> None:
    """Append to `part` what it lacks of the file at `url`. After an error it keeps what came."""
    import requests
    import urllib3

    done = part.stat().st_size if part.exists() else 0
    # identity: no further compression on the way, so bytes on the wire are bytes in the file
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
    try:
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as response:
            if response.status_code == 416 and done:  # nothing lies behind our last byte: it is all there
                return
            _check_answer(response)
            if response.status_code == 200:  # the whole file, even if we asked for the rest
                done = 0
            length = response.headers.get("Content-Length", "")
            total = done + int(length) if length.isdecimal() else None
            report(done, total)
            with part.open("ab" if done else "wb") as file:
                for chunk in response.raw.stream(CHUNK, decode_content=False):
                    done += len(chunk)
                    if done > MAX_BYTES:
                        file.truncate(0)
                        raise DownloadError(f"sends more than {MAX_BYTES:,} bytes, so it is another file")
                    file.write(chunk)
                    report(done, total)
    except requests.Timeout as error:
        raise DownloadError("no answer in time") from error
    except requests.ConnectionError as error:
        raise DownloadError("no connection; check the network") from error
    except requests.RequestException as error:
        raise DownloadError(f"cannot be asked for: {error}") from error
    except urllib3.exceptions.HTTPError as error:
        raise DownloadError(f"the connection broke after {done:,} bytes; what came is kept") from error
    if total is not None and done < total:  # urllib3 1 does not count for us
        raise DownloadError(f"the connection broke after {done:,} of {total:,} bytes; what came is kept")


def _check_answer(response: Any) -> None:
    if response.status_code not in (200, 206):
        raise DownloadError(f"answered {response.status_code} {response.reason}")
    kind = response.headers.get("Content-Type", "")
    if kind.startswith("text/html"):
        raise DownloadError(f"sent a web page ({kind}) and not the file; a network login page does this")


def _decompress(part: Path, target: Path) -> None:
    with part.open("rb") as packed, target.open("wb") as file:
        zipped = packed.peek(2)[:2] == GZIP_MAGIC  # a server may also send the file already decompressed
        source: Any = gzip.GzipFile(fileobj=packed) if zipped else packed
        left = MAX_BYTES
        while left > 0 and (chunk := source.read(CHUNK)):
            file.write(chunk)
            left -= len(chunk)
        file.flush()
        os.fsync(file.fileno())
    target.chmod(0o644)  # temporary files are private; a cache may be shared by a class


def _has_content(path: Path, sha256: str) -> bool:
    import pooch

    return path.is_file() and pooch.file_hash(str(path)) == sha256


def _part_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.gz.part")


@contextlib.contextmanager
def _quiet(logger: Any) -> Iterator[None]:
    level = logger.level
    logger.setLevel("WARNING")
    try:
        yield
    finally:
        logger.setLevel(level)
