"""The questions' right answers are right: each is worked out here in another way, from the arrays."""

import numpy as np
import pytest

from tinygrad_edu.explorer.explorer import Explorer
from tinygrad_edu.explorer.recipe import packed_ink


@pytest.fixture(scope="module")
def explorer():
    return Explorer()


def asked(explorer, **recipe):
    recipe = {"network": "early", "seed": 1, "digit": 0, **recipe}
    scene = explorer.answer("scene", recipe)
    return recipe, scene, explorer.answer("questions", recipe)["questions"]


def right(questions, words):
    (question,) = [q for q in questions if words in q["text"]]
    return question["choices"][question["right"]]


@pytest.mark.parametrize("digit", [0, 8, 33])
def test_the_right_answers_are_right(explorer, digit):
    _, scene, questions = asked(explorer, digit=digit)
    answer, arrays = scene["answer"], scene["arrays"]
    g = arrays["logits"]["gradient"][0]
    assert right(questions, "products add up") == "5,408"
    assert abs(scene["probabilities"].sum() - 1) < 1e-5
    assert abs(g.sum()) < 1e-5
    assert right(questions, "add up to? And") == "1 and 0"
    assert right(questions, "Which sign") == ("negative" if g[answer] < 0 else "zero")
    np.testing.assert_array_equal(arrays["dense.bias"]["gradient"], g)
    assert right(questions, "equal to") == "dL/d logits"
    assert right(questions, "closed") == "0"
    assert right(questions, "corner") == "8"
    weight = arrays["conv.weight"]["gradient"]
    steepest = weight.flat[np.abs(weight).argmax()]
    assert right(questions, "Which way") == ("down" if steepest > 0 else "up")
    assert float(right(questions, "about how much")) == pytest.approx(0.01 * steepest, rel=0.06)


def test_the_strongest_rows_are_those_of_the_largest_gradients(explorer):
    for digit in range(20):
        _, scene, questions = asked(explorer, digit=digit)
        found = [q for q in questions if "two rows" in q["text"]]
        if found:
            rows = np.abs(scene["arrays"]["dense.weight"]["gradient"]).sum(axis=1)
            first, second = np.argsort(-rows)[:2]
            assert found[0]["choices"][found[0]["right"]] == f"{first} and {second}"
            return
    pytest.fail("none of twenty digits was asked for its rows")


@pytest.mark.parametrize("recipe", [{}, {"digit": 5}, {"network": "untrained"}])
def test_whatever_is_asked_can_be_explained_and_each_choice_has_its_reason(explorer, recipe):
    recipe, _, questions = asked(explorer, **recipe)
    assert len(questions) >= 7
    for question in questions:
        assert len(question["choices"]) == len(set(question["choices"])) == len(question["reasons"])
        assert 0 <= question["right"] < len(question["choices"])
        assert explorer.answer("why", recipe, question=question["why"])["count"] >= 1
        for number in question["covered"]:
            assert explorer.answer("why", recipe, question=number)["kind"] == "gradient"
        for text in (question["text"], *question["reasons"]):
            assert max(len(sentence.split()) for sentence in text.split(". ")) <= 20, text


def test_nothing_is_asked_where_nobody_said_what_is_right(explorer):
    blank = packed_ink(bytes(28 * 28))
    recipe = {"network": "untrained", "seed": 1, "digit": None, "ink": blank}
    assert explorer.answer("questions", recipe)["questions"] == []


def test_a_network_without_a_relu_is_not_asked_about_one():
    explorer = Explorer(model="lenet5")
    _, _, questions = asked(explorer, network="untrained")
    texts = [q["text"] for q in questions]
    assert any("Logit" in text for text in texts)
    assert not any("ReLU" in text for text in texts)
