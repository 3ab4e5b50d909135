"""The page as one file: what it holds is what the engine said, and it asks nobody."""

import base64
import gzip
import hashlib
import re

import numpy as np
import pytest
from explorer_server import EARLY, unpacked

from tinygrad_edu import nn
from tinygrad_edu.errors import UserError
from tinygrad_edu.explorer.explorer import Explorer


@pytest.fixture(scope="module")
def html(explorer):
    return explorer.answer("file", EARLY, fragment='#1;d=142;w="><script>')["html"]


def saved(html):
    return unpacked(gzip.decompress(base64.b64decode(re.search(r'id="saved">([^<]*)<', html)[1])))


def test_it_holds_the_scene_bit_for_bit(explorer, html):
    found, scene = saved(html), explorer.answer("scene", EARLY)
    for name, array in scene["arrays"].items():
        np.testing.assert_array_equal(found["scene"]["arrays"][name]["values"], array["values"])
        if array["gradient"] is not None:
            np.testing.assert_array_equal(found["scene"]["arrays"][name]["gradient"], array["gradient"])
    assert len(found["answers"]["digits"]["digits"]) == found["answers"]["digits"]["total"] == 40
    assert found["answers"]["questions"]["questions"]


def test_it_is_small_and_has_everything_in_it(html):
    assert len(html.encode()) < 1_000_000
    outside = re.sub(r"<script.*?</script>|<style.*?</style>", "", html, flags=re.DOTALL)
    assert not re.findall(r'(?:href|src)="(?!data:|#)', outside)
    assert "{{" not in outside
    assert "w=&quot;&gt;&lt;script&gt;" in outside  # a link may say anything


def test_its_policy_lets_its_own_script_and_style_run_and_nothing_else(html):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    for tag in ('script type="module"', "style"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag.split()[0]}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_same_state_gives_the_same_file(explorer, html):
    assert explorer.answer("file", EARLY, fragment='#1;d=142;w="><script>')["html"] == html


def test_a_network_that_is_too_large_for_a_file_is_refused():
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10_000), nn.Linear(10_000, 10))
    with pytest.raises(UserError, match="too large for a file"):
        Explorer(model, np.zeros((28, 28)), 1).answer("file")
