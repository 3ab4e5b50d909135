"""The page in a notebook's output: in a frame, answered through the widget's messages."""

import base64
import json

import pytest

import tinygrad_edu as tge
from tinygrad_edu.explorer.notebook import answered
from tinygrad_edu.explorer.page import WEB, page, whole

# What anywidget is to the widget: a model with the state, and messages to and from Python.
NOTEBOOK = """
<!doctype html><title>notebook</title><div id="output"></div>
<script type="module">
import widget from "./widget.js";
const listeners = new Set();
const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
const model = {
  get: (name) => ({ html: window.page, height: 700 })[name],
  on: (_, listener) => listeners.add(listener),
  off: (_, listener) => listeners.delete(listener),
  async send(message) {
    const [content, buffers] = await window.kernel(message);
    for (const listener of listeners) listener(content, buffers.map(bytes));
  },
};
window.remove = widget.render({ model, el: document.getElementById("output") });
</script>
"""


@pytest.fixture
def notebook(chromium):
    _, test = tge.data.load_digits()
    explorer = tge.explore(tge.models.MinimalCNN(filters=2), test.images[3], test.labels[3]).explorer
    page_text = whole(page("notebook", explorer.answer("opening")["recipe"]))

    def kernel(message):
        content, buffers = answered(explorer, message)
        return content, [base64.b64encode(b).decode() for b in buffers]

    context = chromium.new_context()
    shown, said = context.new_page(), []
    shown.on("console", lambda message: message.type in ("error", "warning") and said.append(message.text))
    shown.on("pageerror", lambda error: said.append(str(error)))
    files = {
        "http://notebook.example/": ("text/html", NOTEBOOK),
        "http://notebook.example/widget.js": ("text/javascript", (WEB / "js/widget/widget.js").read_text("utf-8")),
    }
    shown.route("**/*", lambda route: route.fulfill(
        content_type=files[route.request.url][0], body=files[route.request.url][1]))  # fmt: skip
    shown.expose_function("kernel", kernel)
    shown.add_init_script(f"window.page = {json.dumps(page_text)}")
    shown.goto("http://notebook.example/")
    yield shown
    context.close()
    assert not said, said


def test_the_frame_shows_the_kernels_scene_and_asks_why(notebook):
    frame = notebook.frame_locator("iframe")
    frame.locator("html[data-ready]").wait_for(state="attached", timeout=20_000)
    assert "This is a 0." in frame.locator("#sentence").inner_text()
    frame.locator("#header").get_by_role("button", name="Step on").click()
    frame.locator("#step").filter(has_text="Step 1 of").wait_for()
    frame.locator("#header").get_by_role("button", name="Learn").click()
    frame.get_by_role("button", name="One step").click()
    frame.locator(".learned").filter(has_text="Step 1").wait_for()
    notebook.evaluate("window.remove()")
