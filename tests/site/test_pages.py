"""The built pages need no network and no server: they open from a folder, and ask no other host for anything."""

import re
from urllib.parse import unquote

import pytest

LOADS = re.compile(r'<(?:script|img|iframe|source|link|video|audio)\b[^>]*?\s(?:src|href)="([^"]*)"')
LEADS = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')
PLACES = re.compile(r'\s(?:id|name)="([^"]*)"')
FAR_STYLE = re.compile(r"(?:url\(|@import\s)\s*[\"']?(?:https?:)?//")


class Page:
    """What a page loads, where it leads to, and the places in it that can be led to."""

    def __init__(self, file):
        html = file.read_text(encoding="utf-8")
        self.loads, self.leads, self.places = LOADS.findall(html), LEADS.findall(html), set(PLACES.findall(html))


@pytest.fixture(scope="module")
def pages(site):
    return {page: Page(page) for page in site.rglob("*.html") if "_static" not in page.parts}


def test_no_page_loads_anything_from_another_host(site, pages):
    assert len(pages) > 100  # those of the sources too
    for page, links in pages.items():
        far = [load for load in links.loads if re.match(r"(https?:)?//", load)]
        assert not far, f"{page.relative_to(site)} loads {far}"
    for style in site.rglob("*.css"):
        assert not FAR_STYLE.search(style.read_text(encoding="utf-8")), style.name


def test_what_a_page_loads_and_leads_to_is_there(site, pages):
    for page, links in pages.items():
        for target in {*links.loads, *links.leads}:
            if re.match(r"[a-z]+:", target):
                continue
            path, _, place = target.partition("#")
            file = (page.parent / unquote(path.partition("?")[0])).resolve() if path else page
            assert file.exists(), f"{page.relative_to(site)}: {target}"
            if place and file in pages:
                assert unquote(place) in pages[file].places, f"{page.relative_to(site)}: {target}"


def test_a_browser_opens_them_from_a_folder_in_either_theme(site, chromium):
    asked, failed = [], []
    for theme, width in (("light", 1280), ("dark", 390)):
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: failed.append(error))
        for name in ("index", "convolution", "source/tinygrad_edu/autograd/backward"):
            page.goto((site / f"{name}.html").as_uri())
            assert page.evaluate("document.documentElement.dataset.theme") == theme
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than the screen"
        context.close()
    assert not failed
    assert asked
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]


def test_the_search_finds_without_a_server(site, chromium):
    page = chromium.new_page()
    page.goto((site / "search.html").as_uri() + "?q=kernel+turned")
    page.wait_for_selector("ul.search li a")
    assert any("convolution.html" in a.get_attribute("href") for a in page.query_selector_all("ul.search li a"))
    page.close()
