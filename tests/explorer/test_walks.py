"""From any number of a scene by any of its factors to the next: as the page goes, without a dead end."""

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu.autograd import trace_backward
from tinygrad_edu.explorer.explorer import Explorer
from tinygrad_edu.explorer.networks import prepare

STEPS = 1_000
RECIPE = {"network": "early", "seed": 1, "digit": 142}


@pytest.fixture(scope="module")
def scene(explorer):
    return explorer.answer("scene", RECIPE)


def numbers(scene):
    """Every array of a scene whose numbers can be asked, and whether its values or its gradients."""
    for name, array in scene["arrays"].items():
        if array["role"] != "constant":
            yield name, False, array["values"]
            if array["gradient"] is not None:
                yield name, True, array["gradient"]


def checked(why, value):
    """Hold an explanation against the number that was asked."""
    products = np.concatenate([np.ravel(group["products"]) for group in why["groups"]] or [[]]).astype(np.float64)
    assert why["value"] == value or (np.isnan(value) and np.isnan(why["value"]))
    if not why["groups"] or any(group["function"] for group in why["groups"]):
        return
    signed = sum(float(np.sum(group["products"], dtype=np.float64)) for group in why["groups"])
    assert signed == pytest.approx(float(value), rel=1e-4, abs=1e-7)
    assert len(products) == why["count"]


def test_a_walk_of_a_thousand_whys_never_ends_but_at_what_was_given(explorer, scene):
    rng, kinds, ends, asked = np.random.default_rng(7), set(), set(), 0
    where = list(numbers(scene))
    while asked < STEPS:
        name, gradient, array = where[rng.integers(len(where))]
        question = {"of": name, "gradient": gradient, "index": [int(rng.integers(n)) for n in array.shape]}
        value = array[tuple(question["index"])]
        for _ in range(12):
            why = explorer.answer("why", RECIPE, question=question)
            asked += 1
            checked(why, value)
            kinds.add((why["kind"], why["groups"][0]["function"] if why["groups"] else None))
            ways = [
                (g, row, c)
                for g, group in enumerate(why["groups"])
                for c, column in enumerate(group["columns"])
                for row in rng.integers(len(group["products"]), size=min(1, len(group["products"])))
                if column["kind"] != "number"
            ]
            if not ways:
                ends.add((question["of"], question["gradient"], why["kind"]))
                stopped = question["gradient"] and question["of"] != "loss"
                assert not stopped or (value == 0 and all(part["remark"] for part in why["parts"])), question
                break
            question, value = followed(why, *ways[rng.integers(len(ways))])
    assert {("image", False, "given"), ("conv.weight", False, "given")} <= ends
    assert ("loss", True, "gradient") in ends
    assert ("gradient", None) in kinds
    assert len(kinds) > 3


def at(array, row):
    """Return the number of a term; one that is the same in all stands there once."""
    return np.ravel(array)[0 if np.size(array) == 1 else row]


def followed(why, group, row, column):
    """Return the question that a factor leads to, as web/js/why/addresses.js asks it, and the factor's value."""
    found = why["groups"][group]["columns"][column]
    value = at(found["values"], row)
    if found["of"] is not None:
        index = [int(at(axis, row)) for axis in found["index"]]
        return {"of": found["of"], "gradient": found["kind"] == "gradient", "index": index}, value
    through = [*why["question"].get("through", []), [group, int(row), column]]
    return {**why["question"], "through": through}, value


def test_every_kind_of_number_has_the_terms_that_its_formula_says(explorer, scene):
    def count(of, index, gradient=True):
        return explorer.answer("why", RECIPE, question={"of": of, "index": index, "gradient": gradient})["count"]

    assert count("conv.weight", [3, 0, 1, 2]) == count("conv.bias", [3]) == 676
    assert count("dense.weight", [9, 2000]) == count("dense.bias", [9]) == 1
    assert count("reshape", [0, 2000]) == 10
    assert count("relu", [0, 3, 16, 13]) == count("conv2d", [0, 3, 16, 13]) == 1
    assert count("logits", [0, 9], gradient=False) == 5408 + 1
    assert count("conv2d", [0, 3, 16, 13], gradient=False) == 9 + 1
    assert [count("image", [0, 0, *at]) for at in ([0, 0], [0, 1], [0, 14], [1, 1], [1, 14], [14, 14])] == [
        8, 16, 24, 32, 48, 72,
    ]  # fmt: skip


def test_what_the_page_is_told_is_what_explain_says(explorer, scene):
    train, test = tge.data.load_digits()
    model = prepare("early", 1, {"name": "minimal"}, train)
    image = tge.named("image", tge.Tensor(test.images[142:143], requires_grad=True))
    logits = tge.named("logits", model(image))
    trace = trace_backward(tge.named("loss", tge.cross_entropy(logits, test.labels[142:143])), model=model)
    rng = np.random.default_rng(5)
    for name, gradient, array in numbers(scene):
        index = tuple(int(rng.integers(n)) for n in array.shape)
        told = explorer.answer("why", RECIPE, question={"of": name, "index": list(index), "gradient": gradient})
        found = tge.explain(trace, name, index, forward=not gradient)
        assert (told["value"], told["formula"]) == (found.value, found.formula)
        assert told["total"] == pytest.approx(found.total)
        assert told["count"] == len(found.terms.products)
        assert [(k, v) for k, v in told["zeros"].items()] == list(found.terms.zeros().items())


def test_a_restarted_engine_gives_the_same_bits(scene):
    again = Explorer().answer("scene", RECIPE)
    for name, array in scene["arrays"].items():
        np.testing.assert_array_equal(array["values"], again["arrays"][name]["values"])
