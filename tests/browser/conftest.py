"""A real server and a real browser: the explorer is tested as it is used.

Needs playwright and a Chromium (`pip install '.[web]'`, Debian's `chromium`); without them these tests are skipped.
"""

import pytest
from photo import module as photo

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[web]'")


@pytest.fixture(scope="session")
def explorer():
    from tinygrad_edu.explorer.explorer import Explorer

    return Explorer()


@pytest.fixture(scope="session")
def address(explorer):
    """The address of a server that runs until the tests end."""
    with photo.server(explorer) as found:
        yield found


@pytest.fixture(scope="session")
def chromium():
    try:
        with photo.browser() as started:
            yield started
    except sync_api.Error as error:
        pytest.skip(f"no browser: {error}")


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
