"""How the catalogue of wrong rules is written: a right primitive, of which one rule is replaced by a wrong one."""

from dataclasses import dataclass

from tinygrad_edu import Primitive

ENTRIES = {}  # by (file, name): pytest imports the files of the catalogue once more, to look for doctests


@dataclass(frozen=True)
class Entry:
    """A primitive with a wrong rule, and what the diagnosis should be (any of these kinds, where two are true)."""

    name: str
    primitive: Primitive
    argument: str
    kinds: tuple
    group: str


def wrong(base, argument, *kinds, also=None):
    """Enter the decorated function into the catalogue, as the wrong rule for an argument of `base`.

    `base` is a right primitive, or a forward function. `also` maps further arguments to wrong rules. Nothing of this
    gets into the registry.
    """

    def enter(function):
        forward = getattr(base, "forward", base)
        p = Primitive(forward, getattr(base, "name", None))
        for name, rule in getattr(base, "rules", {}).items():
            p.backward(name)(rule.function)
        for name, rule in {argument: function, **(also or {})}.items():
            p.backward(name)(rule)
        group = function.__module__.rsplit(".", 1)[-1]
        ENTRIES[group, function.__name__] = Entry(function.__name__, p, argument, kinds, group)
        return function

    return enter
