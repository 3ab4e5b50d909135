"""CIFAR-10's files: read rightly from a folder, an archive and a download; and refused by name when they are not."""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import tarfile
import tracemalloc

import numpy as np
import pytest
from awkward_files import no_file, no_hang, unix_only
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_images import CIFAR_FILES, FOLDER, archive, cifar_contents, records

from tinygrad_edu.data import cifar10, load_cifar10
from tinygrad_edu.data.download import CACHE_VARIABLE
from tinygrad_edu.data.tar import read_members
from tinygrad_edu.errors import DataError, DownloadError

IN_A_SHARED_FOLDER = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
CONTENTS = cifar_contents()
PACKED = archive(CONTENTS)


def write(folder, contents):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder


def right(train, test):
    assert (train.name, test.name) == ("CIFAR-10 train", "CIFAR-10 test")
    assert (train.image_shape, len(train), len(test)) == ((3, 32, 32), 100, 20)
    assert train.class_names[:2] == ("airplane", "automobile")
    for k in range(5):
        rows = records(20, k)
        np.testing.assert_array_equal(train.labels[20 * k : 20 * (k + 1)], rows[:, 0])
        np.testing.assert_array_equal(train.pixels[20 * k : 20 * (k + 1)].reshape(20, -1), rows[:, 1:])
    np.testing.assert_array_equal(test.pixels.reshape(20, -1), records(20, 5)[:, 1:])
    assert train.pixels.dtype == np.uint8
    assert not train.pixels.flags.writeable


def test_red_green_and_blue_stand_row_by_row():
    record = np.zeros((1, 3073), np.uint8)
    record[0, 0], record[0, 1 + 1024 + 32 * 5 + 7] = 3, 255  # green, row 5, column 7
    images, labels = cifar10._records(cifar10.Path("x.bin"), "x.bin", record.tobytes())
    assert np.argwhere(images).tolist() == [[0, 1, 5, 7]]
    assert labels.tolist() == [3]


@pytest.mark.parametrize("inside", [".", FOLDER])
def test_a_folder_of_files(inside, tmp_path):
    write(tmp_path / "mine" / inside, CONTENTS)
    right(*load_cifar10(str(tmp_path / "mine")))


@pytest.mark.parametrize("prefix", [f"{FOLDER}/", f"./{FOLDER}/"])
def test_an_archive_in_a_folder(prefix, tmp_path):
    seen = []
    write(tmp_path, {cifar10.ARCHIVE: archive(CONTENTS, prefix)})
    right(*load_cifar10(tmp_path, progress=lambda *arguments: seen.append(arguments)))
    assert {name for name, _, _ in seen} == {f"reading {cifar10.ARCHIVE}"}
    assert seen[-1][1] <= seen[-1][2] == (tmp_path / cifar10.ARCHIVE).stat().st_size


def test_a_download_is_checked_kept_and_not_repeated(monkeypatch, tmp_path, http_server):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    server, seen = http_server(), []
    server.files = {cifar10.ARCHIVE: PACKED}
    monkeypatch.setattr(cifar10, "MD5", hashlib.md5(PACKED).hexdigest())
    right(*load_cifar10(mirrors=[server.url], progress=lambda *a: seen.append(a)))
    assert (cifar10.ARCHIVE, len(PACKED), len(PACKED)) in seen
    assert (tmp_path / "cifar10" / cifar10.ARCHIVE).read_bytes() == PACKED
    right(*load_cifar10(mirrors=[]))
    right(*load_cifar10(download=False))
    assert server.requests == [(f"/mnist/{cifar10.ARCHIVE}", None)]


def test_a_download_of_something_else_is_refused(monkeypatch, tmp_path, http_server):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    server = http_server()
    server.files = {cifar10.ARCHIVE: PACKED}
    with pytest.raises(DownloadError, match=r"its MD5 differs\. Try again, or fetch cifar-10-binary.* \(--data-dir\)"):
        load_cifar10(mirrors=[server.url])
    assert not list((tmp_path / "cifar10").glob("*.gz"))
    monkeypatch.setattr(cifar10, "MOST_PACKED", 1000)
    with pytest.raises(DownloadError, match="more than 1,000 bytes"):
        load_cifar10(mirrors=[server.url])


