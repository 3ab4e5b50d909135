"""ModuleList and ModuleDict: what is in them, under which names, and what they refuse."""

import numpy as np
import pytest

from tinygrad_edu import nn


def sizes(modules):
    return [m.out_features for m in modules]


def layer(size):
    return nn.Linear(1, size)


def test_a_list_of_modules_changes_like_a_list():
    plain, modules = [1, 2, 3], nn.ModuleList(map(layer, [1, 2, 3]))
    for change in (
        lambda of, new: of.append(new(4)),
        lambda of, new: of.insert(0, new(5)),
        lambda of, new: of.insert(-1, new(6)),
        lambda of, new: of.__setitem__(-2, new(7)),
        lambda of, new: of.__delitem__(1),
        lambda of, new: of.extend([new(8), new(9)]),
        lambda of, new: of.__delitem__(slice(0, 2)),
        lambda of, new: of.pop(),
        lambda of, new: of.pop(0),
    ):
        change(plain, lambda size: size)
        change(modules, layer)
        assert sizes(modules) == plain
        assert list(modules.state_dict())[::2] == [f"{i}.weight" for i in range(len(plain))]
        assert len(modules) == len(plain)
    assert sizes(modules[:1]) == plain[:1]
    assert isinstance(modules[:1], nn.ModuleList)
    assert modules[-1].out_features == plain[-1]


def test_a_dict_of_modules_changes_like_a_dict():
    modules = nn.ModuleDict([("a", layer(1)), ("b", layer(2))])
    modules["c"] = layer(3)
    modules.update({"a": layer(4)})
    assert sizes(modules.values()) == [4, 2, 3]
    assert modules.pop("b").out_features == 2
    del modules["c"]
    assert list(modules) == list(modules.keys()) == ["a"]
    assert "a" in modules
    assert "b" not in modules
    assert sizes(nn.ModuleDict(modules).values()) == [4]
    modules.clear()
    assert len(modules) == 0
    assert repr(modules) == "ModuleDict()"


def test_training_and_state_reach_what_is_in_them():
    modules = nn.ModuleList([nn.Dropout(), nn.ModuleDict({"inner": nn.BatchNorm2d(2)})]).eval()
    assert not modules[1]["inner"].training
    state = {name: np.asarray(a) + 1 for name, a in modules.state_dict().items()}
    modules.load_state_dict(state)
    assert modules[1]["inner"].running_var.data.tolist() == [2, 2]
    assert set(state) >= {"1.inner.weight", "1.inner.num_batches_tracked"}


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: nn.ModuleList([1]), TypeError, "ModuleList is made of modules, not 1"),
        (lambda: nn.ModuleList(layer(1)), TypeError, r"a list of modules, not one Linear; write \[module\]"),
        (lambda: nn.ModuleList([nn.ReLU]), TypeError, r"the class ReLU; make a module of it: ReLU\(...\)"),
        (lambda: nn.ModuleList()[0], IndexError, "ModuleList has 0 modules; there is no module 0"),
        (lambda: nn.ModuleList([layer(1)]).insert(0, None), TypeError, "made of modules, not None"),
        (lambda: nn.ModuleList([layer(1)])(1), NotImplementedError, "ModuleList must define forward"),
        (lambda: nn.ModuleDict({"a": 1}), TypeError, "ModuleDict is made of modules, not 1"),
        (lambda: nn.ModuleDict({"a.b": layer(1)}), ValueError, "without a dot, and no method's name, not 'a.b'"),
        (lambda: nn.ModuleDict({"keys": layer(1)}), ValueError, "no method's name, not 'keys'"),
        (lambda: nn.ModuleDict({0: layer(1)}), ValueError, "not 0"),
        (lambda: nn.ModuleDict({"a": layer(1)})["b"], KeyError, "there is no module 'b'; there are: a"),
    ],
)  # fmt: skip
def test_what_is_no_module_or_not_there_is_an_error(call, error, message):
    with pytest.raises(error, match=message):
        call()
