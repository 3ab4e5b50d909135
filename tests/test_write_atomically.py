"""A file is whole or not there."""

import os

import pytest

from tinygrad_edu.files import write_atomically


def test_text_and_bytes_are_written_and_replaced(tmp_path):
    target = tmp_path / "a"
    write_atomically(target, "old, \u00fc")
    assert target.read_text(encoding="utf-8") == "old, \u00fc"
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a"]


def test_the_permissions_are_those_of_any_new_file(tmp_path):
    write_atomically(tmp_path / "a", "x")
    (tmp_path / "b").write_text("x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


@pytest.mark.parametrize("broken", ["os.replace", "os.fsync"])
@pytest.mark.parametrize("error", [OSError("full"), KeyboardInterrupt()])
def test_a_write_that_breaks_leaves_what_was_there(tmp_path, monkeypatch, broken, error):
    target = tmp_path / "a"
    write_atomically(target, "old")
    with monkeypatch.context() as patch:
        patch.setattr(broken, lambda *_: (_ for _ in ()).throw(error))
        with pytest.raises(type(error)):
            write_atomically(target, "new")
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]