def test_a_broken_download_goes_on(monkeypatch, tmp_path, http_server):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    monkeypatch.setattr(cifar10, "MD5", hashlib.md5(PACKED).hexdigest())
    server = http_server()
    server.files, server.break_after = {cifar10.ARCHIVE: PACKED}, 10_000
    with pytest.raises(DownloadError, match="the connection broke after 10,000"):
        load_cifar10(mirrors=[server.url])
    server.break_after = None
    right(*load_cifar10(mirrors=[server.url]))
    assert server.requests[1][1] == "bytes=10000-"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "0 bytes are no whole number of records of 3,073"),
        (CONTENTS["test_batch.bin"][:-1], "61,459 bytes are no whole number of records of 3,073; truncated"),
        (b"\x80\x04\x95.", "4 bytes are no whole number"),  # a pickle is never opened
        (b"\x0a" + bytes(3072), r"labels must lie in 0\.\.9, got 10 in record 0"),
        (bytes(3073 * 10_001), "more than 30,730,000 bytes"),
    ],
)
def test_a_bad_file_is_named(content, message, tmp_path):
    write(tmp_path, {**CONTENTS, "data_batch_3.bin": content})
    with pytest.raises(DataError, match=message) as caught:
        load_cifar10(tmp_path)
    assert str(caught.value).startswith(str(tmp_path / "data_batch_3.bin"))


def test_what_is_missing_is_named(monkeypatch, tmp_path):
    with pytest.raises(DataError, match="nowhere: there is no such folder"):
        load_cifar10(tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"neither data_batch_1\.bin nor cifar-10-binary\.tar\.gz is there"):
        load_cifar10(tmp_path)
    write(tmp_path, {name: CONTENTS[name] for name in CIFAR_FILES[:3]})
    with pytest.raises(DataError, match=r"data_batch_4\.bin: there is no such file; all of CIFAR-10's six"):
        load_cifar10(tmp_path)
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "empty"))
    with pytest.raises(DataError, match="there is no such folder"):
        load_cifar10(download=False)
    (tmp_path / "python").mkdir()
    write(tmp_path / "python", {cifar10.ARCHIVE: archive({"data_batch_1": b"\x80\x04"}, "cifar-10-batches-py/")})
    with pytest.raises(DataError, match=r"cifar-10-batches-bin/data_batch_1\.bin is not in it"):
        load_cifar10(tmp_path / "python")


@unix_only
@no_file
def test_what_is_no_file_is_named_and_not_waited_for(put, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {name: CONTENTS[name] for name in CIFAR_FILES[1:]})
    put(tmp_path / "data_batch_1.bin")
    with no_hang(), pytest.raises(DataError, match=r"data_batch_1\.bin: cannot be read"):
        load_cifar10(tmp_path)


# -- the archive --


def link(name, to):
    member = tarfile.TarInfo(f"{FOLDER}/{name}")
    member.type, member.linkname = tarfile.SYMTYPE, to
    return member


def test_links_and_other_folders_are_no_files(tmp_path):
    path = tmp_path / "x.tar.gz"
    path.write_bytes(archive({}, extra=[link("test_batch.bin", "/etc/passwd")]))
    assert read_members(path, {f"{FOLDER}/test_batch.bin"}, 1000) == {}
    path.write_bytes(archive({"test_batch.bin": b"abc"}, "../"))
    assert read_members(path, {f"{FOLDER}/test_batch.bin"}, 1000) == {}
    path.write_bytes(archive({"test_batch.bin": b"abc"}))
    assert read_members(path, {f"{FOLDER}/test_batch.bin"}, 3) == {f"{FOLDER}/test_batch.bin": b"abc"}
    with pytest.raises(DataError, match="has 3 bytes; at most 2 are read"):
        read_members(path, {f"{FOLDER}/test_batch.bin"}, 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not in it"),
        (b"PK\x03\x04 zip", "damaged, or no gzip file"),
        (gzip.compress(b"not a tar archive"), "truncated within the archive"),
        (gzip.compress(b"x" * 512), "not a tar archive, or damaged"),
        (gzip.compress(archive(CONTENTS, kind="w")[:100_000]), r"truncated within cifar-10-batches-bin/data_batch_2"),
        (PACKED[:-20_000], "damaged, or no gzip file|truncated"),
        (PACKED[:-8] + b"1234" + PACKED[-4:], "damaged, or no gzip file .*CRC"),  # the very last thing that is read
        (PACKED[:-3], "damaged, or no gzip file"),
    ],
    ids=["empty", "zip", "text", "no tar", "cut before it was packed", "cut", "wrong sum", "cut at its end"],
)
def test_a_bad_archive_is_named(content, message, tmp_path):
    write(tmp_path, {cifar10.ARCHIVE: content})
    with pytest.raises(DataError, match=message) as caught:
        load_cifar10(tmp_path)
    assert str(caught.value).startswith(str(tmp_path / cifar10.ARCHIVE))


