"""`predict` shows what the network sees, says how sure it may be, and names what looks like nothing it knows."""

import json
import re

import numpy as np
import pytest
from drawn_digits import drawings
from PIL import Image

import tinygrad_edu as tge


@pytest.fixture(scope="module")
def run(tmp_path_factory, command_in):
    """The folder of a short run on the packaged digits."""
    folder = tmp_path_factory.mktemp("predict")
    command_in(folder, "train", "--epochs", 3, "--no-pictures", "--out", "run").check_returncode()
    return folder / "run"


@pytest.fixture
def pictures(tmp_path):
    """Drawings of the ten digits, and an image of noise."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for number, drawing in enumerate(drawings(10, seed=3)):
        drawing.save(folder, number)
    noise = np.random.default_rng(0).integers(0, 256, (100, 100), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "noise.png")
    return folder


def test_json_tells_sureness_and_what_is_unlike_the_training_images(command, run, pictures):
    answers = json.loads(command("predict", run, pictures, "--json").stdout)
    assert [a["unlike_training"] for a in answers].count(True) <= 2
    assert answers[-1]["file"] == "noise.png"
    assert answers[-1]["unlike_training"] is True
    assert all(a["calibrated"] for a in answers)
    model, calibration = tge.training.load_model(run), tge.training.Calibration.load(run / "calibration.safetensors")
    expected = calibration.probabilities(model.predict_proba(tge.data.load_images(pictures)[0]))
    np.testing.assert_allclose([a["probabilities"] for a in answers], expected, atol=1e-5)


def test_one_image_is_shown_as_the_network_sees_it(command, run, pictures):
    path = min(pictures.iterdir())
    shown = command("predict", run, path).stdout.splitlines()
    assert shown[0] == f"{path.name} as the network sees it:"
    image = tge.data.load_images(path)[0][0, 0]
    for line, row in zip(shown[1:29], image, strict=True):
        shades = [" ░▒▓█".index(line.ljust(56)[2 * column]) for column in range(28)]
        np.testing.assert_allclose(np.array(shades) / 4, row, atol=0.126)
    assert "as the network sees it" not in command("predict", run, path, "--no-show").stdout


def test_of_a_folder_the_table_and_the_strange_ones(command, run, pictures):
    said = command("predict", run, pictures)
    assert said.returncode == 0, said.stderr
    assert "as the network sees it" not in said.stdout
    assert re.search(r"^noise\.png: looks like none of the images that the network learnt as a \d$", said.stdout, re.M)
    assert said.stdout.count("looks like none") <= 2
    assert command("predict", run, pictures, "--show").stdout.count("as the network sees it") == 11


def test_a_weights_file_alone_is_not_calibrated_and_says_so(command, run, pictures):
    said = command("predict", run / "model.safetensors", pictures)
    assert "These probabilities are not calibrated" in said.stdout
    answer = json.loads(command("predict", run / "model.safetensors", pictures, "--json").stdout)[0]
    assert (answer["calibrated"], answer["unlike_training"]) == (False, None)


def test_a_damaged_calibration_is_named(command, run, pictures, tmp_path):
    import shutil

    copy = shutil.copytree(run, tmp_path / "copy")
    (copy / "calibration.safetensors").write_bytes(b"nothing")
    said = command("predict", copy, pictures)
    assert said.returncode == 1
    assert re.fullmatch(r"tinygrad-edu: error: .*calibration\.safetensors: [^\n]+\n", said.stderr)
