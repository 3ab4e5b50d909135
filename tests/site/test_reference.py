"""The reference has an entry for every public name, and for each primitive what the registry knows of it."""

import html
import inspect
import re
from pathlib import Path

import pytest

import tinygrad_edu as tge
from tinygrad_edu import data, explain, models, nn, optim, testing, training, viz
from tinygrad_edu.kernels import fast, loops

ROOT = Path(__file__).parents[2]


def names_of(module):
    """The public names of a module, found in another way than the reference does."""
    given = dir(tge) if module is tge else getattr(module, "__all__", None)
    defined = [n for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__]
    for name in given or [n for n in defined if not n.startswith("_")]:
        if not inspect.ismodule(getattr(module, name)) and name != "__version__":
            yield f"{module.__name__}.{name}"


@pytest.fixture(scope="module")
def entries(site):
    from sphinx.util.inventory import InventoryFile

    kinds = InventoryFile.loads((site / "objects.inv").read_bytes(), uri=".").data
    return {name: item.uri for kind, items in kinds.items() if kind.startswith("py:") for name, item in items.items()}


def shown(site, address):
    """The text of an entry, from its signature to the next one of its kind."""
    page, _, place = address.removeprefix("./").partition("#")
    whole = (site / page).read_text(encoding="utf-8")
    start = whole.index(f'id="{place}"')
    end = re.compile(r'<dt class="sig sig-object py" id=').search(whole, start)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", whole[start : end.start() if end else None])).split())


@pytest.mark.parametrize(
    "module", [tge, nn, optim, models, data, training, testing, viz, explain, nn.init, nn.utils, testing.strategies]
)
def test_every_public_name_has_an_entry(module, entries):
    names = list(names_of(module))
    assert names
    assert not [name for name in names if name not in entries]


def test_a_primitive_is_shown_with_its_rules_and_their_derivations(site, entries):
    own = {n: p for n, p in tge.primitives().items() if p.forward.__module__.startswith("tinygrad_edu.ops.")}
    simple = lambda text: re.sub(r"[\W_]+", "", text)  # noqa: E731
    for name in own.keys() & set(tge.ops.__all__):
        if getattr(tge, name) is not own[name]:
            continue  # a composite completes it, and is what a reader calls
        text = simple(shown(site, entries[f"tinygrad_edu.{name}"]))
        assert simple(own[name].formula) in text, name
        for rule in own[name].rules.values():
            assert simple(rule.function.__doc__) in text, f"{name}: {rule.name}"


def test_a_kernel_is_shown_as_loops(site, entries):
    for name in fast.__all__:
        assert inspect.isfunction(getattr(loops, name))
        assert f"def {name}(" in shown(site, entries[f"tinygrad_edu.kernels.loops.{name}"])
    assert "As plain loops: conv2d()." in shown(site, entries["tinygrad_edu.conv2d"])


def test_a_docstring_becomes_what_it_means(monkeypatch):
    pytest.importorskip("docutils")
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "_extensions"))
    from docutils.core import publish_doctree
    from reference.docstrings import rst

    written = rst(
        """y = x * w_, and `a * b` of |c|

        A note on x_ and **w**: twice.

        Args:
            x, w: arrays *of*
                any shape.

            v <- a    then
              b

        >>> 1
        1
        """
    )
    tree = publish_doctree(
        written.replace("code-block", "code"), settings_overrides={"report_level": 2, "halt_level": 2}
    )
    text = tree.astext()
    assert "y = x * w_, and a * b of |c|" in text.replace("`", "")
    assert "A note on x_ and **w**: twice." in text
    assert "arrays *of* any shape." in text
    assert "v <- a    then\n  b" in text
    assert ">>> 1\n1" in text
