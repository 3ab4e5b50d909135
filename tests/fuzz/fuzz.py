"""Feeds bytes to whatever reads files, for as long as it is told.

    python tests/fuzz/fuzz.py TARGET SECONDS [SEED]      TARGET: one of TARGETS below

Any bytes are either read rightly or refused with one of the library's own errors that names the file: no other
exception, no hang, no memory without bound. "Rightly" is checked where another reading is at hand (`agree`).
A case is made from a valid file by changes that keep it well-formed more often than not: bytes, numbers of the header,
values and names of the JSON inside, with checksums made to fit again. Each depends on (seed, number) alone; what fails
is printed with both, and `python tests/fuzz/fuzz.py TARGET 0 SEED NUMBER` makes that one case again.
"""

from __future__ import annotations

import copy
import gzip
import io
import itertools
import json
import random
import signal
import struct
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from small_images import archive, cifar_contents

import tinygrad_edu as tge
from tinygrad_edu.data import load_cifar10, load_images, read_idx
from tinygrad_edu.data.cifar10 import ARCHIVE
from tinygrad_edu.errors import UserError
from tinygrad_edu.training import Calibration, History, RunFolder, calibrate, fit, load_model, load_weights
from tinygrad_edu.training.array_file import _checksum, load_arrays, save_arrays
from tinygrad_edu.training.checkpoint import Position, TrainingState

MEMORY = 3 << 30  # bytes of address space; what a target reads is far below
HANG = 20  # seconds for one case

ODD = [
    None, True, False, 0, -1, 1, 2, 3, 1.5, 2**31, 2**63, 10**30, 10**400, -(2**63), 1e308, float("inf"), float("nan"),
    "", "x", "\0", "3", "float16", "O", [], [1], [[]], {}, {"array": "x"}, {"array": None}, {"name": "minimal"},
]  # fmt: skip


def main(target: str, seconds: float, seed: int = 0, only: int | None = None) -> None:
    bound_memory()
    make, read = TARGETS[target]
    with tempfile.TemporaryDirectory() as folder:
        make, read = make(Path(folder)), read
        end = time.monotonic() + seconds
        refused = 0
        for number in itertools.count() if only is None else [only]:
            rng = random.Random(f"{seed} {number}")
            path = make(rng)
            signal.alarm(HANG)
            try:
                read(path)
            except UserError as error:
                refused += 1
                if path.name not in str(error):
                    raise AssertionError(f"{target} {seed} {number}: {path.name} is not named: {error}") from error
            except BaseException as error:
                print(f"{target}: seed {seed}, number {number}: {error!r}", file=sys.stderr)
                raise
            finally:
                signal.alarm(0)
            if time.monotonic() > end:
                break
    print(f"{target}: {number + 1} files, {refused} refused")


def bound_memory() -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


# -- changes --


