"""The network on one screen: what is seen, read and reached, with a mouse and with the keyboard."""

import itertools
import re

import pytest
from axe import violations
from shown import same, until

NETWORK = "#network"
DRAWN = "#1;n=untrained:1;x=" + "8" * 523  # a picture, and nobody said of what
CELL = f"{NETWORK} [role=gridcell]:focus"


@pytest.fixture
def scene(explorer):
    """The engine's answer for the recipe that the page opens with."""
    return explorer.answer("scene", explorer.answer("opening")["recipe"])


def grid(page, name, band="values"):
    """Return the grid of an array in a band."""
    return page.locator(f".{band} [role=grid][data-array='{name}']")


def enter(page, name, band="values"):
    """Give an array the focus, as the Tab key does."""
    grid(page, name, band).locator("[tabindex='0']").focus()


def spoken(page):
    """Return what a screen reader is told of the cell that has the focus."""
    return page.locator(CELL).get_attribute("aria-label") or page.locator(CELL).inner_text()


def figures(text):
    """Return the numbers in a text, in words or in figures."""
    text = text.replace("minus ", "-").replace("plus ", "").replace(" times 10 to the ", "e")
    text = text.replace("×10", "e").replace("−", "-")
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text)]


def test_all_that_a_newcomer_needs_is_in_the_first_window(open_page, scene):
    page = open_page(width=1280, height=720)
    inside = """selector => [...document.querySelectorAll(selector)].map(e => e.getBoundingClientRect())
        .map(b => b.width > 0 && b.left >= 0 && b.right <= innerWidth && b.top >= 0 && b.bottom <= innerHeight)"""
    for selector in ("#sentence p", ".band-title", ".arrows li", ".at-answer", ".values .head", ".values .board"):
        seen = page.evaluate(inside, selector)
        assert seen
        assert all(seen), (selector, seen)
    answer = scene["answer"]
    assert f"This is a {answer}" in page.inner_text("#sentence")
    assert same(figures(page.inner_text(".at-answer"))[1], scene["arrays"]["logits"]["gradient"][0, answer])
    assert page.evaluate("innerHeight - document.querySelector('.gradients .board').getBoundingClientRect().top") >= 200
    assert [title.inner_text() for title in page.query_selector_all(".values h3")] == [
        "Image", "Convolution", "ReLU", "Dense", "Logits", "Log softmax", "Loss",
    ]  # fmt: skip


def test_each_array_is_one_stop_of_the_tab_key_values_first_then_gradients_from_the_loss(open_page, scene):
    page = open_page()
    page.focus("a.skip")
    page.keyboard.press("Enter")
    stops = []
    for _ in range(40):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate("""() => { const e = document.activeElement, a = e.closest('[data-array]');
                return a && [a.dataset.array, !!e.closest('.gradients')] }""")
        )
    shown = list(dict.fromkeys(tuple(stop) for stop in stops if stop))
    assert [tuple(stop) for stop in stops if stop][: len(shown)] == shown  # one stop each
    values = ["image", "conv.weight", "conv.bias", "conv2d", "relu", "dense.weight", "dense.bias", "logits"]
    values += ["log_softmax", "loss"]
    assert [name for name, gradient in shown if not gradient] == values
    backwards = [name for name, gradient in shown if gradient]
    assert sorted(backwards) == sorted(values)
    assert backwards[:3] == ["loss", "log_softmax", "logits"]
    assert backwards[-1] == "image"


@pytest.mark.parametrize(
    ("name", "keys", "index"),
    [
        ("image", ["ArrowDown"] * 3 + ["ArrowRight"] * 2 + ["ArrowUp", "ArrowLeft"], (0, 0, 2, 1)),
        ("conv2d", ["PageDown", "PageDown", "Control+End", "ArrowRight", "ArrowDown", "Home"], (0, 2, 25, 0)),
        ("conv.weight", ["PageDown", "ArrowDown", "End", "PageDown", "PageUp"], (1, 0, 1, 2)),
        ("conv.bias", ["ArrowDown", "ArrowDown", "ArrowRight"], (2,)),
        ("dense.weight", [*["PageDown"] * 9, "ArrowRight"], (1, 26 * 26 + 1)),
        ("logits", ["End", "Control+End", "ArrowUp"], (0, 8)),
    ],
)
def test_arrows_move_the_cursor_and_each_cell_says_the_engines_numbers(open_page, scene, name, keys, index):
    page = open_page()
    enter(page, name)
    for key in keys:
        page.keyboard.press(key)
    array = scene["arrays"][name]
    value, gradient = array["values"][index], array["gradient"][index]
    said = page.inner_text("#network > .readout")
    assert said.startswith(f"{name}[{','.join(map(str, index))}] = ")
    assert same(figures(said.split("=")[1])[0], value)
    assert same(figures(said.split("dL/d =")[1])[0], gradient, 3)
    assert ("rises" if gradient > 0 else "falls" if gradient < 0 else "nothing depends on it") in said
    if name == "logits":
        assert same(figures(spoken(page))[0], value)
    else:
        assert same(figures(spoken(page).split("value ")[1])[0], value)
        assert same(figures(spoken(page).split("gradient ")[1])[0], gradient, 3)
    page.keyboard.press("g")
    assert page.evaluate("!!document.activeElement.closest('.gradients')")
    assert page.inner_text("#network > .readout") == said
    page.keyboard.press("Enter")
    until(page, "location.hash.includes('m=why')")
    assert f"w=d{name}:{','.join(map(str, index))}" in page.url


