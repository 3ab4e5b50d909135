"""A real server and a real browser: the explorer is tested as it is used.

Needs playwright and a Chromium (`pip install '.[web]'`, Debian's `chromium`); without them these tests are skipped.
"""

import shutil
import socket
import threading

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[web]'")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def explorer():
    from tinygrad_edu.explorer.explorer import Explorer

    return Explorer()


@pytest.fixture(scope="session")
def address(explorer):
    """The address of a server that runs until the tests end."""
    import uvicorn

    from tinygrad_edu.explorer.app import app

    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app(explorer), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    server.should_exit = True
    thread.join(5)


@pytest.fixture(scope="session")
def chromium():
    with sync_api.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        except sync_api.Error as error:
            pytest.skip(f"no browser: {error}")
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, address):
    """Open the explorer in a fresh profile: `open_page("#...", width=1280, height=720, theme="light")`.

    When the test ends, nothing must have been said on the console, and nothing asked of another origin.
    """
    contexts, said, asked = [], [], []

    def opened(fragment="", width=1280, height=720, theme="light", ready=True, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: message.type in ("error", "warning") and said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address + fragment)
        if ready:
            page.wait_for_selector("html[data-ready]", state="attached")
        return page

    opened.said = said
    yield opened
    for context in contexts:
        context.close()
    assert not said, said
    foreign = [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert not foreign, foreign
