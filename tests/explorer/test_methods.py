"""What the page asks beside scenes and whys: slopes, what-if, learning, pictures to pick from."""

import base64
import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tinygrad_edu.errors import UserError
from tinygrad_edu.explorer.explorer import Explorer

EARLY = {"network": "early", "seed": 1, "digit": 142}
WEIGHT = {"of": "conv.weight", "index": [3, 0, 1, 2]}


@pytest.fixture(scope="module")
def explorer():
    return Explorer()


@pytest.mark.parametrize(
    ("name", "index"),
    [("conv.weight", [3, 0, 1, 2]), ("dense.bias", [9]), ("image", [0, 0, 14, 14]), ("relu", [0, 2, 13, 13])],
)
def test_the_tangent_touches_the_true_loss_and_its_slope_is_the_measured_one(explorer, name, index):
    found = explorer.answer("what_if", EARLY, name=name, index=index, range=0.01, points=21)
    measured = explorer.answer("slope", EARLY, question={"of": name, "index": index})
    assert found["dtype"] == measured["dtype"] == "float64"
    assert len(found["deltas"]) == 21
    assert found["deltas"][found["here"]] == 0
    assert found["switched"][found["here"]] == 0
    assert measured["central_difference"] == pytest.approx(found["gradient"], rel=1e-3, abs=1e-7)
    assert np.abs(found["losses"] - found["tangent"]).max() < 1e-3
    assert found["probabilities"].sum(axis=1) == pytest.approx(1)
    assert found["losses"] == pytest.approx(-np.log(found["probabilities"][:, explorer.moments.test.labels[142]]))


def test_an_edit_brings_the_loss_that_what_if_foretold(explorer):
    found = explorer.answer("what_if", EARLY, name="conv.weight", index=[3, 0, 1, 2], range=0.5, points=3)
    for k, delta in enumerate(found["deltas"]):
        edited = {**EARLY, "changes": [["edit", "conv.weight", [3, 0, 1, 2], found["value"] + delta]]}
        assert explorer.answer("scene", edited)["loss"] == pytest.approx(found["losses"][k], rel=1e-4)


@pytest.mark.parametrize("batch", [0, 32])
def test_old_minus_lr_g_is_new_and_the_loss_falls_as_the_tangents_said(explorer, batch):
    recipe = {**EARLY, "changes": [["learn", 2, 1e-4, batch], ["learn", 1, 1e-4, batch]]}
    found = explorer.answer("learned", recipe, pinned=[WEIGHT, {"of": "dense.bias", "index": [9]}])
    assert found["step"] == 3
    assert len(found["losses"]) == 4
    for pin in found["pinned"]:
        assert pin["old"] - pin["lr"] * pin["g"] == pytest.approx(pin["new"], rel=1e-6)
    assert found["largest_difference"] < 1e-6
    assert found["loss"]["after"] == pytest.approx(found["tangent"], rel=1e-3)
    assert not found["rose"]
    assert found["accuracy_now"]["of"] == 1000


def test_steps_of_learning_are_the_same_however_they_are_asked_for():
    at_once, in_pieces = Explorer(), Explorer()
    one, three = ["learn", 1, 0.01, 32], ["learn", 3, 0.01, 32]
    for changes in ([one], [one, three], [["learn", 7, 0.01, 32]]):
        in_pieces.answer("scene", {**EARLY, "changes": changes})
    last = [explorer.answer("scene", {**EARLY, "changes": changes}) for explorer in (at_once, in_pieces)]
    for name, array in last[0]["arrays"].items():
        np.testing.assert_array_equal(array["values"], last[1]["arrays"][name]["values"], err_msg=name)


def test_a_later_change_learns_from_the_digits_that_follow(explorer):
    small = 1e-12  # the weights stay as they are, so a loss tells its batch
    together, apart = (
        explorer.answer("learned", {**EARLY, "changes": changes}, accuracy=False)["losses"]
        for changes in ([["learn", 2, small, 32]], [["learn", 1, small, 32], ["learn", 1, 2 * small, 32]])
    )
    assert together == pytest.approx(apart, rel=1e-6)
    assert abs(apart[0] - apart[1]) > 1e-3


def test_what_was_learnt_from_a_picture_stays_when_another_is_shown(explorer):
    learn = ["learn", 1, 0.001, 0]
    taught = explorer.answer("scene", {**EARLY, "changes": [learn]})
    shown = explorer.answer("scene", {**EARLY, "changes": [learn, ["show", 7, None, None]]})
    assert shown["picture"]["digit"] == 7
    for name in ("conv.weight", "dense.weight"):
        np.testing.assert_array_equal(taught["arrays"][name]["values"], shown["arrays"][name]["values"])
    assert (taught["arrays"]["image"]["values"] != shown["arrays"]["image"]["values"]).any()


def test_digits_can_be_picked_and_the_hard_ones_come_first(explorer):
    found = explorer.answer("digits", EARLY, start=3, count=5)
    assert found["digits"].tolist() == [3, 4, 5, 6, 7]
    np.testing.assert_array_equal(found["labels"], explorer.moments.test.labels[3:8])
    assert found["pictures"].shape == (5, 28, 28)
    hard = explorer.answer("digits", EARLY, order="hard", count=100, label=9)
    assert (np.diff(hard["probabilities"]) >= 0).all()
    assert set(hard["labels"].tolist()) == {9}


def png(draw=True):
    picture = Image.new("RGB", (200, 300), "white")
    if draw:
        ImageDraw.Draw(picture).line([(90, 40), (110, 260)], fill="black", width=20)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_an_image_file_becomes_a_drawn_picture(explorer):
    found = explorer.answer("prepare", EARLY, file=png())
    assert found["picture"].max() == 15
    drawn = {**EARLY, "digit": None, "ink": found["ink"], "answer": 1}
    image = explorer.answer("scene", drawn)["arrays"]["image"]["values"][0, 0]
    np.testing.assert_allclose(image, found["picture"] / 15, rtol=1e-6)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (png(draw=False), "blank"),
        ("aGVsbG8=", "not an image"),
        ("***", "base64"),
        ("é", "base64"),
        ("A" * (15 << 20), "10 MB"),
    ],
)
def test_a_file_that_cannot_be_read_gives_a_sentence(explorer, file, said):
    with pytest.raises(UserError, match=said):
        explorer.answer("prepare", EARLY, file=file, name="mine.png")


@pytest.mark.parametrize(
    ("method", "wanted", "said"),
    [
        ("what_if", {"name": "conv.weight", "index": [99, 0, 0, 0]}, "no element"),
        ("what_if", {"name": "nothing", "index": []}, "no value called"),
        ("what_if", {"name": "conv.weight", "index": [0, 0, 0, 0], "points": 10**9}, "points"),
        ("what_if", {"name": "conv.weight", "index": [0, 0, 0, 0], "range": float("nan")}, "range"),
        ("slope", {"question": {"of": "image", "index": [0, 0, 28, 0]}}, "no element"),
        ("slope", {"wanted": 1}, "not asked like this"),
        ("digits", {"count": 10**9}, "at most 200"),
        ("nothing", {}, "cannot"),
    ],
)
def test_what_cannot_be_done_gives_a_sentence(explorer, method, wanted, said):
    with pytest.raises(UserError, match=said):
        explorer.answer(method, EARLY, **wanted)
