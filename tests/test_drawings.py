"""What a student draws is read: 300 drawings as real files, through the real reader and networks trained here.

`pytest -s tests/test_drawings.py` shows how many of each digit, and of each way of drawing, were read rightly.
"""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from drawn_digits import drawings

from tinygrad_edu.data import load_images
from tinygrad_edu.training import load_model

MNIST = Path(__file__).parents[2] / "shared" / "data" / "mnist"
NETWORKS = {
    "packaged digits": (),
    "MNIST": ("--data", "mnist", "--data-dir", MNIST),
}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """The drawings, and the images that the reader makes of their files."""
    folder = tmp_path_factory.mktemp("drawings")
    all_of_them = drawings(300, seed=2026)
    for number, drawing in enumerate(all_of_them):
        drawing.save(folder, number)
    images, names = load_images(folder)
    assert len(names) == 300
    return all_of_them, images


@pytest.mark.parametrize("network", NETWORKS)
def test_nine_of_ten_drawings_are_read(network, drawn, tmp_path):
    if network == "MNIST" and not MNIST.is_dir():
        pytest.skip("no ../shared/data/mnist beside the repository")
    command = [sys.executable, "-m", "tinygrad_edu", "train", *map(str, NETWORKS[network]), "--no-pictures", "--out"]
    subprocess.run([*command, str(tmp_path / "run")], check=True, capture_output=True)
    all_of_them, images = drawn
    right = load_model(tmp_path / "run").predict(images) == [int(d.label) for d in all_of_them]
    told = report(all_of_them, right)
    print(f"\nthe network of {network}: {told}")
    assert right.mean() >= 0.9, told


def report(all_of_them, right):
    """Say how many were right, by digit and by the way of drawing."""
    groups = defaultdict(list)
    for drawing, hit in zip(all_of_them, right, strict=True):
        ground = "light on dark" if drawing.inverse else "dark on light"
        for name in (drawing.label, drawing.kind, drawing.pen, ground):
            groups[name].append(hit)
    parts = [f"{name}: {int(np.sum(hits))} of {len(hits)}" for name, hits in sorted(groups.items())]
    return f"{right.mean():.1%} right ({', '.join(parts)})"
