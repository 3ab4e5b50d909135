"""The page for who comes from PyTorch or NumPy: each row of its tables runs on both sides, and comes to the same."""

import re
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tge

PAGE = Path(__file__).parents[1] / "docs" / "coming_from.md"


def rows():
    """Return (the other library, its code, the code here, what differs) for each row of the tables."""
    found, library = [], None
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if not line.startswith("| "):
            library = None
        elif cells[1:] == ["here", "what differs, and why"]:
            (library,) = cells[:1]
        elif library and cells[0] != "---":
            there, here, differs = cells
            code = (re.findall(r"`([^`]+)`", cell) for cell in (there, here))
            found.append(pytest.param(library, *code, differs, id=there.strip("`")))
    return found


def names_here():
    """Return what the page's first block defines."""
    namespace: dict = {}
    exec(re.search(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)[1], namespace)
    return namespace


def names_there(library):
    """Return the same for NumPy or PyTorch."""
    if library == "NumPy":
        return {"np": np, "a": names_here()["a"]}
    torch = pytest.importorskip("torch")
    here = names_here()
    namespace = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional, "np": np, "a": here["a"]}
    for name, value in here.items():
        if isinstance(value, tge.Tensor) and value.is_leaf:
            namespace[name] = torch.tensor(value.numpy(), requires_grad=value.requires_grad)
    namespace["y"] = namespace["x"] @ namespace["w"]
    namespace["loss"] = torch.nn.functional.cross_entropy(namespace["y"], namespace["labels"])
    return namespace


def run(code, namespace):
    """Run the statements of a cell one after another; return the value of the last."""
    *statements, last = code
    for statement in statements:
        exec(statement, namespace)
    return eval(last, namespace)


def plain(value):
    """Return a result as NumPy or Python has it, and the name of its dtype where it has one."""
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    if isinstance(value, (np.ndarray, np.generic)):
        return np.asarray(value), str(value.dtype)
    return (tuple(value) if isinstance(value, tuple) else value), type(value).__name__


@pytest.mark.parametrize(("library", "there", "here", "differs"), rows())
def test_both_sides_of_a_row_come_to_the_same(library, there, here, differs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ours, our_dtype = plain(run(here, names_here()))
    theirs, their_dtype = plain(run(there, names_there(library)))
    if isinstance(theirs, np.ndarray):
        assert np.shape(ours) == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
        assert our_dtype == their_dtype or "dtype" in differs
    else:
        assert ours == theirs or ours == pytest.approx(theirs, rel=1e-6)


def test_the_page_has_rows_of_both_libraries():
    libraries = [row.values[0] for row in rows()]
    assert libraries.count("PyTorch") > 40
    assert libraries.count("NumPy") > 10
