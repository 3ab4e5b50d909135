"""The page as one file, opened from the disk with the network off."""

import pytest

EARLY = {"network": "early", "seed": 1, "digit": 142}


@pytest.fixture
def opened(explorer, chromium, tmp_path):
    path = tmp_path / "cnn.html"
    path.write_text(explorer.answer("file", EARLY, fragment="1;d=142;n=early:1;st=2")["html"], encoding="utf-8")
    context = chromium.new_context(offline=True)
    page, said, asked = context.new_page(), [], []
    page.on("console", lambda message: message.type in ("error", "warning") and said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready]", state="attached")
    yield page
    assert not said, said
    assert asked == [path.as_uri()]
    context.close()


def test_it_shows_the_state_that_it_was_saved_with(opened):
    assert opened.evaluate("location.hash") == "#1;d=142;n=early:1;st=2"
    assert opened.locator("#alert").inner_text() == ""
    opened.wait_for_selector(".checked:not(:empty)")
    assert "largest difference" in opened.locator(".checked").inner_text()
    assert not opened.locator(".checked.wrong").count()
    assert "Step 2" in opened.locator("#step").inner_text()
