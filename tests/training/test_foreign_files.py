"""Well-formed files that are not what they should be: each gets the library's own error, with its name."""

import os
import signal
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from awkward_files import as_nobody, no_file, no_hang, unix_only

import tinygrad_edu as tge
from tinygrad_edu.errors import CheckpointError, RunFolderError, UserError
from tinygrad_edu.training import Calibration, RunFolder, fit, load_model, load_weights, save_weights
from tinygrad_edu.training.array_file import load_arrays, save_arrays
from tinygrad_edu.training.history import Epoch, History
from tinygrad_edu.training.pictures import save_pictures


def trained(folder, **options):
    tge.manual_seed(0)
    train, test = tge.data.load_digits()
    model = tge.models.MinimalCNN(filters=1, kernel_size=27)
    optimizer = tge.optim.SGD(model.parameters(), lr=0.1)
    schedule = tge.optim.CosineAnnealingLR(optimizer, T_max=6)
    return fit(model, train.first(6), test.first(2), epochs=3, batch_size=3, optimizer=optimizer, schedule=schedule,
               run=folder, show=False, **options)  # fmt: skip


@pytest.fixture
def run(tmp_path):
    trained(tmp_path / "run")
    return RunFolder(tmp_path / "run")


def changed(tree, path, value):
    """Return a JSON tree with another value at a path such as "history 0 epoch"."""
    key, _, rest = path.partition(" ")
    key = int(key) if isinstance(tree, list) else key
    copy = tree.copy()
    if rest:
        copy[key] = changed(tree[key], rest, value)
    elif value is GONE:
        del copy[key]
    else:
        copy[key] = value
    return copy


GONE = object()
WRONG = [
    ("kind", GONE), ("settings", GONE), ("settings", []), ("model", GONE), ("model", [1]), ("model conv.weight", 3),
    ("model conv.weight", {"array": "nowhere"}), ("model conv.weight", {"array": None}), ("optimizer", None),
    ("optimizer steps", "x"), ("optimizer settings", []), ("schedule", None), ("schedule t", -1), ("random", {}),
    ("random", None), ("random state", 3), ("random state", {"state": -1, "inc": 2**200}), ("position", []),
    ("position epoch", 2.5), ("position epoch", True), ("position epoch", -1), ("position step", GONE),
    ("position batch", 7), ("position images", 3), ("position loss_sum", float("nan")), ("position seconds", "1"),
    ("history", 5), ("history", []), ("history 0", {}), ("history 0 epoch", 2), ("history 0 train_loss", "low"),
    ("history 0 train_loss", None), ("history 2 train_loss", 10**400),
    ("history 1 seconds", []), ("history 1", GONE), ("history 0 extra", 1),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_a_checkpoint_with_a_right_checksum_and_a_wrong_description(run, path, value):
    arrays, description = load_arrays(run.checkpoint)
    save_arrays(run.checkpoint, arrays, changed(description, path, value))
    with pytest.raises(CheckpointError, match=r"checkpoint\.safetensors: "):
        trained(run.path, resume=True)


@pytest.mark.parametrize("name", ["model/dense.bias", "model/conv.weight"])
def test_a_checkpoint_that_lacks_a_part(run, name):
    arrays, description = load_arrays(run.checkpoint)
    del arrays[name]
    save_arrays(run.checkpoint, arrays, description)
    with pytest.raises(CheckpointError, match=r"checkpoint\.safetensors: "):
        trained(run.path, resume=True)
    with pytest.raises(CheckpointError, match=r"checkpoint\.safetensors: "):
        load_model(run.checkpoint)


@pytest.mark.parametrize("description", [[], None, "x", 3, [[]]])
def test_a_description_that_is_no_object(tmp_path, description):
    save_arrays(tmp_path / "w", {"x": np.zeros(2)}, description)
    for read in (load_model, load_weights):
        with pytest.raises(CheckpointError, match="w: damaged"):
            read(tmp_path / "w")


ABSURD = [
    {"filters": 3_000_000}, {"filters": 10**30}, {"filters": -1}, {"filters": 0}, {"filters": 1.5}, {"filters": "2"},
    {"classes": 2_000_000_000}, {"classes": -3}, {"kernel_size": 0}, {"kernel_size": [3, 3, 3]}, {"kernel_size": []},
    {"kernel_size": 10**20}, {"dtype": "O"}, {"dtype": "datetime64"}, {"dtype": 5}, {"dtype": "complex64"},
    {"rng": 3}, {"name": []}, {"name": "lenet5"}, {"wings": 2}, {"": 1},
]  # fmt: skip


@pytest.mark.parametrize("change", ABSURD)
@unix_only
def test_weights_of_a_network_of_absurd_size_or_make(tmp_path, change):
    """In a process that may have no more than so much memory: 3,000,000 filters ask for 151 GiB."""
    import resource

    model = tge.models.MinimalCNN(filters=2)
    save_arrays(tmp_path / "w", model.state_dict(), {"kind": "weights 1", "model": {**model.settings, **change}})
    before = resource.getrlimit(resource.RLIMIT_AS)
    tracemalloc.start()
    try:
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, before[1]))
        with pytest.raises(CheckpointError, match="w: "):
            load_model(tmp_path / "w")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        resource.setrlimit(resource.RLIMIT_AS, before)
    assert peak < 100 << 20


