"""Cells are run when a page is built: what they print stands on it, and what they raise fails the build."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = """---
file_format: mystnb
kernelspec:
  name: python3
---
# A page

```{code-cell}
import tinygrad_edu as tge
print(tge.ones(3).sum().item() + %s)
```
"""


def build(folder, number):
    (folder / "index.md").write_text(PAGE % number)
    options = [
        "-W",
        "-q",
        "-T",
        "-E",
        "-b",
        "text",
        "-c",
        ROOT / "docs",
        "-D",
        "extensions=myst_nb",
        "-D",
        "nitpicky=0",
    ]
    command = [sys.executable, "-m", "sphinx", *options, folder, folder / "out"]
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300)


def test_what_a_cell_raises_fails_the_build(tmp_path):
    done = build(tmp_path, "1 / 0")
    assert done.returncode != 0
    assert "ZeroDivisionError" in done.stderr


def test_what_a_cell_prints_stands_on_the_page(site):
    html = (site / "convolution.html").read_text(encoding="utf-8")
    assert html.count('class="cell docutils container"') == 2
    assert "cell_output" in html
    assert html.count("<math") == 4
