"""The process in which a user's file is imported and checked: whatever the file does, it does it here.

    python -m tinygrad_edu.testing.worker FILE REPORT OPTIONS

It writes one JSON object a line to REPORT: {"stage": ...} before each step, {"primitive": ...} for each result,
{"problem": ...} if the file cannot be checked, and {"done": true} at the end.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import threading
import time
import traceback
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from ..autograd import Primitive


def main(file: str, report: str, options: str) -> None:
    """Check one file, writing to `report` as it goes."""
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    with open(report, "w", encoding="utf-8") as out:

        def tell(**message: Any) -> None:
            out.write(json.dumps(message) + "\n")
            out.flush()

        work(Path(file), json.loads(options), tell)


def _end_with_parent(parent: int) -> None:
    """Leave when the process that started this one is gone, and with it whoever would have ended an endless loop."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def work(path: Path, options: dict[str, Any], tell: Callable[..., None]) -> None:
    """Import a file, and check the primitives that it defined."""
    from ..autograd import primitives
    from .check_primitive import check_primitive
    from .reports.findings import PrimitiveReport

    before = primitives()
    tell(stage="importing it")
    try:
        module = import_file(path)
    except SystemExit as e:
        return tell(problem=f"it ends the program when it is imported: sys.exit({e.code!r})")
    except AttributeError as e:
        if e.name == "backward" and isinstance(e.obj, FunctionType):
            return tell(problem=f"put @tge.primitive above def {e.obj.__name__} (line {e.obj.__code__.co_firstlineno})")
        return tell(problem=f"it does not import: {_described(e, path)}")
    except BaseException as e:
        return tell(problem=f"it does not import: {_described(e, path)}")
    found = defined(module, before, primitives())
    if not found:
        return tell(problem="it defines no primitive; put @tge.primitive above a function")
    cases = getattr(module, "CASES", {})
    if not isinstance(cases, dict):
        return tell(problem=f"its CASES must be a dict from primitives' names to cases, not a {type(cases).__name__}")
    names = [p.name for p in found]
    for name in cases:
        if name not in names:
            return tell(problem=f"its CASES has {name!r}, but its primitives are: {', '.join(names)}")
    for primitive in found:
        tell(stage=f"checking {primitive.name}")
        try:
            with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
                report = check_primitive(primitive, case=cases.get(primitive.name), **options)
        except SystemExit as e:
            return tell(problem=f"{primitive.name} ends the program: sys.exit({e.code!r})")
        except Exception as e:
            report = PrimitiveReport.of(primitive)
            report.problem = f"checking it raised {_described(e, path)}"
        tell(primitive=report.to_dict())
    return tell(done=True)


def import_file(path: Path) -> ModuleType:
    """Import a Python file under its own name, with its folder on the path, as `python FILE` would have it."""
    sys.path.insert(0, str(path.parent))
    name = path.stem if path.stem.isidentifier() and path.stem not in sys.modules else "checked_file"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def defined(module: ModuleType, before: Any, after: Any) -> list[Primitive]:
    """Return the primitives that a module registered, or made and kept, in the order of their lines."""
    from ..autograd import Primitive

    registered = [p for name, p in after.items() if before.get(name) is not p]
    kept = [p for p in vars(module).values() if isinstance(p, Primitive) and p.forward.__module__ == module.__name__]
    unique = {id(p): p for p in registered + kept}
    return sorted(unique.values(), key=lambda p: p.source.line)


def _described(e: BaseException, path: Path) -> str:
    """Say in one line what happened, and at which line of the file."""
    lines = [f.lineno for f in traceback.extract_tb(e.__traceback__) if Path(f.filename) == path]
    line = e.lineno if isinstance(e, SyntaxError) else (lines[-1] if lines else None)
    text = e.msg if isinstance(e, SyntaxError) else (str(e).strip().splitlines() or [""])[0][:300]
    return f"{type(e).__name__}: {text}" + (f" (line {line})" if line else "")


if __name__ == "__main__":
    main(*sys.argv[1:])
