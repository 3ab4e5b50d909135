"""A file of named arrays with a description: safetensors, with a checksum of everything in its metadata."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ..errors import CheckpointError
from ..files import open_to_read, why_unread
from .run_folder import write_file

METADATA_KEY = "tinygrad_edu"  # the one entry in a safetensors file's metadata: JSON


def save_arrays(path: Path, arrays: Mapping[str, np.ndarray], description: Mapping[str, Any]) -> None:
    """Write named arrays and a JSON-able description to a safetensors file, atomically.

    The description stands in the file's metadata together with a CRC-32 of everything, so that damage shows.
    The same content gives the same bytes.
    """
    from safetensors.numpy import save

    whole = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    text = json.dumps({"checksum": _checksum(whole, description), "description": description})
    write_file(path, save(whole, metadata={METADATA_KEY: text}))


def load_arrays(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Read what `save_arrays` wrote.  Raises CheckpointError, naming the file, for anything else."""
    from safetensors import safe_open

    try:
        file = open_to_read(path)
    except OSError as error:
        raise CheckpointError(f"{path}: {why_unread(error)}") from error
    try:
        with file:
            with safe_open(path, framework="np") as judged:  # names, types, shapes and places fit the file's length
                metadata = judged.metadata() or {}
            arrays = _read_arrays(file)
    except MemoryError:
        raise CheckpointError(f"{path}: there is not enough memory for what it holds") from None
    except Exception as error:  # SafetensorError, and what NumPy says of dtypes and shapes that it does not know
        raise CheckpointError(f"{path}: damaged, or no safetensors file ({error})") from error
    if METADATA_KEY not in metadata:
        raise CheckpointError(f"{path}: a safetensors file, but not one that tinygrad-edu wrote")
    try:
        content = json.loads(metadata[METADATA_KEY])
        checksum, description = content["checksum"], content["description"]
        expected = _checksum(arrays, description)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CheckpointError(f"{path}: damaged (its description cannot be read)") from error
    if not isinstance(description, dict):
        raise CheckpointError(f"{path}: damaged (its description is {type(description).__name__}, not an object)")
    if checksum != expected:
        raise CheckpointError(f"{path}: damaged (the checksum does not fit its content)")
    return arrays, description


# safetensors' names of the types that NumPy has
DTYPES = {
    "BOOL": "?", "F16": "<f2", "F32": "<f4", "F64": "<f8",
    "I8": "i1", "I16": "<i2", "I32": "<i4", "I64": "<i8", "U8": "u1", "U16": "<u2", "U32": "<u4", "U64": "<u8",
}  # fmt: skip


def _read_arrays(file: BinaryIO) -> dict[str, np.ndarray]:
    """Read the arrays of a safetensors file whose header was judged to be right.

    8 bytes: the length of the header; the header, JSON: {name: {"dtype", "shape", "data_offsets": [from, to]}}; then
    the numbers. safe_open itself would map the file and copy from it, which takes twice the memory.
    """
    (length,) = struct.unpack("<Q", file.read(8))
    header = json.loads(file.read(length))
    arrays = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        if entry["dtype"] not in DTYPES:
            raise ValueError(f"{name} holds {entry['dtype']} numbers, which NumPy lacks")
        arrays[name] = np.empty(entry["shape"], DTYPES[entry["dtype"]])
        file.seek(8 + length + entry["data_offsets"][0])
        if file.readinto(_bytes_of(arrays[name])) < arrays[name].nbytes:  # type: ignore[attr-defined]
            raise ValueError(f"ends within {name}")
    return arrays


def _bytes_of(array: np.ndarray) -> memoryview:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def _checksum(arrays: Mapping[str, np.ndarray], description: Mapping[str, Any]) -> int:
    total = zlib.crc32(json.dumps(description, sort_keys=True).encode())
    for name in sorted(arrays):
        total = zlib.crc32(f"{name} {arrays[name].dtype} {arrays[name].shape}".encode(), total)
        total = zlib.crc32(_bytes_of(arrays[name]), total)
    return total
