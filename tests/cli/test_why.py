"""`tinygrad-edu why`: what it explains, and what it says."""

import json

import pytest

import tinygrad_edu as tge
from tinygrad_edu.training import save_weights


def test_the_gradient_of_a_weight_and_what_if(command):
    done = command("why", "conv.weight[3,0,1,2]", "--digit", "3", "--terms", "4", "--what-if", "0.1")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("dL/d conv.weight[3,0,1,2] = ")
    assert lines[1] == "  = sum over i,j = 0..25 of g[0,3,i,j] * image[0,0,i+1,j+2]"
    assert sum("g[0,3," in line and "image[0,0," in line for line in lines[3:]) == 4
    assert any(line.startswith("  676 terms: ") for line in lines)
    assert "What if conv.weight[3,0,1,2], which is " in done.stdout
    assert "central difference" in done.stdout


def test_a_value_of_a_trained_network_as_json(command, tmp_path):
    model = tge.models.MinimalCNN(filters=2)
    save_weights(tmp_path / "w.safetensors", model)
    done = command("why", "logits[0,7]", "--forward", "--weights", "w.safetensors", "--index", "5", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    images = tge.data.load_digits()[1].images
    assert document["value"] == pytest.approx(float(model(images[5:6]).data[0, 7]), rel=1e-6)
    assert document["count"] == 2 * 676 + 1
    assert len(document["terms"]) == 20


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["conv.weigt[0,0,0,0]"], 1, "no value called 'conv.weigt'; there are: image (1, 1, 28, 28), conv.weight"),
        (["conv.weight[0,0,0,3]"], 1, "conv.weight has no element [0,0,0,3]; it has the shape (8, 1, 3, 3)"),
        (["conv.weight"], 1, "conv.weight has no element []"),
        (["conv.weight[0,"], 2, "not of the form NAME[INDEX]"),
        (["conv.weight[0;0]"], 2, "not of the form NAME[INDEX]"),
        (["relu[0,0,0,0]", "--what-if", "1"], 1, "no parameter 'relu'"),
        (["loss", "--what-if", "-1"], 2, "--what-if"),
        (["loss", "--what-if", "nan"], 2, "--what-if"),
        (["loss", "--json", "--what-if", "1"], 2, "do not go together"),
        (["loss", "--model", "minimal", "--weights", "x"], 2, "not both"),
        (["loss", "--weights", "nowhere"], 1, "nowhere"),
    ],
)
def test_a_mistake_is_one_line_and_shows_no_page(command, arguments, code, message):
    done = command("why", *arguments)
    assert done.returncode == code
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert message in line
