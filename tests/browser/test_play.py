"""What-if, Learn, drawing, questions, tours and sharing, as a reader uses them, with a mouse and with the keyboard."""

import re

import pytest
from axe import violations
from shown import numbers, same, until

from tinygrad_edu.explorer.recipe import recipe_from_json

PANELS = ["m=whatif;wi=vconv.weight:3,0,1,2", "m=learn;e=*2:0.0001:0", "m=draw", "m=ask", "m=tour"]
every_panel = pytest.mark.parametrize("fragment", PANELS)
WEIGHT = {"name": "conv.weight", "index": [3, 0, 1, 2]}


@pytest.fixture
def start(explorer):
    """The recipe that the page opens with."""
    return explorer.answer("opening")["recipe"]


def facts(page):
    """Return what the list of facts says, by its terms."""
    rows = page.query_selector_all(".facts > div")
    return {row.query_selector("dt").inner_text(): numbers(row.query_selector("dd").inner_text()) for row in rows}


def test_what_if_shows_the_engines_curve_and_its_tangent(open_page, explorer, start):
    page = open_page("#1;m=whatif;wi=vconv.weight:3,0,1,2")
    page.wait_for_selector(".facts")
    true = explorer.answer("what_if", start, **WEIGHT)
    page.focus("input[type=range]")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowRight")
    place = true["here"] + 17
    shown = facts(page)
    assert same(shown["now"][0], true["value"] + true["deltas"][place])
    assert same(shown["true loss"][0], true["losses"][place])
    assert same(shown["tangent L + g · δ"][0], true["tangent"][place])
    assert same(shown["slope g"][0], true["gradient"])
    measured = next(value for name, value in shown.items() if name.startswith("slope measured"))
    assert same(measured[0], true["measured"]["central_difference"])
    bars = [numbers(cell.inner_text())[0] for cell in page.query_selector_all(".what-if .bars td.number")]
    assert all(same(p, true["probabilities"][place][k], 3) for k, p in enumerate(bars))


def test_dragging_the_dot_asks_nothing_of_the_engine_and_keeping_it_changes_the_scene(open_page, explorer, start):
    page = open_page("#1;m=whatif;wi=vconv.weight:3,0,1,2")
    page.wait_for_selector(".chart circle")
    asked = []
    page.on("request", lambda request: request.url.endswith("/ask") and asked.append(request.url))
    box = page.query_selector(".chart").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(20):
        page.mouse.move(box["x"] + box["width"] / 2 + 8 * step, box["y"] + box["height"] / 2)
    page.mouse.up()
    assert not asked
    now = facts(page)["now"][0]
    with page.expect_response("**/ask"):
        page.click("text=Keep")
    kept = float(re.search(r"conv\.weight:3,0,1,2=([\d.e-]+)", wait_for_fragment(page, "e="))[1])
    assert same(now, kept)
    edited = {**start, "changes": [["edit", "conv.weight", [3, 0, 1, 2], kept]]}
    until(page, "document.querySelector('.facts dd').textContent.includes('(0)')")
    assert same(facts(page)["true loss"][0], explorer.answer("scene", edited)["loss"])


def wait_for_fragment(page, part):
    until(page, f"location.hash.includes({part!r})")
    return page.evaluate("location.hash")


def test_a_step_of_learning_is_old_minus_lr_times_g(open_page, explorer, start):
    page = open_page("#1;m=learn")
    page.click(".panel-learn >> text=Ten steps")
    page.wait_for_selector(".updates tr")
    recipe = {**start, "changes": [["learn", 10, 0.0001, 0]]}
    scene = explorer.answer("scene", recipe)
    before = explorer.answer("scene", {**start, "changes": [["learn", 9, 0.0001, 0]]})
    rows = [row.inner_text() for row in page.query_selector_all(".updates tr")]
    assert len(rows) == 2
    for row in rows:
        name, index = re.match(r"([\w.]+)\[([\d,]+)\]", row).groups()
        at = tuple(map(int, index.split(",")))
        old, lr, g, new = numbers(row[row.index("]") + 1 :])
        lr = abs(lr)
        assert same(old, before["arrays"][name]["values"][at], 6)
        assert same(g, before["arrays"][name]["gradient"][at], 6)
        assert same(new, scene["arrays"][name]["values"][at], 6)
        assert same(old - lr * g, new, 5)
    said = page.inner_text(".learned p")
    assert same(numbers(said)[1], before["loss"])
    assert same(numbers(said)[2], scene["loss"])
    page.click(".panel-learn >> text=Undo")
    until(page, "document.querySelector('.learned p').textContent.startsWith('Step 9')")
    page.click("text=Start again")
    until(page, "document.querySelector('.learned p').textContent.includes('No step')")


def test_learning_runs_until_it_is_paused(open_page):
    page = open_page("#1;m=learn")
    page.select_option(".panel-learn select >> nth=0", "32")
    page.click(".panel-learn >> text=Run")
    until(page, "parseInt(document.querySelector('.learned p').textContent.replace(/\\D*/, '')) >= 3")
    page.click("text=Pause")
    page.wait_for_selector(".panel-learn >> text=Run")
    assert "mean over 32 pictures" in page.inner_text(".learned")


