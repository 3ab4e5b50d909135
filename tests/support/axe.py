"""axe-core, which finds what a screen reader or a keyboard would stumble over."""

from pathlib import Path

import pytest

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def violations(page):
    """Return what axe finds on a page (opened with bypass_csp=True), a line each."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm install")
    page.add_script_tag(path=str(AXE))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{v['id']}: {v['help']}: {node['html'][:160]}" for v in found for node in v["nodes"]]
