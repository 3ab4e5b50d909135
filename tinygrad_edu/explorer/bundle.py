"""The page's ES modules as one script: a page that is opened from a file may not import others.

Each module becomes a function that returns what it exports, in an order in which everything is there when it is needed:

    const $numbers = await (async () => { ...; return { number, text }; })();
    const $panel = await (async () => { const { number: short } = $numbers; ...; return { mount }; })();

Only the forms that the page is written in are understood: `import { a, b as c } from "./file.js";`,
`import "./file.js";`, and `export` before a function, a class or a const. Anything else raises, so that no page is
saved that does not run.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = r"[A-Za-z_$][\w$]*"
IMPORT = re.compile(r'^import(?:\s*\{([^}]*)\}\s*from)?\s*"([^"]+)";[ \t]*$', re.MULTILINE)
EXPORT = re.compile(rf"^export (?=(?:async function\*?|function\*?|class|const) ?({NAME})\b)", re.MULTILINE)
LEFT_OVER = re.compile(r"^[ \t]*(?:import|export)\b.*$", re.MULTILINE)
COMMENT = re.compile(r"/\*\*.*?\*/", re.DOTALL)
DYNAMIC = re.compile(r"\bimport\s*(?:\(|\.\s*meta)")


class CannotBundle(Exception):
    """A module is written in a way that is not understood here."""


def bundle(files: Mapping[str, str], main: str) -> str:
    """Return one module that does what `main` does.

    Args:
        files: the text of each module by its path, such as "js/main.js".
        main: the path of the first.

    Raises CannotBundle, naming the module and what it says.

    >>> print(bundle({"a.js": 'import { f as g } from "./b.js";\\ng();', "b.js": "export const f = () => 1;"}, "a.js"))
    const $b = await (async () => {
    const f = () => 1;
    return { f };
    })();
    const $a = await (async () => {
    const { f: g } = $b;
    g();
    return {  };
    })();
    <BLANKLINE>
    """
    wrapped: dict[str, str] = {}
    exported: dict[str, list[str]] = {}
    _enter(main, files, wrapped, exported, ())
    return "".join(wrapped.values())


def _enter(
    path: str,
    files: Mapping[str, str],
    wrapped: dict[str, str],
    exported: dict[str, list[str]],
    importing: tuple[str, ...],
) -> None:
    """Put a module behind those that it imports."""
    if path in wrapped:
        return
    if path in importing:
        raise CannotBundle(f"{path} imports itself, by way of {', '.join(importing)}")
    if path not in files:
        raise CannotBundle(f"{importing[-1] if importing else 'nobody'} imports {path}, which is not there")

    def imported(match: re.Match[str]) -> str:
        other = posixpath.normpath(posixpath.join(posixpath.dirname(path), match[2]))
        if not match[2].startswith("."):
            raise CannotBundle(f"{path} imports {match[2]!r}, which is no file beside it")
        _enter(other, files, wrapped, exported, (*importing, path))
        if match[1] is None:
            return ""
        pairs = [re.fullmatch(rf"({NAME})(?:\s+as\s+({NAME}))?", part.strip()) for part in match[1].split(",")]
        taken = [pair for pair, part in zip(pairs, match[1].split(","), strict=True) if part.strip()]
        if not all(taken) or not {pair[1] for pair in taken if pair} <= set(exported[other]):
            raise CannotBundle(f"{path} imports what {other} does not export: {match[0]}")
        names = ", ".join(pair[1] if pair[2] is None else f"{pair[1]}: {pair[2]}" for pair in taken if pair)
        return f"const {{ {names} }} = {_variable(other)};"

    text = files[path].replace("\r\n", "\n")
    names = exported[path] = EXPORT.findall(text)
    body = EXPORT.sub("", IMPORT.sub(imported, text))
    code = COMMENT.sub("", body)
    for strange in (LEFT_OVER.search(code), DYNAMIC.search(code)):
        if strange is not None:
            raise CannotBundle(f"{path}: this form is not understood: {strange[0].strip()[:100]}")
    begin = f"const {_variable(path)} = await (async () => {{"
    wrapped[path] = f"{begin}\n{body.rstrip()}\nreturn {{ {', '.join(names)} }};\n}})();\n"


def _variable(path: str) -> str:
    return "$" + re.sub(r"\W", lambda sign: f"${ord(sign[0]):x}$", path.removesuffix(".js"))
