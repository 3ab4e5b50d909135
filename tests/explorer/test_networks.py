"""Any network lays itself out: chains, a graph that comes together again, layers without weights, other pictures."""

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu import nn
from tinygrad_edu.explorer.explorer import Explorer


class Residual(nn.Module):
    """Two convolutions, the second added to what it was given."""

    def __init__(self):
        self.first, self.norm = nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4)
        self.second, self.relu = nn.Conv2d(4, 4, 3, padding=1), nn.ReLU()
        self.pool, self.flatten, self.dense = nn.AvgPool2d(4), nn.Flatten(), nn.Linear(4 * 49, 10)

    def forward(self, x):
        x = self.relu(self.norm(self.first(x)))
        return self.dense(self.flatten(self.pool(self.relu(self.second(x) + x))))


def sequential():
    return nn.Sequential(
        nn.Conv2d(1, 4, 5), nn.BatchNorm2d(4), nn.LeakyReLU(), nn.MaxPool2d(2), nn.Dropout(0.5), nn.Flatten(),
        nn.Linear(4 * 144, 10),
    )  # fmt: skip


NETWORKS = {
    "minimal": tge.models.MinimalCNN,
    "minimal in float64": lambda: tge.models.MinimalCNN(dtype=np.float64),
    "lenet5": tge.models.LeNet5,
    "sequential": sequential,
    "residual": Residual,
}


@pytest.fixture(scope="module", params=NETWORKS)
def explorer(request):
    tge.manual_seed(3)
    found = Explorer(NETWORKS[request.param]())
    found.moments.first_digit = 530
    return found


def test_stages_are_linked_from_the_picture_to_the_loss(explorer):
    scene = explorer.answer("scene")
    seen, of_picture = set(), {stage["output"] for stage in scene["stages"] if stage["of_picture"]}
    for stage in scene["stages"]:
        assert set(stage["inputs"]) <= seen
        assert all(scene["arrays"][name]["role"] == "parameter" for name in stage["parameters"])
        assert stage["of_picture"] or not set(stage["inputs"]) & of_picture
        seen.add(stage["output"])
    assert scene["stages"][0]["output"] == "image"
    assert scene["stages"][-1]["output"] == "loss"
    assert scene["not_finite"] is None
    shown = {name: array for name, array in scene["arrays"].items() if array["role"] == "parameter"}
    assert sum(array["values"].size for array in shown.values()) == scene["model"]["parameters"]
    for array in scene["arrays"].values():
        assert np.prod(array["laid_out"], dtype=int) == array["values"].size


def test_gradients_are_the_measured_slopes(explorer):
    scene, rng = explorer.answer("scene"), np.random.default_rng(0)
    for name, array in scene["arrays"].items():
        if array["gradient"] is None or array["primitive"] in ("nll_loss", "log_softmax"):
            continue
        index = [int(rng.integers(n)) for n in array["shape"]]
        found = explorer.answer("slope", question={"of": name, "index": index})
        assert found["gradient"] == pytest.approx(array["gradient"][tuple(index)])
        low, high = sorted((found["left"], found["right"]))
        if found["kink"]:
            assert low - 1e-7 <= found["gradient"] <= high + 1e-7
        else:
            assert found["central_difference"] == pytest.approx(found["gradient"], rel=1e-3, abs=1e-6)
        assert found["dtype"] == "float64"


def test_one_step_is_old_minus_lr_g(explorer):
    recipe = explorer.answer("opening")["recipe"]
    for batch in (0, 8):
        found = explorer.answer("learned", {**recipe, "changes": [["learn", 2, 1e-3, batch]]}, accuracy=False)
        assert found["largest_difference"] < 1e-6
        assert found["loss"]["after"] == pytest.approx(found["tangent"], rel=1e-2)


def test_max_pooling_has_a_kink_where_numbers_tie():
    model = nn.Sequential(nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1, 2))
    tied = Explorer(model, np.array([[[1.0, 1.0], [0.0, 0.0]]]), 0)
    found = tied.answer("slope", question={"of": "image", "index": [0, 0, 0, 0]})
    assert found["kink"]
    assert 0 == found["left"] != found["right"]
    assert found["gradient"] == pytest.approx(found["right"], rel=1e-3)  # the first of them gets it
    apart = Explorer(model, np.array([[[1.0, 0.9], [0.0, 0.0]]]), 0)
    assert not apart.answer("slope", question={"of": "image", "index": [0, 0, 0, 0]})["kink"]


def test_a_filter_whose_relu_is_closed_everywhere_is_named():
    model = tge.models.MinimalCNN()
    model.conv.bias.data = np.array([0, -1e3, 0, 0, 0, 0, -1e3, 0], np.float32)
    explorer = Explorer(model)
    explorer.moments.first_digit = 0
    dead = explorer.answer("scene")["dead"]
    assert {1, 6} <= {found["channel"] for found in dead}
    assert {(found["of"], found["input"], found["count"]) for found in dead} == {("relu", "conv2d", 676)}


def test_a_sure_network_is_said_to_have_little_to_learn():
    model = tge.models.MinimalCNN()
    model.dense.bias.data = np.array([1e3] + 9 * [0], np.float32)
    explorer = Explorer(model)
    sure, wrong = ({"network": "given", "seed": 1, "digit": 3, "answer": answer} for answer in (0, 1))
    assert explorer.answer("scene", sure)["gradients"]["state"] == "zero"
    assert explorer.answer("scene", wrong)["gradients"]["state"] is None
    assert explorer.answer("scene", sure)["p"] == 1.0


def test_the_rest_of_a_probability_near_one_is_not_lost():
    model = tge.models.MinimalCNN()
    model.dense.bias.data = np.array([60] + 9 * [0], np.float32)
    scene = Explorer(model).answer("scene", {"network": "given", "seed": 1, "digit": 3, "answer": 0})
    assert scene["p"] == 1.0
    assert 0 < scene["rest"] < 1e-20


def test_a_drawn_picture_without_an_answer_has_values_and_no_gradients():
    ink = "8" * 523  # 784 levels
    scene = Explorer().answer("scene", {"network": "untrained", "seed": 1, "digit": None, "ink": ink[:-1] + "A"})
    assert scene["loss"] is None
    assert scene["answer"] is None
    assert scene["steps"] == []
    assert "needs a loss" in scene["arrays"]["conv.weight"]["no_gradient"]
