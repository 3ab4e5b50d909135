"""Files are whole or not there; what is damaged or foreign is named, and nothing is unpickled."""

import contextlib
import pickle
import re
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

import tinygrad_edu as tge
from tinygrad_edu.errors import CheckpointError, RunFolderError
from tinygrad_edu.training import RunFolder, fit, load_model, load_weights, save_weights
from tinygrad_edu.training.array_file import load_arrays, save_arrays
from tinygrad_edu.training.run_folder import write_file


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    tge.manual_seed(0)
    folder = tmp_path_factory.mktemp("runs") / "run"
    model = tge.models.MinimalCNN(filters=2)
    train, test = tge.data.load_digits()
    fit(model, train.first(20), test.first(10), epochs=1, run=folder, show=False)
    return folder


def test_arrays_come_back_as_they_were(tmp_path):
    arrays = {
        "f": np.arange(6, dtype=np.float32).reshape(2, 3).T,
        "scalar": np.array(3, np.int64),
        "empty": np.zeros((0, 2)),
    }
    save_arrays(tmp_path / "a.safetensors", arrays, {"x": [1, 0.1, None, "ü"]})
    back, description = load_arrays(tmp_path / "a.safetensors")
    assert description == {"x": [1, 0.1, None, "ü"]}
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype
        assert back[name].shape == array.shape
        np.testing.assert_array_equal(back[name], array)


def test_the_same_content_gives_the_same_bytes(tmp_path):
    model = tge.models.MinimalCNN(filters=2)
    save_weights(tmp_path / "a", model)
    save_weights(tmp_path / "b", model)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_write_that_breaks_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    target = tmp_path / "file"
    write_file(target, "old")
    monkeypatch.setattr("os.fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(RunFolderError, match=r"No space left on device.*the previous one is kept"):
        write_file(target, "new")
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_every_truncation_is_an_error_that_names_the_file(finished, tmp_path):
    whole = (finished / "checkpoint.safetensors").read_bytes()
    damaged = tmp_path / "checkpoint.safetensors"
    for length in [0, 1, 7, 8, 9, 100, len(whole) // 2, len(whole) - 1]:
        damaged.write_bytes(whole[:length])
        with pytest.raises(CheckpointError, match=r"checkpoint\.safetensors: "):
            load_weights(damaged)


@pytest.mark.parametrize("name", ["checkpoint.safetensors", "model.safetensors"])
def test_every_flipped_bit_shows(finished, tmp_path, name):
    whole = (finished / name).read_bytes()
    damaged = tmp_path / name
    rng = np.random.default_rng(0)
    (header,) = struct.unpack("<Q", whole[:8])
    places = [*rng.integers(0, 8 + header, 40), *rng.integers(8 + header, len(whole), 20)]
    for place in places:
        content = bytearray(whole)
        content[place] ^= 1 << int(rng.integers(8))
        damaged.write_bytes(content)
        if unchanged(damaged, finished / name):
            continue  # a bit that carries nothing, such as a space after the header
        with pytest.raises(CheckpointError, match=re.escape(name)):
            load_arrays(damaged)


def unchanged(path, original):
    with contextlib.suppress(CheckpointError):
        return load_arrays(path)[1] == load_arrays(original)[1]
    return False


class Trap:
    def __reduce__(self):
        return (Path.touch, (Path("sprung"),))


@pytest.mark.parametrize("content", [pickle.dumps(Trap()), b"", b"<html>404</html>", b"\x00" * 100, b"\xff" * 100])
def test_foreign_files_are_refused_and_nothing_is_unpickled(tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    Path("foreign.safetensors").write_bytes(content)
    with pytest.raises(CheckpointError, match="foreign"):
        load_model("foreign.safetensors")
    assert not Path("sprung").exists()


def test_a_safetensors_file_of_somebody_else_is_named_as_such(tmp_path):
    save_file({"x": np.zeros(3)}, tmp_path / "theirs.safetensors")
    with pytest.raises(CheckpointError, match="not one that tinygrad-edu wrote"):
        load_model(tmp_path / "theirs.safetensors")


def test_weights_that_do_not_fit_are_named(tmp_path):
    arrays = tge.models.MinimalCNN(filters=2).state_dict()
    arrays["extra"] = arrays.pop("dense.bias")
    description = {"kind": "weights 1", "model": {"name": "minimal", "filters": 3}}
    save_arrays(tmp_path / "w", arrays, description)
    with pytest.raises(CheckpointError) as caught:
        load_model(tmp_path / "w")
    for part in ("w: ", "missing dense.bias", "unexpected extra", "conv.weight has shape (2, 1, 3, 3)"):
        assert part in str(caught.value)


@pytest.mark.parametrize("model", [{"name": "alien"}, {"name": "minimal", "wings": 2}, {}, [], "minimal", None])
def test_an_unknown_network_is_an_error(tmp_path, model):
    save_arrays(tmp_path / "w", {}, {"kind": "weights 1", "model": model})
    with pytest.raises(CheckpointError, match="cannot be made here"):
        load_model(tmp_path / "w")


def test_a_run_folder_opens_only_where_a_run_is(tmp_path):
    with pytest.raises(RunFolderError, match="no such folder"):
        RunFolder.open(tmp_path / "nowhere")
    with pytest.raises(RunFolderError, match=r"there is no settings\.json"):
        RunFolder.open(tmp_path)


def test_an_empty_folder_may_become_a_run(tmp_path):
    assert RunFolder.create(tmp_path, {"a": 1}).settings == {"a": 1}
    with pytest.raises(RunFolderError, match="--resume"):
        RunFolder.create(tmp_path, {"a": 1})


def test_a_file_in_the_place_of_the_folder_is_an_error(tmp_path):
    (tmp_path / "run").write_text("mine")
    with pytest.raises(RunFolderError, match="is there already"):
        RunFolder.create(tmp_path / "run", {})
    with pytest.raises(RunFolderError, match="cannot be written"):
        RunFolder.create(tmp_path / "run" / "below", {})
    assert (tmp_path / "run").read_text() == "mine"


def test_numbered_folders_count_up(tmp_path):
    paths = [RunFolder.create_numbered(tmp_path / "m", {}).path.name for _ in range(3)]
    assert paths == ["m-1", "m-2", "m-3"]
    assert not list(tmp_path.glob(".*"))


def test_leftovers_of_a_killed_write_are_cleared_away(tmp_path):
    run = RunFolder.create(tmp_path / "run", {})
    leftover = run.path / ".checkpoint.safetensors.123.tmp"
    leftover.write_bytes(b"half")
    RunFolder.open(run.path)
    assert leftover.exists()  # for all we know somebody is writing it
    with run.hold():
        assert not leftover.exists()


@pytest.mark.parametrize("content", ["", "{", "[1]", "null", "\x00"])
def test_damaged_settings_are_named(tmp_path, content):
    run = RunFolder.create(tmp_path / "run", {})
    run.settings_file.write_text(content)
    with pytest.raises(CheckpointError, match=r"settings\.json"):
        _ = run.settings