def change_bytes(content: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        at = rng.randrange(min(len(changed), rng.choice([8, 64, 10**9])) or 1) if changed else 0
        match rng.randrange(5):
            case 0:
                changed[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                changed[at : at + 4] = struct.pack(">I", rng.choice([0, 1, 2**16, 2**31, 2**32 - 1, 28]))
            case 2:
                changed[at:at] = rng.randbytes(rng.choice([1, 4, 100]))
            case 3:
                del changed[at : at + rng.choice([1, 4, 1000])]
            case 4:
                del changed[at:]
    return bytes(changed)


def change_tree(tree: object, rng: random.Random) -> object:
    """Return a copy of a JSON tree with a few of its values and names changed."""
    tree = copy.deepcopy(tree)
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        places = [(None, None), *walk(tree)]
        parent, key = rng.choice(places)
        odd = copy.deepcopy(rng.choice(ODD))
        if parent is None:
            tree = odd if rng.random() < 0.05 else tree
        elif rng.random() < 0.2:
            del parent[key]
        elif isinstance(parent, dict) and rng.random() < 0.2:
            parent[rng.choice(["", "x", "name", "rng", "array", "\0"])] = odd
        elif rng.random() < 0.2:
            other, other_key = rng.choice(places[1:])
            parent[key] = copy.deepcopy(other[other_key])
        else:
            parent[key] = odd
    return tree


def walk(tree: object):
    """Yield (parent, key) of every value in a JSON tree."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in list(items):
        yield tree, key
        yield from walk(value)


def nested(rng: random.Random) -> str:
    depth = rng.choice([10, 1000, 100_000])
    return rng.choice(["[" * depth, "[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth])


# -- IDX --


def make_idx(folder: Path):
    codes = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}

    def make(rng):
        code = rng.choice(list(codes))
        shape = [rng.randrange(5) for _ in range(rng.randrange(1, 5))]
        numbers = np.arange(np.prod(shape, dtype=int)).astype(codes[code])
        lengths = [rng.choice([0, 2**16, 2**31, 2**32 - 1]) if rng.random() < 0.2 else n for n in shape]
        content = struct.pack(f">BBBB{len(shape)}I", 0, 0, code, len(shape), *lengths) + numbers.tobytes()
        content = rng.choice([content, gzip.compress(content, 1), change_bytes(content, rng)])
        path = folder / "fuzzed-idx"
        path.write_bytes(change_bytes(content, rng) if rng.random() < 0.7 else content)
        return path

    return make


def check_idx(path: Path) -> None:
    array = read_idx(path)
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    assert struct.unpack(f">{array.ndim}I", content[4 : 4 + 4 * array.ndim]) == array.shape
    assert array.astype(array.dtype.newbyteorder(">")).tobytes() == content[4 + 4 * array.ndim :]


# -- CIFAR-10's archive --


def make_archive(folder: Path):
    contents = cifar_contents(2)
    plain = archive(contents, kind="w")

    def make(rng):
        content = bytearray(plain)
        for _ in range(rng.choice([0, 1, 1, 3])):  # in the blocks that describe the members
            at = 512 * rng.randrange(len(content) // 512) + rng.randrange(512)
            content[at : at + 1] = bytes([rng.choice([0, ord("7"), ord(" "), 0x80, rng.randrange(256)])])
        content = bytes(content) if rng.random() < 0.7 else change_bytes(bytes(content), rng)
        path = folder / ARCHIVE
        packed = gzip.compress(content, 1)
        path.write_bytes(change_bytes(packed, rng) if rng.random() < 0.2 else packed)
        return path

    return make


def check_archive(path: Path) -> None:
    train, test = load_cifar10(path.parent)
    content = gzip.decompress(path.read_bytes())
    for part in (train, test):
        for pixels in part.pixels:
            assert pixels.tobytes() in content


# -- images --


def make_image(folder: Path):
    grey = (np.arange(40 * 30).reshape(40, 30) % 251).astype(np.uint8)
    grey[10:30, 12:15] = 255
    contents = []
    for mode in ("L", "RGB", "P", "1", "RGBA", "LA"):
        for kind in ("PNG", "GIF", "BMP", "WEBP", "JPEG"):
            buffer = io.BytesIO()
            try:
                Image.fromarray(grey).convert(mode).save(buffer, kind)
            except OSError:  # no JPEG with transparency
                continue
            contents.append(buffer.getvalue())
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    Image.fromarray(grey).save(buffer, "JPEG", exif=exif)
    contents.append(buffer.getvalue())

    def make(rng):
        path = folder / "fuzzed.png"
        path.write_bytes(change_bytes(rng.choice(contents), rng))
        return path

    return make


def check_image(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing on stderr either
        images, names = load_images(path)
    assert names == [path.name]
    assert images.shape == (1, 1, 28, 28)
    assert images.dtype == np.float32
    assert 0 <= images.min() <= images.max() <= 1


# -- a run: settings, checkpoint with its history, weights --


def trained(folder: Path) -> RunFolder:
    tge.manual_seed(0)
    train, test = tge.data.load_digits()
    model = tge.models.MinimalCNN(filters=1, kernel_size=27)
    optimizer, schedule = rule(model)
    fit(model, train.first(6), test.first(2), epochs=2, batch_size=3, optimizer=optimizer, schedule=schedule,
        run=folder / "run", show=False)  # fmt: skip
    return RunFolder.open(folder / "run")


def rule(model):
    optimizer = tge.optim.Adam(model.parameters(), lr=0.01)
    return optimizer, tge.optim.CosineAnnealingLR(optimizer, T_max=4)


def make_settings(folder: Path):
    run = trained(folder)
    content = run.settings_file.read_bytes()

    def make(rng):
        changed = rng.choice([
            lambda: change_bytes(content, rng),
            lambda: json.dumps(change_tree(json.loads(content), rng)).encode(),
            lambda: nested(rng).encode(),
            lambda: content.replace(b"0", rng.choice([b"1e999", b"NaN", b"9" * 5000, b"-", b"\xff"])),
        ])()  # fmt: skip
        run.settings_file.write_bytes(changed)
        return run.settings_file

    return make


def check_settings(path: Path) -> None:
    settings = RunFolder(path.parent).settings
    assert settings == json.loads(path.read_text(encoding="utf-8"))


def make_arrays(name: str, folder: Path):
    run = trained(folder)
    path = run.path / name
    if path == run.calibration:
        train, test = tge.data.load_digits()
        calibrate(load_model(run.path), train.first(30), test.first(12)).save(path)
    arrays, description = load_arrays(path)
    content = path.read_bytes()

    def make(rng):
        way = rng.randrange(4)
        if way == 0:
            path.write_bytes(change_bytes(content, rng))
        elif way == 1:  # a header that is valid JSON
            (length,) = struct.unpack("<Q", content[:8])
            header = json.dumps(change_tree(json.loads(content[8 : 8 + length]), rng)).encode()
            path.write_bytes(struct.pack("<Q", len(header)) + header + content[8 + length :])
        elif way == 2:  # a valid file with another description
            save(path, arrays, change_tree(description, rng))
        else:  # a valid file with other arrays
            changed = dict(arrays)
            for _ in range(rng.choice([1, 1, 2])):
                at = rng.choice(list(arrays))
                if rng.random() < 0.3:
                    changed.pop(at, None)
                else:
                    changed[rng.choice([at, "model/x", "x", ""])] = np.zeros(
                        rng.choice([(), (0,), (1,), (2, 0, 3), arrays[at].shape]), rng.choice(["f4", "f8", "i8", "?"])
                    )
            save(path, changed, description)
        return path

    return make


def save(path: Path, arrays, description) -> None:
    """Write a file whose checksum fits, also where the library would write none such."""
    try:
        save_arrays(path, arrays, description)
    except (TypeError, ValueError):
        from safetensors.numpy import save as to_bytes

        text = json.dumps({"checksum": _checksum(arrays, description), "description": description})
        path.write_bytes(to_bytes(arrays, metadata={"tinygrad_edu": text}))


def check_safetensors(path: Path) -> None:
    from safetensors.numpy import load_file

    arrays, _ = load_arrays(path)
    theirs = load_file(path)
    assert arrays.keys() == theirs.keys()
    for name, array in arrays.items():
        assert array.dtype == theirs[name].dtype
        assert array.shape == theirs[name].shape
        assert array.tobytes() == theirs[name].tobytes()


def check_weights(path: Path) -> None:
    weights, model = load_weights(path), load_model(path)
    for name, array in model.state_dict().items():
        assert array.tobytes() == weights[name].tobytes()


def check_checkpoint(path: Path) -> None:
    model = tge.models.MinimalCNN(filters=1, kernel_size=27)
    optimizer, schedule = rule(model)
    arrays, description = load_arrays(path)
    settings = description.get("settings", {})
    state = TrainingState(model, optimizer, schedule, settings, Position(), History())
    try:
        state.load(path)
    except UserError:
        assert state.position == Position()
        assert len(state.history) == 0
        raise
    state.position.check()
    assert state.history.to_list() == description["history"]
    state.history.to_csv()
    repr(state.history)
    for name, array in model.state_dict().items():
        assert array.tobytes() == arrays[f"model/{name}"].tobytes()
    tge.rand(3)


def make_checkpoint(folder: Path):
    return make_arrays("checkpoint.safetensors", folder)


def make_calibration(folder: Path):
    return make_arrays("calibration.safetensors", folder)


def check_calibration(path: Path) -> None:
    calibration = Calibration.load(path)
    images = np.zeros((2, 1, 28, 28), np.float32)
    with np.errstate(all="ignore"):
        sure = calibration.probabilities(np.full((2, 10), 0.1))
        assert np.isfinite(sure).all()
        assert calibration.unlike(images, np.array([3, 7])).shape == (2,)


def make_weights(folder: Path):
    return make_arrays("model.safetensors", folder)


TARGETS = {
    "idx": (make_idx, check_idx),
    "cifar10": (make_archive, check_archive),
    "images": (make_image, check_image),
    "settings": (make_settings, check_settings),
    "safetensors": (make_checkpoint, check_safetensors),
    "weights": (make_weights, check_weights),
    "checkpoint-weights": (make_checkpoint, check_weights),
    "checkpoint": (make_checkpoint, check_checkpoint),
    "calibration": (make_calibration, check_calibration),
}

if __name__ == "__main__":
    target, seconds, *rest = sys.argv[1:]
    main(target, float(seconds), *map(int, rest))
