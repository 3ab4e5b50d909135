from __future__ import annotations

import contextlib
import gzip
import struct
import tracemalloc

import numpy as np
import pytest
from awkward_files import as_nobody, no_file, no_hang, unix_only
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinygrad_edu.data import read_idx
from tinygrad_edu.errors import DataError

CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}
IN_A_SHARED_FOLDER = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def idx_bytes(array):
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, CODES[array.dtype.str[1:]], array.ndim, *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


arrays = st.sampled_from(sorted(CODES)).flatmap(
    lambda code: hnp.arrays(np.dtype(code), hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5))
)


@IN_A_SHARED_FOLDER
@given(array=arrays, zipped=st.booleans())
def test_round_trip(array, zipped, tmp_path):
    content = idx_bytes(array)
    path = tmp_path / "any-name-at-all"  # gzip is told by its content
    path.write_bytes(gzip.compress(content) if zipped else content)
    back = read_idx(path)
    assert back.dtype == array.dtype
    assert back.dtype.isnative
    assert back.shape == array.shape
    assert back.tobytes() == array.tobytes()  # NaNs included


@IN_A_SHARED_FOLDER
@given(array=arrays, zipped=st.booleans(), data=st.data())
def test_any_truncation_is_noticed(array, zipped, data, tmp_path):
    content = gzip.compress(idx_bytes(array)) if zipped else idx_bytes(array)
    path = tmp_path / "cut.idx"
    path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(DataError, match=r"cut\.idx: "):
        read_idx(path)


@IN_A_SHARED_FOLDER
@given(array=arrays, extra=st.binary(min_size=1, max_size=9))
def test_bytes_left_over_are_noticed(array, extra, tmp_path):
    path = tmp_path / "long.idx"
    path.write_bytes(idx_bytes(array) + extra)
    with pytest.raises(DataError, match=r"long\.idx: more data"):
        read_idx(path)


@IN_A_SHARED_FOLDER
@given(array=arrays, zipped=st.booleans(), data=st.data())
def test_a_changed_byte_gives_an_array_or_a_data_error(array, zipped, data, tmp_path):
    content = bytearray(gzip.compress(idx_bytes(array)) if zipped else idx_bytes(array))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "flipped.idx"
    path.write_bytes(content)
    with contextlib.suppress(DataError):
        back = read_idx(path)
        if not zipped:  # what was read is what the changed header says
            assert idx_bytes(back) == bytes(content)


@IN_A_SHARED_FOLDER
@given(content=st.binary(max_size=200))
def test_arbitrary_bytes(content, tmp_path):
    path = tmp_path / "noise"
    path.write_bytes(content)
    with contextlib.suppress(DataError):
        assert idx_bytes(read_idx(path)) == content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an IDX file: it is empty"),
        (b"\x00\x00\x08", r"not an IDX file: it starts with b'\\x00\\x00\\x08'"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), r"not an IDX file: it starts with b'\\x89PNG'"),
        (b"<!DOCTYPE html><html>", "not an IDX file: it starts with b'<!DO'"),
        (b"PK\x03\x04" + bytes(50), "not an IDX file"),
        (b"\x80\x04\x95.", "not an IDX file"),  # a pickle is never opened
        (b"\x00\x00\x0a\x01\x00\x00\x00\x00", "not an IDX file"),  # there is no type 0x0a
        (b"\x00\x00\x08\x00\x07", "not an IDX file"),  # no axes
        (b"\x00\x00\x08\x09" + bytes(36), "not an IDX file"),  # nine axes
        (b"\x00\x00\x08\x03\x00\x00\x00\x01\x00\x00", "truncated within the header"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x05abc", r"shape \(5,\) needs 5 bytes of data, found 3"),
        (b"\x00\x00\x0d\x01\x00\x00\x00\x02abc", r"shape \(2,\) needs 8 bytes of data, found 3"),
        (b"\x00\x00\x08\x01\x00\x00\x00\x01abc", "more data than the 1 bytes"),
        (b"\x00\x00\x0e\x03" + b"\xff" * 12, "at most 1,073,741,824 are read"),
        (b"\x00\x00\x08\x01\x7f\xff\xff\xff", "at most 1,073,741,824 are read"),
        (b"\x1f\x8b\x08\x00garbage garbage", "damaged gzip file"),
        (gzip.compress(b"\x00\x00\x08\x01\x00\x00\x00\x05abcde", mtime=0)[:-4], "damaged gzip file"),  # no checksum
        (gzip.compress(b"\x89PNG\r\n\x1a\n", mtime=0), r"not an IDX file: it starts with b'\\x89PNG'"),
    ],
)
def test_foreign_and_damaged_files_are_named(content, message, tmp_path):
    path = tmp_path / "bad-file"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        read_idx(path)
    assert str(caught.value).startswith(str(path))


def test_a_small_file_that_unzips_to_far_more_is_not_unzipped(tmp_path):
    path = tmp_path / "bomb.gz"
    with gzip.open(path, "wb") as file:
        file.write(b"\x00\x00\x08\x01\x00\x00\x00\x01")
        for _ in range(64):
            file.write(bytes(1 << 20))
    with pytest.raises(DataError, match="more data than the 1 bytes"):
        read_idx(path)


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(DataError, match=r"nothing-here: there is no such file"):
        read_idx(tmp_path / "nothing-here")
    with pytest.raises(DataError, match="cannot be read: Is a directory"):
        read_idx(tmp_path)


@pytest.mark.parametrize("shape", [(0, 2**32 - 1, 2**32 - 1), (2**32 - 1, 0, 2**31), (0,) + (2**32 - 1,) * 7])
def test_no_bytes_but_axes_that_no_array_has(shape, tmp_path):
    path = tmp_path / "nothing.idx"
    path.write_bytes(struct.pack(f">BBBB{len(shape)}I", 0, 0, 0x08, len(shape), *shape))
    with pytest.raises(DataError, match=r"nothing\.idx: the header asks for shape \("):
        read_idx(path)


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("code", ["u1", "i4", "f8"])
def test_reading_needs_no_more_memory_than_what_is_read(code, zipped, tmp_path):
    array = np.arange(2**23 // np.dtype(code).itemsize).astype(code)
    path = tmp_path / "large.idx"
    path.write_bytes(gzip.compress(idx_bytes(array), 1) if zipped else idx_bytes(array))
    tracemalloc.start()
    try:
        back = read_idx(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    np.testing.assert_array_equal(back, array)
    assert peak < 1.5 * array.nbytes


@unix_only
@no_file
def test_what_is_no_file_is_named_and_not_waited_for(put, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "odd.idx")
    with no_hang(), pytest.raises(DataError, match=r"odd\.idx: cannot be read: (It is a pipe|Is a directory)"):
        read_idx(tmp_path / "odd.idx")


@unix_only
def test_a_file_that_may_not_be_read_is_not_called_damaged(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "mine.idx").write_bytes(b"")
    (tmp_path / "mine.idx").chmod(0)
    with as_nobody(), pytest.raises(DataError, match=r"mine\.idx: cannot be read: Permission denied"):
        read_idx(tmp_path / "mine.idx")


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 20_000])
def test_names_that_no_file_can_have(name):
    with pytest.raises(DataError, match=r"cannot be read: (no file can have this name|File name too long)"):
        read_idx(name)