def test_letters_do_nothing_when_switched_off(open_page):
    page = open_page("#1;ky=0")
    enter(page, "image")
    page.keyboard.press("g")
    page.keyboard.press("a")
    assert page.evaluate("!!document.activeElement.closest('.values')")
    assert page.get_attribute(".legend button", "aria-pressed") == "false"


def test_a_pointed_number_frames_its_window_its_filter_and_its_gradient(open_page):
    page = open_page(width=1280, height=1000)
    box = page.locator(".values .board").nth(1).bounding_box()
    page.mouse.move(box["x"] + 4 + 27 + 4 + 2 * 10 + 1, box["y"] + 4 + 2 * 7 + 1)  # conv2d[0,0,7,10]
    assert page.inner_text("#network > .readout").startswith("conv2d[0,0,7,10] = ")
    frames = page.evaluate("""() => [...document.querySelectorAll('#network .board')].flatMap(b =>
        [...b.querySelectorAll('.ring')].map(r => [b.closest('.column').dataset.column,
            b.classList.contains('gradient'), r.className, r.style.width, r.style.height, r.style.transform]))""")
    assert ["image", False, "ring read", "12px", "12px", "translate(44px, 32px)"] in frames  # 3 x 3 pixels of 4
    assert ["conv2d", False, "ring read", "27px", "27px", "translate(4px, 9px)"] in frames  # the filter
    assert [f[:3] for f in frames].count(["conv2d", False, "ring cursor"]) == 1
    assert [f[:3] for f in frames].count(["conv2d", True, "ring twin"]) == 1


def test_the_gradients_that_reach_a_pixel_are_framed(open_page):
    page = open_page(width=1280, height=1000)
    box = page.locator(".gradients .board").last.bounding_box()
    page.mouse.move(box["x"] + 4 + 4 * 14 + 1, box["y"] + 4 + 4 * 14 + 1)
    assert page.inner_text("#network > .readout").startswith("image[0,0,14,14] = ")
    sizes = page.evaluate("""() => [...document.querySelectorAll('.gradients [data-column=conv2d] .ring.read')]
        .map(r => r.style.width + ' ' + r.style.height)""")
    assert sizes == ["6px 6px"] * 8  # 3 x 3 cells of 2 pixels in each of eight maps


def test_a_click_asks_why_of_the_number_under_the_pointer(open_page):
    page = open_page(width=1280, height=1000)
    box = page.locator(".values .board").first.bounding_box()
    page.mouse.click(box["x"] + 4 + 4 * 20 + 2, box["y"] + 4 + 4 * 3 + 2)
    until(page, "location.hash.includes('w=vimage:0,0,3,20')")
    page.go_back()
    until(page, "document.body.dataset.panel === 'look'")


def test_pixels_are_painted_with_the_scale_that_the_legend_tells(open_page, scene):
    page = open_page(width=1280, height=1000)
    painted = page.evaluate("""() => {
        const canvas = document.querySelector('.values .board canvas');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const at = (r, c) => 4 * ((4 + 4 * r + 1) * canvas.width + 4 + 4 * c + 1);
        const places = [...Array(28 * 28).keys()].map(k => at(Math.floor(k / 28), k % 28));
        return places.map(k => [...data.slice(k, k + 3)].join(' '));
    }""")
    values = scene["arrays"]["image"]["values"].reshape(-1)
    wanted = page.evaluate("""async values => {
        const { colour } = await import('/web/js/colour.js');
        return values.map(v => colour(v, 4, 'light').slice(4, -1));
    }""", values.tolist())  # fmt: skip
    assert painted == wanted


