"""Recipes and questions of any kind: an answer or a sentence, never anything else, and never anything that lasts."""

import contextlib
import json

import numpy as np
import pytest
from explorer_server import EARLY
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu.errors import UserError
from tinygrad_edu.explorer.explorer import METHODS
from tinygrad_edu.explorer.packing import pack
from tinygrad_edu.explorer.recipe import recipe_from_json

NUMBERS = st.one_of(
    st.integers(-3, 12), st.integers(), st.floats(), st.sampled_from([0.1, -1.0, 2**31, 2**63, 10**400, True, None])
)
NAMES = st.sampled_from(
    ["conv.weight", "dense.bias", "image", "relu", "logits", "loss", "targets of nll_loss", "none", ""]
)
KEYS = st.sampled_from(["of", "index", "gradient", "through", "steps"]) | st.text(max_size=3)
JSON = st.recursive(
    NUMBERS | st.text(max_size=5) | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
INDEX = st.lists(NUMBERS, max_size=5) | JSON
CHANGES = st.one_of(
    st.tuples(st.just("edit"), NAMES, INDEX, NUMBERS).map(list),
    st.tuples(st.just("learn"), st.integers(0, 2) | JSON, NUMBERS, st.sampled_from([0, 1, 2, 6000]) | JSON).map(list),
    st.tuples(st.just("show"), NUMBERS, st.text("Aw-_=", max_size=9), NUMBERS).map(list),
    JSON,
)
RECIPES = st.fixed_dictionaries(
    {"network": st.sampled_from(["untrained", "early", "given", "x"]), "seed": st.just(1) | NUMBERS},
    optional={
        "digit": st.integers(0, 999) | JSON,
        "ink": st.just("A" * 523 + "A") | st.text("Aw-_=", max_size=9),
        "answer": st.integers(0, 12) | JSON,
        "image_gradient": st.booleans() | JSON,
        "changes": st.lists(CHANGES, max_size=3) | JSON,
    },
)
QUESTIONS = st.fixed_dictionaries(
    {"of": NAMES | JSON, "index": INDEX},
    optional={"gradient": JSON, "through": st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS).map(list), max_size=2) | JSON},
)
WANTED = {
    "scene": st.just({}),
    "why": st.fixed_dictionaries({"question": QUESTIONS | JSON}),
    "slope": st.fixed_dictionaries({"question": QUESTIONS | JSON}),
    "what_if": st.fixed_dictionaries(
        {"name": NAMES | JSON, "index": INDEX, "points": st.integers(3, 5) | JSON},
        optional={"range": NUMBERS, "also": st.lists(NUMBERS, max_size=2) | JSON},
    ),
    "learned": st.fixed_dictionaries(
        {"pinned": st.lists(QUESTIONS | JSON, max_size=2) | JSON, "accuracy": st.just(False)}
    ),
    "digits": st.fixed_dictionaries(
        {"start": NUMBERS, "count": NUMBERS}, optional={"order": st.just("hard") | JSON, "label": NUMBERS}
    ),
    "prepare": st.fixed_dictionaries(
        {"file": JSON | st.binary(max_size=20).map(lambda b: b.hex())}, optional={"name": JSON}
    ),
}


@pytest.mark.parametrize("method", WANTED)
@given(data=st.data())
def test_garbage_gets_an_answer_or_a_sentence(explorer, method, data):
    recipe = data.draw(st.just(EARLY) | RECIPES | JSON)
    wanted = data.draw(WANTED[method])
    with contextlib.suppress(UserError):
        pack(explorer.answer(method, recipe, **wanted))


@given(data=st.data())
def test_garbage_of_any_method_and_keywords(explorer, data):
    method = data.draw(st.sampled_from([*METHODS]) | st.text(max_size=5))
    wanted = data.draw(
        st.dictionaries(st.sampled_from(["question", "name", "moment", "recipe", "start"]), JSON, max_size=2)
    )
    with contextlib.suppress(UserError):
        pack(explorer.answer(method, EARLY, **wanted))


@given(RECIPES)
def test_a_recipe_that_can_be_read_is_written_as_it_was_read(document):
    try:
        recipe = recipe_from_json(document)
    except UserError:
        return
    written = recipe.to_json()
    assert recipe_from_json(json.loads(json.dumps(written))) == recipe


def test_nothing_of_it_lasts(explorer):
    before = explorer.answer("scene", EARLY)
    explorer.answer("scene", {**EARLY, "changes": [["edit", "conv.weight", [0, 0, 0, 0], 9.0], ["learn", 1, 0.1, 0]]})
    explorer.answer("what_if", EARLY, name="conv.weight", index=[0, 0, 0, 0])
    after = explorer.answer("scene", EARLY)
    for name, array in before["arrays"].items():
        np.testing.assert_array_equal(array["values"], after["arrays"][name]["values"])


@pytest.mark.parametrize(
    "changes",
    [
        [["learn", 10**9, 0.1, 0]],
        [["learn", 20_000, 0.1, 0], ["edit", "image", [0, 0, 0, 0], 0.0], ["learn", 1, 0.1, 0]],
        [["learn", 10_000, 0.1, 512]],
        [["learn", 1, 0.1, 513]],
        [["edit", "conv.bias", [0], 0.0]] * 2_001,
    ],
)
def test_a_recipe_that_would_take_for_ever_is_refused(explorer, changes):
    with pytest.raises(UserError, match=r"at most|not a state"):
        explorer.answer("scene", {**EARLY, "changes": changes})