def test_a_digit_is_drawn_with_the_mouse_and_used(open_page, explorer):
    page = open_page("#1;m=draw")
    page.wait_for_selector(".tools .bars")
    page.click("text=Clear")
    box = page.query_selector(".pad canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.8, steps=5)
    page.mouse.up()
    page.click(".answers label:has-text('1')")
    until(page, "[...document.querySelectorAll('.tools .bars .number')].some(c => c.textContent !== '')")
    page.click("text=Use it")
    fragment = wait_for_fragment(page, "x=")
    ink = re.search(r"x=([\w-]+)", fragment)[1]
    recipe = recipe_from_json({"network": "trained", "seed": 1, "digit": None, "ink": ink, "answer": 1})
    drawn = explorer.moments.picture(recipe)[0, 0]
    assert drawn[:4].max() == 0
    assert (drawn[7:21, 13:15].max(axis=1) > 0.9).all()
    assert (drawn > 0).sum() < 120


def test_a_digit_is_drawn_with_the_keyboard(open_page):
    page = open_page("#1;m=draw")
    page.click("text=Clear")
    page.focus(".pad")
    for _ in range(5):
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    assert "row 18, column 14: ink 0 of 15" in page.inner_text(".readout")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert "ink 15 of 15" in page.inner_text(".tools .readout")


def test_a_picture_is_brought_and_a_bad_one_gets_a_sentence(open_page, tmp_path):
    from PIL import Image, ImageDraw

    picture = Image.new("L", (60, 80), 255)
    ImageDraw.Draw(picture).line([(30, 10), (30, 70)], fill=0, width=8)
    picture.save(tmp_path / "one.png")
    (tmp_path / "bad.png").write_bytes(b"this is no picture")
    page = open_page("#1;m=draw")
    page.set_input_files("input[type=file]", tmp_path / "one.png")
    page.wait_for_selector("text=This is how the network sees your picture.")
    open_page.said.clear()
    page.set_input_files("input[type=file]", tmp_path / "bad.png")
    until(page, "/bad.png|image|picture/i.test(document.querySelector('.tools [role=status]').textContent)")
    page.wait_for_timeout(100)
    open_page.said[:] = [line for line in open_page.said if "400" not in line]  # the console notes the refusal


def test_a_test_digit_is_picked(open_page, explorer):
    page = open_page("#1;m=draw")
    page.wait_for_selector(".digits button")
    hard = explorer.answer("digits", order="hard", count=24)
    page.click(".digits button >> nth=3")
    fragment = wait_for_fragment(page, "d=")
    assert int(re.search(r"d=(\d+)", fragment)[1]) == hard["digits"][3]


def test_questions_are_asked_answered_and_counted_by_keyboard_alone(open_page, explorer, start):
    page = open_page("#1;m=ask")
    page.wait_for_selector(".panel-ask legend")
    questions = explorer.answer("questions", start)["questions"]
    for place, question in enumerate(questions):
        assert f"Question {place + 1} of {len(questions)}" in page.inner_text(".panel-ask")
        page.focus(".choice input >> nth=0")
        page.keyboard.press("Space")
        for _ in range(question["right"] if place else 0):
            page.keyboard.press("ArrowDown")
        page.focus(".panel-ask button >> text=Reveal")
        page.keyboard.press("Enter")
        right = question["reasons"][question["right"]].replace("-", "−")[:20]
        assert right in page.inner_text(".revealed").replace("-", "−")
        page.focus(".panel-ask button >> text=Next")
        page.keyboard.press("Enter")
    wrong_first = questions[0]["right"] != 0
    assert f"{len(questions) - wrong_first} of {len(questions)} as you predicted." in page.inner_text(".panel-ask")


@pytest.mark.parametrize("tour", ["From picture to loss", "Backward, step by step", "One weight learns"])
def test_a_tour_goes_to_its_end_by_keyboard_alone(open_page, tour):
    page = open_page("#1;m=tour")
    page.focus(f"text={tour}")
    page.keyboard.press("Enter")
    page.wait_for_selector("#tour h2")
    stops = int(numbers(page.inner_text("#tour .muted"))[1])
    for stop in range(1, stops):
        page.focus("#tour >> text=Next")
        page.keyboard.press("Enter")
        assert page.inner_text("#tour .muted") == f"{stop + 1} of {stops}"
        page.wait_for_timeout(50)
    page.focus("text=Finish")
    page.keyboard.press("Enter")
    assert page.is_hidden("#tour")


def test_escape_closes_a_panel_and_leaves_a_tour(open_page):
    page = open_page("#1;m=tour")
    page.click("text=From picture to loss")
    page.wait_for_selector("#tour h2")
    page.focus("#tour >> text=Next")
    page.keyboard.press("Escape")
    assert page.is_hidden("#tour")
    page = open_page("#1;m=learn")
    page.wait_for_selector(".updates, .learned p")
    page.focus("text=One step")
    page.keyboard.press("Escape")
    assert page.is_hidden(".panel-learn")


def test_a_link_opened_elsewhere_shows_the_same_numbers(open_page, explorer):
    page = open_page("#1;m=whatif;wi=vconv.weight:3,0,1,2;e=conv.weight:3,0,1,2=0.5~*3:0.01:32")
    page.wait_for_selector(".facts")
    recipe = {
        **explorer.answer("opening")["recipe"],
        "changes": [["edit", "conv.weight", [3, 0, 1, 2], 0.5], ["learn", 3, 0.01, 32]],
    }
    assert same(facts(page)["true loss"][0], explorer.answer("scene", recipe)["loss"])


@pytest.mark.parametrize("theme", ["light", "dark"])
@every_panel
def test_axe_finds_nothing(open_page, fragment, theme):
    page = open_page(f"#1;{fragment}", theme=theme, bypass_csp=True)
    page.wait_for_timeout(400)
    assert violations(page) == []


@every_panel
def test_nothing_scrolls_sideways_on_a_phone(open_page, fragment):
    page = open_page(f"#1;{fragment}", width=360)
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
