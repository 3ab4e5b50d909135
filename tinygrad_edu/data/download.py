"""Downloads one file, so that its name never stands for half a file or a wrong one.

mirror/name.gz  ->  folder/name.gz.part    grows as bytes arrive; a broken download goes on here (HTTP Range)
                ->  a temporary file       the part, decompressed
                ->  folder/name            renamed by pooch once the checksum of its content is right

With `unpack=False` it is mirror/name, and the file is kept as it is sent, whatever is in it.
"""

from __future__ import annotations

import contextlib
import errno
import gzip
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import DownloadError
from ..files import locked
from .idx import GZIP_MAGIC

Progress = Callable[[str, int, int | None], None]  # file name, bytes so far, bytes in all (None: unknown)

CACHE_VARIABLE = "TINYGRAD_EDU_CACHE"
CHUNK = 1 << 16
MAX_BYTES = 64 << 20  # MNIST's largest file has 47 MB decompressed; who sends more sends something else
NAMES = {"sha256": "SHA-256", "md5": "MD5"}
TIMEOUT = (10, 30)  # seconds to connect, seconds without a byte
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def cache_folder() -> Path:
    """Return where downloads are kept: $TINYGRAD_EDU_CACHE, or the user's cache folder of this operating system."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(os.path.expanduser(chosen))
    import pooch

    return Path(pooch.os_cache("tinygrad_edu"))


def fetch_file(
    name: str,
    checksum: str,
    *,
    folder: Path,
    mirrors: Sequence[str],
    progress: Progress | None = None,
    unpack: bool = True,
    most: int | None = None,
) -> Path:
    """Return the path folder/name, whose content has this checksum: as it is there already, or else downloaded.

    The mirrors are tried in order, each for `mirror/name.gz`, or, not to be unpacked, for `mirror/name`.

    Args:
        name: of the file that is kept.
        checksum: its SHA-256, or "md5:" and its MD5, where its publisher gave that alone. Against accidents both do;
            against an attacker the encrypted connection has to.
        folder, mirrors: where to, and where from.
        progress: called as progress(name, bytes so far, bytes in all or None).
        unpack: whether the mirrors serve it gzipped, and it is kept unpacked.
        most: the bytes that are accepted, on the way and unpacked; MAX_BYTES if None.

    Raises:
        DownloadError: with one reason for each mirror, or at once when the folder cannot be written.
    """
    path = folder / name
    wanted = _Wanted(path, checksum if ":" in checksum else f"sha256:{checksum}", unpack, most or MAX_BYTES, progress)
    try:
        if _is_there(wanted):
            return path
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / ".lock", wait=True):  # two downloads must not write one part
            if _is_there(wanted):  # another process has brought it meanwhile
                return path
            return _try_mirrors(wanted, mirrors)
    except DownloadError:
        raise
    except OSError as error:  # what the network did is a DownloadError by now: this is the disk
        if error.errno in NO_ROOM:
            wanted.part.unlink(missing_ok=True)
            raise DownloadError(f"{folder}: no space left for {name} ({error.strerror}); make room") from error
        raise DownloadError(f"{folder}: cannot keep {name} there ({error.strerror or error})") from error


@dataclass(frozen=True)
class _Wanted:
    """A file as `fetch_file` is asked for it."""

    path: Path
    checksum: str  # "sha256:..." or "md5:..."
    unpack: bool
    most: int
    progress: Progress | None

    @property
    def served_as(self) -> str:
        """Its name on a mirror."""
        return f"{self.path.name}.gz" if self.unpack else self.path.name

    @property
    def part(self) -> Path:
        """Where the bytes are kept as they arrive."""
        return self.path.with_name(f"{self.served_as}.part")

    def report(self, done: int, total: int | None) -> None:
        """Tell who listens how many bytes there are."""
        if self.progress is not None:
            self.progress(self.path.name, done, total)


def _try_mirrors(wanted: _Wanted, mirrors: Sequence[str]) -> Path:
    reasons = []
    for mirror in mirrors:
        url = f"{mirror.rstrip('/')}/{wanted.served_as}"
        try:
            return _fetch_from(url, wanted)
        except DownloadError as error:
            reasons.append(f"{url}: {error}")
    raise DownloadError(
        f"could not download {wanted.path.name}: " + ("; ".join(reasons) or "there are no mirrors to ask")
    )


def _fetch_from(url: str, wanted: _Wanted) -> Path:
    import pooch

    path, part = wanted.path, wanted.part
    resumed = part.exists()
    _receive(url, wanted)
    try:
        with _quiet(pooch.get_logger()):
            pooch.retrieve(
                url,
                known_hash=wanted.checksum,
                fname=path.name,
                path=path.parent,
                downloader=lambda url, temporary, _: _decompress(part, Path(temporary), wanted.unpack, wanted.most),
            )
    except (ValueError, zlib.error, EOFError, gzip.BadGzipFile) as error:  # ValueError: pooch, about the hash
        with part.open("rb") as file:
            start = file.read(12)
        part.unlink()
        if resumed:  # perhaps only the old beginning was wrong: once more, from the first byte
            return _fetch_from(url, wanted)
        wrong = "ends early" if isinstance(error, EOFError) else "is something else or damaged"
        kind = NAMES[wanted.checksum.partition(":")[0]]
        raise DownloadError(f"what was sent {wrong}; it starts with {start!r}, its {kind} differs") from error
    part.unlink()
    return path


def _receive(url: str, wanted: _Wanted) -> None:
    """Append to the part what it lacks of the file at `url`. After an error it keeps what came."""
    import requests
    import urllib3

    part = wanted.part
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
            wanted.report(done, total)
            with part.open("ab" if done else "wb") as file:
                for chunk in response.raw.stream(CHUNK, decode_content=False):
                    done += len(chunk)
                    if done > wanted.most:
                        file.truncate(0)
                        raise DownloadError(f"sends more than {wanted.most:,} bytes, so it is another file")
                    file.write(chunk)
                    wanted.report(done, total)
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


def _decompress(part: Path, target: Path, unpack: bool = True, most: int | None = None) -> None:
    with part.open("rb") as packed, target.open("wb") as file:
        zipped = unpack and packed.peek(2)[:2] == GZIP_MAGIC  # a server may also send the file already decompressed
        source: Any = gzip.GzipFile(fileobj=packed) if zipped else packed
        left = most or MAX_BYTES
        while left > 0 and (chunk := source.read(CHUNK)):
            file.write(chunk)
            left -= len(chunk)
        file.flush()
        os.fsync(file.fileno())
    target.chmod(0o644)  # temporary files are private; a cache may be shared by a class


def _is_there(wanted: _Wanted) -> bool:
    import pooch

    kind, _, expected = wanted.checksum.partition(":")
    return wanted.path.is_file() and pooch.file_hash(str(wanted.path), kind) == expected


@contextlib.contextmanager
def _quiet(logger: Any) -> Iterator[None]:
    level = logger.level
    logger.setLevel("WARNING")
    try:
        yield
    finally:
        logger.setLevel(level)