def test_loading_a_model_leaves_the_librarys_random_numbers_as_they_were(tmp_path):
    save_weights(tmp_path / "w", tge.models.MinimalCNN(filters=2))
    tge.manual_seed(5)
    expected = tge.rand(3).numpy()
    tge.manual_seed(5)
    load_model(tmp_path / "w")
    np.testing.assert_array_equal(tge.rand(3).numpy(), expected)


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the process's peak")
def test_reading_arrays_needs_no_more_memory_than_they_have(tmp_path):
    """Of the whole process, at its peak: a file that is mapped into memory counts too."""
    size = 192 << 20
    save_arrays(tmp_path / "w", {"x": np.ones(size, np.uint8)}, {})
    code = (
        "from pathlib import Path\n"
        "from tinygrad_edu.training.array_file import load_arrays\n"
        "import safetensors.numpy\n"
        "def peak():\n"
        "    lines = Path('/proc/self/status').read_text().splitlines()\n"
        "    return next(int(line.split()[1]) << 10 for line in lines if line.startswith('VmHWM'))\n"
        "before = peak(); arrays, _ = load_arrays(Path('w')); print(peak() - before, arrays['x'].sum())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    grown, total = map(int, done.stdout.split())
    assert total == size
    assert size <= grown < 1.5 * size


@unix_only
@no_file
@pytest.mark.parametrize("name", ["settings.json", "checkpoint.safetensors", "model.safetensors"])
def test_what_is_no_file_is_named_and_not_waited_for(put, name, run, monkeypatch):
    monkeypatch.chdir(run.path)
    (run.path / name).unlink()
    put(run.path / name)
    reads = [lambda: load_arrays(run.path / name)]
    if name == "settings.json":
        reads = [lambda: run.settings]
    if name != "model.safetensors":
        reads.append(lambda: trained(run.path, resume=True))
    for read in reads:
        with no_hang(), pytest.raises(CheckpointError, match=f"{name}: cannot be read: (It is a pipe|Is a directory)"):
            read()


def let_everybody_in(run):
    shared = Path(tempfile.gettempdir()).resolve()
    for folder in run.path.resolve().parents:  # the test's, the worker's, the session's, the user's
        if folder == shared:
            break
        folder.chmod(0o755)


@unix_only
@pytest.mark.parametrize("name", ["settings.json", "checkpoint.safetensors"])
def test_what_may_not_be_read_is_not_called_damaged(run, name):
    let_everybody_in(run)
    (run.path / name).chmod(0)
    with as_nobody(), pytest.raises(CheckpointError, match=f"{name}: cannot be read: Permission denied"):
        _ = run.settings if name == "settings.json" else load_weights(run.path / name)


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 20_000, ""])
def test_names_that_no_file_can_have(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model, train = tge.models.MinimalCNN(filters=1), tge.data.load_digits()[0].first(2)
    for use in (
        lambda: load_model(name),
        lambda: load_weights(name),
        lambda: RunFolder.open(name),
        lambda: RunFolder.create_numbered(name, {}) if name else RunFolder.open("nowhere"),
        lambda: fit(model, train, epochs=1, run=name, show=False) if name else RunFolder.open("nowhere"),
        lambda: fit(model, train, epochs=1, run=name, resume=True, show=False),
        lambda: save_weights(name, model) if name else load_weights(name),
        lambda: tge.data.load_mnist(name),
    ):
        with pytest.raises(UserError):
            use()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("value", [10**400, "x", None, float("nan"), -1.0, []])
@pytest.mark.parametrize("name", ["temperature", "limit"])
def test_a_calibration_of_wrong_numbers(tmp_path, name, value):
    arrays = {"images": np.zeros((2, 28, 28), np.uint8), "labels": np.array([1, 2])}
    right = {"kind": "calibration 1", "temperature": 1.5, "limit": 2.0, "error": "0.1"}
    save_arrays(tmp_path / "c", arrays, right)
    assert Calibration.load(tmp_path / "c").temperature == 1.5
    save_arrays(tmp_path / "c", arrays, {**right, name: value})
    with pytest.raises(CheckpointError, match="c: not what a calibration holds"):
        Calibration.load(tmp_path / "c")


def test_a_history_is_what_to_list_gave_or_an_error():
    row = History([Epoch(1, 0.9, 0.7, None, None, 0.1, 2.0, 719.0)]).to_list()[0]
    assert History.from_list([row]).to_list() == [row]
    for wrong in ([{**row, "epoch": 2}], [{**row, "epoch": 1.0}], [{**row, "seconds": None}], [{}], [row, row], [3]):
        with pytest.raises((ValueError, TypeError)):
            History.from_list(wrong)


def test_pictures_need_the_first_weights_of_the_same_network(run):
    _, test = tge.data.load_digits()
    model, history = load_model(run.path), History([Epoch(1, 0.9, 0.7, None, None, 0.1, 2.0, 719.0)])
    save_weights(run.initial, tge.models.MinimalCNN(filters=2))
    with pytest.raises(CheckpointError, match=r"initial\.safetensors: of another network"):
        save_pictures(run, model, history, test.first(3), tge.training.evaluate(model, test.first(3)))


@unix_only
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_folder_that_is_half_made_is_not_there(tmp_path, number):
    """Killed between making the folder and its settings: the name does not stand for it."""
    code = (
        "import os, signal\n"
        "from tinygrad_edu.training import RunFolder\n"
        f"RunFolder.write_settings = lambda *_: os.kill(os.getpid(), {int(number)})\n"
        "RunFolder.create('run', {})\n"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path).returncode == -number
    assert not (tmp_path / "run").exists()
    assert RunFolder.create(tmp_path / "run", {"a": 1}).settings == {"a": 1}


@unix_only
def test_a_folder_that_cannot_be_written_is_named(run):
    let_everybody_in(run)
    for file in run.path.iterdir():
        file.chmod(0o644)
    run.path.chmod(0o555)
    with as_nobody(), pytest.raises(RunFolderError, match=r"run: cannot be written \(Permission denied\)"):
        trained(run.path, resume=True)
    assert not os.path.exists(run.path / ".lock")
