"""A docstring of this package as reStructuredText: formula, prose, sections such as `Args:`, displays and doctests."""

from __future__ import annotations

import inspect
import re
import textwrap

SECTIONS = ("Args:", "Attributes:", "Raises:")
ITEM = re.compile(r"(?P<names>[*\w][\w.*]*(?:, [*\w][\w.*]*)*): +(?P<text>.*)", re.DOTALL)
FORMULA = re.compile(r"^\S[^.]*?( = |<-)")
TABLE = re.compile(r"\S {3,}\S")


def prose(text: str) -> str:
    """Return a sentence with what stands in backticks as code, and nothing else that reStructuredText would read.

    >>> prose("`a * b` is a product_ of |a| * b")
    '``a * b`` is a product\\\\_ of \\\\|a\\\\| \\\\* b'
    """
    parts = re.split(r"(`[^`]+`)", " ".join(text.split()))
    plain = [re.sub(r"([\\*_|`:])", r"\\\1", part) for part in parts[::2]]
    code = [f"\\ ``{part[1:-1].strip()}``\\ " for part in parts[1::2]]
    joined = "".join(a + b for a, b in zip(plain, [*code, ""], strict=True))
    return re.sub(r"(^|(?<=\s))\\ (?=``)|(?<=``)\\ (?=\s|$)", "", joined).replace(r"\:", ":").replace("::", r":\ :")


def display(text: str, language: str = "text") -> str:
    """Return lines to be shown as they are."""
    return f".. code-block:: {language}\n\n" + textwrap.indent(text, "   ")


def formula(text: str) -> str:
    """Return a formula, in the type of code; it may be broken where the line ends."""
    return f".. rst-class:: formula-text\n\n``{text.strip()}``"


def section(title: str, body: str) -> str:
    """Return a section as a list of the names in it and what each means."""
    items: list[str] = []
    for line in textwrap.dedent(body).split("\n"):
        if line.startswith(" ") and items:
            items[-1] += " " + line.strip()
        else:
            items.append(line.strip())
    written = []
    for item in filter(None, items):
        if found := ITEM.fullmatch(item):
            names = ", ".join(f"``{name}``" for name in found["names"].split(", "))
            written.append(f"{names}\n   {prose(found['text'])}")
        else:
            written.append(f"—\n   {prose(item)}")
    return f".. rst-class:: section-title\n\n{title.rstrip(':')}\n\n" + "\n\n".join(written)


def blocks(text: str) -> list[str]:
    """Return the parts between blank lines; doctests and displays keep the blank lines within them."""
    return [part for part in re.split(r"\n\s*\n", text) if part.strip()]


def rst(docstring: str | None) -> str:
    """Return a docstring as reStructuredText."""
    text = inspect.cleandoc(docstring or "")
    written: list[str] = []
    for number, block in enumerate(blocks(text)):
        first, _, rest = block.partition("\n")
        if first.lstrip().startswith(">>>"):
            written.append(display(textwrap.dedent(block), "pycon"))
        elif first in SECTIONS:
            written.append(section(first, rest))
        elif number == 0 and not rest and FORMULA.match(first):
            written.append(formula(first))
        elif first.startswith(" ") or TABLE.search(block):
            written.append(display(textwrap.dedent(block)))
        elif rest and all(line.startswith("    ") for line in rest.split("\n")):
            written += [prose(first), display(textwrap.dedent(rest))]
        elif ">>>" in rest:
            told, shown = re.split(r"\n(?=>>>)", block, maxsplit=1)
            written += [prose(told), display(shown, "pycon")]
        elif re.match(r"(- |\d\. )", first):
            written.append("\n".join("- " + prose(i) for i in re.split(r"(?:^|\n)(?:- |\d\. )", block)[1:]))
        else:
            written.append(prose(block))
    return "\n\n".join(written)