def header(name, size, kind=b"0"):
    block = bytearray(512)
    block[: len(name)] = name
    block[124:136], block[156:157] = size, kind
    block[148:156] = b"        "
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


@pytest.mark.parametrize("size", [b"77777777777\0", b"\x80" + 10 * b"\0" + b"\xff", b"-1         \0", b"not a number"])
def test_a_member_that_claims_more_than_there_may_be_takes_no_memory(size, tmp_path):
    path = tmp_path / "claims.tar.gz"
    for name in (b"a/b.bin", b"other"):
        path.write_bytes(gzip.compress(header(name, size) + bytes(2000)))
        tracemalloc.start()
        try:
            with pytest.raises(DataError, match=r"claims\.tar\.gz: "):
                read_members(path, {"a/b.bin"}, 1 << 20)
            assert tracemalloc.get_traced_memory()[1] < 4 << 20
        finally:
            tracemalloc.stop()


def test_archives_that_would_never_end_are_left(tmp_path):
    path = tmp_path / "many.tar.gz"
    path.write_bytes(gzip.compress(header(b"empty", b"%011o\0" % 0) * 5000))
    with pytest.raises(DataError, match="more than 1,000 members"):
        read_members(path, {"a"}, 100)
    path.write_bytes(gzip.compress(header(b"large", b"%011o\0" % (1 << 25)) + bytes(1 << 25)))
    with pytest.raises(DataError, match="bytes that were not asked for"):
        read_members(path, {"a"}, 100)


def read_or_refused(path, names, most):
    """What is read, nothing if the archive is refused; then by its name."""
    found = {}
    try:
        found = read_members(path, names, most)
    except DataError as error:
        said = str(error)
    else:
        said = str(path)
    assert said.startswith(str(path))
    return found


@IN_A_SHARED_FOLDER
@given(data=st.data())
def test_a_changed_archive_is_read_rightly_or_refused(data, tmp_path):
    plain = bytearray(archive({"a.bin": b"abc" * 300, "b.bin": b"x"}, kind="w"))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, 2560))
        plain[at : at + 4] = data.draw(st.sampled_from([b"7777", b"\0\0\0\0", struct.pack(">I", 2**31), b"    "]))
    path = tmp_path / "changed.tar.gz"
    path.write_bytes(gzip.compress(bytes(plain[: data.draw(st.sampled_from([len(plain), 1500, 700]))])))
    found = read_or_refused(path, {f"{FOLDER}/a.bin", f"{FOLDER}/b.bin"}, 2000)
    with tarfile.open(fileobj=io.BytesIO(bytes(plain if found else archive({}, kind="w"))), mode="r:") as tar:
        for name, content in found.items():
            assert tar.extractfile(name).read() == content


@IN_A_SHARED_FOLDER
@given(content=st.binary(max_size=600))
def test_arbitrary_bytes(content, tmp_path):
    for made in (content, gzip.compress(content)):
        (tmp_path / "noise.tar.gz").write_bytes(made)
        assert read_or_refused(tmp_path / "noise.tar.gz", {"a"}, 100) == {}


def test_mirrors_are_public_and_encrypted():
    assert all(mirror.startswith("https://") and mirror.endswith("/") for mirror in cifar10.MIRRORS)
    assert cifar10.MOST == 30_730_000
