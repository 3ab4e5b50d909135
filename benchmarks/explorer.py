"""How quickly the explorer answers, in a real browser: `python -m benchmarks.explorer`.

Needs `pip install '.[web]'` and a Chromium. Times are medians in milliseconds, of this machine: what the page waits for
(the engine's answer, unpacked), and what is on the screen. What is asked for: a first view within 1,000, a why within
100, a step of SGD within 50, and 60 frames a second while a number is dragged.
"""

from __future__ import annotations

import importlib.util
import statistics
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

ASK = """async ([method, wanted, repeats]) => {
  const { httpEngine } = await import("/web/js/engine/http.js");
  const engine = httpEngine();
  const { recipe } = await engine.ask("opening", null);
  const times = [];
  for (let k = 0; k < repeats; k++) {
    const asked = { ...recipe };
    // another number each time, so that nothing is answered from memory
    if (method === "scene") asked.changes = [["edit", "conv.bias", [0], k / 1000]];
    if (method === "step") asked.changes = [["learn", k + 1, 0.0001, 0]];
    const index = wanted.question?.of === "logits" ? [0, k % 10] : [k % 8, 0, k % 3, 2];
    const question = wanted.question && { ...wanted.question, index };
    const begun = performance.now();
    await engine.ask(method === "step" ? "scene" : method, asked, question ? { question } : wanted);
    times.push(performance.now() - begun);
  }
  return times;
}"""

FRAMES = """() => new Promise((resolve) => {
  const times = [];
  const slider = document.querySelector("input[type=range]");
  let last = performance.now();
  const frame = (now) => {
    times.push(now - last);
    last = now;
    slider.value = String((Number(slider.value) + 1) % 160);
    slider.dispatchEvent(new Event("input"));
    times.length < 180 ? requestAnimationFrame(frame) : resolve(times.slice(10));
  };
  requestAnimationFrame(frame);
})"""


def measured(repeats: int) -> dict[str, float]:
    """Return what was measured, in milliseconds."""
    photo = _photographer()
    from tinygrad_edu.explorer.explorer import Explorer

    begun = perf_counter()
    explorer = Explorer()
    explorer.answer("scene")
    found = {"start: prepare the network": 1000 * (perf_counter() - begun)}
    with photo.server(explorer) as address, photo.browser() as browser:
        views = []
        for _ in range(max(3, repeats // 10)):
            page = browser.new_page(viewport={"width": 1280, "height": 864})
            begun = perf_counter()
            page.goto(address)
            page.wait_for_selector("html[data-ready]", state="attached")
            views.append(1000 * (perf_counter() - begun))
            page.close()
        found["first view"] = statistics.median(views)
        page = browser.new_page(viewport={"width": 1280, "height": 864})
        page.goto(address)
        page.wait_for_selector("html[data-ready]", state="attached")
        for what, (method, wanted) in QUESTIONS.items():
            found[what] = statistics.median(page.evaluate(ASK, [method, wanted, repeats]))
        page.goto(f"{address}#1;m=whatif;wi=vconv.weight:3,0,1,2")
        page.reload()
        page.wait_for_selector(".chart circle")
        found["a frame while dragging"] = statistics.median(page.evaluate(FRAMES))
    return found


QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "a scene after an edit": ("scene", {}),
    "a step of SGD and its scene": ("step", {}),
    "why a kernel's gradient, 676 products": ("why", {"question": {"of": "conv.weight", "gradient": True}}),
    "why a logit, 5,409 terms": ("why", {"question": {"of": "logits", "gradient": False}}),
    "what if, 161 passes": ("what_if", {"name": "conv.weight", "index": [3, 0, 1, 2]}),
}


def _photographer() -> Any:
    """Return docs/photograph_explorer.py, which starts the server and the browser."""
    path = Path(__file__).parents[1] / "docs" / "photograph_explorer.py"
    spec: Any = importlib.util.spec_from_file_location("photograph_explorer", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["photograph_explorer"] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    for what, time in measured(repeats=50).items():
        print(f"{what:40}{time:8.1f} ms")
