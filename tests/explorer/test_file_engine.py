"""The saved file's own definitions give the engine's explanations: terms, factors, formulas and words."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tge
from tinygrad_edu.explorer.explorer import Explorer
from tinygrad_edu.explorer.packing import pack

NODE = shutil.which("node")
WEB = Path(__file__).parents[1] / "web"

pytestmark = pytest.mark.skipif(NODE is None, reason="node is not installed")


class Net(tge.nn.Module):
    """All that the file defines and the packaged networks do not use: strides, groups, fan-outs, products."""

    def __init__(self, rng):
        super().__init__()
        self.conv = tge.nn.Conv2d(1, 4, 3, stride=2, padding=1, rng=rng)
        self.same = tge.nn.Conv2d(4, 4, (2, 3), padding="same", rng=rng)
        self.conv2 = tge.nn.Conv2d(4, 4, 3, padding=2, dilation=2, groups=2, rng=rng)
        self.dense = tge.nn.Linear(4 * 7 * 7, 10, rng=rng)

    def forward(self, x):
        a = tge.relu(self.conv(x))
        b = tge.max_pool2d(self.same(a) + self.conv2(a), 3, 2, 1)
        b = tge.max_pool2d(b, 2, 1, 1, dilation=2)
        c = tge.sigmoid(b) * b
        return self.dense((c - tge.avg_pool2d(c, 3, 1, 1)).reshape(1, -1))


def made(name):
    """Return an explorer and a recipe for it."""
    if name != "own":
        return Explorer(model=name), {"network": "untrained", "seed": 1, "digit": 142}
    rng = np.random.default_rng(7)
    image = rng.random((1, 1, 28, 28)).astype(np.float32)
    return Explorer(given=Net(rng), image=image, label=3), {"network": "given", "seed": 1, "digit": None}


def whys(explorer, recipe, scene, rng):
    """Yield explanations of random numbers of every array, and of all that lies between and has no name."""
    for name, array in scene["arrays"].items():
        for gradient in (False, True):
            if array["role"] == "constant" or (gradient and array["gradient"] is None):
                continue
            index = [int(rng.integers(n)) for n in array["shape"]]
            question = {"of": name, "gradient": gradient, "index": index, "through": []}
            while question is not None:
                why = explorer.answer("why", recipe, question=question)
                yield why
                question = deeper(why)


def deeper(why):
    for number, group in reversed(list(enumerate(why["groups"]))):
        for position, column in enumerate(group["columns"]):
            if column["of"] is None and column["kind"] == "value":
                return {**why["question"], "through": [*why["question"]["through"], [number, 0, position]]}
    return None


def compared(path):
    done = subprocess.run([NODE, WEB / "compare_whys.mjs", path], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", ["minimal", "lenet5", "own"])
def test_the_file_says_what_the_engine_says(name, tmp_path):
    explorer, recipe = made(name)
    scene = explorer.answer("scene", recipe)
    asked = list(whys(explorer, recipe, scene, np.random.default_rng(3)))
    file = tmp_path / "stored"
    file.write_bytes(pack({"scene": scene, "whys": asked}))
    found = compared(file)
    assert found["wrong"] == []
    proof = found["proof"]
    assert proof["holds"]
    assert proof["unknown"] == []
    assert proof["gradients"] == sum(a["gradient"].size for a in scene["arrays"].values() if a["gradient"] is not None)


def test_the_proof_finds_a_number_that_is_wrong(tmp_path):
    explorer, recipe = made("minimal")
    scene = explorer.answer("scene", recipe)
    weights = np.array(scene["arrays"]["conv.weight"]["gradient"])
    weights[3, 0, 1, 2] += 1e-3
    scene["arrays"]["conv.weight"] = {**scene["arrays"]["conv.weight"], "gradient": weights}
    file = tmp_path / "stored"
    file.write_bytes(pack({"scene": scene, "whys": []}))
    proof = compared(file)["proof"]
    assert not proof["holds"]
    assert proof["where"] == f"dL/d conv.weight {3 * 9 + 5}"


def test_what_the_file_does_not_define_says_that_it_needs_the_engine(tmp_path):
    class Softplus(tge.nn.Module):
        def __init__(self, rng):
            super().__init__()
            self.dense = tge.nn.Linear(784, 10, rng=rng)

        def forward(self, x):
            return self.dense(tge.exp(x).reshape(1, -1))

    rng = np.random.default_rng(1)
    explorer = Explorer(given=Softplus(rng), image=rng.random((1, 1, 28, 28)).astype(np.float32), label=3)
    recipe = {"network": "given", "seed": 1, "digit": None}
    scene = explorer.answer("scene", recipe)
    why = explorer.answer("why", recipe, question={"of": "exp", "gradient": False, "index": [0, 0, 1, 1]})
    file = tmp_path / "stored"
    file.write_bytes(pack({"scene": scene, "whys": [why]}))
    found = compared(file)
    assert "This file cannot explain exp: that needs the engine." in found["wrong"][0]
    assert found["proof"]["unknown"] == ["image", "exp"]
