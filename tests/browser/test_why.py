"""Why panel: every kind of number, in every theme, by mouse and by keyboard."""

import random

import pytest
from axe import violations

expect = pytest.importorskip("playwright.sync_api").expect

READY = ".why-body > *:not(.waiting)"
EARLY = "#1;n=early:1;d=142;m=why;w="
KINDS = {
    "a weight of a filter": ("dconv.weight:3,0,1,2", "676 products"),
    "a bias of a filter": ("dconv.bias:3", "676 numbers"),
    "a pixel": ("dimage:0,0,14,14", "72 products"),
    "a corner": ("dimage:0,0,0,0", "8 of 72"),
    "a window": ("vconv2d:0,3,10,10", "cross-correlation"),
    "a ReLU": ("vrelu:0,3,16,13", "What is above 0 passes"),
    "a gate": ("dconv2d:0,3,16,13", "g arrives"),
    "another order": ("vreshape:0,2457", "2457 = 3·676 + 16·26 + 13"),
    "a logit": ("vlogits:0,3", "5,409 terms"),
    "its gradient": ("dlogits:0,3", "sum of g"),
    "a logarithm": ("vlog_softmax:0,3", "largest logit"),
    "the answer": ("dlog_softmax:0,9", "answer"),
    "the loss": ("vloss:", "The loss is"),
    "the start": ("dloss:", "The start of the backward pass"),
    "a weight of a class": ("ddense.weight:3,2457", "met one number"),
    "what was flattened": ("dreshape:0,2457", "used in 10 results"),
    "a parameter": ("vconv.weight:3,0,1,2", "A parameter: no formula, it was learned."),
    "what was given": ("vimage:0,0,14,14", "A pixel: it was given."),
    "what has no name": ("dlogits:0,3/1.0.0", "exp(log_softmax)[0,3]"),
}


def opened(open_page, address, **options):
    page = open_page(EARLY + address, **options)
    page.wait_for_selector(READY)
    return page


def ask(page, address):
    """Go to another why in the same page, as a link does."""
    page.evaluate("fragment => { location.hash = fragment; }", EARLY + address)
    of, _, index = address[1:].partition(":")
    named = f"{'dL/d ' if address[0] == 'd' else ''}{of}" + (f"[{index}]" if index else "")
    if "/" not in address:
        expect(page.locator("#why-heading")).to_contain_text(f"Why is {named} = ")
    expect(page.locator("#why-heading")).not_to_contain_text("…")


def test_each_kind_of_number_is_explained_and_agrees_with_the_engine(open_page):
    page = opened(open_page, "vloss:")
    for kind, (address, said) in KINDS.items():
        ask(page, address)
        expect(page.locator(".panel-why"), kind).to_contain_text(said)
        assert page.locator(".check.wrong").count() == 0, kind
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), kind


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing(open_page, width, theme):
    page = opened(open_page, "vloss:", theme=theme, width=width, bypass_csp=True)
    for address in ("dconv.weight:3,0,1,2", "dimage:0,0,14,14", "vlogits:0,3", "dlogits:0,3", "dconv2d:0,3,16,13"):
        ask(page, address)
        assert violations(page) == [], address


def test_a_walk_from_factor_to_factor_meets_no_dead_end(open_page):
    page = opened(open_page, "dconv.weight:3,0,1,2")
    chosen = random.Random(4)
    for _ in range(12):
        factors = page.locator(".term-line button.factor, .curve-picture button.factor")
        before = page.locator("h2#why-heading").inner_text()
        if factors.count() == 0:
            assert any(end in page.locator(".why").inner_text() for end in ("A parameter", "A pixel", "The start"))
            page.get_by_role("button", name="Why its").or_(page.locator(".trail > li > a")).first.click()
        else:
            factors.nth(chosen.randrange(factors.count())).click()
        expect(page.locator("#why-heading")).not_to_have_text(before)
        expect(page.locator("#why-heading")).not_to_contain_text("…")
        assert page.locator(".refused, .check.wrong").count() == 0
        assert page.locator(".trail > li").count() <= 9


def test_one_cursor_for_all_pictures_by_keyboard(open_page):
    page = opened(open_page, "dconv.weight:3,0,1,2")
    assert page.evaluate("document.activeElement.id") == "why-heading"
    page.locator(".map [role=gridcell]").first.focus()
    page.keyboard.press("Control+Home")
    assert "g[0,3,0,0]" in page.locator(".term-line").inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert "g[0,3,1,1]" in page.locator(".term-line").inner_text()
    assert "image[0,0,2,3]" in page.locator(".term-line").inner_text()
    rows = page.locator(".map [role=row]").evaluate_all("all => all.map((row) => row.getAttribute('aria-rowindex'))")
    assert rows == ["2", "3", "2"]  # in g, in the image, in the products
    expect(page.locator("#status")).to_contain_text("g[0,3,1,1]")
    page.keyboard.press("Enter")
    expect(page.locator("#why-heading")).to_contain_text("dL/d conv2d[0,3,1,1]")
    assert page.evaluate("document.activeElement.id") == "why-heading"


def test_backspace_goes_back_and_escape_closes(open_page):
    page = opened(open_page, "dconv.weight:3,0,1,2")
    page.locator(".term-line button.factor").first.click()
    expect(page.locator("#why-heading")).to_contain_text("conv2d")
    assert page.locator(".trail > li").count() == 2
    page.keyboard.press("Backspace")
    expect(page.locator("#why-heading")).to_contain_text("conv.weight")
    assert page.locator(".trail > li").count() == 1
    page.go_forward()
    expect(page.locator("#why-heading")).to_contain_text("conv2d")
    page.keyboard.press("Escape")
    page.wait_for_selector(".panel-why", state="hidden")
    assert "m=why" not in page.evaluate("location.hash")


def test_the_table_holds_only_what_is_in_sight_and_is_walked_by_arrows(open_page):
    page = opened(open_page, "dconv.weight:3,0,1,2")
    page.get_by_role("button", name="All 676").click()
    table = page.locator(".term-table")
    assert table.get_attribute("aria-rowcount") == "677"
    assert table.locator(".table-body [role=row]").count() < 25
    page.locator(".table-body button.factor").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('[role=row]').getAttribute('aria-rowindex')") == "3"
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.closest('[role=row]').getAttribute('aria-rowindex')") == "677"
    last = page.locator('.table-body [aria-rowindex="677"] [role=gridcell]').last.inner_text()
    assert last == page.locator(".equation .left").inner_text()


def test_the_two_ways_of_a_pixel_show_the_same_products(open_page):
    page = opened(open_page, "dimage:0,0,14,14")
    assert page.locator(".subtotals button").count() == 8
    before = page.locator(".equation").inner_text()
    page.get_by_label("As a convolution").check()
    assert "180 degrees" in page.locator(".ways").inner_text()
    assert page.locator(".equation").inner_text() == before


def test_steps_by_keys_and_badges(open_page):
    page = open_page("#1;n=early:1;d=142;st=0")
    page.locator(".step-buttons button").nth(2).focus()
    page.keyboard.press("n")
    assert "Step 1 of 6: nll_loss" in page.locator(".steps").inner_text()
    page.keyboard.press("3")
    assert "54,080 numbers, kept: gradient of dense.weight" in page.locator(".steps").inner_text()
    page.keyboard.press("p")
    assert page.locator('.steps [aria-current="step"]').inner_text() == "2"
    expect(page.locator("#status")).to_contain_text("Step 2 of 6, log_softmax.")
    page.get_by_role("button", name="Close the steps").click()
    assert page.locator(".steps").is_hidden()