def test_amplify_says_its_factor_and_ends_with_the_picture(open_page, scene):
    page = open_page()
    page.click(".legend button")
    names = [n for n in scene["arrays"] if n != "loss" and scene["arrays"][n]["primitive"] != "log_softmax"]
    largest = max(scene["arrays"][n]["largest"]["gradient"] or 0 for n in names)
    assert same(figures(page.inner_text(".scale.amplified .words"))[0], 1 / largest, 3)
    until(page, "document.querySelector('#status').textContent.startsWith('Gradients amplified')")
    page.click(".legend button")
    page.evaluate("location.hash = '#1;d=0;n=trained:1;sc=amp'")
    until(page, "document.querySelector('#sentence').textContent.includes('This is a 7')")
    assert page.get_attribute(".legend button", "aria-pressed") == "true"  # a link says so
    page.select_option("#header select", "untrained")
    until(page, "document.querySelector('.legend button').getAttribute('aria-pressed') === 'false'")


def test_what_was_not_asked_for_is_an_empty_frame_that_can_be_asked(open_page):
    page = open_page("#1;d=0;n=untrained:1;ig=0")
    assert "not asked for" in page.inner_text(".note-frame.none")
    page.click(".note-frame.none button")
    page.wait_for_selector(".note-frame.none", state="detached")
    assert grid(page, "image", "gradients").is_visible() or grid(page, "image", "gradients").count() == 1


def test_without_an_answer_there_are_values_only_until_one_is_chosen(open_page):
    page = open_page(DRAWN)
    assert "a loss needs the answer" in page.inner_text(".gradients")
    assert page.query_selector(".gradients .board") is None
    page.click(".choose-answer button:has-text('4')")
    page.wait_for_selector(".gradients .board")
    assert "This is a 4" in page.inner_text("#sentence")


def test_what_is_still_to_come_is_an_empty_frame(open_page):
    page = open_page("#1;st=3")
    later = page.evaluate("[...document.querySelectorAll('.gradients .note-frame.later')].map(e => e.dataset.array)")
    assert sorted(later) == ["conv.bias", "conv.weight", "conv2d", "image", "relu"]
    enter(page, "conv2d")
    assert "gradient: later" in spoken(page)
    page.keyboard.press("g")
    assert page.evaluate("!!document.activeElement.closest('.values')")


def test_an_index_is_gone_to_and_a_wrong_one_is_told(open_page, scene):
    page = open_page()
    page.fill("#goto", "dL/d conv.weight[3,0,1,2]")
    page.keyboard.press("Enter")
    assert same(figures(spoken(page).split("gradient ")[1])[0], scene["arrays"]["conv.weight"]["gradient"][3, 0, 1, 2])
    page.fill("#goto", "reshape[0,2457]")  # is seen where it came from
    page.keyboard.press("Enter")
    assert same(figures(spoken(page).split("value ")[1])[0], scene["arrays"]["relu"]["values"][0, 3, 16, 13])
    page.fill("#goto", "conv.weight[8,0,0,0]")
    page.keyboard.press("Enter")
    assert "0 to 7" in page.inner_text(".trouble")


@pytest.mark.parametrize("width", [320, 360, 390, 700, 1280, 1920, 2560])
def test_no_width_scrolls_sideways_or_cuts_a_picture(open_page, width):
    page = open_page(width=width, height=900)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = page.evaluate("""[...document.querySelectorAll('#network canvas')]
        .map(canvas => canvas.getBoundingClientRect()).map(b => [b.left, b.right])""")
    assert boxes
    assert all(left >= 0 and right <= width for left, right in boxes)


def overlapping(boxes):
    """Return the pairs of boxes that lie over one another, by more than a board's margin."""
    pairs = itertools.combinations(boxes, 2)
    return [(a, b) for a, b in pairs if min(a[2], b[2]) - max(a[0], b[0]) > 5 and min(a[3], b[3]) - max(a[1], b[1]) > 5]


@pytest.mark.parametrize("width", [390, 1280])
def test_no_column_lies_over_another(open_page, width):
    page = open_page(width=width, height=900)
    boxes = page.evaluate("""[...document.querySelectorAll('#network :is(.head, .board, table, .card, .gauge)')]
        .map(e => e.getBoundingClientRect()).map(b => [b.left, b.top, b.right, b.bottom])""")
    assert overlapping(boxes) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "fragment"), [(1280, ""), (390, "#1;st=3"), (390, DRAWN)])
def test_axe_finds_nothing_in_the_network(open_page, theme, width, fragment):
    page = open_page(fragment, width=width, theme=theme, bypass_csp=True)
    assert violations(page) == []
