"""`tge.explore`: in a notebook by messages, in a file, or a word on how to see it."""

import json

import numpy as np
import pytest
from explorer_server import EARLY, unpacked
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tge
from tinygrad_edu import nn
from tinygrad_edu.errors import UserError
from tinygrad_edu.explorer.notebook import answered


@pytest.fixture(scope="module")
def exploration():
    _, test = tge.data.load_digits()
    tge.manual_seed(2)
    return tge.explore(tge.models.MinimalCNN(), test.images[3], test.labels[3])


def test_a_message_is_answered_with_a_buffer_or_a_sentence(exploration):
    said, (packed,) = answered(exploration.explorer, {"view": "v", "id": 7, "method": "scene"})
    assert said == {"view": "v", "id": 7}
    scene = unpacked(packed)
    assert (scene["recipe"]["network"], scene["answer"]) == ("given", 0)
    wanted = {"question": {"of": "conv.bias", "index": [0], "gradient": True}}
    _, (packed,) = answered(exploration.explorer, {"method": "why", "recipe": scene["recipe"], "wanted": wanted})
    assert unpacked(packed)["value"] == scene["arrays"]["conv.bias"]["gradient"][0]
    said, buffers = answered(
        exploration.explorer, {"id": 8, "method": "why", "recipe": EARLY, "wanted": {"question": 3}}
    )
    assert (said["id"], buffers) == (8, [])
    assert "which number" in said["error"]


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(
    st.sampled_from(["view", "id", "method", "recipe", "wanted"]), x), max_leaves=5))  # fmt: skip
def test_any_message_is_answered(exploration, asked):
    said, buffers = answered(exploration.explorer, asked)
    assert ("error" in said) != bool(buffers)


def test_the_widget_hears_questions_and_sends_answers(exploration, monkeypatch):
    pytest.importorskip("anywidget", reason="anywidget is not installed: pip install '.[jupyter]'")
    import comm

    sent = []

    class Heard(comm.base_comm.BaseComm):
        def publish_msg(self, kind, data=None, metadata=None, buffers=None, **keys):
            sent.append((kind, data, buffers))

    monkeypatch.setattr(comm, "create_comm", lambda *args, **options: Heard(*args, **options))
    widget = exploration.widget()
    assert "application/vnd.jupyter.widget-view+json" in exploration._repr_mimebundle_()[0]
    assert "default-src 'none'" in widget.html
    assert 'name="engine" content="notebook"' in widget.html
    widget._handle_custom_msg({"view": "v", "id": 3, "method": "scene", "recipe": None}, [])
    kind, data, buffers = sent[-1]
    assert (kind, data["method"], data["content"]) == ("comm_msg", "custom", {"view": "v", "id": 3})
    assert unpacked(bytes(buffers[0]))["answer"] == 0


def test_without_a_notebook_it_says_how_to_see_it_and_saves_a_file(exploration, tmp_path):
    assert "MinimalCNN, 54,170 parameters" in repr(exploration)
    assert ".serve()" in repr(exploration)
    exploration.save(tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert json.dumps("given").replace('"', "&quot;") in text


@pytest.mark.parametrize("shape", [(1, 1, 28, 28), (1, 28, 28), (28, 28)])
def test_a_picture_may_leave_out_axes_of_one(shape):
    found = tge.explore(tge.models.MinimalCNN(filters=1), tge.Tensor(np.ones(shape)), tge.Tensor(np.array([3])))
    assert found.explorer.answer("scene")["answer"] == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((3, np.ones((28, 28)), 1), "nn.Module"),
        ((None, np.ones((28, 28)), 1), "give the model"),
        ((tge.models.MinimalCNN(filters=1), None, 1), "a label belongs to an image"),
        ((tge.models.MinimalCNN(filters=1), np.ones((2, 1, 28, 28)), 1), "one picture"),
        ((tge.models.MinimalCNN(filters=1), np.ones((5, 5)), 1), "expects images"),
        ((tge.models.MinimalCNN(filters=1), np.ones((28, 28)), 10), "none of the network's classes"),
        ((tge.models.MinimalCNN(filters=1), np.ones((28, 28)), -1), "number of a class"),
        ((nn.Flatten(), np.ones((28, 28), "U1"), 1), "made of numbers"),
    ],
)
def test_what_cannot_be_explored_is_said_at_the_call(arguments, said):
    with pytest.raises(UserError, match=said):
        tge.explore(*arguments)
